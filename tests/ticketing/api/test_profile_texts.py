"""Texts of a profile by REST: refused with the line and the reason, previewed on real events."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integrations.api.clients import make_caller
from tests.ticketing.world import World, make_event, route_all
from ticketing.models import IntegrationProfile

pytestmark = pytest.mark.django_db


def address(world: World, what: str = "") -> str:
    return f"/api/v1/integration-profiles/{world.profile.pk}/{what}"


def preview(world: World, **body: Any) -> Any:
    return make_caller().post(address(world, "preview/"), body, format="json")


def test_programs_write_the_templates() -> None:
    world = World()
    body = {"summary_template": "{{ event.title }}", "body_template": "<p>{{ event.message }}</p>"}
    answer = make_caller().patch(address(world), body, format="json")
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in body} == body


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"body_template": "a\n{% load x %}"}, {"body_template": ["Line 2: There is no tag “load”."]}),
        (
            {"summary_template": "{{ alert.titel }}"},
            {"summary_template": ["Line 1: There is no variable “alert.titel”. Did you mean “alert.title”?"]},
        ),
        (
            {"body_template": "x" * 20_001},
            {"body_template": ["Ensure this field has no more than 20000 characters."]},
        ),
    ],
)
def test_a_bad_template_is_refused(body: dict[str, str], errors: dict[str, list[str]]) -> None:
    world = World()
    answer = make_caller().patch(address(world), body, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"] == errors
    assert IntegrationProfile.objects.get(pk=world.profile.pk).body_template == ""


def test_the_preview_is_of_the_newest_event_by_the_templates_of_the_profile() -> None:
    world = World()
    IntegrationProfile.objects.filter(pk=world.profile.pk).update(summary_template="{{ event.title }}!")
    world.opened(title="Older")
    world.opened(title="Newer")
    route_all()
    answer = preview(world)
    assert answer.status_code == 200
    assert answer.json()["summary"] == "Newer!"
    assert "<b>Newer</b>" in answer.json()["body_html"]
    assert answer.json()["problems"] == []


def test_the_preview_takes_templates_and_an_event() -> None:
    world = World()
    event = world.opened(title="Chosen")
    world.opened(title="Newer")
    route_all()
    told = preview(world, event=event.pk, body_template="<p>{{ event.title }}{{ nothing }}").json()
    assert told == {
        "summary": "[Backup] ALD-SRV01: Chosen",
        "body_html": "<p>Chosen</p>",
        "problems": ["Body: Line 1: There is no variable “nothing”."],
    }


def test_an_event_of_a_mapped_company_that_no_rule_has_seen_can_be_previewed() -> None:
    world = World()
    event = world.opened(title="Fresh")
    assert preview(world, event=event.pk).json()["summary"] == "[Backup] ALD-SRV01: Fresh"


def test_no_event_is_a_made_example() -> None:
    assert "7-Zip" in preview(World(), event=None).json()["summary"]
    assert "7-Zip" in preview(World()).json()["summary"]


@pytest.mark.parametrize("made", ["other credential", "nothing"])
def test_an_event_that_does_not_concern_the_credential_is_refused(made: str) -> None:
    world = World()
    number = make_event(World().console).pk if made == "other credential" else 999_999
    answer = preview(world, event=number)
    assert answer.status_code == 400
    assert answer.json()["errors"] == {
        "event": [f"No event with the ID {number} concerns {world.credential}."]
    }


def test_a_preview_writes_nothing() -> None:
    world = World()
    first = world.opened(title="The first")
    world.opened(title="The second")
    route_all()
    before = world.alert().title
    preview(world, event=first.pk, summary_template="x", body_template="y")
    profile = IntegrationProfile.objects.get(pk=world.profile.pk)
    assert (profile.summary_template, profile.body_template) == ("", "")
    assert world.tickets() == []
    assert world.alert().title == before
