"""A known HaloPSA under another address: the same keeps everything, another is refused; over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from integrations.choices import ConnectionState, IntentionKind, RunKind
from integrations.connections import give_up_move, moves, save_halo_credential
from integrations.management.reporting import execute_here
from integrations.models import BudgetPermit, HaloAsset, HaloClient, HaloCredential, Instance, Intention, Run
from integrations.sandbox.server import Sandbox
from tests.connected import connect_halo, read_halo

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    running.switches.change(rate_limit_calls=0)
    return running


@pytest.fixture
def known(sandbox: Sandbox) -> HaloCredential:
    credential = connect_halo(sandbox)
    read_halo(credential)
    return HaloCredential.objects.get(pk=credential.pk)


def by_another_name(url: str) -> str:
    """The same server under its other name."""
    return url.replace("127.0.0.1", "localhost")


def change(credential: HaloCredential, **values: Any) -> HaloCredential:
    for name, value in values.items():
        setattr(credential, name, value)
    execute_here(save_halo_credential(credential))
    return HaloCredential.objects.select_related("instance").get(pk=credential.pk)


def moved(credential: HaloCredential, sandbox: Sandbox) -> HaloCredential:
    return change(
        credential,
        resource_server=by_another_name(sandbox.halo_url),
        authorisation_server=by_another_name(sandbox.auth_url),
    )


def test_the_same_halo_keeps_all_that_is_known(sandbox: Sandbox, known: HaloCredential) -> None:
    assets, permits = HaloAsset.objects.count(), BudgetPermit.objects.count()
    Instance.objects.update(batch_size=100)
    after = moved(known, sandbox)
    assert (after.moving_to, after.move_refused) == ({}, "")
    assert "localhost" in after.resource_server
    assert after.state == ConnectionState.WORKING
    instance = Instance.objects.get()
    assert (instance.pk, instance.batch_size) == (known.instance_id, 100)
    assert instance.resource_server == after.resource_server
    assert HaloAsset.objects.filter(halo_credential=after).count() == assets
    assert BudgetPermit.objects.filter(instance=instance).count() > permits
    assert Run.objects.filter(kind=RunKind.SYNC_HALO).latest("pk").parameters["full"] is True


def test_another_halo_is_refused_and_the_old_one_stays(sandbox: Sandbox, known: HaloCredential) -> None:
    for client in list(sandbox.world.halo.clients.values()):
        client["name"] = f"Stranger {client['id']}"
    for asset in sandbox.world.halo.assets.values():
        asset["inventory_number"] = asset["key_field"] = f"X{asset['id']}"
    HaloAsset.objects.all().delete()
    after = moved(known, sandbox)
    assert "add a new credential" in after.move_refused
    assert after.moving_to == {}
    assert after.resource_server == known.instance.resource_server
    assert after.instance_id == known.instance_id
    assert HaloClient.objects.filter(name__startswith="Stranger").count() == 0


def test_what_cannot_be_compared_waits_and_can_be_given_up(sandbox: Sandbox, known: HaloCredential) -> None:
    old = known.instance.resource_server
    after = change(
        known, resource_server="http://127.0.0.1:9/api", authorisation_server="http://127.0.0.1:9/auth"
    )
    assert after.resource_server == old
    assert after.moving_to["resource_server"] == "http://127.0.0.1:9/api"
    assert "could not be compared yet" in after.move_refused
    assert after.state == ConnectionState.WORKING, "the old one is tested as ever"
    after = change(after, name="Renamed meanwhile")
    assert after.moving_to, "what waits goes on waiting"
    give_up_move(after)
    after.refresh_from_db()
    assert (after.moving_to, after.move_refused) == ({}, "")


def test_server_and_application_are_not_changed_at_once(known: HaloCredential) -> None:
    known.resource_server, known.client_id = "https://other.halopsa.com", "another"
    with pytest.raises(ValidationError, match="can't change at once"):
        save_halo_credential(known)
    assert HaloCredential.objects.get(pk=known.pk).moving_to == {}


def test_a_move_that_is_settled_twice_is_carried_out_once(sandbox: Sandbox, known: HaloCredential) -> None:
    known.resource_server = by_another_name(sandbox.halo_url)
    known.authorisation_server = by_another_name(sandbox.auth_url)
    save_halo_credential(known)
    waiting = HaloCredential.objects.get(pk=known.pk)
    assert moves.settle_move(waiting, 10, 10) == ""
    assert moves.settle_move(waiting, 0, 10) == ""
    waiting.refresh_from_db()
    assert (waiting.move_refused, "localhost" in waiting.resource_server) == ("", True)


def test_a_credential_that_shares_its_instance_leaves_the_other_where_it_is(
    sandbox: Sandbox, known: HaloCredential
) -> None:
    other = connect_halo(sandbox, name="Second")
    assert other.instance_id == known.instance_id
    own, theirs = (
        Intention.objects.create(
            kind=IntentionKind.CREATE_ASSET,
            halo_credential=row,
            instance_id=row.instance_id,
            cause=row.name,
            lane=row.name,
            sequence=1,
            subject_id=1,
        )
        for row in (known, other)
    )
    after = moved(known, sandbox)
    other.refresh_from_db()
    assert other.instance_id != after.instance_id
    for row, credential in ((own, after), (theirs, other)):
        row.refresh_from_db()
        assert row.instance_id == credential.instance_id


def test_what_nobody_typed_is_filled_in_from_what_halo_tells(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox, tenant="", authorisation_server="")
    assert credential.state == ConnectionState.WORKING
    assert credential.tenant
    assert credential.instance.tenant == credential.tenant
    assert Instance.objects.count() == 1


def test_what_staff_typed_stays_and_the_difference_is_told(sandbox: Sandbox) -> None:
    sandbox.switches.change(strict_tenant=True)
    credential = connect_halo(sandbox, tenant="wrong")
    assert credential.tenant == "wrong"
    assert credential.state == ConnectionState.FAILED
    assert "itself names the tenant" in credential.state_reason


def test_a_second_credential_without_a_tenant_joins_the_instance_of_the_first(sandbox: Sandbox) -> None:
    first = connect_halo(sandbox)
    second = connect_halo(sandbox, name="Second", tenant="")
    assert second.instance_id == first.instance_id
    assert Instance.objects.count() == 1
    assert Run.objects.filter(halo_credential=second, kind=RunKind.SYNC_HALO).exists()
