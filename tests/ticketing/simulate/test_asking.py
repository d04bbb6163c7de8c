"""Asking for a simulation: on its page and by REST; its run replays and stores what it found."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations.management.reporting import execute_here
from integrations.models import Run
from tests.integrations.api.clients import make_caller
from tests.ticketing.world import World
from ticketing.models import Simulation

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/simulations/"


def test_staff_choose_a_pair_and_read_what_it_would_have_done(browser: Client) -> None:
    world = World()
    world.opened(occurred_at=timezone.now())
    sent = {"days": 7, "event_set": world.event_set.pk, "profile": world.profile.pk}
    assert browser.post(reverse("admin:ticketing_simulation_add"), sent).status_code == 302
    simulation = Simulation.objects.get()
    page = reverse("admin:ticketing_simulation_change", args=(simulation.pk,))
    assert "It is being replayed" in browser.get(page).content.decode()
    assert simulation.run is not None
    execute_here(simulation.run)
    told = browser.get(page).content.decode()
    assert "1 event in 7 days" in told
    assert "1 / 0" in told
    assert "Alder Dental" in told


def test_programs_get_the_run_and_then_the_result() -> None:
    world = World()
    world.opened(occurred_at=timezone.now())
    caller = make_caller()
    body = {"days": 2, "event_set": world.event_set.pk, "profile": world.profile.pk}
    made = caller.post(ADDRESS, {**body, "profile_changes": {"wait_minutes": 60}}, format="json")
    assert (made.status_code, made.json()["result"]) == (201, {})
    execute_here(Run.objects.get(pk=made.json()["run"]))
    result = caller.get(f"{ADDRESS}{made.json()['id']}/").json()["result"]
    assert result["forecast"] == {"created": 0, "noted": 0, "closed": 0, "reopened": 0}
    assert result["events"] == 1


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({"profile": None}, "event_set", "Name an event set and a profile, or neither"),
        ({"days": 31}, "days", "less than or equal to 30"),
        ({"profile_changes": {"secret": 1}}, "profile_changes", "There is no 'secret' to change"),
        ({"profile_changes": {"wait_minutes": -5}}, "profile_changes", "greater than or equal to 0"),
        ({"profile_changes": {"closing_policy": "x"}}, "profile_changes", "is not a valid choice"),
        ({"event_set_changes": {"event_types": ["no.such"]}}, "event_set_changes", "no event type 'no.such'"),
    ],
)
def test_a_draft_that_makes_no_sense_is_refused_at_its_field(
    sent: dict[str, Any], field: str, sentence: str
) -> None:
    world = World()
    body = {"event_set": world.event_set.pk, "profile": world.profile.pk, **sent}
    answer = make_caller().post(ADDRESS, body, format="json")
    assert answer.status_code == 400
    assert sentence in str(answer.json()["errors"][field])
    assert not Run.objects.exists()


def test_a_mapping_of_another_credential_is_refused(browser: Client) -> None:
    world, other = World(), World()
    sent = {
        "days": 7,
        "event_set": world.event_set.pk,
        "profile": world.profile.pk,
        "company_mapping": other.mapping.pk,
    }
    page = browser.post(reverse("admin:ticketing_simulation_add"), sent).content.decode()
    assert "belongs to another HaloPSA credential" in page
