"""`POST /api/v1/events/`: each item has its own fate."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.choices import RunKind
from integrations.models import Event, Run
from tests.builders import make_console
from tests.integrations.api.clients import make_caller, make_company, make_computer

pytestmark = pytest.mark.django_db

EVENTS = "/api/v1/events/"


def make_event(**values: Any) -> dict[str, Any]:
    defaults = {
        "external_id": "e1",
        "event_type": "backup.failed",
        "severity": "high",
        "title": "Backup failed",
        "message": "Disk full",
        "occurred_at": "2026-01-31T12:00:00Z",
        "state": "open",
        "series_key": "plan:1",
    }
    return {**defaults, **values}


def post(body: Any) -> Any:
    return make_caller().post(EVENTS, body, format="json")


def outcomes(answer: Any) -> list[str]:
    assert answer.status_code == 202, answer.content
    return [result["outcome"] for result in answer.json()["results"]]


def test_an_event_is_stored_before_the_answer_and_its_routing_asked_for() -> None:
    console = make_console()
    company = make_company(console)
    computer = make_computer(company)
    body = make_event(
        console=console.pk, company=company.external_id, computer=computer.external_id, severity="critical"
    )
    answer = post(body)
    assert answer.status_code == 202
    assert answer.json() == {"results": [{"external_id": "e1", "outcome": "accepted"}]}
    event = Event.objects.get()
    assert (event.company, event.computer) == (company, computer)
    assert (event.event_type, event.severity, event.state) == ("backup.failed", "critical", "open")
    assert (event.title, event.message, event.series_key) == ("Backup failed", "Disk full", "plan:1")
    assert event.occurred_at == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert Run.objects.get().kind == RunKind.ROUTE


def test_a_repeat_is_a_duplicate_and_asks_for_nothing() -> None:
    console = make_console(name="Tool")
    assert outcomes(post(make_event(console=console.pk))) == ["accepted"]
    Run.objects.all().delete()
    assert outcomes(post(make_event(console="Tool"))) == ["duplicate"]
    assert Event.objects.count() == 1
    assert not Run.objects.exists()


def test_a_repeat_inside_one_array_is_a_duplicate() -> None:
    console = make_console()
    assert outcomes(post([make_event(console=console.pk)] * 2)) == ["accepted", "duplicate"]


def test_bad_items_are_told_one_by_one_and_do_not_hurt_the_others() -> None:
    console = make_console()
    rows = [
        make_event(console=console.pk, external_id="1"),
        make_event(console="Nobody", external_id="2"),
        make_event(console=console.pk, external_id="3", state="broken"),
        make_event(console=console.pk, external_id="4", message=["not", "a", "text"]),
        make_event(console=console.pk, external_id="5", occurred_at="yesterday"),
        {"console": console.pk},
        17,
        None,
        make_event(console=console.pk, external_id="9"),
    ]
    answer = post(rows)
    assert outcomes(answer) == ["accepted", *["invalid"] * 7, "accepted"]
    results = answer.json()["results"]
    assert [result["external_id"] for result in results] == ["1", "2", "3", "4", "5", None, None, None, "9"]
    fields = [list(result["errors"]) for result in results[1:6]]
    assert fields == [["console"], ["state"], ["message"], ["occurred_at"], ["external_id"]]
    assert Event.objects.count() == 2


def test_a_resolved_event_follows_the_open_one() -> None:
    console = make_console()
    body = make_event(console=console.pk)
    later = {**body, "state": "resolved", "occurred_at": "2026-01-31T13:00:00Z"}
    assert outcomes(post([body, later])) == ["accepted", "accepted"]
    assert list(Event.objects.order_by("id").values_list("state", flat=True)) == ["open", "resolved"]


def test_only_console_and_external_id_are_needed() -> None:
    console = make_console()
    assert outcomes(post({"console": console.pk, "external_id": 4711})) == ["accepted"]
    event = Event.objects.get()
    assert (event.external_id, event.event_type, event.state, event.severity) == (
        "4711",
        "other.event",
        "open",
        "medium",
    )
    assert event.title
    assert timezone.now() - event.occurred_at < timedelta(minutes=1)


def test_null_is_the_same_as_absent() -> None:
    console = make_console()
    body = dict.fromkeys(make_event(), None) | {"console": console.pk, "external_id": "1", "company": None}
    assert outcomes(post(body)) == ["accepted"]


def test_an_unknown_event_type_is_kept_under_the_neutral_one() -> None:
    console = make_console()
    assert outcomes(post(make_event(console=console.pk, event_type="my.own"))) == ["accepted"]
    event = Event.objects.get()
    assert event.event_type == "other.event"
    assert event.raw["event_type"] == "my.own"


def test_a_severity_that_nobody_knows_is_medium_and_loses_nothing() -> None:
    console = make_console()
    assert outcomes(post(make_event(console=console.pk, severity="purple"))) == ["accepted"]
    event = Event.objects.get()
    assert (event.severity, event.raw["severity"]) == ("medium", "purple")


@pytest.mark.parametrize(
    ("word", "severity"), [("error", "high"), ("WARNING", "medium"), ("fatal", "critical")]
)
def test_usual_words_for_severities_are_understood(word: str, severity: str) -> None:
    console = make_console()
    post(make_event(console=console.pk, severity=word))
    assert Event.objects.get().severity == severity


def test_an_unknown_company_or_computer_does_not_lose_the_event() -> None:
    console = make_console()
    assert outcomes(post(make_event(console=console.pk, company="who", computer="what"))) == ["accepted"]
    event = Event.objects.get()
    assert (event.company, event.computer) == (None, None)
    assert (event.company_external_id, event.computer_external_id) == ("who", "what")


def test_a_computer_of_another_company_is_left_out_and_that_is_said() -> None:
    """A ticket of one customer must not show another's computer."""
    console = make_console()
    one, two = (make_company(console, external_id=name) for name in ("c1", "c2"))
    make_computer(one, external_id="pc1")
    post(make_event(console=console.pk, company="c2", computer="pc1"))
    event = Event.objects.get()
    assert (event.company, event.computer) == (two, None)
    assert event.reason == "The computer 'pc1' is another company's, so it is left out."


@pytest.mark.parametrize("unknown", ["company_external_id", "computer_external_id", "Company", "", "a\ud800"])
def test_a_name_that_is_not_known_is_told_instead_of_dropped(unknown: str) -> None:
    console = make_console()
    rows = [make_event(console=console.pk, **{unknown: "c1"}), make_event(console=console.pk)]
    answer = make_caller().post(EVENTS, json.dumps(rows), content_type="application/json")
    assert outcomes(answer) == ["invalid", "accepted"]
    (sentence,) = next(iter(answer.json()["results"][0]["errors"].values()))
    assert re.match(
        r"There is no such name; known are: external_id, event_type, company, computer, ", sentence
    )


def test_null_bytes_and_broken_characters_are_dropped_from_texts() -> None:
    console = make_console()
    body = make_event(console=console.pk, title="a\x00b", message="x\ud800y\x00")
    answer = make_caller().post(EVENTS, json.dumps(body), content_type="application/json")
    assert outcomes(answer) == ["accepted"]
    event = Event.objects.get()
    assert event.title == "ab"
    assert re.fullmatch(r"x.?y", event.message)
    assert "\x00" not in str(event.raw)


@pytest.mark.parametrize("awkward", ["a\x00b", "\ud800"])
def test_an_id_that_cannot_be_stored_is_told(awkward: str) -> None:
    body = make_event(console=make_console().pk, external_id=awkward)
    answer = make_caller().post(EVENTS, json.dumps(body), content_type="application/json")
    assert outcomes(answer) == ["invalid"]


def test_a_message_of_a_megabyte_is_stored_whole_but_raw_stays_small() -> None:
    console = make_console()
    body = make_event(console=console.pk, message="x" * 1_000_000, title="t" * 5000)
    assert outcomes(post(body)) == ["accepted"]
    event = Event.objects.get()
    assert len(event.message) == 1_000_000
    assert len(event.title) == 500
    assert len(str(event.raw)) < 5000


@pytest.mark.parametrize(
    ("sent", "outcome"),
    [
        ("9999-12-31T23:59:59Z", "accepted"),
        ("9999-12-31T23:59:59-14:00", "invalid"),
        ("0001-01-01T00:00:00", "accepted"),
        ("0001-01-01T00:00:00+14:00", "accepted"),
        ("1970-01-01T00:00:00Z", "accepted"),
        ("2026-02-30T00:00:00Z", "invalid"),
        ("2026-01-31", "accepted"),
        (1769860800, "accepted"),
        (1769860800000, "accepted"),
        (10**30, "invalid"),
        (True, "invalid"),
        ([], "invalid"),
        ("", "invalid"),
    ],
)
def test_absurd_times_are_told_or_taken_as_not_sent(sent: Any, outcome: str) -> None:
    console = make_console()
    answer = post(make_event(console=console.pk, occurred_at=sent))
    assert outcomes(answer) == [outcome]
    for event in Event.objects.all():
        assert datetime(2026, 1, 30, tzinfo=UTC) <= event.occurred_at <= timezone.now()


def test_an_infinite_time_is_told() -> None:
    console = make_console()
    text = json.dumps(make_event(console=console.pk, occurred_at=17.5)).replace("17.5", "1e999")
    assert outcomes(make_caller().post(EVENTS, text, content_type="application/json")) == ["invalid"]


def test_a_time_without_a_zone_is_in_the_consoles_zone() -> None:
    console = make_console(time_zone="America/New_York")
    post(make_event(console=console.pk, occurred_at="2026-01-31T12:00:00"))
    assert Event.objects.get().occurred_at == datetime(2026, 1, 31, 17, tzinfo=UTC)


def test_a_switched_off_console_takes_nothing() -> None:
    console = make_console(enabled=False)
    answer = post(make_event(console=console.pk))
    assert outcomes(answer) == ["invalid"]
    assert "switched off" in answer.json()["results"][0]["errors"]["console"][0]


def test_a_console_that_is_polled_takes_events_too() -> None:
    assert outcomes(post(make_event(console=make_console(kind="msp360").pk))) == ["accepted"]


def test_a_name_that_looks_like_an_id_is_a_name() -> None:
    other = make_console()
    named = make_console(name=str(other.pk))
    post(make_event(console=str(other.pk)))
    assert Event.objects.get().console == named


def test_one_array_may_hold_events_of_several_consoles() -> None:
    first, second = make_console(), make_console()
    answer = post([make_event(console=first.pk), make_event(console=second.pk), make_event(console=first.pk)])
    assert outcomes(answer) == ["accepted", "accepted", "duplicate"]


def test_a_thousand_items_and_no_more() -> None:
    console = make_console()
    rows = [make_event(console=console.pk, external_id=str(n)) for n in range(1001)]
    assert post(rows).status_code == 400
    assert set(outcomes(post(rows[:1000]))) == {"accepted"}
    assert Event.objects.count() == 1000


@pytest.mark.parametrize("body", ['"text"', "17", "null", "true"])
def test_a_body_that_is_neither_object_nor_array_is_a_bad_request(body: str) -> None:
    answer = make_caller().post(EVENTS, body, content_type="application/json")
    assert answer.status_code == 400
    assert "array of objects" in answer.json()["detail"]


def test_an_empty_array_is_fine() -> None:
    assert post([]).json() == {"results": []}


def test_the_number_of_statements_does_not_depend_on_the_number_of_items() -> None:
    console, caller = make_console(), make_caller()

    def cost(first: int, count: int) -> int:
        event = make_event(console=console.pk, company="c")
        rows = [{**event, "external_id": str(n)} for n in range(first, first + count)]
        with CaptureQueriesContext(connection) as queries:
            assert caller.post(EVENTS, rows, format="json").status_code == 202
        # SQLite takes only so many values a statement; one INSERT becomes several there.
        return sum(not query["sql"].startswith("INSERT") for query in queries)

    cost(0, 1)
    assert cost(10, 2) == cost(100, 500)


def test_only_the_permission_to_add_events_is_needed() -> None:
    console = make_console()
    body = make_event(console=console.pk)
    assert make_caller("integrations.view_event").post(EVENTS, body, format="json").status_code == 403
    assert make_caller("integrations.add_event").post(EVENTS, body, format="json").status_code == 202


def test_a_list_shows_the_start_of_a_message_and_the_event_all_of_it() -> None:
    console = make_console()
    post(make_event(console=console.pk, message="x" * 5000))
    row = make_caller().get(EVENTS).json()["results"][0]
    assert len(row["message"]) == 2000
    assert "raw" not in row
    one = make_caller().get(f"{EVENTS}{row['id']}/").json()
    assert len(one["message"]) == 5000
    assert one["raw"]["external_id"] == "e1"


# ---- findings -------------------------------------------------------------------------------


FINDING = {
    "product": "7-Zip",
    "installed_version": "19.00",
    "fixed_version": "24.09",
    "severity": "Critical",
    "asset": "ALD-SRV01",
    "cve": "CVE-2024-11477",
}


def test_an_event_brings_the_findings_of_a_vulnerability() -> None:
    console = make_console()
    body = make_event(
        console=console.pk, product="7-Zip", findings=[FINDING, {"cve": "CVE-1", "asset": None}]
    )
    assert outcomes(post(body)) == ["accepted"]
    told = make_caller().get(f"{EVENTS}{Event.objects.get().pk}/").json()
    assert told["product"] == "7-Zip"
    assert told["findings"] == [
        {**FINDING, "severity": "critical"},
        {**dict.fromkeys(FINDING, ""), "cve": "CVE-1"},
    ]


def test_a_list_of_events_leaves_the_findings_out() -> None:
    console = make_console()
    post(make_event(console=console.pk, findings=[FINDING]))
    assert "findings" not in make_caller().get(EVENTS).json()["results"][0]


@pytest.mark.parametrize(
    ("findings", "errors"),
    [
        ([FINDING] * 201, {"findings": ["There are 201 findings; at most 200 fit into one event."]}),
        ("7-Zip", {"findings": ["Findings are a list of objects."]}),
        ([FINDING, 17], {"findings.1": ["A finding is an object with product, asset or cve."]}),
        (
            [FINDING, {"cve": "CVE-1", "fixed_in": "24"}],
            {
                "findings.1.fixed_in": [
                    "There is no such name; known are: product, installed_version, fixed_version, severity, "
                    "asset, cve."
                ]
            },
        ),
        ([{}], {"findings.0.non_field_errors": ["A finding says at least a product, an asset or a CVE."]}),
        (
            [FINDING, {"product": "x" * 201}],
            {"findings.1.product": ["Ensure this field has no more than 200 characters."]},
        ),
        (
            [{"product": "7-Zip", "severity": "purple"}],
            {
                "findings.0.severity": [
                    "There is no severity 'purple'; use one of: critical, high, medium, low, info."
                ]
            },
        ),
    ],
)
def test_bad_findings_are_told_one_by_one(findings: Any, errors: dict[str, list[str]]) -> None:
    console = make_console()
    answer = post([make_event(console=console.pk, findings=findings), make_event(console=console.pk)])
    assert outcomes(answer) == ["invalid", "accepted"]
    assert answer.json()["results"][0]["errors"] == errors


def test_a_link_is_one_that_a_browser_opens() -> None:
    console = make_console()
    good = make_event(console=console.pk, url="https://console.example/1")
    bad = make_event(console=console.pk, external_id="2", url="javascript:alert(1)")
    answer = post([good, bad])
    assert outcomes(answer) == ["accepted", "invalid"]
    assert answer.json()["results"][1]["errors"] == {
        "url": ["A link begins with https:// or http://, not with 'javascript:alert(1)'."]
    }
    assert Event.objects.get().raw["url"] == "https://console.example/1"
