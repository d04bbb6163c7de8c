"""Tactical RMM: clients with their sites, agents, and alerts by list and by webhook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from integrations.choices import ConsolePurpose
from integrations.connectors.base import WEBHOOK_SECRET, Abilities, Connector, CredentialField, OpenQuestion
from integrations.connectors.credential_fields import switch
from integrations.connectors.looks import Looks
from integrations.connectors.parts import in_parts
from integrations.connectors.patience import OneByOne
from integrations.connectors.tactical_rmm.client import Row, TacticalClient
from integrations.connectors.tactical_rmm.parse import companies, computers, events
from integrations.connectors.turns import Turns
from integrations.net.errors import NetError, ShortList
from integrations.records import CheckResult, CompanyRecord, ComputerRecord, EventRecord

NOWHERE: Final = "https://api.your-domain.example"
"""There is no address of the vendor's own: everybody runs a server."""
NO_ADDRESS: Final = "The address is missing: Tactical RMM runs on your own server, https://api.<your domain>."
RECENT_DAYS: Final = 7
"""How far back ended alerts are looked at. Always as far, so that few series leave the list at a time."""
GRANT: Final = "Give the role of the key's user the right to list it (Settings > Permissions Manager)."


class TacticalRmmConnector(Connector):
    kind = "tactical_rmm"
    label = "Tactical RMM"
    default_base_url = NOWHERE
    purposes = frozenset({ConsolePurpose.RMM})
    address_help = "Required: the API address of your server, https://api.<your domain>."
    abilities = Abilities(
        companies=True,
        computers=True,
        events=True,
        webhook=True,
        list_proves_existence=True,
        events_are_complete_list=True,
        events_list_only_open=True,
    )
    credential_fields = (
        CredentialField(
            "api_key",
            "API key",
            "In the dashboard: Settings > Global Settings > API Keys > Add. The key can do what the role of "
            "its user can do.",
            secret=True,
        ),
        CredentialField(
            "dashboard_url",
            "Dashboard address",
            "Optional. The address of the dashboard (https://rmm.<your domain>), for links to computers.",
            secret=False,
            required=False,
        ),
        switch(
            "full_records",
            "Read MAC addresses",
            "Yes: the full record of agents is read as well, one call each, by turns.",
        ),
        switch(
            "hidden_alerts",
            "Hidden alerts",
            "Yes: also alerts that the dashboard does not show, because dashboard alerts are off for their "
            "agent, check or task.",
        ),
        WEBHOOK_SECRET,
    )

    open_questions = (
        OpenQuestion("Types and severities of alerts", ("alert_type", "severity")),
        OpenQuestion("Spelling of times", ("alert_time", "resolved_on", "last_seen")),
        OpenQuestion("Kinds and platforms of agents", ("monitoring_type", "plat")),
    )

    def fetch_companies(self) -> Iterator[CompanyRecord]:
        yield from self._companies

    def fetch_computers(self) -> Iterator[ComputerRecord]:
        """Agents client by client, in parts. Raises `ShortList` after the last if fewer came than exist."""
        tally = Tally(self.brought_before, int(self.begins_at.get("arrived", 0)))
        full = OneByOne(self._client.fetch_agent) if self.access.is_on("full_records") else None
        turns = Turns(self.known_hardware, datetime.now(UTC))
        for row, around in self._agents(tally):
            record = self._computer(row, around, full, turns)
            if record is not None:
                yield record
        if self.goes_on_at:
            self.goes_on_at = {**self.goes_on_at, "arrived": tally.arrived}
        else:
            tally.compare(self._rows, self._client.fetch_clients)
        self.warnings += tally.sentences()
        if full is not None and full.missing:
            self.warnings.append(full.summary("MAC addresses"))
        self.warnings += turns.sentences("MAC addresses")

    def fetch_events(self, since: datetime | None = None) -> Iterator[EventRecord]:
        """Every open alert, and those that began in the last days (since `since`, if that is longer ago)."""
        zone, without_id = self.access.zone, 0
        joins = events.Joins(companies.ids_by_name(self._companies), zone)
        open_rows = self._client.fetch_open_alerts()
        newest = _newest_of_series(filter(self._is_wanted, open_rows), joins)
        told: set[tuple[str | None, bool]] = set()
        for row in (*open_rows, *self._client.fetch_recent_alerts(_days_since(since))):
            key = (events.alert_id(row), events.is_open(row))
            without_id += key[0] is None
            if key in told or key[0] is None:
                continue
            told.add(key)
            if events.is_open(row):
                # A hidden alert is not told, but its cause has not ended either.
                self.series_seen.add(events.series_key(row))
            record = events.event(row, joins) if self._is_wanted(row) else None
            if record is not None and not _is_overtaken(record, newest):
                self.series_seen.add(record.series_key)
                yield record
        if without_id:
            self.warnings.append(f"{without_id} alerts without an id were left out.")

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> list[EventRecord]:
        """The one event of the body that the README shows."""
        return [events.delivered(body, self.access.zone)]

    def _missing_configuration(self) -> list[str]:
        problems = super()._missing_configuration()
        return problems if self.access.base_url not in ("", NOWHERE) else [*problems, NO_ADDRESS]

    def _probe(self) -> CheckResult:
        return probe(TacticalClient(self.access, self.access.base_url, patient=False))

    @cached_property
    def _client(self) -> TacticalClient:
        return TacticalClient(self.access, self.access.base_url)

    @cached_property
    def _rows(self) -> list[Row]:
        return self._client.fetch_clients()

    @cached_property
    def _companies(self) -> list[CompanyRecord]:
        """Read once for each run: agents are asked for by client, alerts name their client."""
        found = [record for row in self._rows if (record := companies.company(row))]
        left_out = len(self._rows) - len(found)
        if left_out:
            self.warnings.append(f"{left_out} clients without id or name were left out.")
        return found

    def _agents(self, tally: Tally) -> Iterator[tuple[Row, computers.Surroundings]]:
        """Every agent with the client that it was found at."""
        zone, dashboard = self.access.zone, self.access.value("dashboard_url")
        for [company] in in_parts(self, self._companies, lambda company: company.external_id):
            around = computers.Surroundings.of(company, zone, dashboard)
            for row in tally.fresh(self._client.fetch_agents(company.external_id)):
                yield row, around

    def _computer(
        self, row: Row, around: computers.Surroundings, full: OneByOne[Row | None] | None, turns: Turns
    ) -> ComputerRecord | None:
        agent_id = computers.agent_id(row)
        if agent_id is None or full is None or not turns.take(agent_id):
            return computers.computer(row, around, None, unread=computers.HARDWARE)
        try:
            found = full.read(agent_id)
        except NetError:
            found = None
        return computers.computer(row, around, found, unread=() if found else computers.HARDWARE)

    def _is_wanted(self, row: Row) -> bool:
        return self.access.is_on("hidden_alerts") or not events.is_hidden(row)


class Tally:
    """Counts agents while they are read client by client; meanwhile they may move to another client."""

    def __init__(self, known: AbstractSet[str] = frozenset(), arrived: int = 0) -> None:
        """`known` and `arrived`: which agents, and how many rows, earlier parts of the read have brought."""
        self._known = set(known)
        self.arrived = arrived
        self._without_id = 0
        self._doubled = 0

    def fresh(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The agents of one client's answer, each once, without those that an earlier client had."""
        here: set[str] = set()
        for row in rows:
            agent_id = computers.agent_id(row)
            if agent_id in self._known:
                continue
            self.arrived += 1
            self._without_id += agent_id is None
            self._doubled += agent_id in here
            if agent_id is not None and agent_id not in here:
                here.add(agent_id)
                yield row
        self._known |= here

    def compare(self, before: Iterable[Row], read_again: Callable[[], Iterable[Row]]) -> None:
        """Raises `ShortList` where fewer came than the clients had both before and after the read.

        Agents that were removed meanwhile are missing from the second count, new ones from the first; one
        that slipped past, by moving to a client that had been read, is in both.
        """
        had = companies.agent_count(before)
        if had is None or self.arrived >= had:
            return
        has = companies.agent_count(read_again())
        if has is not None and self.arrived < min(had, has):
            raise ShortList(
                f"The list of computers ended after {self.arrived} of {min(had, has)}: it was not used."
            )

    def sentences(self) -> list[str]:
        told = (
            (self._without_id, "computers without an id were left out."),
            (self._doubled, "computers have the id of another one and were left out."),
        )
        return [f"{count} {words}" for count, words in told if count]


def _days_since(since: datetime | None) -> int:
    gone = (datetime.now(UTC) - since).days + 2 if since else 0
    return max(RECENT_DAYS, gone)


def _newest_of_series(rows: Iterable[Row], joins: events.Joins) -> dict[str, EventRecord]:
    """The latest open alert of each series."""
    newest: dict[str, EventRecord] = {}
    for row in rows:
        record = events.event(row, joins) if events.is_open(row) else None
        if record is not None and record.occurred_at is not None:
            other = newest.get(record.series_key)
            if other is None or other.occurred_at is None or other.occurred_at <= record.occurred_at:
                newest[record.series_key] = record
    return newest


def _is_overtaken(record: EventRecord, newest: Mapping[str, EventRecord]) -> bool:
    """Whether an alert's end says nothing, because the same cause has another alert that is still open.

    Servers make two alerts of one cause now and then, and end the older one afterwards.
    """
    other = newest.get(record.series_key)
    if record.state == "open" or other is None or other.external_id == record.external_id:
        return False
    began, ended = other.occurred_at, record.occurred_at
    return ended is None or (began is not None and ended >= began)


def probe(client: TacticalClient) -> CheckResult:
    """Look at each list once. Clients and agents have to work, alerts may be missing.

    Without clients there is nothing to ask the others for, and they would fail for the same reason.
    """
    looks = Looks(GRANT)
    rows = looks.at("Clients", "company mapping", client.fetch_clients)
    if rows is None:
        return CheckResult(ok=False, message=looks.problems[0], details=tuple(looks.details))
    first = next((record for row in rows if (record := companies.company(row))), None)
    agents: list[Row] | None = []
    if first is not None:
        client_id = first.external_id
        agents = looks.at("Agents", "computer mapping and export", lambda: client.fetch_agents(client_id))
    looks.at("Alerts", "events and tickets", client.count_open_alerts)
    if agents is None:
        return CheckResult(ok=False, message=" ".join(looks.problems), details=tuple(looks.details))
    count = companies.agent_count(rows)
    connected = f"Connected: {len(rows)} clients" + (f", {count} agents." if count is not None else ".")
    return CheckResult(ok=True, message=" ".join((connected, *looks.problems)), details=tuple(looks.details))
