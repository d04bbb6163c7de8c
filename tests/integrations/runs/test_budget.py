"""The budget is never exceeded, over all credentials of an instance, and tickets always have room."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.choices import Purpose, WriteMode
from integrations.models import BudgetPermit, HaloCredential, Instance
from integrations.runs.budget import BudgetGate, used, window_of
from integrations.sync.safety import BudgetExhausted, WritesStopped
from tests.builders import make_credential, make_instance

pytestmark = pytest.mark.django_db


def take_all(gate: BudgetGate) -> int:
    taken = 0
    while True:
        try:
            gate.take()
        except BudgetExhausted:
            return taken
        taken += 1


def test_the_window_holds_no_more_than_its_size() -> None:
    credential = make_credential(budget_calls=20)
    assert take_all(BudgetGate(credential, Purpose.TICKETS)) == 20
    assert used(credential.instance) == (20, 20)


def test_the_mirror_and_the_assets_leave_room_for_tickets() -> None:
    credential = make_credential(budget_calls=20)
    assert take_all(BudgetGate(credential, Purpose.MIRROR)) == 12
    assert take_all(BudgetGate(credential, Purpose.ASSETS)) == 4
    assert take_all(BudgetGate(credential, Purpose.TICKETS)) == 4


def test_all_credentials_of_an_instance_share_the_smallest_window() -> None:
    instance = make_instance()
    first = make_credential(instance=instance, budget_calls=100)
    second = make_credential(instance=instance, budget_calls=30)
    assert window_of(instance) == (30, 300)
    total = sum(take_all(BudgetGate(row, Purpose.TICKETS)) for row in (first, second))
    assert total == 30


def test_two_sizes_are_both_kept() -> None:
    instance = make_instance()
    make_credential(instance=instance, budget_calls=180, budget_seconds=300)
    small = make_credential(instance=instance, budget_calls=50, budget_seconds=50)
    assert window_of(instance) == (50, 300)
    assert take_all(BudgetGate(small, Purpose.TICKETS)) == 50


def test_a_later_429_does_not_shorten_the_block() -> None:
    gate = BudgetGate(make_credential(), Purpose.TICKETS)
    gate.blocked(300)
    gate.blocked(30)
    with pytest.raises(BudgetExhausted) as full:
        gate.take()
    assert full.value.seconds > 290


def test_a_permit_is_free_again_when_it_leaves_the_window() -> None:
    credential = make_credential(budget_calls=10)
    gate = BudgetGate(credential, Purpose.TICKETS)
    take_all(gate)
    BudgetPermit.objects.update(taken_at=timezone.now() - timedelta(seconds=301))
    gate.take()


def test_it_says_how_long_to_rest() -> None:
    credential = make_credential(budget_calls=10)
    gate = BudgetGate(credential, Purpose.TICKETS)
    take_all(gate)
    BudgetPermit.objects.update(taken_at=timezone.now() - timedelta(seconds=200))
    with pytest.raises(BudgetExhausted) as full:
        gate.take()
    assert full.value.seconds == pytest.approx(100, abs=3)


@pytest.mark.parametrize(("seconds", "rest"), [(12.0, 12), (None, 30)])
def test_a_429_blocks_every_worker_for_the_time_that_halo_names(seconds: float | None, rest: int) -> None:
    credential = make_credential()
    BudgetGate(credential, Purpose.MIRROR).blocked(seconds)
    with pytest.raises(BudgetExhausted) as full:
        BudgetGate(credential, Purpose.TICKETS).take()
    assert full.value.seconds == pytest.approx(rest, abs=2)


def test_writing_needs_the_write_mode_and_can_be_stopped_at_once() -> None:
    credential = make_credential(write_mode=WriteMode.OBSERVE)
    gate = BudgetGate(credential, Purpose.TICKETS)
    with pytest.raises(WritesStopped, match="observe"):
        gate.check_writes()
    HaloCredential.objects.update(write_mode=WriteMode.WRITE)
    gate.check_writes()
    Instance.objects.update(writes_stopped=True)
    with pytest.raises(WritesStopped, match="stopped"):
        gate.check_writes()
    Instance.objects.update(writes_stopped=False)
    HaloCredential.objects.update(enabled=False)
    with pytest.raises(WritesStopped, match="switched off"):
        gate.check_writes()
