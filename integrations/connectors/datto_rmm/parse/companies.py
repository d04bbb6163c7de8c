"""Sites of Datto RMM: it has no level above them, so a site is a company."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.connectors import values
from integrations.connectors.datto_rmm.parse.envelopes import Row
from integrations.records import CompanyRecord

_DELETED_DEVICES = "deleteddevices"


@dataclass(frozen=True, slots=True)
class Sites:
    """Sites that are no companies, by uid: where devices wait to be taken on, and where removed ones lie."""

    on_demand: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, rows: list[Row]) -> Sites:
        known = [(uid, row) for row in rows if (uid := site_uid(row))]
        return cls(
            frozenset(uid for uid, row in known if is_on_demand(row)),
            frozenset(uid for uid, row in known if holds_removed_devices(row)),
        )


def site_uid(row: Row) -> str | None:
    return values.guid(row.get("uid"))


def is_on_demand(row: Row) -> bool:
    """Whether it is the holding place of devices that are not managed."""
    return values.flag(row.get("onDemand")) is True and not holds_removed_devices(row)


def holds_removed_devices(row: Row) -> bool:
    """The account's own place for devices that were removed; it is known by its name only."""
    return values.squash(row.get("name")) == _DELETED_DEVICES


def is_company(row: Row) -> bool:
    return not (is_on_demand(row) or holds_removed_devices(row))


def company(row: Row) -> CompanyRecord | None:
    """One site; None for a row without uid or name."""
    external_id, name = site_uid(row), values.text(row.get("name"))
    if external_id is None or name is None:
        return None
    return CompanyRecord(
        external_id=external_id,
        name=name,
        raw=dict(row),
    )
