"""A test ticket is created, noted and closed, once, and its end is told; real HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import RunKind, WriteMode
from integrations.management.reporting import execute_here
from integrations.models import HaloClient, HaloCredential, Intention, Run
from integrations.runs.request import request_delivery, request_preflight
from integrations.sandbox.server import Sandbox
from tests.scene import Scene
from ticketing.models import Alert, IntegrationProfile, Ticket, TicketState
from ticketing.preflight.outlook import outlook_of
from ticketing.preflight.trial import CannotTest, send_test_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]


@pytest.fixture
def _short_rests(settings: Any) -> None:
    settings.HALOBRIDGE_PAUSE_FACTOR = 0.0002


def client_of(scene: Scene) -> HaloClient:
    return scene.mapping.halo_client


def send(scene: Scene, *, rounds: int = 1) -> Ticket:
    ticket = send_test_ticket(scene.profile, client_of(scene))
    for _ in range(rounds):
        execute_here(request_delivery(scene.credential.instance))
    return Ticket.objects.get(pk=ticket.pk)


def in_halo(sandbox: Sandbox, ticket: Ticket) -> list[dict[str, Any]]:
    rows = sandbox.world.halo.tickets.values()
    return [row for row in rows if row["supplier_reference"] == ticket.marker]


def test_it_is_created_noted_and_closed_and_says_what_it_is(scene: Scene, sandbox: Sandbox) -> None:
    ticket = send(scene)

    (row,) = in_halo(sandbox, ticket)
    assert row["summary"] == "[Test] HaloBridge tries the profile “P1”"
    assert (row["client_id"], row["status_id"], row["hasbeenclosed"]) == (client_of(scene).halo_id, 9, True)
    notes = [action for action in sandbox.world.halo.actions[row["id"]] if not action["_system"]]
    assert len(notes) == 2
    assert all(note["hiddenfromuser"] for note in notes)
    assert (ticket.state, ticket.current, ticket.is_test) == (TicketState.CLOSED, False, True)


def test_it_is_no_alert_and_sends_no_mail(scene: Scene, sandbox: Sandbox) -> None:
    IntegrationProfile.objects.update(mail_end_user=True)
    scene.profile.refresh_from_db()
    send(scene)

    assert not Alert.objects.exists()
    assert sandbox.world.halo.mails == []


def test_it_answers_what_the_look_could_not_know(scene: Scene) -> None:
    execute_here(request_preflight(scene.credential))
    assert outlook_of(scene.profile).findings

    send(scene)
    assert outlook_of(scene.profile).findings == []

    scene.profile.save()  # what was tried is not what there is now
    assert outlook_of(scene.profile).findings
    assert outlook_of(scene.profile).due


def test_what_halopsa_refuses_is_told_in_its_words(scene: Scene, sandbox: Sandbox) -> None:
    sandbox.switches.change(mandatory_ticket_field="Change reason")
    ticket = send(scene)

    assert ticket.state == TicketState.REFUSED
    assert "mandatory fields have not been completed: Change reason" in ticket.reason
    assert in_halo(sandbox, ticket) == []


def test_a_closing_that_is_refused_is_told(scene: Scene, sandbox: Sandbox) -> None:
    sandbox.switches.change(closing_needs_agent=True)
    ticket = send(scene)

    assert ticket.state == TicketState.STAFF
    assert "You must assign the Ticket before it can be closed" in ticket.reason


def test_a_refused_note_is_no_success_although_the_ticket_is_closed(scene: Scene, sandbox: Sandbox) -> None:
    execute_here(request_preflight(scene.credential))
    sandbox.halo.faults.add(method="POST", path="/api/actions", what="400", times=1)
    ticket = send(scene)

    assert ticket.state == TicketState.CLOSED
    found = outlook_of(scene.profile).findings
    assert [row["level"] for row in found].count("fails") == 1
    assert found[0]["words"].startswith("Test ticket, add note: HaloPSA refused it")
    assert outlook_of(scene.profile).state == "failed"


def test_a_lost_answer_makes_no_second_one(scene: Scene, sandbox: Sandbox) -> None:
    sandbox.halo.faults.add(method="POST", path="/api/tickets", what="504_after")
    sandbox.halo.faults.add(method="POST", path="/api/actions", what="drop_after")
    ticket = send_test_ticket(scene.profile, client_of(scene))
    for _ in range(40):
        execute_here(request_delivery(scene.credential.instance))
        ticket.refresh_from_db()
        if ticket.state == TicketState.CLOSED:
            break

    assert ticket.state == TicketState.CLOSED
    (row,) = in_halo(sandbox, ticket)
    assert len([action for action in sandbox.world.halo.actions[row["id"]] if not action["_system"]]) == 2


def test_only_one_at_a_time(scene: Scene) -> None:
    send_test_ticket(scene.profile, client_of(scene))

    with pytest.raises(CannotTest, match="under way"):
        send_test_ticket(scene.profile, client_of(scene))


def test_in_observe_mode_none_is_sent(scene: Scene) -> None:
    HaloCredential.objects.update(write_mode=WriteMode.OBSERVE)
    scene.profile.refresh_from_db()
    profile = IntegrationProfile.objects.get(pk=scene.profile.pk)

    with pytest.raises(CannotTest, match="only observes"):
        send_test_ticket(profile, client_of(scene))
    assert not Intention.objects.exists()


def test_a_client_of_another_credential_is_refused(scene: Scene) -> None:
    other = HaloClient(halo_credential_id=scene.credential.pk + 1, halo_id=1, name="Elsewhere", active=True)

    with pytest.raises(CannotTest, match="is no active client of"):
        send_test_ticket(scene.profile, other)


def test_a_client_that_went_away_ends_the_test(scene: Scene, sandbox: Sandbox) -> None:
    ticket = send_test_ticket(scene.profile, client_of(scene))
    HaloClient.objects.update(active=False)
    execute_here(request_delivery(scene.credential.instance))
    ticket.refresh_from_db()

    assert (ticket.state, ticket.reason) == (
        TicketState.CANCELLED,
        "Its client is no longer active in HaloPSA.",
    )
    assert in_halo(sandbox, ticket) == []


def test_a_delivery_is_asked_for_at_once(scene: Scene) -> None:
    Run.objects.filter(kind=RunKind.DELIVER).delete()
    send_test_ticket(scene.profile, client_of(scene))

    assert Run.objects.filter(kind=RunKind.DELIVER).exists()
