"""MSP360 Managed Backup: companies, computers with their licences, and the state of every backup plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from integrations.connectors.base import Abilities, Connector, CredentialField, OpenQuestion
from integrations.connectors.looks import Looks
from integrations.connectors.msp360.client import Msp360Client, RmmClient, Row
from integrations.connectors.msp360.parse import companies, computers, events, products
from integrations.connectors.patience import OneByOne
from integrations.net.errors import Forbidden, NetError, NotFound, Refused
from integrations.records import CheckResult, CompanyRecord, ComputerRecord, EventRecord

RMM_BASE_URL: Final = "https://api.rmm.mspbackups.com"
GRANT: Final = "Let an administrator of the provider account generate the API credentials."


class Msp360Connector(Connector):
    kind = "msp360"
    label = "MSP360 Managed Backup"
    default_base_url = "https://api.mspbackups.com"
    abilities = Abilities(
        companies=True,
        computers=True,
        events=True,
        list_proves_existence=True,
        events_are_complete_list=True,
    )
    credential_fields = (
        CredentialField(
            "login",
            "API login",
            "In the Management Console: Settings > General > API Credentials. An administrator generates "
            "login and password there; generating a new pair ends the old one.",
            secret=False,
        ),
        CredentialField(
            "password",
            "API password",
            "Generated together with the API login, under Settings > General.",
            secret=True,
        ),
        CredentialField(
            "rmm_token",
            "RMM API token",
            "Optional. With the token of the RMM API, serial number, manufacturer, model, IP and MAC address "
            "are read as well, with one call for each computer.",
            secret=True,
            required=False,
        ),
        CredentialField(
            "rmm_base_url",
            "RMM API address",
            f"Optional. Empty: {RMM_BASE_URL}.",
            secret=False,
            required=False,
        ),
    )

    open_questions = (
        OpenQuestion("1. Spellings of the licence types", ("LicenseType", "licenseType")),
        OpenQuestion("1. Meaning of InstanceType", ("InstanceType",)),
        OpenQuestion("1. Application id of the RMM agent", ("AppId", "ApplicationId", "ApplicationID")),
        OpenQuestion("1. Zone of LastActivity", ("LastActivity",)),
        OpenQuestion("2. Values of the RMM alerts' type and state", ("type", "state")),
        OpenQuestion("2. Values of computerState", ("computerState",)),
    )

    def fetch_companies(self) -> Iterator[CompanyRecord]:
        yield from self._companies

    def fetch_computers(self) -> Iterator[ComputerRecord]:
        """Computers page by page, joined with company, licences and (where a token is given) hardware."""
        around = computers.Surroundings(
            company_ids=companies.ids_by_name(self._companies),
            products=self._products(),
            zone=self.access.zone,
        )
        hosts = self._host_reader()
        without_id = 0
        for page in self._client.fetch_computers():
            for row in page:
                record = self._computer(row, around, hosts)
                without_id += record is None
                if record is not None:
                    yield record
        self._warn_if(without_id, f"{without_id} computers without an id were left out.")
        self._warn_if(hosts and hosts.missing, hosts.summary("Hardware data") if hosts else "")

    def fetch_events(self, since: datetime | None = None) -> Iterator[EventRecord]:
        """The present state of every backup plan; there is no history to ask for, so `since` is moot."""
        rows = self._client.fetch_monitoring()
        zone = self.access.zone
        joins = events.Joins(
            now=datetime.now(UTC),
            company_ids=companies.ids_by_name(self._companies),
            computer_ids=computers.ids_by_place(self._computer_rows(), zone),
            zone=zone,
        )
        for key, row in events.latest_runs(rows, zone):
            self.series_seen.add(events.series_key(key))
            record = events.event(key, row, joins)
            if record is not None:
                yield record
        unknown = ", ".join(sorted({str(row.get("Status")) for row in rows if events.status(row) is None}))
        self._warn_if(unknown, f"Plans in a state that is not known were left out: {unknown}.")

    def _probe(self) -> CheckResult:
        return probe(self._client, self._rmm_client())

    @cached_property
    def _client(self) -> Msp360Client:
        return Msp360Client(self.access, self.access.base_url or self.default_base_url)

    def _rmm_client(self) -> RmmClient | None:
        if not self.access.value("rmm_token"):
            return None
        return RmmClient(self.access, self.access.value("rmm_base_url") or RMM_BASE_URL)

    def _host_reader(self) -> OneByOne[Row | None] | None:
        client = self._rmm_client()
        return OneByOne(client.fetch_host) if client else None

    @cached_property
    def _companies(self) -> list[CompanyRecord]:
        """Read once for each run: computers and plans name their company instead of giving its id."""
        rows = self._client.fetch_companies()
        found = [record for row in rows if (record := companies.company(row))]
        left_out = len(rows) - len(found)
        self._warn_if(left_out, f"{left_out} companies without id or name were left out.")
        return found

    def _computer_rows(self) -> Iterator[Row]:
        for page in self._client.fetch_computers():
            yield from page

    def _products(self) -> dict[products.Place, tuple[str, ...]] | None:
        """Licences by computer; None where the credential may not read them, which stops nothing else."""
        try:
            return products.products_by_place(self._client.fetch_licences())
        except (Forbidden, NotFound, Refused) as error:
            self.warnings.append(f"Computers come without products, licences can't be read: {error.sentence}")
            return None

    def _computer(
        self, row: Row, around: computers.Surroundings, hosts: OneByOne[Row | None] | None
    ) -> ComputerRecord | None:
        hid = computers.hid(row)
        if hid is None or hosts is None:
            return computers.computer(row, around, None, unread=computers.HARDWARE)
        try:
            host = hosts.read(hid)
        except NetError:
            return computers.computer(row, around, None, unread=computers.HARDWARE_AND_OS)
        return computers.computer(row, around, host, unread=() if host else computers.HARDWARE)

    def _warn_if(self, happened: object, sentence: str) -> None:
        if happened:
            self.warnings.append(sentence)


def probe(client: Msp360Client, rmm: RmmClient | None) -> CheckResult:
    """Log in and look at each list once. Companies and computers have to work, the rest may be missing."""
    client.log_in()
    looks = Looks(GRANT)
    found_companies = looks.at("Companies", "company mapping", client.fetch_companies)
    found_computers = looks.at("Computers", "computer mapping and export", client.count_computers)
    looks.at("Licences", "products of computers (default asset types)", client.fetch_licences)
    looks.at("Backup monitoring", "events and tickets", client.fetch_monitoring)
    if rmm is not None and found_computers is not None and found_computers[1] is not None:
        hid = computers.hid(found_computers[1]) or ""
        looks.at("Hardware (RMM API)", "serial number, model, addresses", lambda: rmm.fetch_host(hid))
    if found_companies is None or found_computers is None:
        return CheckResult(ok=False, message=" ".join(looks.problems), details=tuple(looks.details))
    connected = f"Connected: {len(found_companies)} companies, {found_computers[0]} computers."
    return CheckResult(ok=True, message=" ".join((connected, *looks.problems)), details=tuple(looks.details))
