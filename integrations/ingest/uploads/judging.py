"""Rows of an upload → records, by the rules of the REST API; each bad row with its number and reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.utils import timezone
from rest_framework import serializers

from integrations.ingest.console_rows import external_key
from integrations.ingest.sent.console_data import (
    SentCompanySerializer,
    SentComputerSerializer,
    company_record,
    computer_record,
    leave_out_future,
)
from integrations.ingest.sent.events import SentEventSerializer, event_record
from integrations.ingest.sent.items import Item, validate_each
from integrations.ingest.uploads.names import SEVERAL, UNKNOWN, companies_called, computers_called
from integrations.ingest.uploads.parts import layout_of, parts
from integrations.models import Upload
from integrations.records import CompanyRecord, ComputerRecord, EventRecord
from integrations.sync.storable import storable_text
from integrations.sync.tables.cells import Line
from integrations.sync.tables.fields import ID
from integrations.sync.tables.rows import Layout, Row, numbers_in_codes, read_row

_SERIALIZERS: Final[dict[str, type[serializers.Serializer[Any]]]] = {
    "companies": SentCompanySerializer,
    "computers": SentComputerSerializer,
    "events": SentEventSerializer,
}
AnyRecord = CompanyRecord | ComputerRecord | EventRecord
LONGEST_REASON: Final = 500


@dataclass(slots=True)
class Judged:
    """`bad` and `notes`: row number and sentence. `repeated` rows say again what an earlier one said."""

    records: list[Any] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    repeated: int = 0
    numbers_in: dict[str, int] = field(default_factory=dict)
    """Columns of codes that hold numbers → the first such row."""


class Judge:
    """Judges the parts of an upload in order; begun in the middle it looks through what came before."""

    def __init__(self, upload: Upload, start: int = 0) -> None:
        self.layout: Layout = layout_of(upload)
        self._upload = upload
        self._serializer = _SERIALIZERS[upload.what]()
        self._first_rows: dict[str, int] = {}
        if start and upload.what != "events":
            self._look_through(start)

    def _look_through(self, end: int) -> None:
        narrow = identity_layout(self.layout)
        for position, lines in parts(self._upload):
            if position >= end:
                return
            for line in lines:
                row = read_row(line, narrow)
                self._first_rows.setdefault(row.identity, row.number)

    def judge(self, lines: Sequence[Line]) -> Judged:
        """At most two queries, whatever the number of rows."""
        judged = Judged()
        rows = [read_row(line, self.layout) for line in lines]
        for line in lines:
            for label in numbers_in_codes(line[1], self.layout):
                judged.numbers_in.setdefault(label, line[0])
        rows = [row for row in rows if not self._is_repeated(row, judged)]
        self._name_others(rows)
        good = [row for row in rows if not row.problem]
        items = [Item(row.sent) for row in good]
        validate_each(self._serializer, items)
        for row, item in zip(good, items, strict=True):
            if item.errors:
                row.problem = self._told(item.errors)
            else:
                judged.records.append(self._record(item))
                row.notes += item.notes
        judged.bad += [
            (row.number, storable_text(row.problem, LONGEST_REASON)) for row in rows if row.problem
        ]
        judged.notes += [
            (row.number, storable_text(note, LONGEST_REASON)) for row in rows for note in row.notes
        ]
        return judged

    def _is_repeated(self, row: Row, judged: Judged) -> bool:
        """A list of companies may name one on every row; two computers with one id are a mistake."""
        if self._upload.what == "events" or not row.identity:
            return False
        first = self._first_rows.setdefault(row.identity, row.number)
        if first == row.number:
            return False
        if self._upload.what == "companies":
            judged.repeated += 1
            return True
        row.problem = f"Row {first} has the same id ({row.identity[:100]!r}); the first one counts."
        return False

    # ---- what a row says about others --------------------------------------------------------

    def _name_others(self, rows: Sequence[Row]) -> None:
        console = self._upload.console
        if self._upload.what == "companies":
            return
        companies = companies_called(console, _told_by(rows, "company"))
        if self._upload.what == "computers":
            for row in rows:
                _name_owner(row, companies)
            return
        computers = computers_called(console, _told_by(rows, "computer"))
        for row in rows:
            _name_known(row, "company", companies)
            _name_known(row, "computer", computers)

    def _record(self, item: Item) -> AnyRecord:
        if self._upload.what == "companies":
            return company_record(item.values)
        if self._upload.what == "computers":
            leave_out_future(item, self._upload.console, timezone.now())
            return computer_record(item.values, self._upload.console)
        return event_record(item.values, self._upload.console, item.sent)

    def _told(self, errors: dict[str, list[str]]) -> str:
        """The first error, with the label of its column."""
        name, sentences = next(iter(errors.items()))
        plain = name.split(".")[0]
        plain = "company" if plain == "company_external_id" else plain
        described = self.layout.table.by_name.get(plain)
        return f"{described.label if described else plain}: {sentences[0]}"


def identity_layout(layout: Layout) -> Layout:
    """Only the columns that tell rows apart: quick to read."""
    wanted = {ID} if ID in layout.columns else set(layout.keys)
    return replace(layout, columns=tuple(name if name in wanted else "" for name in layout.columns))


def _told_by(rows: Iterable[Row], name: str) -> set[str]:
    return {str(told) for row in rows if (told := row.sent.get(name))}


def _name_owner(row: Row, companies: Any) -> None:
    """As by REST: a computer's company has to be there."""
    if "company" not in row.sent:
        return
    told = row.sent.pop("company")
    found = companies[told] if told else ""
    if told and found == UNKNOWN:
        row.problem = row.problem or (
            f"The console has no company {told[:100]!r}: upload the companies first, or correct the name."
        )
    elif found is SEVERAL:
        row.problem = row.problem or f"Several companies are called {told[:100]!r}: use the company's id."
    row.sent["company_external_id"] = found


def _name_known(row: Row, name: str, called: Any) -> None:
    """As by REST: an event keeps what the console does not know (yet)."""
    told = row.sent.get(name)
    if told and called[told] is SEVERAL:
        row.notes.append(f"Several have the name {told[:100]!r}: the event belongs to none of them.")
    elif told and called[told]:
        row.sent[name] = called[told]


def identities(upload: Upload) -> tuple[set[str], int]:
    """(the external ids of all rows as they are stored, how many rows have none), bad rows included."""
    layout = identity_layout(layout_of(upload))
    seen: set[str] = set()
    without = 0
    for _, lines in parts(upload):
        rows = [read_row(line, layout) for line in lines]
        seen.update(external_key(row.identity) for row in rows if row.identity)
        without += sum(not row.identity for row in rows)
    return seen, without


def series_of_rows(upload: Upload) -> set[str]:
    """The series keys of all rows of a list of events, bad rows included."""
    layout = layout_of(upload)
    narrow = replace(layout, columns=tuple(n if n == "series_key" else "" for n in layout.columns), keys=())
    return {
        str(key)
        for _, lines in parts(upload)
        for line in lines
        if (key := read_row(line, narrow).sent.get("series_key"))
    }
