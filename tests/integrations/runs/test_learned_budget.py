"""A 429 below the size that staff have set makes the window smaller; it grows again by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.access import open_reader, open_session
from integrations.admin.gauges import gauge_of
from integrations.choices import Purpose
from integrations.models import BudgetPermit, HaloCredential, Instance
from integrations.net.errors import RateLimited
from integrations.runs.budget import BudgetGate, used, window_of
from integrations.runs.window import windows_of
from integrations.sandbox.server import Sandbox
from integrations.sync.safety import BudgetExhausted
from tests.builders import make_credential, make_instance
from tests.connected import connect_halo

pytestmark = pytest.mark.django_db


def take(gate: BudgetGate, calls: int) -> None:
    for _ in range(calls):
        gate.take()


def refused_after(calls: int, **values: int) -> HaloCredential:
    """A credential whose HaloPSA has answered 429 after so many calls of ours."""
    credential = make_credential(**{"budget_calls": 180, **values})
    gate = BudgetGate(credential, Purpose.TICKETS)
    take(gate, calls)
    gate.blocked(1)
    return credential


def size(credential: HaloCredential) -> int:
    return window_of(Instance.objects.get(pk=credential.instance_id))[0]


def time_passes(seconds: float) -> None:
    """On our side: all that we know of the past is so much older."""
    past = timedelta(seconds=seconds)
    BudgetPermit.objects.update(taken_at=F("taken_at") - past)
    Instance.objects.update(learned_at=F("learned_at") - past, blocked_until=F("blocked_until") - past)


# ---- smaller ----------------------------------------------------------------------------------


def test_nine_tenths_of_what_we_had_used_are_kept() -> None:
    assert size(refused_after(50)) == 45


def test_the_smaller_window_holds_no_more_than_its_size() -> None:
    credential = refused_after(50)
    time_passes(301)
    Instance.objects.update(learned_at=timezone.now())
    gate = BudgetGate(credential, Purpose.TICKETS)
    take(gate, 45)
    with pytest.raises(BudgetExhausted):
        gate.take()


def test_ten_calls_are_always_left() -> None:
    assert size(refused_after(3)) == 10


def test_a_window_that_was_set_small_is_not_made_larger() -> None:
    assert size(refused_after(5, budget_calls=8)) == 8


def test_several_answers_of_one_moment_take_the_fewest_calls() -> None:
    credential = refused_after(50)
    BudgetPermit.objects.filter(pk__in=BudgetPermit.objects.values("pk")[:20]).delete()
    BudgetGate(credential, Purpose.MIRROR).blocked(1)
    assert size(credential) == 27
    BudgetPermit.objects.bulk_create(
        BudgetPermit(instance=credential.instance, taken_at=timezone.now(), purpose=100) for _ in range(60)
    )
    BudgetGate(credential, Purpose.MIRROR).blocked(1)
    assert size(credential) == 27


def test_a_later_answer_counts_anew() -> None:
    credential = refused_after(20)
    time_passes(301)
    take(BudgetGate(credential, Purpose.TICKETS), 36)
    BudgetGate(credential, Purpose.TICKETS).blocked(1)
    assert size(credential) == 32


def test_only_the_instance_that_answered_is_reduced() -> None:
    other = make_credential(budget_calls=180)
    refused_after(50)
    assert size(other) == 180


def test_the_shares_are_those_of_the_smaller_window() -> None:
    window = windows_of(Instance.objects.filter(pk=refused_after(50).instance_id)).popitem()[1]
    shares = [window.room(purpose) for purpose in (Purpose.MIRROR, Purpose.ASSETS, Purpose.TICKETS)]
    assert shares == [27, 36, 45]


def test_every_answer_is_counted() -> None:
    credential = refused_after(5)
    BudgetGate(credential, Purpose.MIRROR).blocked(None)
    assert Instance.objects.get(pk=credential.instance_id).rate_limit_answers == 2


# ---- larger again -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "calls"),
    [(0, 45), (299, 45), (301, 63), (599, 63), (601, 81), (300 * 8 + 1, 180), (90_000, 180)],
)
def test_a_tenth_of_what_was_set_comes_back_with_each_window_without_a_429(seconds: int, calls: int) -> None:
    credential = refused_after(50)
    time_passes(seconds)
    assert size(credential) == calls


def test_nothing_is_written_to_grow_again() -> None:
    credential = refused_after(50)
    time_passes(601)
    with CaptureQueriesContext(connection) as queries:
        assert size(credential) == 81
    assert not [query for query in queries if not query["sql"].startswith("SELECT")]


def test_it_knows_when_it_will_be_whole_again() -> None:
    credential = refused_after(50)
    time_passes(601)
    instance = Instance.objects.get(pk=credential.instance_id)
    window = windows_of([instance])[instance.pk]
    assert instance.learned_at
    # 45 + 8 × 18 is the first that reaches 180.
    assert window.whole_again_at == instance.learned_at + timedelta(seconds=8 * 300)


def test_the_sizes_of_many_instances_are_one_query() -> None:
    for _ in range(5):
        make_credential(instance=make_instance())
    with CaptureQueriesContext(connection) as queries:
        assert len(windows_of(Instance.objects.all())) == 5
    assert len(queries) == 2, "the instances, and the sizes of their credentials"


# ---- told -------------------------------------------------------------------------------------


def test_the_gauge_says_when_and_why_it_is_reduced() -> None:
    credential = refused_after(50)
    instance = Instance.objects.get(pk=credential.instance_id)
    gauge = gauge_of(instance)
    assert (gauge.used, gauge.allowed) == used(instance) == (50, 45)
    moment = timezone.localtime(instance.learned_at).strftime("%H:%M")
    assert gauge.reduced.startswith(
        "Reduced from 180 to 45 calls: HaloPSA answered “too many requests” (429)"
    )
    assert moment in gauge.reduced
    assert "18 calls come back with every 300 s" in gauge.reduced
    assert "syncs" in gauge.shares.lower()


def test_a_whole_window_has_nothing_to_explain() -> None:
    assert gauge_of(make_credential().instance).reduced == ""


# ---- against a HaloPSA that allows less than was set ---------------------------------------------


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


def asked_until_it_ends(reader: Any) -> tuple[int, Exception]:
    for asked in range(200):
        try:
            reader.probe()
        except (RateLimited, BudgetExhausted) as ended:
            return asked, ended
    raise AssertionError("It did not end.")


def test_a_lower_limit_of_halo_is_learned_and_then_kept(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox, budget_calls=180)
    sandbox.clock.advance(301)
    time_passes(301)
    sandbox.switches.change(rate_limit_calls=60)
    reader = open_reader(open_session(credential, Purpose.TICKETS))
    assert isinstance(asked_until_it_ends(reader)[1], RateLimited)
    assert size(credential) == 54

    # The next window, just before anything of the size comes back.
    sandbox.clock.advance(301)
    time_passes(299)
    BudgetPermit.objects.update(taken_at=F("taken_at") - timedelta(seconds=2))
    asked, ended = asked_until_it_ends(reader)
    assert asked == 54
    assert isinstance(ended, BudgetExhausted)
    assert Instance.objects.get(pk=credential.instance_id).rate_limit_answers == 1
