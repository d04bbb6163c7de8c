"""The page of a profile's texts: preview of real events as one types, problems beside it, saving."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.integrations.admin.made import make_staff, make_superuser
from tests.ticketing.world import World, route_all
from ticketing.models import IntegrationProfile
from ticketing.text import default_body

pytestmark = pytest.mark.django_db

PAGE = "admin:ticketing_integrationprofile_texts"


@pytest.fixture
def world() -> World:
    return World()


def address(world: World) -> str:
    return reverse(PAGE, args=[world.profile.pk])


def typed(browser: Client, world: World, **values: Any) -> Any:
    data = {"summary_template": "", "body_template": "", "event": "", **values}
    response = browser.post(address(world), data)
    assert response.status_code == 200
    return response


def stored(world: World) -> tuple[str, str]:
    profile = IntegrationProfile.objects.get(pk=world.profile.pk)
    return profile.summary_template, profile.body_template


def test_the_newest_event_of_the_credential_is_shown_first(browser: Client, world: World) -> None:
    world.opened(title="The older one")
    event = world.opened(title="The newer <one>")
    World().opened(title="Of another credential")
    route_all()
    response = browser.get(address(world))
    choices = response.context["form"].fields["event"].choices
    assert choices[0][0] == str(event.pk)
    assert [name.split(" – ")[0] for _, name in choices] == [
        "The newer <one>",
        "The older one",
        "a made example",
    ]
    assert "The newer &lt;one&gt;" in response.context["told"].body
    assert "<b>File backup" not in response.content.decode()


def test_without_events_a_made_example_serves(browser: Client, world: World) -> None:
    response = browser.get(address(world))
    assert response.context["told"].summary == "[Remediation] ALD-SRV01: Critical update missing: 7-Zip"
    assert "<td>CVE-2024-11477</td>" in response.content.decode()


def test_what_is_typed_is_shown_and_not_stored(browser: Client, world: World) -> None:
    event = world.opened(title="A & <b>")
    route_all()
    response = typed(
        browser,
        world,
        event=event.pk,
        summary_template="{{ event.title }}!",
        body_template="<i>{{ company.name }}</i>",
    )
    told = response.context["told"]
    assert (told.summary, told.body, told.problems) == ("A & <b>!", "<i>Alder Dental</i>", ())
    assert '<div class="hb-told"><i>Alder Dental</i></div>' in response.content.decode()
    assert stored(world) == ("", "")


def test_problems_stand_beside_the_preview(browser: Client, world: World) -> None:
    response = typed(
        browser, world, summary_template="{{ event.titel }}", body_template="\n{% load x %}<script>1</script>"
    )
    assert response.context["told"].problems == (
        "Summary: Line 1: There is no variable “event.titel”. Did you mean “event.title”?",
        "Body: Line 2: There is no tag “load”.",
    )
    assert "There is no tag “load”." in response.content.decode()


def test_what_a_ticket_may_not_hold_is_named(browser: Client, world: World) -> None:
    response = typed(browser, world, body_template='<p onclick="x">a</p><script>alert(1)</script>')
    assert response.context["told"].body == "<p>a</p>"
    assert response.context["told"].problems == (
        "Body: onclick of <p> is left out, a ticket may not hold it.",
        "Body: <script> is left out, a ticket may not hold it.",
    )
    assert "<script>alert" not in response.content.decode()


def test_saving_stores_both_and_says_so(browser: Client, world: World) -> None:
    data = {
        "summary_template": "{{ event.title }}",
        "body_template": "<p>{{ event.message }}</p>",
        "save": "1",
    }
    response = browser.post(address(world), data)
    assert response["Location"] == address(world)
    assert stored(world) == ("{{ event.title }}", "<p>{{ event.message }}</p>")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"body_template": "a\n{% if x"}, "Line 1: “{%” is not closed."),
        ({"body_template": "a\n{% if alert %}"}, "Line 2: Unclosed tag"),
        ({"summary_template": "{{ evnt.title }}"}, "There is no variable “evnt.title”."),
        ({"summary_template": "x" * 1001}, "at most 1000 characters"),
        ({"body_template": "x" * 20_001}, "at most 20000 characters"),
        ({"body_template": "a\x00"}, "Null characters are not allowed."),
    ],
)
def test_a_bad_template_is_refused_at_its_field(
    browser: Client, world: World, values: dict[str, str], sentence: str
) -> None:
    response = typed(browser, world, save="1", **values)
    (field,) = values
    assert sentence in " ".join(response.context["form"].errors[field])
    assert 'class="hb-field__error"' in response.content.decode()
    assert stored(world) == ("", "")


def test_the_default_text_is_there_to_start_from(browser: Client, world: World) -> None:
    response = typed(browser, world, start="1")
    form = response.context["form"]
    assert form["body_template"].value() == default_body()
    assert form["summary_template"].value() == "{{ summary }}"
    assert response.context["told"].problems == ()
    assert stored(world) == ("", "")


def test_the_variables_stand_beside_with_an_example(browser: Client, world: World) -> None:
    page = browser.get(address(world)).content.decode()
    for written in (
        "{{ alert.title }}",
        "{% for finding in findings %}",
        "{{ finding.cve }}",
        "CVE-2024-11477",
    ):
        assert written in page
    assert 'hx-trigger="input delay:400ms, change"' in page


@pytest.mark.parametrize("event", ["x", "0", "-1", "9" * 30, "999999"])
def test_an_event_that_is_not_there_is_no_trouble(browser: Client, world: World, event: str) -> None:
    assert "7-Zip" in typed(browser, world, event=event).context["told"].summary


def test_an_event_of_another_credential_is_not_shown(browser: Client, world: World) -> None:
    other = World().opened(title="Of another credential")
    route_all()
    assert "another" not in typed(browser, world, event=other.pk).context["told"].summary


def test_who_may_only_look_may_not_save(client: Client, world: World) -> None:
    client.force_login(make_staff("reader", "ticketing.view_integrationprofile"))
    assert 'name="save"' not in client.get(address(world)).content.decode()
    answer = client.post(address(world), {"summary_template": "x", "save": "1"})
    assert answer.status_code == 403
    assert stored(world) == ("", "")


def test_who_may_not_look_sees_nothing(client: Client, world: World) -> None:
    client.force_login(make_staff("stranger", "ticketing.view_alert"))
    assert client.get(address(world)).status_code == 403


def test_a_form_without_its_token_is_refused(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_superuser())
    assert client.post(address(world), {"summary_template": "x"}).status_code == 403


def test_the_page_takes_as_many_queries_for_many_events(browser: Client, world: World) -> None:
    counts = []
    for _ in range(2):
        for _ in range(5):
            world.opened()
        route_all()
        browser.get(address(world))
        with CaptureQueriesContext(connection) as queries:
            browser.get(address(world))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_profile_leads_there(browser: Client, world: World) -> None:
    page = browser.get(reverse("admin:ticketing_integrationprofile_change", args=[world.profile.pk]))
    assert address(world) in page.content.decode()
    assert "the default text" in page.content.decode()
