"""The latest run of a backup plan becomes one event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.connectors.msp360.parse.events import Joins, event, latest_runs, status
from integrations.records import EventRecord

NOW = datetime(2025, 3, 4, 12, 0, tzinfo=UTC)
RUN = datetime(2025, 3, 4, 1, 0, tzinfo=UTC)


def make_plan(**changed: Any) -> dict[str, Any]:
    return {
        "PlanId": "p-1",
        "PlanName": "Nightly image",
        "PlanType": 3,
        "CompanyName": "Harbour",
        "ComputerName": "SRV01",
        "UserID": "u-1",
        "LastStart": "2025-03-04T01:00:00Z",
        "NextStart": "2025-03-05T01:00:00Z",
        "Status": 2,
        **changed,
    }


def make_event(joins: Joins | None = None, **changed: Any) -> EventRecord:
    ((key, row),) = latest_runs([make_plan(**changed)], UTC)
    found = event(key, row, joins or Joins(now=NOW))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("sent", "event_type", "state", "severity"),
    [
        (0, "backup.succeeded", "resolved", "info"),
        (1, "backup.overdue", "open", "high"),
        (2, "backup.failed", "open", "critical"),
        (5, "backup.interrupted", "open", "medium"),
        (6, "backup.closed_unexpectedly", "open", "critical"),
        (7, "backup.warning", "open", "medium"),
        ("2", "backup.failed", "open", "critical"),
        ("Error", "backup.failed", "open", "critical"),
        ("unexpectedly closed", "backup.closed_unexpectedly", "open", "critical"),
        ("SUCCESS", "backup.succeeded", "resolved", "info"),
    ],
)
def test_every_status_has_its_meaning_as_number_or_name(
    sent: Any, event_type: str, state: str, severity: str
) -> None:
    found = make_event(Status=sent)

    assert (found.event_type, found.state, found.severity) == (event_type, state, severity)


@pytest.mark.parametrize("sent", [3, 4, "Running", "Unknown", 8, -1, "Postponed", None])
def test_a_plan_that_runs_or_whose_state_is_unknown_gives_no_event(sent: Any) -> None:
    assert event("p-1", make_plan(Status=sent), Joins(now=NOW)) is None


def test_a_status_that_is_not_known_is_told_apart_from_unknown() -> None:
    assert status({"Status": "Unknown"}) == 4
    assert status({"Status": "Postponed"}) is None


# ---- identity -------------------------------------------------------------------------------


def test_one_plan_is_one_series_whatever_its_status() -> None:
    assert {make_event(Status=number).series_key for number in (0, 1, 2, 5, 6, 7)} == {"plan:p-1"}


def test_the_same_run_read_again_is_the_same_event() -> None:
    assert make_event() == make_event(ErrorMessage=None)


def test_a_run_keeps_its_id_when_its_status_changes() -> None:
    assert make_event(Status=2).external_id == make_event(Status=7).external_id == "p-1@2025-03-04T01:00:00Z"


def test_the_next_run_is_another_occurrence() -> None:
    assert make_event(LastStart="2025-03-05T01:00:00Z").external_id == "p-1@2025-03-05T01:00:00Z"


def test_a_plan_without_id_is_known_by_its_place_and_name() -> None:
    found = make_event(PlanId=None)

    assert found.series_key == "plan:u-1/srv01/nightly image"
    assert found.external_id.startswith("u-1/srv01/nightly image@")


def test_endless_names_still_make_short_and_stable_keys() -> None:
    endless = {"PlanId": "", "PlanName": "x" * 5000}

    assert make_event(**endless) == make_event(**endless)
    assert len(make_event(**endless).series_key) < 100
    assert make_event(**endless).series_key != make_event(PlanId="", PlanName="x" * 5001).series_key


def test_one_plan_id_on_two_computers_is_two_series() -> None:
    rows = [make_plan(), make_plan(ComputerName="SRV02")]

    assert [key for key, _ in latest_runs(rows, UTC)] == ["p-1/srv01", "p-1/srv02"]


def test_of_two_rows_of_a_plan_the_newest_run_counts() -> None:
    rows = [
        make_plan(Status=0, LastStart="2025-03-03T01:00:00"),
        make_plan(Status=2),
        make_plan(Status=0, LastStart=None),
    ]

    assert [(key, row["Status"]) for key, row in latest_runs(rows, UTC)] == [("p-1", 2)]


# ---- time -----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 2, 5, 6, 7])
def test_a_run_happened_when_it_started(number: int) -> None:
    assert make_event(Status=number).occurred_at == RUN


def test_an_overdue_plan_is_late_since_it_should_have_run() -> None:
    found = make_event(Status=1, NextStart="2025-03-04T05:00:00Z")

    assert found.occurred_at == datetime(2025, 3, 4, 5, 0, tzinfo=UTC)
    assert found.external_id == "p-1@2025-03-04T01:00:00Z/overdue"


@pytest.mark.parametrize(
    "next_start", [None, "2025-03-05T01:00:00Z", "2025-03-04T01:00:00Z", "2025-03-01T00:00:00Z"]
)
def test_an_overdue_plan_is_newer_than_its_last_run_and_not_in_the_future(next_start: str | None) -> None:
    assert make_event(Status=1, NextStart=next_start).occurred_at == RUN + timedelta(seconds=1)


def test_a_plan_that_never_ran_has_no_time_but_an_id() -> None:
    found = make_event(Status=1, LastStart="0001-01-01T00:00:00", NextStart=None)

    assert found.occurred_at is None
    assert found.external_id == "p-1@never/overdue"


# ---- words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({}, "File backup failed: Nightly image on SRV01"),
        (
            {"PlanType": "SQLResore", "Status": 7},
            "SQL restore finished with warnings: Nightly image on SRV01",
        ),
        ({"PlanType": "SQLRestore"}, "SQL restore failed: Nightly image on SRV01"),
        ({"PlanType": 13, "Status": 6}, "Consistency check closed unexpectedly: Nightly image on SRV01"),
        ({"PlanType": 99, "ComputerName": None}, "Backup failed: Nightly image"),
        ({"PlanType": "Moon", "PlanName": None}, "Backup failed: plan without name on SRV01"),
        ({"PlanName": "<b>Bold</b>\nplan"}, "File backup failed: Bold plan on SRV01"),
    ],
)
def test_the_title_says_what_happened_where(changed: dict[str, Any], title: str) -> None:
    assert make_event(**changed).title == title


def test_the_message_leaves_out_what_is_not_known() -> None:
    assert make_event(CompanyName="", NextStart=None).message == (
        "Plan: Nightly image\nOutcome: File backup failed\nComputer: SRV01\nStarted: 2025-03-04 01:00 UTC"
    )


# ---- where ----------------------------------------------------------------------------------


def test_it_points_at_company_and_computer() -> None:
    joins = Joins(now=NOW, company_ids={"harbour": "c-1"}, computer_ids={("srv01", "u-1"): "hid-1"})
    found = make_event(joins, CompanyName=" HARBOUR ", ComputerName="Srv01", UserID="{U-1}")

    assert (found.company_external_id, found.computer_external_id) == ("c-1", "hid-1")


def test_a_computer_of_another_account_is_not_meant() -> None:
    joins = Joins(now=NOW, computer_ids={("srv01", "u-2"): "hid-2"})

    assert make_event(joins).computer_external_id is None
