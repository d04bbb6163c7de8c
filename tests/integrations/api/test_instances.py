"""Stopping all writing by REST, allowing it again, and what an instance may be set to."""

from __future__ import annotations

import pytest

from integrations.api.instances import InstanceSerializer
from integrations.choices import RunKind
from integrations.models import AuditEntry, HaloField, Instance, Run
from tests.builders import make_credential
from tests.integrations.api.clients import make_caller

pytestmark = pytest.mark.django_db

LIST = "/api/v1/instances/"


def test_one_is_stopped_and_allowed_again_and_what_waits_goes_out() -> None:
    credential, caller = make_credential(), make_caller()
    path = f"{LIST}{credential.instance_id}/"
    for _ in range(2):
        answer = caller.post(f"{path}stop/")
        assert (answer.status_code, answer.json()["writes_stopped"]) == (200, True)
    assert not Run.objects.exists()
    answer = caller.post(f"{path}allow/")
    assert (answer.status_code, answer.json()["writes_stopped"]) == (200, False)
    assert Run.objects.get().kind == RunKind.DELIVER
    changes = AuditEntry.objects.filter(kind="integrations.instance").values_list("changes", flat=True)
    assert sum("writes_stopped" in change for change in changes) == 2


def test_all_are_stopped_at_once_and_the_answer_names_those_that_were_not() -> None:
    first = make_credential().instance
    Instance.objects.filter(pk=first.pk).update(writes_stopped=True)
    second = Instance.objects.create(resource_server="https://other.example/api")
    caller = make_caller("integrations.stop_instance")
    assert caller.post(f"{LIST}stop-all/").json() == {"stopped": [second.pk]}
    assert caller.post(f"{LIST}stop-all/").json() == {"stopped": []}
    assert not Instance.objects.filter(writes_stopped=False).exists()
    assert caller.post(f"{LIST}{first.pk}/allow/").status_code == 403


def test_a_change_leaves_a_stop_of_the_same_moment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    instance, update = make_credential().instance, InstanceSerializer.update

    def stopped_meanwhile(self: InstanceSerializer, row: Instance, values: dict[str, object]) -> Instance:
        Instance.objects.filter(pk=row.pk).update(writes_stopped=True)
        return update(self, row, values)

    monkeypatch.setattr(InstanceSerializer, "update", stopped_meanwhile)
    answer = make_caller().patch(f"{LIST}{instance.pk}/", {"batches_allowed": False}, format="json")
    assert answer.status_code == 200, answer.content
    instance.refresh_from_db()
    assert (instance.writes_stopped, instance.batches_allowed) == (True, False)


def test_the_field_of_the_bridge_reference_is_one_of_this_halo() -> None:
    credential, caller = make_credential(), make_caller()
    path = f"{LIST}{credential.instance_id}/"
    HaloField.objects.create(halo_credential=credential, halo_id=61, name="Bridge", kind="asset")
    HaloField.objects.create(halo_credential=credential, halo_id=62, name="Ticket", kind="ticket")
    for number, status in ((62, 400), (63, 400), (61, 200), (None, 200)):
        answer = caller.patch(path, {"marker_field_id": number}, format="json")
        assert answer.status_code == status, (number, answer.content)
    assert caller.patch(path, {"writes_stoped": True}, format="json").status_code == 400


def test_what_was_proven_is_forgotten() -> None:
    instance = make_credential().instance
    Instance.objects.filter(pk=instance.pk).update(batch_size=100, list_fields_proven=True)
    told = make_caller().post(f"{LIST}{instance.pk}/prove-again/").json()
    assert (told["batch_size"], told["list_fields_proven"]) == (0, False)
