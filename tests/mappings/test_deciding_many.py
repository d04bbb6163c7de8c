"""One decision for many reviews does what it does for each, and what cannot be decided hurts no other."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from mappings.linking import archive, decide, decide_many, match_computers_for
from mappings.models import CompanyMapping, ComputerMapping, ComputerReview, IgnoredComputer, RefusedPair
from tests.mappings.builders import SERIAL, Scene, make_asset
from tests.mappings.test_review_queue import Clones, Moved, queue

pytestmark = pytest.mark.django_db


def open_reviews() -> list[int]:
    return list(ComputerReview.objects.filter(decided_at__isnull=True).values_list("pk", flat=True))


def state() -> list[Any]:
    """All that a decision writes, but for times and the words of a reason."""
    mapping = ("computer", "halo_asset", "halo_site", "asset_type", "wanted_site", "wanted_type", "console")
    return [
        sorted(ComputerReview.objects.values_list("pk", "decision", "decided_by")),
        sorted(
            ComputerMapping.objects.values_list(
                *mapping, "created_by_us", "retired_at", "origin", "reason", "held"
            ),
            key=str,
        ),
        sorted(RefusedPair.objects.values_list("computer", "halo_asset")),
        sorted(IgnoredComputer.objects.values_list("computer", "rule"), key=str),
    ]


def undone(work: Any) -> list[Any]:
    """What `work` leads to; the world is as before afterwards."""
    with transaction.atomic():
        work()
        found = state()
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("make", [Clones, Moved])
@pytest.mark.parametrize("decision", ["export", "ignore", "leave"])
def test_it_does_what_each_decision_does_alone(make: type[Scene], decision: str) -> None:
    make()
    before = state()

    def one_by_one() -> None:
        for review in ComputerReview.objects.filter(pk__in=open_reviews()):
            decide(review, decision)

    expected = undone(one_by_one)

    assert state() == before
    outcomes = decide_many(open_reviews(), decision)
    assert outcomes and not any(one.problem for one in outcomes)
    assert state() == expected != before


def test_after_matching_nobody_comes_back() -> None:
    scene = Clones()
    decide_many(open_reviews(), "export")
    match_computers_for(scene.credential)
    assert queue() == {}
    assert RefusedPair.objects.count() == 2


def test_each_that_cannot_be_decided_says_why_and_stays() -> None:
    scene = Clones()
    first, second = open_reviews()
    decide(ComputerReview.objects.get(pk=first), "leave")
    archive(CompanyMapping.objects.get(pk=scene.mapping.pk))

    told = {one.review.pk: one.problem for one in decide_many([first, second, 10**9], "export")}

    assert told == {
        first: "It is decided already.",
        second: "Alder Dental is offboarded; bring it back first.",
    }
    assert open_reviews() == [second]
    assert not ComputerMapping.objects.exists()


def test_what_needs_a_choice_is_not_decided_for_many() -> None:
    Clones()
    for decision in ("link", "move", "", "nonsense"):
        with pytest.raises(ValidationError, match="several computers at once"):
            decide_many(open_reviews(), decision)
    assert len(open_reviews()) == 2


@pytest.mark.parametrize("decision", ["export", "ignore", "leave"])
def test_many_cost_no_more_statements_than_few(decision: str) -> None:
    def statements(clones: int) -> int:
        scene = Scene()
        for number in range(clones):
            for name in "AB":
                scene.computer(f"{name}{number}", serial_number=f"5CG1{number}")
            make_asset(scene.client, {SERIAL: f"5CG1{number}"})
        match_computers_for(scene.credential)
        ids = open_reviews()
        assert len(ids) == 2 * clones
        with CaptureQueriesContext(connection) as queries:
            decide_many(ids, decision)
        return len(queries)

    assert statements(1) == statements(8)
