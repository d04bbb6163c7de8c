"""What was looked at is what is stored, once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from integrations.choices import RunState, UploadState
from integrations.management.reporting import execute_here
from integrations.models import Company, Computer, Event, Run, Upload, UploadedRows
from integrations.runs.request import request_run
from integrations.runs.uploads import CannotApply, request_apply, request_look
from tests.integrations.ingest.uploads.flow import (
    COMPANIES,
    applied,
    apply,
    look,
    looked_at,
    make_spreadsheet_console,
    take,
    told,
)

pytestmark = pytest.mark.django_db


def test_companies_and_computers_are_stored_with_all_that_the_sheet_says() -> None:
    console = make_spreadsheet_console(time_zone="Europe/Berlin")
    applied(console, "companies", [["Company ID", "Company", "Tags"], ["c1", "Pine", "gold; dental"]])
    headers = [
        "Computer ID",
        "Computer",
        "Company",
        "S/N",
        "MACs",
        "Last seen",
        "Purchased",
        "Online",
        "Products",
    ]
    values = [
        "pc1",
        "PC-1",
        "pine",
        "0012",
        "aa:bb;cc:dd",
        "01.03.2026 09:30",
        "2024-05-17",
        "ja",
        "Desktop, RMM",
    ]
    run = applied(console, "computers", [headers, values])

    assert run.state == RunState.SUCCEEDED
    computer = Computer.objects.select_related("company", "product").get()
    assert Company.objects.get().tags == ["gold", "dental"]
    assert (computer.company.name, computer.serial_number) == ("Pine", "0012")
    assert computer.mac_addresses == ["aa:bb", "cc:dd"]
    assert computer.last_seen == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    assert (computer.purchased_on, computer.online) == (date(2024, 5, 17), True)
    assert computer.product is not None
    assert computer.product.name == "Desktop"


def test_an_empty_cell_empties_and_a_missing_column_leaves() -> None:
    console = make_spreadsheet_console()
    applied(
        console, "computers", [["Computer ID", "Computer", "Model", "Vendor"], ["1", "PC-1", "X", "Dell"]]
    )
    applied(console, "computers", [["Computer ID", "Computer", "Model"], ["1", "PC-1", ""]])

    computer = Computer.objects.get()
    assert (computer.model, computer.manufacturer) == ("", "Dell")


def test_twice_applied_changes_nothing() -> None:
    console = make_spreadsheet_console()
    first = looked_at(console, "companies", COMPANIES)
    run = apply(first)
    before = list(Company.objects.values())
    first.refresh_from_db()

    assert request_apply(first, first.checksum) == run
    again = applied(console, "companies", COMPANIES)
    assert again.totals == {"companies unchanged": 2}
    assert list(Company.objects.values()) == before


def test_running_the_run_again_stores_nothing() -> None:
    console = make_spreadsheet_console()
    run = applied(console, "companies", COMPANIES)
    Company.objects.all().delete()
    again = execute_here(request_run(run.kind, console=console, parameters=run.parameters))

    assert again.error == "This has been applied already; nothing was changed."
    assert not Company.objects.exists()


def test_another_checksum_is_refused() -> None:
    upload = looked_at(make_spreadsheet_console(), "companies", COMPANIES)
    for checksum in ("", "0" * 64):
        with pytest.raises(CannotApply, match="look at it again"):
            request_apply(upload, checksum)


def test_changed_columns_make_what_was_looked_at_void() -> None:
    from integrations.ingest.uploads.choosing import choose

    upload = looked_at(make_spreadsheet_console(), "companies", COMPANIES)
    checksum = upload.checksum
    choose(upload, {"columns": ["", "name"], "keys": ["name"]})
    look(upload)

    assert upload.checksum != checksum
    with pytest.raises(CannotApply):
        request_apply(upload, checksum)


def test_what_was_applied_meanwhile_has_to_be_looked_at_first() -> None:
    console = make_spreadsheet_console()
    upload = looked_at(console, "companies", COMPANIES)
    applied(console, "companies", [*COMPANIES[:2], ["c7", "Elm"]])

    with pytest.raises(CannotApply, match="has been applied since this was looked at"):
        request_apply(upload, upload.checksum)
    assert apply(look(upload)).state == RunState.SUCCEEDED


def test_an_applied_upload_cannot_be_looked_at_anew() -> None:
    upload = looked_at(make_spreadsheet_console(), "companies", COMPANIES)
    apply(upload)
    with pytest.raises(CannotApply, match="has been applied"):
        request_look(upload)


def test_bad_rows_hurt_no_others_and_the_run_tells_them() -> None:
    console = make_spreadsheet_console()
    run = applied(console, "companies", [*COMPANIES, ["", "Nameless"], ["c4", ""]])

    assert run.state == RunState.PARTIAL
    assert [subject for subject, _ in told(run)] == ["Row 4", "Row 5"]
    assert Company.objects.count() == 2
    assert run.totals["rows not usable"] == 2


def test_the_file_is_gone_after_it_was_applied() -> None:
    upload = looked_at(make_spreadsheet_console(), "companies", COMPANIES)
    assert UploadedRows.objects.count() == 1
    apply(upload)

    upload.refresh_from_db()
    assert upload.state == UploadState.APPLIED
    assert bytes(upload.content) == b""
    assert not UploadedRows.objects.exists()


def test_a_switched_off_console_takes_nothing() -> None:
    console = make_spreadsheet_console()
    upload = looked_at(console, "companies", COMPANIES)
    console.enabled = False
    console.save()
    upload.refresh_from_db()
    with pytest.raises(CannotApply, match="switched off"):
        request_apply(upload, upload.checksum)


def test_events_are_stored_once_and_find_their_computer_by_name() -> None:
    console = make_spreadsheet_console()
    applied(console, "companies", COMPANIES)
    applied(console, "computers", [["Computer ID", "Computer", "Company"], ["pc1", "Reception", "c1"]])
    rows = [
        ["Event ID", "Title", "Computer", "Severity", "Status", "Time"],
        ["e1", "Disk full", "RECEPTION", "hoch", "offen", "2026-03-01 08:00"],
        ["e2", "Backup failed", "unknown-pc", "", "", ""],
    ]
    run = applied(console, "events", rows)
    assert run.totals["events created"] == 2
    assert looked_at(console, "events", rows).counts["unchanged"] == 2
    assert applied(console, "events", rows).totals == {"events unchanged": 2}

    event = Event.objects.select_related("computer", "company").get(external_id="e1")
    assert (event.severity, event.state) == ("high", "open")
    assert event.computer is not None and event.computer.external_id == "pc1"
    assert event.company is not None and event.company.external_id == "c1"
    assert "does not know a computer 'unknown-pc'" in Event.objects.get(external_id="e2").reason


def test_an_event_in_a_sheet_and_one_by_rest_obey_the_same_rules() -> None:
    from tests.integrations.api.clients import make_caller

    sent = {"external_id": "e1", "title": "x", "state": "half", "url": "ftp://x", "severity": "Error"}
    push = make_spreadsheet_console()
    labels = {
        "external_id": "Event ID",
        "title": "Title",
        "state": "State",
        "url": "Link",
        "severity": "Severity",
    }
    for name in ("state", "url", None):
        values = {
            key: "" if key != name and key in ("state", "url") else value for key, value in sent.items()
        }
        upload = looked_at(push, "events", [[labels[key] for key in values], list(values.values())])
        answer = make_caller().post("/api/v1/events/", {"console": push.pk, **values}, format="json").json()
        sentence = next(iter(answer["results"][0].get("errors", {"": [""]}).values()))[0]
        assert [reason.partition(": ")[2] for _, reason in told(upload.look_run)] == [sentence][
            : bool(sentence)
        ]


def test_a_worker_that_died_is_followed_by_one_that_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from halobridge import uploading
    from integrations.ingest.uploads import storing

    console = make_spreadsheet_console()
    rows = [
        ["Company ID", "Company"],
        *([f"c{number}", f"Company {number}"] for number in range(2_500)),
        ["", "?"],
    ]
    upload = looked_at(console, "companies", rows)
    run = request_apply(upload, upload.checksum)
    stored: list[int] = []
    real = storing.store

    def dies_once(*arguments: object) -> None:
        stored.append(1)
        if len(stored) == 2:
            raise KeyboardInterrupt
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(uploading.storing, "store", dies_once)
    with pytest.raises(KeyboardInterrupt):
        execute_here(run)
    assert Company.objects.count() == 1000
    from integrations.models import Step

    Step.objects.filter(run=run).update(lease_until=timezone.now() - timezone.timedelta(seconds=1))
    run = execute_here(run)
    assert run.state == RunState.PARTIAL
    assert Company.objects.count() == 2_500
    assert told(run) == [("Row 2502", "Company ID: empty, and rows are told apart by it.")]


def test_a_step_whose_time_is_up_goes_on_at_the_next_part(monkeypatch: pytest.MonkeyPatch) -> None:
    from integrations.runs.steps import Work

    rows = [
        ["Company ID", "Company"],
        *([f"c{number % 2400}", f"Company {number}"] for number in range(2_500)),
    ]
    monkeypatch.setattr(Work, "time_is_up", property(lambda work: True))
    run = applied(make_spreadsheet_console(), "companies", rows)

    assert run.totals == {"companies created": 2_400, "rows repeated": 100}


def test_the_nightly_purge_forgets_what_is_a_day_old(settings: object) -> None:
    from integrations.retention import purge

    console = make_spreadsheet_console()
    fresh, old = take(console, "companies", COMPANIES), take(console, "companies", COMPANIES)
    done = looked_at(console, "companies", COMPANIES)
    apply(done)
    yesterday = timezone.now() - timezone.timedelta(hours=25)
    Upload.objects.filter(pk__in=(old.pk, done.pk)).update(created_at=yesterday)
    purge()
    assert set(Upload.objects.values_list("pk", flat=True)) == {fresh.pk, done.pk}

    Upload.objects.filter(pk=done.pk).update(created_at=timezone.now() - timezone.timedelta(days=91))
    purge()
    assert set(Upload.objects.values_list("pk", flat=True)) == {fresh.pk}
    assert Run.objects.filter(kind="apply_upload").exists()
