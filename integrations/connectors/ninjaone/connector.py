"""NinjaOne: organisations with locations, approved devices, alerts, and what the history tells besides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

from integrations.choices import ConsolePurpose
from integrations.connectors import bodies
from integrations.connectors.base import (
    WEBHOOK_SECRET,
    Abilities,
    BadDelivery,
    Connector,
    CredentialField,
    OpenQuestion,
)
from integrations.connectors.looks import Looks
from integrations.connectors.ninjaone.client import NinjaOneClient, Row
from integrations.connectors.ninjaone.parse import companies, computers, envelopes, events
from integrations.records import CheckResult, CompanyRecord, ComputerRecord, EventRecord

OVERLAP: Final = timedelta(minutes=30)
"""How far behind the last read the history is read again: devices deliver late."""
DASHBOARD: Final = "/#/deviceDashboard/{id}/overview"
GRANT: Final = "Give the API application the scope Monitoring (Administration > Apps > API)."


class NinjaOneConnector(Connector):
    kind = "ninjaone"
    label = "NinjaOne"
    default_base_url = "https://app.ninjarmm.com"
    purposes = frozenset({ConsolePurpose.RMM})
    agentless_products = frozenset({"VMWARE_VM_HOST", "NMS_VM_HOST"})
    abilities = Abilities(
        companies=True,
        computers=True,
        events=True,
        webhook=True,
        list_proves_existence=True,
        events_are_complete_list=True,
        events_list_only_open=True,
    )
    halo_asset_links = ("ninjarmm_id",)
    credential_fields = (
        CredentialField(
            "client_id",
            "Client ID",
            "In NinjaOne: Administration > Apps > API > Client app IDs > Add. Application platform: API "
            "services (machine to machine); scope: Monitoring; grant type: Client credentials.",
            secret=False,
        ),
        CredentialField(
            "client_secret",
            "Client secret",
            "Shown once, when the application is saved under Administration > Apps > API.",
            secret=True,
        ),
        WEBHOOK_SECRET,
    )

    open_questions = (
        OpenQuestion("4. Place of TRIGGERED and RESET", ("status", "statusCode", "activityType")),
        OpenQuestion("4. Sub-fields of os and system", ("os", "system")),
        OpenQuestion("Node classes", ("nodeClass",)),
        OpenQuestion("Source types of alerts", ("sourceType",)),
    )

    def fetch_companies(self) -> Iterator[CompanyRecord]:
        left_out = 0
        for page in self._client.fetch_organisations():
            for row in page:
                record = companies.company(row)
                left_out += record is None
                if record is not None:
                    yield record
        self._warn_if(left_out, f"{left_out} organisations without id or name were left out.")

    def fetch_computers(self) -> Iterator[ComputerRecord]:
        """Approved devices, page by page."""
        around = computers.Surroundings(
            self.access.zone, datetime.now(UTC), f"{self._client.base_url}{DASHBOARD}"
        )
        came = once = without_id = ahead = 0
        for page in self._client.fetch_devices():
            came, once = page.arrived, once + len(page)
            for row in filter(computers.is_approved, page):
                record = computers.computer(row, around)
                without_id += record is None
                ahead += computers.is_ahead(row, around)
                if record is not None:
                    yield record
        self._warn_if(without_id, f"{without_id} devices without an id were left out.")
        self._warn_if(came > once, f"{came - once} devices came twice under one id; the first was taken.")
        self._warn_if(ahead, f"{ahead} devices were last seen in the future: their time was left out.")

    def fetch_events(self, since: datetime | None = None) -> Iterator[EventRecord]:
        """Every alert that is on, and what has happened since: resets, short alerts, messages.

        The first read takes the alerts only: what was over before is no news. The history is read before the
        list: of a trigger that the list does not hold it is then certain that it is over, and where its reset
        came between the two, the next read tells both.
        """
        history = [] if since is None else self._history(since)
        rows = self._client.fetch_alerts()
        zone = self.access.zone
        alerts = {series: row for row in rows if (series := events.alert_series(row))}
        triggers = events.trigger_of(history)
        self.series_seen.update(alerts)
        for record in events.recent(history, alerts.keys(), zone):
            self.series_seen.update({record.series_key} - {""})
            yield record
        for series, row in alerts.items():
            alert = events.alert(row, triggers.get(series), zone)
            if alert is not None:
                yield alert
        nameless = sum(events.alert_series(row) is None for row in rows)
        self._warn_if(nameless, f"{nameless} alerts without uid and device were left out.")

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> list[EventRecord]:
        """One posted activity. What tells of no problem gives no event."""
        items = bodies.posted_items(body)
        rows = [item for item in items if isinstance(item, Mapping) and _is_activity(item)]
        records = [record for row in rows if (record := events.activity(row, self.access.zone))]
        if len(rows) < len(items):
            raise BadDelivery("The delivery holds something that is no NinjaOne activity.", tuple(records))
        return records

    def _history(self, since: datetime) -> list[Row]:
        """Activities that tell something; the others (most of them) are dropped page by page."""
        zone = self.access.zone
        found = self._client.fetch_activities(since - OVERLAP)
        return [row for row in found if events.activity(row, zone) is not None]

    def _probe(self) -> CheckResult:
        return probe(self._client)

    @cached_property
    def _client(self) -> NinjaOneClient:
        return NinjaOneClient(self.access, self.access.base_url or self.default_base_url)


def _is_activity(item: Row) -> bool:
    return envelopes.row_id(item) is not None or events.activity_series(item) is not None


def probe(client: NinjaOneClient) -> CheckResult:
    """Log in and look at each list once. Organisations and devices have to work, the rest may be missing."""
    client.log_in()
    looks = Looks(GRANT)
    organisations = looks.at("Organisations", "company mapping", client.fetch_some_organisations)
    devices = looks.at("Devices", "computer mapping and export", client.fetch_some_devices)
    alerts = looks.at("Alerts", "events and tickets", client.fetch_alerts)
    looks.at("Activities", "resets, and messages that are no alert", client.fetch_some_activities)
    if organisations is None or devices is None:
        return CheckResult(ok=False, message=" ".join(looks.problems), details=tuple(looks.details))
    on = "" if alerts is None else f"; {len(alerts)} alerts are on"
    told = f"{len(organisations)} organisations and {len(devices)} devices on the first page{on}"
    message = " ".join((f"Connected: {told}.", *looks.problems))
    return CheckResult(ok=True, message=message, details=tuple(looks.details))
