"""Event sets by REST."""

from __future__ import annotations

import pytest

from tests.integrations.api.clients import make_caller
from tests.ticketing.world import World as Mapped
from ticketing.models import EventSet, TicketRule

pytestmark = pytest.mark.django_db

LIST = "/api/v1/event-sets/"


def test_an_event_set_is_made_and_changed() -> None:
    caller = make_caller()
    keys = ["backup.failed", "backup.overdue"]
    answer = caller.post(LIST, {"name": "Backup", "event_types": [*keys, keys[0]]}, format="json")
    assert answer.status_code == 201, answer.content
    assert (answer.json()["event_types"], answer.json()["is_default"]) == (keys, False)
    path = f"{LIST}{answer.json()['id']}/"
    assert caller.patch(path, {"event_types": []}, format="json").json()["event_types"] == []


@pytest.mark.parametrize(
    ("event_types", "words"),
    [
        (["no.such"], "no event type 'no.such'"),
        (["remediation.by_company", "remediation.by_asset"], "Only one kind of remediation"),
        ("backup.failed", "list"),
        ([1, {"a": 2}], "valid string"),
    ],
)
def test_a_selection_that_makes_no_sense_is_a_sentence(event_types: object, words: str) -> None:
    answer = make_caller().post(LIST, {"name": "S", "event_types": event_types}, format="json")
    assert answer.status_code == 400
    assert words in str(answer.json()["errors"])


def test_a_new_default_takes_over() -> None:
    caller = make_caller()
    first = caller.post(LIST, {"name": "A", "event_types": [], "is_default": True}, format="json").json()
    second = caller.post(LIST, {"name": "B", "event_types": [], "is_default": True}, format="json").json()
    assert [row.pk for row in EventSet.objects.filter(is_default=True)] == [second["id"]]
    answer = caller.patch(f"{LIST}{first['id']}/", {"is_default": True}, format="json")
    assert answer.status_code == 200
    assert [row.pk for row in EventSet.objects.filter(is_default=True)] == [first["id"]]


def test_a_default_that_is_refused_does_not_unseat_the_other() -> None:
    caller = make_caller()
    caller.post(LIST, {"name": "A", "event_types": [], "is_default": True}, format="json")
    answer = caller.post(LIST, {"name": "A", "event_types": [], "is_default": True}, format="json")
    assert answer.status_code == 400
    assert EventSet.objects.get(is_default=True).name == "A"


def test_a_default_does_not_keep_others_out() -> None:
    caller = make_caller()
    caller.post(LIST, {"name": "A", "event_types": [], "is_default": True}, format="json")
    told = caller.post(LIST, {"name": "B", "event_types": []}, format="json").json()
    assert told["is_default"] is False
    answer = caller.patch(f"{LIST}{told['id']}/", {"is_default": False, "name": "C"}, format="json")
    assert answer.status_code == 200


def test_a_set_in_use_is_deleted_only_with_a_replacement() -> None:
    world = Mapped()
    new = EventSet.objects.create(name="Instead", event_types=["backup.failed"])
    address = f"/api/v1/event-sets/{world.event_set.pk}/"
    caller = make_caller()
    refused = caller.delete(address)
    assert refused.status_code == 409
    assert "It is in use (1 ticket rule)" in refused.json()["detail"]
    assert caller.delete(f"{address}?replacement=999999").status_code == 409
    assert caller.delete(f"{address}?replacement={new.pk}").status_code == 204
    assert TicketRule.objects.get().event_set == new
    gone = caller.delete(f"/api/v1/integration-profiles/{world.profile.pk}/")
    assert gone.status_code == 409


def test_what_a_set_would_have_caught_is_told() -> None:
    world = Mapped()
    world.opened()
    told = make_caller().get(f"/api/v1/event-sets/{world.event_set.pk}/caught/?days=7").json()
    assert (told["days"], told["events"]) == (7, 1)
    assert told["by_type"] == [{"event_type": "backup.failed", "name": "Backup failed", "events": 1}]
    assert told["by_company"] == [{"company": world.company.pk, "name": "Alder Dental", "events": 1}]
    assert make_caller().get(f"/api/v1/event-sets/{world.event_set.pk}/caught/?days=0").status_code == 400


def test_conditions_are_sent_and_a_bad_pattern_is_refused() -> None:
    caller = make_caller()
    body = {"name": "Disks", "event_types": ["backup.failed"], "severity_from": "high", "tags": ["Server"]}
    bad = caller.post("/api/v1/event-sets/", {**body, "pattern": "***"}, format="json")
    assert (bad.status_code, bad.json()["errors"]["pattern"]) == (400, ["Besides stars it needs a word."])
    good = caller.post("/api/v1/event-sets/", {**body, "pattern": "disk*full"}, format="json")
    assert (good.status_code, good.json()["companies"], good.json()["tags"]) == (201, [], ["Server"])
