"""Datto RMM: sites as companies, devices with what their audits found, open and resolved alerts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

from integrations.choices import ConsolePurpose
from integrations.connectors.base import WEBHOOK_SECRET, Abilities, Connector, CredentialField, OpenQuestion
from integrations.connectors.credential_fields import switch
from integrations.connectors.datto_rmm.client import DEVICES, OPEN_ALERTS, SITES, DattoRmmClient
from integrations.connectors.datto_rmm.parse import companies, computers, events
from integrations.connectors.datto_rmm.parse.envelopes import Listed, Row
from integrations.connectors.looks import Looks
from integrations.connectors.patience import OneByOne
from integrations.connectors.turns import Turns
from integrations.net.errors import NetError
from integrations.records import CheckResult, CompanyRecord, ComputerRecord, EventRecord

OVERLAP: Final = timedelta(minutes=30)
"""How far behind the last read resolved alerts are looked at again."""
GRANT: Final = "Give the security level of the key's user the right to see it (Setup > Users)."


class DattoRmmConnector(Connector):
    kind = "datto_rmm"
    label = "Datto RMM"
    default_base_url = "https://pinotage-api.centrastage.net"
    purposes = frozenset({ConsolePurpose.RMM})
    agentless_products = frozenset({"esxihost", "ESXi Host"})
    abilities = Abilities(
        companies=True,
        computers=True,
        events=True,
        webhook=True,
        list_proves_existence=True,
        events_are_complete_list=True,
        events_list_only_open=True,
    )
    delivery_is_a_call = True
    halo_asset_links = ("datto_id",)
    credential_fields = (
        CredentialField(
            "api_key",
            "API key",
            "In Datto RMM: Setup > Users > the user > Generate API Keys. API access is switched on under "
            "Setup > Global Settings > Access Control. The API URL beside the key is this console's address.",
            secret=False,
        ),
        CredentialField(
            "api_secret",
            "API secret key",
            "Shown once, beside the API key, on the page of the user.",
            secret=True,
        ),
        switch(
            "read_audits",
            "Read audits",
            "No: serial number, manufacturer, model and MAC addresses are not read, which takes one call for "
            "each computer that they are not known of.",
            usually=True,
        ),
        WEBHOOK_SECRET,
    )
    open_questions = (
        OpenQuestion("5. Largest page", ("max",)),
        OpenQuestion("5. Classes of alerts, that of the file system among them", ("@class",)),
        OpenQuestion("Categories and classes of devices", ("category", "deviceClass")),
        OpenQuestion("Which devices are suspended", ("suspended",)),
        OpenQuestion("Time of resolved alerts", ("resolvedOn",)),
    )

    def fetch_companies(self) -> Iterator[CompanyRecord]:
        left_out = 0
        for row in self._site_rows:
            record = companies.company(row)
            left_out += record is None
            if record is not None and companies.is_company(row):
                yield record
        self._warn_if(left_out, f"{left_out} sites without uid or name were left out.")

    def fetch_computers(self) -> Iterator[ComputerRecord]:
        """Devices page by page, each with its audit where that is wanted."""
        around = computers.Surroundings(
            datetime.now(UTC), companies.Sites.of(self._site_rows), self.access.zone
        )
        audits = Audits(self._client, self.known_hardware, around.now) if self._wants_audits else None
        came = once = without_id = ahead = 0
        for page in self._client.fetch_devices():
            came, once = page.arrived, once + len(page)
            for row in page:
                if computers.is_removed(row, around.sites):
                    continue
                record = _computer(row, audits, around)
                without_id += record is None
                ahead += computers.is_ahead(row, around)
                if record is not None:
                    yield record
        self._warn_if(without_id, f"{without_id} devices without a uid were left out.")
        self._warn_if(came > once, f"{came - once} devices came twice under one uid; the first was taken.")
        self._warn_if(ahead, f"{ahead} devices were last seen in the future: their time was left out.")
        self.warnings += audits.sentences() if audits else []

    def fetch_events(self, since: datetime | None = None) -> Iterator[EventRecord]:
        """Every alert that is on, then those that have ended since.

        The first read takes the open ones only: what was over before is no news. The resolved ones are read
        last: an alert that ends between the two lists is then in both.
        """
        without_id = 0
        for row in self._open_alerts():
            record = events.event(row, self.access.zone)
            without_id += record is None
            if record is not None:
                self.series_seen.add(record.series_key)
                yield record
        for record in self._ended(since - OVERLAP) if since else ():
            self.series_seen.add(record.series_key)
            yield record
        self._warn_if(without_id, f"{without_id} alerts without a uid were left out.")

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> list[EventRecord]:
        """Nothing: a delivery is not signed, so it only says that there is news, and the lists tell what."""
        events.check_delivery(body)
        return []

    def _probe(self) -> CheckResult:
        return probe(DattoRmmClient(self.access, self._address, patient=False))

    @property
    def _address(self) -> str:
        return self.access.base_url or self.default_base_url

    @cached_property
    def _client(self) -> DattoRmmClient:
        return DattoRmmClient(self.access, self._address)

    @cached_property
    def _site_rows(self) -> list[Row]:
        """Read once for each run: devices name sites that are no companies."""
        return [row for page in self._client.fetch_sites() for row in page]

    @property
    def _wants_audits(self) -> bool:
        return self.access.is_on("read_audits", usually=True)

    def _open_alerts(self) -> Iterator[Row]:
        for page in self._client.fetch_open_alerts():
            yield from page

    def _ended(self, start: datetime) -> Iterator[EventRecord]:
        """Resolved alerts, from trigger to end where both are new; older pages are not asked for.

        The order of this list is not documented. Where the newest do not come first, an end is missed here
        and concluded from the list of open alerts, which holds the alert no more.
        """
        zone = self.access.zone
        for page in self._client.fetch_resolved_alerts():
            recent = [row for row in page if events.touched_since(row, start, zone)]
            for row in recent:
                yield from events.course(row, start, zone)
            if not recent:
                return


class Audits:
    """Reads the audits whose turn it is."""

    def __init__(self, client: DattoRmmClient, known: frozenset[str], now: datetime) -> None:
        self._reader = OneByOne(client.fetch_audit)
        self._turns = Turns(known, now)

    def read(self, row: Row) -> tuple[Row | None, tuple[str, ...]]:
        """The audit of a device, and what of its record is unread without it."""
        uid = computers.uid(row)
        if uid is None or not computers.has_audit(row) or not self._turns.take(uid):
            return None, computers.HARDWARE
        try:
            found = self._reader.read(uid)
        except NetError:
            found = None
        return found, () if found else computers.HARDWARE

    def sentences(self) -> list[str]:
        told = [self._reader.summary("Hardware data")] if self._reader.missing else []
        return told + self._turns.sentences("Hardware data")


def _computer(row: Row, audits: Audits | None, around: computers.Surroundings) -> ComputerRecord | None:
    audit, unread = audits.read(row) if audits else (None, computers.HARDWARE)
    return computers.computer(row, audit, around, unread)


def probe(client: DattoRmmClient) -> CheckResult:
    """Log in and look at each list once. Sites and devices have to work, the rest may be missing."""
    client.log_in()
    looks = Looks(GRANT)
    sites = looks.at("Sites", "company mapping", lambda: client.fetch_some(SITES, "sites"))
    devices = looks.at(
        "Devices", "computer mapping and export", lambda: client.fetch_some(DEVICES, "devices")
    )
    alerts = looks.at("Alerts", "events and tickets", lambda: client.fetch_some(OPEN_ALERTS, "alerts"))
    uid = _audited(devices)
    if uid is not None:
        looks.at("Audits", "serial number, model, MAC addresses", lambda: client.fetch_audit(uid))
    if sites is None or devices is None:
        return CheckResult(ok=False, message=" ".join(looks.problems), details=tuple(looks.details))
    on = "" if alerts is None else f"; {_count(alerts)} alerts are open"
    told = f"Connected: {_count(sites)} sites and {_count(devices)} devices{on}."
    return CheckResult(ok=True, message=" ".join((told, *looks.problems)), details=tuple(looks.details))


def _count(found: Listed) -> int:
    return len(found.rows) if found.total is None else found.total


def _audited(devices: Listed | None) -> str | None:
    rows = devices.rows if devices else []
    return next((uid for row in rows if computers.has_audit(row) and (uid := computers.uid(row))), None)
