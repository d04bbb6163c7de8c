"""A look into HaloPSA tells what is wrong with a profile before its first ticket fails; real HTTP."""

from __future__ import annotations

import pytest

from integrations.choices import RunKind, RunState
from integrations.management.reporting import execute_here
from integrations.models import Entry, Run
from integrations.runs.request import request_preflight
from integrations.sandbox.server import Sandbox
from integrations.schedules import nightly
from tests.scene import Scene
from ticketing.models import IntegrationProfile, Preflight, PreflightState, TicketRule

pytestmark = pytest.mark.django_db


def look(scene: Scene) -> Preflight:
    run = execute_here(request_preflight(scene.credential))
    assert run.state == RunState.SUCCEEDED, run.error
    return Preflight.objects.get(profile=scene.profile)


def words(preflight: Preflight, level: str) -> str:
    return " ".join(row["words"] for row in preflight.findings if row["level"] == level)


def test_a_profile_that_works_passes(scene: Scene) -> None:
    preflight = look(scene)

    assert preflight.state == PreflightState.PASSED, preflight.findings
    assert not words(preflight, "fails")


def test_it_reads_and_writes_nothing(scene: Scene, sandbox: Sandbox) -> None:
    before = len(sandbox.halo.requests)
    look(scene)

    made = list(sandbox.halo.requests)[before:]
    assert {request.method for request in made if not request.path.endswith("/token")} == {"GET"}


def test_calls_follow_the_choices_not_the_profiles(scene: Scene) -> None:
    first = execute_here(request_preflight(scene.credential))
    IntegrationProfile.objects.bulk_create(
        IntegrationProfile(
            name=f"P{number}",
            halo_credential=scene.credential,
            ticket_type=scene.profile.ticket_type,
            status_open=scene.profile.status_open,
            status_closed=scene.profile.status_closed,
        )
        for number in range(2, 9)
    )
    again = execute_here(request_preflight(scene.credential))

    assert Preflight.objects.count() == 8
    assert (first.calls, again.calls) == (3, 3)  # statuses, the type, its actions


def test_without_profiles_nothing_is_asked(scene: Scene, sandbox: Sandbox) -> None:
    TicketRule.objects.all().delete()
    IntegrationProfile.objects.all().delete()

    assert execute_here(request_preflight(scene.credential)).calls == 0


def test_a_field_that_technicians_have_to_fill_in_is_warned_of(scene: Scene, sandbox: Sandbox) -> None:
    sandbox.switches.change(mandatory_ticket_field="Change reason")
    preflight = look(scene)

    assert preflight.state == PreflightState.WARNED
    assert "fields that technicians have to fill in" in words(preflight, "warns")


def test_a_type_without_assets_and_with_children_is_warned_of(scene: Scene, sandbox: Sandbox) -> None:
    sandbox.switches.change(closing_needs_children_closed=True)
    change = next(row for row in sandbox.world.halo.ticket_types.values() if row["name"] == "Change Request")
    IntegrationProfile.objects.update(ticket_type=change["id"], status_closed=10)
    preflight = look(scene)

    assert "no field for assets" in words(preflight, "warns")
    assert "open child tickets" in words(preflight, "warns")


def test_what_went_away_in_halopsa_since_the_last_sync_is_seen(scene: Scene, sandbox: Sandbox) -> None:
    """The mirror still has it: the look is at HaloPSA itself."""
    del sandbox.world.halo.statuses[scene.profile.status_closed]
    preflight = look(scene)

    assert preflight.state == PreflightState.FAILED
    assert "HaloPSA has no status 9" in words(preflight, "fails")
    entry = Entry.objects.get(run__kind=RunKind.PREFLIGHT)
    assert (entry.subject, entry.outcome) == ("P1", "warning")


def test_an_agent_outside_the_team_is_seen(scene: Scene, sandbox: Sandbox) -> None:
    IntegrationProfile.objects.update(team=5, agent=27)

    assert "“Priya Nair” is no member of the team “Monitoring”" in words(look(scene), "fails")


def test_an_action_that_the_type_does_not_allow_is_seen(scene: Scene) -> None:
    IntegrationProfile.objects.update(note_action=20)

    assert "The action 20 is not allowed for this ticket type" in words(look(scene), "fails")


def test_teams_that_must_not_be_read_stay_unknown(scene: Scene, sandbox: Sandbox) -> None:
    IntegrationProfile.objects.update(team=5)
    sandbox.halo.faults.add(method="GET", path="/api/team", what="403", times=5)

    assert "Whether HaloPSA still has the team can't be seen" in words(look(scene), "unknown")


@pytest.mark.parametrize(("path", "what"), [("/api/tickettype/", "ticket type"), ("/api/outcome", "action")])
def test_rules_that_must_not_be_read_are_said_to_be_unknown(
    scene: Scene, sandbox: Sandbox, path: str, what: str
) -> None:
    IntegrationProfile.objects.update(note_action=7)
    sandbox.halo.faults.add(method="GET", path=path, what="403", times=9)

    assert f"Whether HaloPSA still has the {what} can't be seen" in words(look(scene), "unknown")


def test_a_ticket_type_that_vanished_hurts_no_other_profile(scene: Scene, sandbox: Sandbox) -> None:
    """HaloPSA may answer 404 to a question about what it no longer has."""
    other = IntegrationProfile.objects.create(
        name="P2", halo_credential=scene.credential, ticket_type=22, status_open=1, status_closed=9
    )
    del sandbox.world.halo.ticket_types[scene.profile.ticket_type]

    assert "The ticket type 21 does not exist in HaloPSA any more" in words(look(scene), "fails")
    assert Preflight.objects.get(profile=other).state == PreflightState.PASSED


def test_a_halopsa_that_is_down_leaves_the_last_look_as_it_was(scene: Scene, sandbox: Sandbox) -> None:
    before = look(scene)
    sandbox.switches.change(down="dropped")
    run = execute_here(request_preflight(scene.credential))

    assert run.state != RunState.SUCCEEDED
    assert Preflight.objects.get(profile=scene.profile).checked_at == before.checked_at


def test_every_night_each_credential_is_looked_at(scene: Scene) -> None:
    nightly()

    assert Run.objects.filter(kind=RunKind.PREFLIGHT, halo_credential=scene.credential).count() == 1
