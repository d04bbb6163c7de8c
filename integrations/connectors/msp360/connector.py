"""MSP360 Managed Backup: companies, computers with licences, the state of every plan, alerts of the RMM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from time import monotonic
from typing import Final

from integrations.choices import ConsolePurpose
from integrations.connectors import links, turns
from integrations.connectors.base import Abilities, Connector, CredentialField, OpenQuestion
from integrations.connectors.looks import Looks
from integrations.connectors.msp360.client import Msp360Client, RmmClient, Row
from integrations.connectors.msp360.parse import companies, computers, events, products
from integrations.connectors.patience import OneByOne
from integrations.net.errors import Forbidden, NetError, NotFound, Refused
from integrations.records import CheckResult, CompanyRecord, ComputerRecord, EventRecord

RMM_BASE_URL: Final = "https://api.rmm.mspbackups.com"
GRANT: Final = "Let an administrator of the provider account generate the API credentials."
OVERLAP: Final = timedelta(hours=2)
"""How far behind the last read an alert that is over is told, though nobody knew that it was open."""


@dataclass(frozen=True, slots=True)
class Poll:
    """How many computers one read of the events asks for their alerts, and for how long it begins new calls.
    `open_first` is how many of those with an open alert go before all others."""

    at_once: int
    open_first: int
    seconds: float


USUAL: Final = Poll(at_once=60, open_first=40, seconds=20.0)
FIRST: Final = Poll(at_once=500, open_first=0, seconds=60.0)
"""The first read tells what was open before; what a later one finds counts as new."""


class Msp360Connector(Connector):
    kind = "msp360"
    label = "MSP360 Managed Backup"
    default_base_url = "https://api.mspbackups.com"
    purposes = frozenset({ConsolePurpose.BACKUP})
    product_purposes = {products.RMM_ONLY: frozenset({ConsolePurpose.RMM})}
    abilities = Abilities(
        companies=True,
        computers=True,
        events=True,
        list_proves_existence=True,
        events_are_complete_list=True,
        series_listed_while_open=(events.ALERTS,),
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
            "and the alerts of the RMM are read as well, with one call for each computer whose turn it is. "
            f"It is not the API password but a token of its own, for {RMM_BASE_URL}; MSP360's support says "
            "where your account gets it.",
            secret=True,
            required=False,
        ),
        CredentialField(
            "rmm_base_url",
            "RMM API address",
            f"Optional. Empty: {RMM_BASE_URL}.",
            secret=False,
            required=False,
            address=True,
        ),
        *links.FIELDS,
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
            console_link=self.access.value("console_link"),
            remote_link=self.access.value("remote_link"),
        )
        client = self._rmm_client()
        hosts = Hosts(client, self.known_hardware, datetime.now(UTC)) if client else None
        without_id = 0
        for page in self._client.fetch_computers():
            for row in page:
                host, unread = hosts.read(row) if hosts else (None, computers.HARDWARE)
                record = computers.computer(row, around, host, unread=unread)
                without_id += record is None
                if record is not None:
                    yield record
        self._warn_if(without_id, f"{without_id} computers without an id were left out.")
        self.warnings += hosts.sentences() if hosts else []

    def fetch_events(self, since: datetime | None = None) -> Iterator[EventRecord]:
        """The present state of every backup plan, then the alerts of the computers whose turn it is.

        There is no history to ask for: `since` only tells which ends of alerts are news.
        """
        rows = self._client.fetch_monitoring()
        zone, company_ids = self.access.zone, companies.ids_by_name(self._companies)
        owners: dict[str, computers.Owner] = {}
        joins = events.Joins(
            now=datetime.now(UTC),
            company_ids=company_ids,
            computer_ids=computers.ids_by_place(self._noted(owners, company_ids), zone),
            zone=zone,
        )
        for key, row in events.latest_runs(rows, zone):
            self.series_seen.add(events.series_key(key))
            record = events.event(key, row, joins)
            if record is not None:
                yield record
        unknown = ", ".join(sorted({str(row.get("Status")) for row in rows if events.status(row) is None}))
        self._warn_if(unknown, f"Plans in a state that is not known were left out: {unknown}.")
        yield from self._alerts(owners, since)

    def _alerts(self, owners: Mapping[str, computers.Owner], since: datetime | None) -> Iterator[EventRecord]:
        """Alerts that are live, and those that have ended. What was not looked at is left as it is."""
        looked_at: set[str] = set()
        without_id = 0
        for hid, rows in self._summaries(owners, since):
            looked_at.add(hid)
            without_id += sum(not events.has_id(row) for row in rows)
            for key, row in events.alerts(rows, hid).items():
                if events.is_live(row) or self._is_news(key, row, since):
                    self.series_seen.add(key)
                    yield events.alert(key, row, owners[hid])
        # The alerts of a computer that is in the list no more are over: nothing will ever be read of it.
        rest = owners.keys() - looked_at
        self.series_unread |= {key for key in self.open_series if events.computer_of(key) in rest}
        self._warn_if(without_id, f"{without_id} alerts of the RMM without an id were left out.")

    def _summaries(
        self, owners: Mapping[str, computers.Owner], since: datetime | None
    ) -> Iterator[tuple[str, list[Row]]]:
        """(hid, alerts) of the computers whose turn it is, as far as they could be read."""
        client, now = self._rmm_client(), datetime.now(UTC)
        if client is None:
            return
        poll = FIRST if since is None else USUAL
        until = monotonic() + poll.seconds
        reader = OneByOne(client.fetch_alerts)
        with_open = {events.computer_of(key) for key in self.open_series}
        asked = [
            hid
            for hid, it in owners.items()
            if it.may_have_agent or hid in with_open or turns.is_round(hid, now)
        ]
        first, most = poll.open_first, poll.at_once
        for hid in turns.in_turn(asked, with_open, now, since or now, at_once=most, urgent_first=first):
            if monotonic() >= until:
                break
            found = _read(reader, hid)
            if found is not None:
                yield hid, found
        self._warn_if(reader.missing, reader.summary("Alerts"))

    def _is_news(self, key: str, row: Row, since: datetime | None) -> bool:
        """Whether to tell that an alert is over: a summary may hold it for long after that."""
        ended = events.ended_at(row)
        recently = since is not None and ended is not None and ended >= since - OVERLAP
        return recently or key in self.open_series

    def _probe(self) -> CheckResult:
        return probe(self._client, self._rmm_client())

    @cached_property
    def _client(self) -> Msp360Client:
        return Msp360Client(self.access, self.access.base_url or self.default_base_url)

    def _rmm_client(self) -> RmmClient | None:
        if not self.access.value("rmm_token"):
            return None
        return RmmClient(self.access, self.access.value("rmm_base_url") or RMM_BASE_URL)

    @cached_property
    def _companies(self) -> list[CompanyRecord]:
        """Read once for each run: computers and plans name their company instead of giving its id."""
        rows = self._client.fetch_companies()
        found = [record for row in rows if (record := companies.company(row))]
        left_out = len(rows) - len(found)
        self._warn_if(left_out, f"{left_out} companies without id or name were left out.")
        return found

    def _noted(self, owners: dict[str, computers.Owner], company_ids: Mapping[str, str]) -> Iterator[Row]:
        """The rows of all computers; what alerts need to know of them is added to `owners`."""
        for page in self._client.fetch_computers():
            for row in page:
                owner = computers.owner(row, company_ids)
                if owner is not None:
                    owners[owner.external_id] = owner
                yield row

    def _products(self) -> dict[products.Place, tuple[str, ...]] | None:
        """Licences by computer; None where the credential may not read them, which stops nothing else."""
        try:
            return products.products_by_place(self._client.fetch_licences())
        except (Forbidden, NotFound, Refused) as error:
            self.warnings.append(f"Computers come without products, licences can't be read: {error.sentence}")
            return None


class Hosts:
    """Reads the hardware of the computers whose turn it is."""

    def __init__(self, client: RmmClient, known: frozenset[str], now: datetime) -> None:
        self._reader = OneByOne(client.fetch_host)
        self._known = known
        self._turns = turns.Turns(known, now)

    def read(self, row: Row) -> tuple[Row | None, tuple[str, ...]]:
        """The host record of a computer, and what of its own record is unread without it."""
        hid = computers.hid(row)
        if hid is None:
            return None, computers.HARDWARE
        kept = computers.HARDWARE_AND_OS if hid in self._known else computers.HARDWARE
        if not self._turns.take(hid, seldom=not computers.may_have_rmm(row)):
            return None, kept
        try:
            host = self._reader.read(hid)
        except NetError:
            return None, computers.HARDWARE_AND_OS
        return host, () if host else kept

    def sentences(self) -> list[str]:
        told = [self._reader.summary("Hardware data")] if self._reader.missing else []
        return told + self._turns.sentences("Hardware data")


def _read(reader: OneByOne[list[Row] | None], hid: str) -> list[Row] | None:
    try:
        return reader.read(hid)
    except NetError:
        return None


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
    if rmm is not None:
        looks.at("Alerts (RMM API)", "events and tickets of the RMM", rmm.look_at_summaries)
    if found_companies is None or found_computers is None:
        return CheckResult(ok=False, message=" ".join(looks.problems), details=tuple(looks.details))
    connected = f"Connected: {len(found_companies)} companies, {found_computers[0]} computers."
    return CheckResult(ok=True, message=" ".join((connected, *looks.problems)), details=tuple(looks.details))
