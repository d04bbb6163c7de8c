"""N-able N-central: customers with sites, devices with their asset data, and active issues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from integrations.choices import ConsolePurpose
from integrations.connectors.base import Abilities, Connector, CredentialField
from integrations.connectors.credential_fields import switch
from integrations.connectors.looks import Looks
from integrations.connectors.ncentral.client import NCentralClient, Row
from integrations.connectors.ncentral.parse import codes, companies, computers, events
from integrations.connectors.patience import OneByOne
from integrations.connectors.turns import Turns
from integrations.net.errors import Forbidden, NetError, NotFound, ShortList
from integrations.records import CheckResult, CompanyRecord, ComputerRecord, EventRecord, LocationRecord

NOWHERE: Final = "https://ncentral.your-domain.example"
"""There is no address of the vendor's own: everybody has a server, also where the vendor hosts it."""
NO_ADDRESS: Final = "The address is missing: enter that of your N-central server, https://<its name>."
NOTHING_SHOWN: Final = (
    "N-central shows neither a service organisation nor a customer to this user: whether issues are active "
    "can't be told."
)
GRANT: Final = (
    "Give the API-only user a role that may read it, at the level of the service organisation "
    "(Administration > User Management)."
)


class NCentralConnector(Connector):
    kind = "ncentral"
    label = "N-able N-central"
    default_base_url = NOWHERE
    event_minutes = 2
    purposes = frozenset({ConsolePurpose.RMM})
    address_help = "Required: the address of your N-central server, https://<its name>."
    abilities = Abilities(
        companies=True,
        computers=True,
        events=True,
        list_proves_existence=True,
        events_are_complete_list=True,
        events_list_only_open=True,
    )
    halo_asset_links = ("nable_id",)
    credential_fields = (
        CredentialField(
            "token",
            "JSON web token",
            "In N-central: Administration > User Management > Users, the API-only user, API Access > "
            "Generate JSON Web Token. It is shown once, and ends with the password of its user.",
            secret=True,
        ),
        switch(
            "asset_data",
            "Read asset data",
            "No: serial number, model and addresses are not read, which takes one call for each device that "
            "they are not known of.",
            usually=True,
        ),
        switch(
            "lifecycle",
            "Read warranty",
            "Yes: the dates of purchase and warranty are read, one call more for each device.",
        ),
        CredentialField(
            "severities",
            "Severity of states",
            "Optional. Severities for numbers of notificationState, where ours do not fit: 5=high, 8=info.",
            secret=False,
            required=False,
        ),
    )

    def fetch_companies(self) -> Iterator[CompanyRecord]:
        """Customers page by page; their sites were read before."""
        left_out = 0
        for page in self._client.fetch_customers():
            for row in page:
                record = None if companies.is_system(row) else companies.company(row, self._sites)
                left_out += record is None and not companies.is_system(row)
                if record is not None:
                    yield record
        self._warn_if(left_out, f"{left_out} customers without id or name were left out.")

    def fetch_computers(self) -> Iterator[ComputerRecord]:
        """Devices page by page, each with the details that are asked for."""
        around = computers.Surroundings(self.access.zone, datetime.now(UTC), self._client.base_url)
        assets, lifecycle = self._asset_reader(), self._lifecycle_reader()
        turns = Turns(self.known_hardware, around.now)
        came = once = without_id = ahead = 0
        for page in self._client.fetch_devices():
            came, once = page.arrived, once + len(page)
            for row in page:
                record = computers.computer(row, around, _details_of(row, turns, assets, lifecycle))
                without_id += record is None
                ahead += computers.is_ahead(row, around)
                if record is not None:
                    yield record
        self._warn_if(without_id, f"{without_id} devices without an id were left out.")
        self._warn_if(came > once, f"{came - once} devices came twice under one id; the first was taken.")
        self._warn_if(ahead, f"{ahead} devices were last seen in the future: their time was left out.")
        for what, reader in (("Asset data", assets), ("Lifecycle data", lifecycle)):
            if reader is not None and reader.missing:
                self.warnings.append(reader.summary(what))
        self.warnings += turns.sentences("Asset data")

    def fetch_events(self, since: datetime | None = None) -> Iterator[EventRecord]:
        """Every issue that is on; there is no history to ask for, so `since` is moot."""
        severities, _ = codes.chosen_severities(self.access.value("severities"))
        joins = events.Joins(companies.owners(self._sites), severities, self.access.zone)
        nameless = 0
        for unit_id in self._units():
            for page in self._client.fetch_issues(unit_id):
                nameless += sum(events.series_key(row) is None for row in page)
                yield from filter(None, (self._event(row, joins) for row in page))
        self._warn_if(nameless, f"{nameless} active issues without device or task were left out.")

    def _event(self, row: Row, joins: events.Joins) -> EventRecord | None:
        """Each series once; a series is alive also where its device is not monitored at present."""
        record = events.event(row, joins)
        if record is None or record.series_key in self.series_seen:
            return None
        self.series_seen.add(record.series_key)
        return None if events.is_silenced(row) else record

    def _units(self) -> list[str]:
        """The organisation units whose issues are all issues: as few as there are, one call serves each.

        A user of a single customer sees no service organisation; then it is the customers.
        """
        try:
            found = [
                companies.service_org_id(row) for page in self._client.fetch_service_orgs() for row in page
            ]
        except (Forbidden, NotFound):
            found = []
        if not found:
            found = [companies.customer_id(row) for page in self._client.fetch_customers() for row in page]
        if None in found:
            raise ShortList("An organisation unit has no id: its active issues can't be read.")
        if not found:
            raise ShortList(NOTHING_SHOWN)
        return list(dict.fromkeys(unit_id for unit_id in found if unit_id))

    @classmethod
    def credential_problems(cls, credentials: Mapping[str, str]) -> dict[str, str]:
        _, wrong = codes.chosen_severities(str(credentials.get("severities") or ""))
        sentences = [f"{entry!r} is no severity of a state; write 5=high." for entry in wrong]
        return {"severities": " ".join(sentences)} if sentences else {}

    def _missing_configuration(self) -> list[str]:
        problems = super()._missing_configuration()
        problems += self.credential_problems(self.access.credentials).values()
        return problems if self.access.base_url not in ("", NOWHERE) else [*problems, NO_ADDRESS]

    def _probe(self) -> CheckResult:
        """Log in and look at each list once. Customers and devices have to work, the rest may be missing."""
        client, looks = self._client, Looks(GRANT)
        client.log_in()
        customers = looks.at("Customers", "company mapping", client.look_at_customers)
        looks.at("Sites", "sites of customers", client.look_at_sites)
        devices = looks.at("Devices", "computer mapping and export", client.look_at_devices)
        first = computers.device_id(devices.rows[0]) if devices and devices.rows else None
        assets, lifecycle = self._asset_reader(), self._lifecycle_reader()
        if first is not None and assets is not None:
            looks.at("Asset data", "serial number, model, addresses", lambda: assets.read(first))
        if first is not None and lifecycle is not None:
            looks.at("Lifecycle data", "dates of purchase and warranty", lambda: lifecycle.read(first))
        looks.at("Active issues", "events and tickets", self._look_at_issues)
        if customers is None or devices is None:
            return CheckResult(ok=False, message=" ".join(looks.problems), details=tuple(looks.details))
        counts = [len(page.rows) if page.total is None else page.total for page in (customers, devices)]
        connected = f"Connected: {counts[0]} customers, {counts[1]} devices."
        message = " ".join((connected, *looks.problems))
        return CheckResult(ok=True, message=message, details=tuple(looks.details))

    def _look_at_issues(self) -> None:
        """The first unit tells whether issues can be read at all."""
        for unit_id in self._units()[:1]:
            self._client.look_at_issues(unit_id)

    @cached_property
    def _client(self) -> NCentralClient:
        return NCentralClient(self.access, self.access.base_url)

    @cached_property
    def _sites(self) -> dict[str, list[LocationRecord]]:
        """Read once for each run: customers hold them, and issues name a site in place of its customer."""
        rows = [row for page in self._client.fetch_sites() for row in page]
        found = companies.by_customer(rows)
        left_out = len(rows) - sum(map(len, found.values()))
        self._warn_if(left_out, f"{left_out} sites without an id or a customer were left out.")
        return found

    def _asset_reader(self) -> OneByOne[Row | None] | None:
        wanted = self.access.is_on("asset_data", usually=True)
        return OneByOne(self._client.fetch_assets) if wanted else None

    def _lifecycle_reader(self) -> OneByOne[Row | None] | None:
        wanted = self.access.is_on("lifecycle")
        return OneByOne(self._client.fetch_lifecycle) if wanted else None


def _details_of(
    row: Row, turns: Turns, assets: OneByOne[Row | None] | None, lifecycle: OneByOne[Row | None] | None
) -> computers.Details:
    device_id = computers.device_id(row)
    if device_id is None or (assets is None and lifecycle is None) or not turns.take(device_id):
        return computers.Details()
    return computers.Details(_read(assets, device_id), _read(lifecycle, device_id))


def _read(reader: OneByOne[Row | None] | None, device_id: str) -> Row | None:
    try:
        return reader.read(device_id) if reader else None
    except NetError:
        return None
