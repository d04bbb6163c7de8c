"""A console that is filled by spreadsheets, from the file to the ticket."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.choices import EventStatus, RunKind
from integrations.ingest.uploads import counting, storing
from integrations.ingest.uploads.judging import Judge
from integrations.ingest.uploads.parts import parts
from integrations.management.reporting import execute_here
from integrations.models import Company, Event, Run, Upload
from tests.integrations.ingest.uploads.flow import applied, look, make_spreadsheet_console, take
from tests.integrations.sync.tables.sheets import xlsx_of
from tests.ticketing.fake_halo import FakeHalo, run_once
from tests.ticketing.world import World, make_mapping
from ticketing.models import Alert, EventSet, TicketRule

pytestmark = pytest.mark.django_db


def test_an_uploaded_event_becomes_one_ticket_and_its_end_closes_it() -> None:
    world, console, halo = World(), make_spreadsheet_console(), FakeHalo()
    applied(console, "companies", xlsx_of([["Customer ID", "Customer"], ["c1", "Alder Dental"]]))
    applied(console, "computers", xlsx_of([["Device", "Customer", "S/N"], ["ALD-PC7", "Alder Dental", "77"]]))
    mapping = make_mapping(Company.objects.get(console=console), world.client, halo_site=world.site)
    event_set = EventSet.objects.create(name="All backups", event_types=["backup.failed"])
    TicketRule.objects.create(company_mapping=mapping, event_set=event_set, profile=world.profile)
    headers = ["Alert ID", "Type", "Subject", "Device", "Status", "Job"]
    row = ["a1", "backup.failed", "Backup failed", "ald-pc7"]
    for status, closings in (("Failed", 0), ("Failed", 0), ("OK", 1)):
        applied(console, "events", xlsx_of([headers, [*row, status, "nightly"]]))
        execute_here(Run.objects.filter(kind=RunKind.ROUTE).latest("pk"))
        run_once(halo, world.instance)
        assert (len(halo.tickets), len(halo.closings())) == (1, closings)

    opened, resolved = Event.objects.filter(console=console).order_by("pk")
    assert (opened.status, resolved.status) == (EventStatus.ROUTED, EventStatus.ROUTED)
    alert = Alert.objects.get()
    assert (alert.computer.name, alert.company.name, alert.state) == ("ALD-PC7", "Alder Dental", "resolved")


def statements(upload: Upload) -> tuple[int, int]:
    """SQL of judging and counting a part, and of judging and storing it."""
    ((_, lines),) = parts(upload)
    found = []
    for act in (counting.count, storing.store):
        judge = Judge(upload)
        with CaptureQueriesContext(connection) as queries:
            act(upload, judge.judge(lines), counting.Counter())
        found.append(len(queries))
    return found[0], found[1]


@pytest.mark.parametrize("what", ["companies", "computers", "events"])
def test_a_part_costs_a_few_statements_whatever_its_size(what: str) -> None:
    console = make_spreadsheet_console()
    applied(
        console, "companies", [["Company ID", "Company"], *([f"c{n}", f"Company {n}"] for n in range(300))]
    )
    headers = {
        "companies": ["Company ID", "Company"],
        "computers": ["Computer ID", "Computer", "Company"],
        "events": ["Event ID", "Title", "Company"],
    }[what]

    def sheet(start: int, count: int) -> Upload:
        rows = [[f"{what}{n}", f"Thing {n}", f"Company {n % 300}"] for n in range(start, start + count)]
        return look(take(console, what, [headers, *(row[: len(headers)] for row in rows)]))

    few, many = statements(sheet(0, 100)), statements(sheet(1000, 200))
    assert few == many
    assert few[0] <= 6
    assert few[1] <= 12
