"""Uploading in the admin: choose a file, look, correct the columns, apply."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from integrations.choices import RunKind, UploadState
from integrations.management.reporting import execute_here
from integrations.models import Company, Console, Run, Upload
from tests.integrations.admin.made import make_console, make_staff
from tests.integrations.admin.uploaded import make_upload
from tests.integrations.sync.tables.sheets import csv_of, xlsx_of

pytestmark = pytest.mark.django_db
ROWS = [["Company ID", "Company"], ["c1", "Pine <b>Dental</b>"], ["", "Nameless"]]


@pytest.fixture
def console() -> Console:
    return make_console(kind="spreadsheet", credentials={})


def upload_page(console: Console) -> str:
    return reverse("admin:integrations_console_upload", args=(console.pk,))


def send(browser: Client, console: Console, content: bytes = csv_of(ROWS), **values: Any) -> Any:
    file = SimpleUploadedFile("list.csv", content)
    return browser.post(upload_page(console), {"what": "companies", "file": file, **values})


def page_of(upload: Upload, name: str = "change") -> str:
    return reverse(f"admin:integrations_upload_{name}", args=(upload.pk,))


def look(upload: Upload) -> Upload:
    assert upload.look_run is not None
    execute_here(upload.look_run)
    upload.refresh_from_db()
    return upload


def test_the_console_says_where_to_upload_and_needs_no_address(browser: Client, console: Console) -> None:
    page = browser.get(reverse("admin:integrations_console_change", args=(console.pk,))).content.decode()

    assert upload_page(console) in page
    assert "Upload a spreadsheet" in page
    assert 'name="base_url"' not in page
    assert "Sync now" not in page


def test_consoles_that_are_read_have_no_such_page(browser: Client) -> None:
    console = make_console()
    page = browser.get(reverse("admin:integrations_console_change", args=(console.pk,))).content.decode()

    assert "Upload a spreadsheet" not in page
    assert browser.get(upload_page(console)).status_code == 404


@pytest.mark.parametrize("what", ["companies", "computers", "events"])
def test_empty_samples_have_the_right_headers(browser: Client, console: Console, what: str) -> None:
    from integrations.sync.tables.samples import headers_of

    address = f"{upload_page(console)}sample/{what}."
    text = browser.get(f"{address}csv").content.decode("utf-8-sig")
    workbook = load_workbook(io.BytesIO(browser.get(f"{address}xlsx").content))

    assert text.strip().split(",") == headers_of(what)
    assert [cell.value for cell in next(workbook.active.iter_rows())] == headers_of(what)
    assert browser.get(f"{address}pdf").status_code == 404


def test_from_the_file_to_the_stored_companies(browser: Client, console: Console) -> None:
    response = send(browser, console)
    upload = Upload.objects.get()
    assert response["Location"] == page_of(upload)
    assert "Being looked at" in browser.get(page_of(upload)).content.decode()
    assert not Company.objects.exists()

    look(upload)
    page = browser.get(page_of(upload)).content.decode()
    assert "Apply what was looked at" in page
    assert "Company ID: empty, and rows are told apart by it." in page
    assert "Pine &lt;b&gt;Dental&lt;/b&gt;" in page
    assert "<b>Dental" not in page

    applied = browser.post(page_of(upload, "apply"), {"checksum": upload.checksum})
    run = Run.objects.get(kind=RunKind.APPLY_UPLOAD)
    assert applied["Location"] == reverse("admin:integrations_run_change", args=(run.pk,))
    execute_here(run)
    assert Company.objects.get().name == "Pine <b>Dental</b>"
    done = browser.get(page_of(upload)).content.decode()
    assert "What it did" in done
    assert "Apply what was looked at" not in done


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"%PDF-1.4", "This is a PDF"), (b"  ", "The file is empty"), (b"<html>", "a web page or XML")],
)
def test_a_file_that_cannot_be_read_says_so_beside_it(
    browser: Client, console: Console, content: bytes, sentence: str
) -> None:
    response = send(browser, console, content)

    assert response.status_code == 200
    assert sentence in str(response.context["form"].errors["file"])
    assert not Upload.objects.exists()
    assert not Run.objects.exists()


def test_a_file_over_the_limit_is_refused(browser: Client, console: Console, settings: Any) -> None:
    settings.HALOBRIDGE_UPLOAD_MIB = 1
    response = send(browser, console, b"Company\n" + b"x" * 1024 * 1024)

    assert "1 MiB are allowed" in str(response.context["form"].errors["file"])


def test_an_empty_form_asks_for_a_file(browser: Client, console: Console) -> None:
    assert browser.post(upload_page(console), {"what": "companies"}).context["form"].errors["file"]


def test_columns_are_corrected_and_looked_at_again(browser: Client, console: Console) -> None:
    send(browser, console, csv_of([["Thing", "Number"], ["Pine", "7"]]))
    upload = look(Upload.objects.get())
    assert upload.state == UploadState.ASKS
    assert "choose one" in browser.get(page_of(upload)).content.decode()

    form = {"column-0": "name", "column-1": "account_number", "key-0": "on", "order": "", "complete": "on"}
    browser.post(page_of(upload, "look_again"), form)
    upload = look(Upload.objects.get())
    assert (upload.state, upload.complete) == (UploadState.READY, True)
    assert upload.choices["columns"] == ["name", "account_number"]
    assert upload.choices["keys"] == ["name"]


def test_a_sheet_is_chosen(browser: Client, console: Console) -> None:
    send(browser, console, xlsx_of(ROWS, "First", Second=[["Company"], ["Oak"], ["Elm"]]))
    upload = look(Upload.objects.get())
    assert "<option selected>First</option>" in browser.get(page_of(upload)).content.decode()

    browser.post(page_of(upload, "look_again"), {"sheet": "Second"})
    assert look(Upload.objects.get()).counts["new"] == 2


def test_another_checksum_stores_nothing_and_says_why(browser: Client, console: Console) -> None:
    upload = make_upload(console)
    response = browser.post(page_of(upload, "apply"), {"checksum": "1" * 64}, follow=True)

    assert "Nothing was stored. The checksum is not that of this upload" in response.content.decode()
    assert not Run.objects.filter(kind=RunKind.APPLY_UPLOAD).exists()


def test_applying_is_only_ever_posted(browser: Client, console: Console) -> None:
    upload = make_upload(console)
    answer = browser.get(page_of(upload, "apply"), follow=True)
    assert "so nothing was done. Press " in answer.content.decode()
    assert not Run.objects.filter(kind=RunKind.APPLY_UPLOAD).exists()


def test_who_may_not_upload_applies_nothing_either(client: Client, console: Console) -> None:
    rights = ("integrations.view_console", "integrations.view_upload", "integrations.view_run")
    client.force_login(make_staff("looker", *rights))
    upload = make_upload(console)

    assert client.get(upload_page(console)).status_code == 403
    assert send(client, console).status_code == 403
    page = client.get(page_of(upload))
    assert page.status_code == 200
    assert "Apply what was looked at" not in page.content.decode()
    assert client.post(page_of(upload, "apply"), {"checksum": upload.checksum}).status_code == 403
    assert client.post(page_of(upload, "look_again"), {}).status_code == 403


def test_uploading_takes_one_right_only(client: Client, console: Console) -> None:
    client.force_login(make_staff("mover", "integrations.upload_console"))
    send(client, console)
    upload = look(Upload.objects.get())

    assert client.get(page_of(upload)).status_code == 200
    assert client.post(page_of(upload, "apply"), {"checksum": upload.checksum}).status_code == 302
    upload.refresh_from_db()
    assert upload.state == UploadState.APPLYING


@pytest.mark.parametrize("content", [csv_of(ROWS), xlsx_of(ROWS)], ids=["csv", "xlsx"])
def test_a_file_that_does_not_fit_into_memory_is_taken_as_well(
    browser: Client, console: Console, settings: Any, content: bytes
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    send(browser, console, content)

    assert look(Upload.objects.get()).counts["new"] == 1


def test_looking_again_by_the_run_shows_the_newer_look(browser: Client, console: Console) -> None:
    send(browser, console)
    first = look(Upload.objects.get()).look_run
    assert first is not None
    browser.post(reverse("admin:integrations_run_again", args=(first.pk,)))
    execute_here(Run.objects.filter(kind=RunKind.LOOK_UPLOAD).latest("pk"))

    upload = Upload.objects.get()
    assert upload.state == UploadState.READY
    assert upload.look_run_id != first.pk
