"""Event sets by REST."""

from __future__ import annotations

import pytest

from tests.integrations.api.clients import make_caller
from ticketing.models import EventSet

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
