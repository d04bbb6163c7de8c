"""Several HaloPSA instances at once: each has its own mirror, API limit, pauses and switch."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.choices import RunState
from integrations.models import BudgetPermit, HaloAsset, HaloClient, HaloCredential, Instance
from integrations.runs.budget import BudgetGate, Purpose, used
from integrations.sandbox.server import Sandbox
from integrations.sync.safety import WritesStopped
from tests.connected import connect_halo, read_halo

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> Iterator[tuple[Sandbox, Sandbox]]:
    with Sandbox.start(seed=1) as first, Sandbox.start(seed=2) as second:
        yield first, second


def names(credential: HaloCredential) -> set[str]:
    return set(HaloClient.objects.filter(halo_credential=credential).values_list("name", flat=True))


def test_two_instances_are_mirrored_side_by_side(two: tuple[Sandbox, Sandbox]) -> None:
    sandboxes = dict(zip(("First", "Second"), two, strict=True))
    for name, sandbox in sandboxes.items():
        credential = connect_halo(sandbox, name=name)
        assert read_halo(credential).state == RunState.SUCCEEDED
        assert names(credential) == {row["name"] for row in sandbox.world.halo.clients.values()}
        rows = HaloAsset.objects.filter(halo_credential=credential)
        assert rows.count() == len(sandbox.world.halo.assets)
        assert not rows.exclude(client__halo_credential=credential).exists()
    assert Instance.objects.count() == 2


def test_each_instance_has_its_own_api_limit(two: tuple[Sandbox, Sandbox]) -> None:
    first, second = (connect_halo(sandbox, name=str(n)) for n, sandbox in enumerate(two))
    before = used(second.instance)[0]
    read_halo(first)
    assert used(second.instance)[0] == before
    assert used(first.instance)[0] == BudgetPermit.objects.filter(instance=first.instance).count()


def test_credentials_of_one_instance_share_its_api_limit(two: tuple[Sandbox, Sandbox]) -> None:
    one = connect_halo(two[0], name="One")
    other = connect_halo(two[0], name="Other")
    assert one.instance == other.instance
    before = used(other.instance)[0]
    run = read_halo(one)
    assert used(other.instance)[0] == before + run.calls


def test_stopping_one_instance_leaves_the_other_writing(two: tuple[Sandbox, Sandbox]) -> None:
    first, second = (connect_halo(sandbox, name=str(n)) for n, sandbox in enumerate(two))
    Instance.objects.filter(pk=first.instance_id).update(writes_stopped=True)
    with pytest.raises(WritesStopped):
        BudgetGate(first, Purpose.TICKETS).check_writes()
    BudgetGate(second, Purpose.TICKETS).check_writes()


def test_an_instance_that_is_down_does_not_hold_up_the_other(two: tuple[Sandbox, Sandbox]) -> None:
    first, second = (connect_halo(sandbox, name=str(n)) for n, sandbox in enumerate(two))
    two[0].switches.change(down="503")
    assert read_halo(first).state == RunState.FAILED
    assert read_halo(second).state == RunState.SUCCEEDED
