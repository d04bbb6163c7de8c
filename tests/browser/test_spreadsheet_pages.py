"""Uploading a spreadsheet as a person does: the file, the preview, a corrected column, the run."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from integrations.management.reporting import execute_here
from integrations.models import Computer, Run, Upload
from tests.browser.pictures import look_at
from tests.integrations.admin.made import make_console
from tests.integrations.ingest.uploads.flow import applied
from tests.integrations.sync.tables.sheets import csv_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HEADERS = ["Device", "Customer", "S/N", "IP addresses", "Last contact", "Colour", "Online"]
ROWS = [
    ["PINE-PC01", "Pine Dental Ltd", "0012AB34", "10.0.0.11, 10.0.1.11", "2026-03-01 08:15", "grey", "yes"],
    ["PINE-PC02", "Pine Dental Ltd", "1.23E+11", "10.0.0.12", "2026-03-01 08:20", "", "no"],
    ["OAK-SRV1", "Oak Legal", "SN-77", "10.1.0.2", "2026-03-01 08:30", "black", "yes"],
    ["ELM-PC01", "Elm Bakery", "SN-78", "10.2.0.2", "soon", "", "perhaps"],
]


def test_from_the_file_to_the_run(page: Page) -> None:
    console = make_console("Lists", kind="spreadsheet", credentials={})
    applied(console, "companies", [["Company ID", "Company"], ["c1", "Pine Dental Ltd"], ["c2", "Oak Legal"]])
    page.goto(reverse("admin:integrations_console_change", args=(console.pk,)))
    page.get_by_role("link", name="Upload a spreadsheet").click()
    look_at(page, "spreadsheet-upload")

    file = {"name": "computers.csv", "mimeType": "text/csv", "buffer": csv_of([HEADERS, *ROWS])}
    page.get_by_label("Computers").check()
    page.get_by_label("File").set_input_files([file])  # type: ignore[list-item]
    page.get_by_role("button", name="Show the preview").click()
    expect(page.get_by_text("This page shows the result as soon as it is there")).to_be_visible()

    upload = Upload.objects.latest("pk")
    assert upload.look_run is not None
    execute_here(upload.look_run)
    expect(page.get_by_role("button", name="Apply what was looked at")).to_be_visible()
    expect(page.get_by_text("Last seen: 'soon' is not a time.")).to_be_visible()
    look_at(page, "spreadsheet-preview")

    page.get_by_label("Online is taken for").select_option("")
    page.get_by_role("button", name="Look again").click()
    upload.refresh_from_db()
    assert upload.look_run is not None
    execute_here(upload.look_run)
    page.reload()
    page.get_by_role("button", name="Apply what was looked at").click()
    run = Run.objects.latest("pk")
    execute_here(run)
    page.goto(reverse("admin:integrations_run_change", args=(run.pk,)))
    expect(page.get_by_role("rowheader", name="Row 5")).to_be_visible()
    look_at(page, "spreadsheet-run")
    assert Computer.objects.count() == 2

    page.goto(reverse("admin:integrations_console_change", args=(console.pk,)))
    look_at(page, "spreadsheet-console")
