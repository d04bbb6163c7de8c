"""Hardware assets of ScalePad, with the dates of their lifecycle, which come in a list of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from integrations.connectors import values
from integrations.connectors.scalepad.parse.envelopes import Row, block, row_id
from integrations.records import ComputerRecord

DATES: Final = ("purchased_on", "warranty_ends_on")
"""What only the list of lifecycles holds."""

# The vendor's schema is not public: these are the names that independent clients of the API read.
_PURCHASED: Final = ("purchase_date", "purchased_at")
_WARRANTY_ENDS: Final = ("warranty_expiry_date", "warranty_expires_at", "manufacturer_expiry_date")
_CLASSES: Final = {
    "workstation": "workstation",
    "desktop": "workstation",
    "laptop": "laptop",
    "server": "server",
    "virtual": "vm",
    "network": "network",
    "mobile": "mobile",
    "imaging": "printer",
}
_IN_A_ROW: Final = "0123456789" * 2

Span = tuple[date | None, date | None]
"""When it was bought, and when its warranty ends."""
UNKNOWN: Final[Span] = (None, None)


@dataclass(slots=True)
class Lifecycles:
    """Dates by the asset's id, and by client and serial number, where these have one pair of dates only.

    `known` is False where the list could not be read.
    """

    known: bool = True
    _by_id: dict[str, Span] = field(default_factory=dict)
    _by_serial: dict[tuple[str, str], Span] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Lifecycles:
        """Only the dates are kept of each row."""
        found = cls()
        for row in rows:
            found._add(row)
        return found

    def _add(self, row: Row) -> None:
        span = _span(row)
        ids = (row.get("id"), row.get("hardware_asset_id"), block(row, "hardware_asset").get("id"))
        self._by_id.update({named: span for found in ids if (named := values.guid(found))})
        key = (_client_of(row) or "", _serial_key(row.get("serial_number")))
        self._by_serial[key] = span if self._by_serial.get(key, span) == span else UNKNOWN

    def of_asset(self, row: Row) -> Span:
        """The asset's own dates if it has any, else those of its id, else those of its serial number."""
        serial = _serial_key(row.get("serial_number"))
        found = (
            _span(row),
            self._by_id.get(row_id(row) or "", UNKNOWN),
            self._by_serial.get((_client_of(row) or "", serial), UNKNOWN) if serial else UNKNOWN,
        )
        return next((span for span in found if span != UNKNOWN), UNKNOWN)


def computer(row: Row, lifecycles: Lifecycles) -> ComputerRecord | None:
    """One hardware asset, or None for a row without id."""
    external_id, serial = row_id(row), values.text(row.get("serial_number"))
    if external_id is None:
        return None
    kind, model = values.text(row.get("type")), block(row, "model")
    purchased_on, warranty_ends_on = lifecycles.of_asset(row)
    return ComputerRecord(
        external_id=external_id,
        name=values.text(row.get("name")) or (_serial_key(serial) and serial) or external_id,
        company_external_id=_client_of(row),
        serial_number=serial,
        manufacturer=values.text(block(row, "manufacturer").get("name")),
        model=values.text(model.get("description")) or values.text(model.get("number")),
        os_name=values.text(block(row, "software").get("operating_system")),
        device_class=None if kind is None else _CLASSES.get(kind.casefold(), "other"),
        last_user=values.text(row.get("last_login_user")),
        purchased_on=purchased_on,
        warranty_ends_on=warranty_ends_on,
        products=(kind,) if kind else (),
        raw={**row, "unread": [] if lifecycles.known else list(DATES)},
    )


def _client_of(row: Row) -> str | None:
    return values.guid(block(row, "client").get("id")) or values.guid(row.get("client_id"))


def _span(row: Row) -> Span:
    return _first_day(row, _PURCHASED), _first_day(row, _WARRANTY_ENDS)


def _first_day(row: Row, names: Iterable[str]) -> date | None:
    return next((day for name in names if (day := values.day(row.get(name)))), None)


def _serial_key(serial: Any) -> str:
    """How serial numbers are compared; "" for what boards without a label report."""
    bare = values.squash(serial)
    says_nothing = len(set(bare)) <= 1 or bare in _IN_A_ROW or not any(sign.isdigit() for sign in bare)
    return "" if says_nothing else bare
