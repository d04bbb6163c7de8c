"""A world of any size, made inside the database: rows are copies of one, with some columns counted up.

`i` is the number of a row, from 0; a model's rows have the ids `i + 1`, so that row i of one table can name
row i of another.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.db import connection, models

from integrations.choices import (
    Action,
    EventState,
    EventStatus,
    IntentionKind,
    IntentionState,
    Outcome,
    RunKind,
    RunState,
)
from integrations.models import (
    Company,
    Computer,
    Console,
    Entry,
    Event,
    HaloAsset,
    HaloClient,
    HaloCredential,
    Intention,
    Run,
)
from mappings.models import CompanyMapping, CompanySuggestion, ComputerMapping, ComputerReview
from tests.builders import make_console, make_credential
from ticketing.models import Alert, Decision, Ticket, TicketState

CONSOLES: Final = 10
CLIENTS: Final = 500
EVENT_TYPES: Final = ("backup.failed", "backup.warning", "disk.space_low", "device.offline")
BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)


def one_of(*values: str) -> str:
    """Each value in turn."""
    cases = " ".join(f"WHEN {place} THEN '{value}'" for place, value in enumerate(values))
    return f"CASE i % {len(values)} {cases} END"


def seldom(usual: str, rare: str, every: int = 10_000) -> str:
    usual = usual if usual.startswith("CASE") else f"'{usual}'"
    return f"CASE WHEN i % {every} = 7 THEN '{rare}' ELSE {usual} END"


def digits(what: str = "i") -> str:
    return f"substr(CAST(10000000 + {what} AS text), 2)"


def moment(every: int = 1) -> str:
    """One second after the other."""
    if connection.vendor == "postgresql":
        return f"TIMESTAMPTZ '{BEGIN:%Y-%m-%d}+00' + i * INTERVAL '{every} second'"
    return f"datetime('{BEGIN:%Y-%m-%d}', '+' || (i * {every}) || ' seconds')"


def multiply(pattern: models.Model, begin: int, end: int, where: str = "", **columns: str) -> None:
    """Rows `begin` up to `end` that are like `pattern`, but for `columns`: SQL of `i` by column."""
    known = {"id": "i + 1", **columns}
    names, told, values = [], [], []
    for field in pattern._meta.concrete_fields:
        names.append(connection.ops.quote_name(field.column))
        told.append(known[field.column].replace("%", "%%") if field.column in known else "%s")
        if field.column not in known:
            value = getattr(pattern, field.attname)
            values.append(field.get_db_prep_save(value, connection) if value is not None else None)
    table = connection.ops.quote_name(pattern._meta.db_table)
    sql = (
        f"INSERT INTO {table} ({', '.join(names)}) "
        f"WITH RECURSIVE numbers(i) AS (SELECT {begin} UNION ALL "
        f"SELECT i + 1 FROM numbers WHERE i + 1 < {end}) SELECT {', '.join(told)} FROM numbers"
        + (f" WHERE {where.replace('%', '%%')}" if where else "")
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


class ManyRows:
    """Ten consoles in one credential. `grow` brings every table to that many rows."""

    def __init__(self) -> None:
        self.rows = 0
        self.credential: HaloCredential = make_credential()
        self.consoles: list[Console] = [make_console(name=f"Console {n}") for n in range(CONSOLES)]
        self.run = Run.objects.create(kind=RunKind.APPLY_ASSETS, state=RunState.SUCCEEDED)
        multiply(
            HaloClient(halo_credential=self.credential),
            0,
            CLIENTS,
            halo_id="1000 + i",
            name=f"'Client ' || {digits()}",
        )

    def grow(self, rows: int) -> None:
        for fill in (
            self._companies,
            self._computers,
            self._events,
            self._alerts,
            self._tickets,
            self._intentions,
            self._entries,
        ):
            fill(self.rows, rows)
        self.rows = rows
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")

    @property
    def _console(self) -> str:
        return f"{self.consoles[0].pk} + i % {CONSOLES}"

    def _companies(self, begin: int, end: int) -> None:
        """Nine of ten mapped, half of the others with a suggestion."""
        multiply(
            Company(),
            begin,
            end,
            console_id=self._console,
            external_id="'c' || i",
            name=f"'Company ' || {digits()}",
            normalised_name=f"'company ' || {digits()}",
        )
        mapping = CompanyMapping(halo_credential=self.credential)
        client = f"1 + i % {CLIENTS}"
        multiply(mapping, begin, end, "i % 10 > 0", company_id="i + 1", halo_client_id=client)
        guess = CompanySuggestion(halo_credential=self.credential, score=90, reason="Similar names.")
        multiply(guess, begin, end, "i % 20 = 0", company_id="i + 1", halo_client_id=client)

    def _computers(self, begin: int, end: int) -> None:
        """Of the first companies; nine of ten mapped, a few to review."""
        multiply(
            Computer(os_name="Windows 11 Pro"),
            begin,
            end,
            console_id=self._console,
            company_id=f"1 + i % {CLIENTS}",
            external_id="'n' || i",
            name=f"'PC-' || {digits()}",
            serial_number=f"'5CG' || {digits()}",
        )
        asset = HaloAsset(halo_credential=self.credential)
        client = f"1 + i % {CLIENTS}"
        name = f"'PC-' || {digits()}"
        multiply(asset, begin, end, client_id=client, halo_id="100000 + i", name=name)
        mapping = ComputerMapping(halo_credential=self.credential, reason="Same serial number.")
        mapped = {"computer_id": "i + 1", "halo_asset_id": "i + 1", "console_id": self._console}
        multiply(mapping, begin, end, f"i % {CLIENTS} % 10 > 0", **mapped)
        review = ComputerReview(halo_credential=self.credential, kind="clone", reason="Two of one serial.")
        multiply(review, begin, end, "i % 10000 = 10", computer_id="i + 1")

    def _events(self, begin: int, end: int) -> None:
        multiply(
            Event(message="It failed. " * 20),
            begin,
            end,
            console_id=self._console,
            external_id="'e' || i",
            fingerprint="'many f' || i",
            event_type=one_of(*EVENT_TYPES),
            series_key="'plan ' || i",
            state=one_of(EventState.OPEN, EventState.RESOLVED),
            severity=one_of("critical", "high", "medium", "low", "info"),
            title=f"'Backup of plan ' || {digits()} || ' failed'",
            company_id=f"1 + i % {CLIENTS}",
            computer_id="i + 1",
            occurred_at=moment(),
            received_at=moment(),
            status=seldom(EventStatus.ROUTED, EventStatus.WAITING),
        )

    def _alerts(self, begin: int, end: int) -> None:
        multiply(
            Alert(halo_credential=self.credential, pending=False, reason="The rule says so."),
            begin,
            end,
            identity="'many a' || i",
            console_id=self._console,
            company_id=f"1 + i % {CLIENTS}",
            computer_id="i + 1",
            series_key="'plan ' || i",
            event_type=one_of(*EVENT_TYPES),
            severity=one_of("critical", "high", "medium", "low", "info"),
            title=f"'Backup of plan ' || {digits()} || ' failed'",
            state=seldom(EventState.RESOLVED, EventState.OPEN, 100),
            decision=seldom(Decision.WANTED, Decision.HELD),
            opened_at=moment(),
            newest_at=moment(),
        )

    def _tickets(self, begin: int, end: int) -> None:
        """One in a hundred open, a few refused."""
        multiply(
            Ticket(instance=self.credential.instance, halo_credential=self.credential, current=False),
            begin,
            end,
            group_key="'many g' || i",
            marker="'HB-many-' || i",
            halo_id="100000 + i",
            summary=f"'[Backup] PC-' || {digits()} || ': plan failed'",
            company_id=f"1 + i % {CLIENTS}",
            computer_id="i + 1",
            state=seldom(seldom(TicketState.CLOSED, TicketState.OPEN, 100), TicketState.REFUSED),
            created_at=moment(),
        )

    def _intentions(self, begin: int, end: int) -> None:
        """What was sent for the tickets; a few wait for staff."""
        multiply(
            Intention(
                instance=self.credential.instance,
                halo_credential=self.credential,
                kind=IntentionKind.CREATE_TICKET,
                sequence=1,
            ),
            begin,
            end,
            marker="'HB-sent-' || i",
            cause="'many ' || i",
            lane="'ticket:' || i",
            subject_id="i + 1",
            state=seldom(IntentionState.DONE, IntentionState.STAFF),
            created_at=moment(),
        )

    def _entries(self, begin: int, end: int) -> None:
        multiply(
            Entry(run=self.run, action=Action.UPDATE, reason="Differs in: Serial Number."),
            begin,
            end,
            outcome=seldom(Outcome.DONE, Outcome.REFUSED),
            subject=f"'PC-' || {digits()}",
            created_at=moment(),
        )
