"""What staff do to many ticked rows in the admin, programs do in one call; repeating it is safe."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import IntentionKind, IntentionState
from integrations.models import Company, Computer, Intention, RawDelivery, Run
from mappings.models import (
    CompanyMapping,
    ComputerMapping,
    ComputerReview,
    Gap,
    IgnoredCompany,
    IgnoredComputer,
)
from tests.halobridge.api.worlds import World
from tests.integrations.api.clients import make_caller
from ticketing import lanes
from ticketing.models import Alert, Decision, Ticket, TicketState

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    made = World()
    made.grow(3)
    return made


def send(path: str, ids: list[int], **more: Any) -> Any:
    answer = make_caller().post(f"/api/v1/{path}/", {"ids": ids, **more}, format="json")
    assert answer.status_code in (200, 202), answer.content
    return answer.json()


def ids_of(rows: Any) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def test_gaps_are_dismissed_with_one_reason_and_taken_back(world: World) -> None:
    gaps = ids_of(Gap.objects.all())
    assert send("gaps/dismiss", gaps, reason="A test bench.") == {"done": 3, "left": 0}
    assert send("gaps/dismiss", gaps, reason="Again.") == {"done": 0, "left": 3}
    assert set(Gap.objects.values_list("dismissed_because", flat=True)) == {"A test bench."}
    assert send("gaps/restore", gaps) == {"done": 3, "left": 0}


def test_computers_are_ignored_and_taken_back(world: World) -> None:
    IgnoredComputer.objects.all().delete()
    computers = ids_of(Computer.objects.all())
    assert send("ignored-computers/ignore", computers, reason="Spare.") == {"done": 3, "left": 0}
    assert send("ignored-computers/ignore", computers) == {"done": 0, "left": 3}
    assert send("ignored-computers/stop", computers[:2]) == {"done": 2, "left": 0}
    assert ids_of(Computer.objects.filter(ignored_by__isnull=False)) == computers[2:]


def test_companies_are_ignored_but_mapped_ones_left_alone(world: World) -> None:
    IgnoredCompany.objects.all().delete()
    free = ids_of(Company.objects.filter(mappings__isnull=True))
    mapped = ids_of(Company.objects.filter(mappings__isnull=False))
    where = {"halo_credential": world.credential.pk}
    assert send("ignored-companies/ignore", [*free, *mapped], **where) == {"done": len(free), "left": 3}
    assert send("ignored-companies/stop", free, **where) == {"done": len(free), "left": 0}
    assert not IgnoredCompany.objects.exists()


def test_held_mappings_are_released(world: World) -> None:
    held = ids_of(ComputerMapping.objects.all())[:2]
    ComputerMapping.objects.filter(pk__in=held).update(held=True)
    assert send("computer-mappings/release", ids_of(ComputerMapping.objects.all())) == {"done": 2, "left": 1}


def test_alerts_of_the_baseline_are_chosen_and_delivery_is_asked_for(world: World) -> None:
    Alert.objects.update(decision=Decision.BASELINE, baseline=True, ticket=None)
    alerts = ids_of(Alert.objects.all())
    assert send("alerts/choose", [*alerts, 999_999]) == {"done": 3, "left": 1}
    assert Run.objects.filter(kind="deliver", instance=world.credential.instance).count() == 1


def test_refused_tickets_are_sent_again_and_others_left_alone(world: World) -> None:
    refused, *others = Ticket.objects.order_by("pk")
    Ticket.objects.filter(pk=refused.pk).update(state=TicketState.REFUSED)
    Intention.objects.create(
        instance=world.credential.instance,
        halo_credential=world.credential,
        subject_id=refused.pk,
        cause="refused",
        lane=lanes.lane_of(refused),
        sequence=1,
        kind=IntentionKind.CREATE_TICKET,
        state=IntentionState.REFUSED,
        marker="HB-refused",
    )
    tickets = [refused.pk, *(ticket.pk for ticket in others)]
    assert send("tickets/retry", tickets) == {"done": 1, "left": 2}
    assert send("tickets/retry", tickets) == {"done": 0, "left": 3}
    assert make_caller().post(f"/api/v1/tickets/{refused.pk}/retry/").status_code == 409


def test_deliveries_and_mails_are_read_again(world: World) -> None:
    deliveries = ids_of(RawDelivery.objects.filter(door="console"))
    assert len(send("raw-deliveries/replay", deliveries)["runs"]) == 1
    mails = list(world.mailbox.mails.values_list("pk", flat=True))
    assert len(send("mails/replay", mails)["runs"]) == 1


def test_reviews_are_decided_alike_and_repeating_is_safe(world: World) -> None:
    reviews = ids_of(ComputerReview.objects.all())
    ComputerReview.objects.update(decided_at=None, decision="")
    assert send("computer-reviews/decide", [*reviews, 999_999], decision="leave") == {"done": 3, "left": 1}
    assert send("computer-reviews/decide", reviews, decision="leave") == {"done": 0, "left": 3}
    assert set(ComputerReview.objects.values_list("decision", flat=True)) == {"leave"}


def test_a_review_that_needs_an_asset_is_not_decided_with_others(world: World) -> None:
    body = {"ids": ids_of(ComputerReview.objects.all()), "decision": "link"}
    answer = make_caller().post("/api/v1/computer-reviews/decide/", body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["decision"])


def test_company_mappings_are_removed_but_one_whose_create_is_unanswered_stays(world: World) -> None:
    mappings = ids_of(CompanyMapping.objects.all())
    first = CompanyMapping.objects.get(pk=mappings[0])
    pair = ComputerMapping.objects.filter(
        computer__company=first.company_id, halo_credential=first.halo_credential_id
    ).first()
    assert pair
    Intention.objects.create(
        instance=first.halo_credential.instance,
        halo_credential=first.halo_credential,
        subject_id=pair.pk,
        cause="unanswered",
        lane=f"asset:{pair.pk}",
        sequence=99,
        kind=IntentionKind.CREATE_ASSET,
        state=IntentionState.UNCERTAIN,
        marker="HB-unanswered",
    )
    assert send("company-mappings/remove", mappings) == {"done": len(mappings) - 1, "left": 1}
    assert ids_of(CompanyMapping.objects.all()) == [first.pk]


def test_an_id_is_counted_once_and_a_body_without_ids_is_refused(world: World) -> None:
    gap = Gap.objects.latest("pk").pk
    assert send("gaps/dismiss", [gap, gap], reason="Twice.") == {"done": 1, "left": 0}
    answer = make_caller().post("/api/v1/gaps/dismiss/", {"ids": [], "reason": "None."}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["ids"])
    answer = make_caller().post("/api/v1/gaps/restore/", {"ids": [1] * 1001}, format="json")
    assert answer.status_code == 400
