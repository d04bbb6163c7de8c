"""What a complete list does not hold is missing; a list that is not complete takes nothing away."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import RunState, UploadState
from integrations.ingest.uploads.parts import drop_content
from integrations.management.reporting import execute_here
from integrations.models import Company, Computer, Console, Event, HeldLoss, Run, Upload
from integrations.runs.approvals import approve, dismiss, losses_of
from tests.integrations.ingest.uploads.flow import applied, apply, looked_at, make_spreadsheet_console, told

pytestmark = pytest.mark.django_db
HEADERS = ["Computer ID", "Computer"]


def computers(*numbers: int) -> list[list[Any]]:
    return [HEADERS, *([f"pc{number}", f"PC-{number}"] for number in numbers)]


def active() -> set[str]:
    return set(Computer.objects.filter(active=True).values_list("external_id", flat=True))


def held() -> HeldLoss:
    return HeldLoss.objects.get()


def upload_complete(console: Console, *numbers: int) -> Run:
    return applied(console, "computers", computers(*numbers), complete=True)


def test_two_complete_lists_have_to_miss_a_thing() -> None:
    console = make_spreadsheet_console()
    upload_complete(console, *range(10))
    upload_complete(console, *range(9))
    assert "pc9" in active()

    run = upload_complete(console, *range(9))
    assert active() == {f"pc{number}" for number in range(9)}
    assert run.totals["computers gone"] == 1


def test_a_list_that_is_not_complete_takes_nothing_away() -> None:
    console = make_spreadsheet_console()
    upload_complete(console, 1, 2, 3)
    for _ in range(3):
        applied(console, "computers", computers(1))
    assert active() == {"pc1", "pc2", "pc3"}


def test_a_list_counts_once_however_often_it_is_applied() -> None:
    console = make_spreadsheet_console()
    upload_complete(console, *range(10))
    upload = looked_at(console, "computers", computers(*range(9)), complete=True)
    run = apply(upload)
    upload.refresh_from_db()
    from integrations.ingest.uploads import missing

    missing.mark(upload, created=0, approved=False)
    assert run.state == RunState.SUCCEEDED
    assert "pc9" in active()


def test_a_row_that_cannot_be_used_still_tells_that_its_computer_is_there() -> None:
    console = make_spreadsheet_console()
    upload_complete(console, 1, 2, 3, 4)
    for _ in range(2):
        applied(console, "computers", [*computers(1, 2, 3), ["pc4", ""]], complete=True)
    assert "pc4" in active()


def test_a_row_that_does_not_say_what_it_is_puts_the_list_in_doubt() -> None:
    console = make_spreadsheet_console()
    upload_complete(console, 1, 2, 3, 4)
    for _ in range(2):
        run = applied(console, "computers", [*computers(1, 2, 3), ["1.2E+11", "PC-4"]], complete=True)
    assert "pc4" in active()
    assert "the list is in doubt" in told(run)[-1][1]


def test_a_large_loss_waits_for_an_approval_and_the_list_is_kept_for_it() -> None:
    console = make_spreadsheet_console()
    upload_complete(console, *range(40))
    run = upload_complete(console, *range(10))
    assert run.state == RunState.WAITING
    assert len(active()) == 40
    assert losses_of(run) == [held()]

    approved = execute_here(approve([held()], None))
    run.refresh_from_db()
    assert (approved.state, run.state) == (RunState.SUCCEEDED, RunState.PARTIAL)
    assert len(active()) == 10
    assert not HeldLoss.objects.exists()
    assert bytes(Upload.objects.latest("pk").content) == b""


def test_where_the_list_is_not_kept_any_more_the_next_complete_one_does_what_was_approved() -> None:
    console = make_spreadsheet_console()
    upload_complete(console, *range(40))
    waiting = upload_complete(console, *range(10))
    drop_content(Upload.objects.latest("pk"))
    assert approve([held()], None) == waiting
    assert len(active()) == 40

    upload_complete(console, *range(10))
    assert len(active()) == 10


def test_a_large_loss_of_events_waits_as_well() -> None:
    console = make_spreadsheet_console()
    rows = [[str(number), f"Problem {number}", f"series-{number}"] for number in range(30)]
    applied(console, "events", [EVENTS, *rows], complete=True)
    run = applied(console, "events", [EVENTS, *rows[:5]], complete=True)
    assert run.state == RunState.WAITING
    assert [loss.resource for loss in losses_of(run)] == ["series"]
    assert not Event.objects.filter(state="resolved").exists()

    execute_here(approve(losses_of(run), None))
    assert Event.objects.filter(state="resolved").count() == 25


def test_an_approval_takes_away_nothing_else() -> None:
    console = make_spreadsheet_console()
    applied(console, "companies", [["Company ID", "Company"], ["a", "Large"], ["b", "Small"]])
    many = [[f"pc{number}", f"PC-{number}", "a"] for number in range(40)]
    few = [["x1", "X-1", "b"], ["x2", "X-2", "b"]]
    applied(console, "computers", [[*HEADERS, "Company"], *many, *few], complete=True)
    run = applied(console, "computers", [[*HEADERS, "Company"], *many[:10], few[0]], complete=True)
    assert run.state == RunState.WAITING

    execute_here(approve(losses_of(run), None))
    assert "x2" in active()
    assert len(active()) == 12


def test_a_loss_that_staff_keep_is_not_asked_about_again() -> None:
    console = make_spreadsheet_console()
    upload_complete(console, *range(40))
    upload_complete(console, *range(10))
    dismiss([held()], None)

    run = upload_complete(console, *range(10))
    assert run.state == RunState.SUCCEEDED
    assert len(active()) == 40


def test_a_later_complete_list_supersedes_the_run_that_waits() -> None:
    console = make_spreadsheet_console()
    upload_complete(console, *range(40))
    waiting = upload_complete(console, *range(10))
    upload_complete(console, *range(40))

    waiting.refresh_from_db()
    assert waiting.state == RunState.PARTIAL
    assert not HeldLoss.objects.exists()


def test_companies_are_missed_the_same_way() -> None:
    console = make_spreadsheet_console()
    rows = [["Company ID", "Company"], *([f"c{number}", f"Company {number}"] for number in range(10))]
    for count in (11, 10, 10):
        applied(console, "companies", rows[:count], complete=True)
    assert Company.objects.filter(active=True).count() == 9


EVENTS = ["Event ID", "Title", "Series key"]


def test_events_end_when_two_complete_lists_do_not_hold_their_series() -> None:
    console = make_spreadsheet_console()
    for rows in (
        [["1", "Disk", "disk"], ["2", "Job", "job"]],
        [["1", "Disk", "disk"]],
        [["1", "Disk", "disk"]],
    ):
        run = applied(console, "events", [EVENTS, *rows], complete=True)
    assert Event.objects.filter(series_key="job").order_by("pk").last().state == "resolved"  # type: ignore[union-attr]
    assert not Event.objects.filter(series_key="disk", state="resolved").exists()
    assert run.totals["events gone"] == 1


def test_events_without_a_series_end_by_no_absence_and_it_is_said() -> None:
    console = make_spreadsheet_console()
    run = applied(console, "events", [["Event ID", "Title"], ["1", "Disk"]], complete=True)
    assert "No column is a series key" in told(run)[0][1]


def test_a_list_of_headers_only_is_no_empty_world() -> None:
    console = make_spreadsheet_console()
    upload_complete(console, 1, 2)
    assert looked_at(console, "computers", computers(), complete=True).state == UploadState.FAILED
