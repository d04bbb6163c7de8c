"""Records of a console → snapshots: companies with their locations, computers with their products.

Without `seen` the records are one complete read, at the end of which what was missing is marked, or the part
of one: what is missing is marked after the last. Given `seen` (a set of external ids), they are only stored
and added to it: for what a console pushes, or a file brings. An error of the iterable goes up after what came
before it was stored; nothing is marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone

from integrations.ingest import console_rows
from integrations.ingest.absence import Grouping, mark_absent
from integrations.ingest.batches import batches
from integrations.ingest.console_rows import external_key, product_name
from integrations.ingest.parts import WHOLE, Whole
from integrations.ingest.stored import Stored
from integrations.ingest.upsert import Key, Row, Scope, Shape, compare
from integrations.models import Company, Computer, Console, Product
from integrations.records import CompanyRecord, ComputerRecord


def store_companies(
    console: Console, records: Iterable[CompanyRecord], seen: set[str] | None = None, part: Whole = WHOLE
) -> Stored:
    """Counts are of companies; their locations are stored, missed and guarded the same way."""
    companies = part.open(console_rows.COMPANIES, _scope(console))
    locations = part.open(console_rows.LOCATIONS, {})
    ids: dict[Key, int] = {}
    for batch in batches(records):
        new = companies.store(console_rows.company_row(record) for record in batch)
        _note(new, seen)
        ids |= new
        locations.store(_location_rows(batch, ids))
    if seen is not None:
        return companies.leave_open()
    places = part.close(locations, {"company__console_id": console.pk})
    return part.close(companies) + Stored(held_back=places.held_back, waits=places.waits)


def _location_rows(records: Iterable[CompanyRecord], ids: Mapping[Key, int]) -> list[Row]:
    return [
        console_rows.location_row(location, ids[(external_key(record.external_id),)])
        for record in records
        for location in record.locations
    ]


def store_computers(
    console: Console, records: Iterable[ComputerRecord], seen: set[str] | None = None, part: Whole = WHOLE
) -> Stored:
    """A large loss of one company's computers is held back for that company only."""
    read = part.open(console_rows.COMPUTERS, _scope(console), BY_COMPANY)
    places, products = Places(console), Products(console)
    for batch in batches(records):
        products.ensure(name for record in batch for name in record.products)
        _note(read.store(_computer_row(record, places, products) for record in batch), seen)
    return part.close(read) if seen is None else read.leave_open()


def ids_with_hardware(console: Console) -> frozenset[str]:
    """External ids of the computers of which at least one thing is stored that tells the machine itself."""
    told = ~Q(serial_number="") | ~Q(manufacturer="") | ~Q(mac_addresses=[])
    rows = Computer.objects.filter(told, console=console, active=True).order_by()
    return frozenset(rows.values_list("external_id", flat=True))


def close_read(
    console: Console,
    model: type[Company] | type[Computer],
    seen: set[str],
    *,
    created: int = 0,
    counted_before: bool = False,
) -> Stored:
    """Mark what a complete read, stored in several steps, did not hold.

    `seen` are the external ids of all its steps, `created` the sum of their `Stored.created`;
    `counted_before` as `mark_absent` has it.
    """
    shape, grouping = CLOSING[model]
    return mark_absent(
        shape,
        _scope(console),
        {(external_id,) for external_id in seen},
        timezone.now(),
        new={None: created},
        grouping=grouping,
        counted_before=counted_before,
    )


def compare_companies(console: Console, records: Iterable[CompanyRecord]) -> Stored:
    """What `store_companies` would count; nothing is stored."""
    return _compared(console_rows.COMPANIES, console, map(console_rows.company_row, records))


def compare_computers(console: Console, records: Iterable[ComputerRecord]) -> Stored:
    """What `store_computers` would count; nothing is stored, no product made."""
    places, products = Places(console), Products(console)
    rows = (_computer_row(record, places, products) for record in records)
    return _compared(console_rows.COMPUTERS, console, rows)


def _compared(shape: Shape, console: Console, rows: Iterable[Row]) -> Stored:
    found = Stored()
    for batch in batches(rows):
        page, _, _ = compare(shape, _scope(console), batch, timezone.now())
        found += Stored(len(page.created), page.updated, page.unchanged)
    return found


def _scope(console: Console) -> Scope:
    return {"console_id": console.pk}


def _note(stored: Iterable[Key], seen: set[str] | None) -> None:
    if seen is not None:
        seen.update(external_id for (external_id,) in stored)


def _computer_row(record: ComputerRecord, places: Places, products: Products) -> Row:
    company, location = record.company_external_id, record.location_external_id
    return console_rows.computer_row(
        record,
        company_id=places.company_id(company) if company else None,
        location_id=places.location_id(company, location) if company and location else None,
        product_id=products.id_of(record.products[0]) if record.products else None,
    )


class Places:
    """Our ids of a console's companies and locations, read once when the first is asked for."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def company_id(self, company: str) -> int | None:
        return self._ids.get((external_key(company), None))

    def location_id(self, company: str, location: str) -> int | None:
        return self._ids.get((external_key(company), external_key(location)))

    @cached_property
    def _ids(self) -> dict[tuple[str, str | None], int]:
        rows = Company.objects.filter(console=self._console).order_by()
        ids: dict[tuple[str, str | None], int] = {}
        for company, company_id, location, location_id in rows.values_list(
            "external_id", "pk", "locations__external_id", "locations__pk"
        ):
            ids[(company, None)] = company_id
            if location is not None:
                ids[(company, location)] = location_id
        return ids


class Products:
    """Our ids of a console's products, read once; a product that is new becomes a row."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def ensure(self, names: Iterable[str]) -> None:
        wanted = {product_name(name) for name in names}
        if not wanted or not (new := wanted - self._ids.keys()):
            return
        rows = [Product(console=self._console, name=name) for name in sorted(new)]
        # Somebody else may make the same product now; updating its name to itself gives us its id.
        made = Product.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["console", "name"], update_fields=["name"]
        )
        self._ids.update({row.name: row.pk for row in made})

    def id_of(self, name: str) -> int | None:
        return self._ids.get(product_name(name))

    @cached_property
    def _ids(self) -> dict[str, int]:
        rows = Product.objects.filter(console=self._console).order_by()
        return dict(rows.values_list("name", "pk"))


def _company_names(ids: Iterable[Any]) -> dict[Any, str]:
    return dict(Company.objects.filter(pk__in=list(ids)).order_by().values_list("pk", "name"))


BY_COMPANY: Final = Grouping(column="company_id", names=_company_names)

CLOSING: Final[Mapping[type[Company] | type[Computer], tuple[Shape, Grouping | None]]] = {
    Company: (console_rows.COMPANIES, None),
    Computer: (console_rows.COMPUTERS, BY_COMPANY),
}
