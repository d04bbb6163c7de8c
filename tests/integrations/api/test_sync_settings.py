"""Sync settings and the state of a mirror, for programs."""

from __future__ import annotations

import pytest

from integrations.choices import ReadState, Resource
from integrations.models import MirrorState, SyncSettings
from tests.builders import make_credential
from tests.integrations.api.clients import make_caller

pytestmark = pytest.mark.django_db


def at(credential_id: int, page: str) -> str:
    return f"/api/v1/halo-credentials/{credential_id}/{page}/"


def test_the_defaults_are_told_and_a_part_is_changed() -> None:
    credential, caller = make_credential(), make_caller()
    told = caller.get(at(credential.pk, "sync-settings")).json()
    assert told["resources"] == list(Resource.values)
    assert (told["mode"], told["full_hours"], told["asset_types"]) == ("incremental", 24, [])
    changed = caller.patch(at(credential.pk, "sync-settings"), {"asset_types": [4, 5]}, format="json").json()
    assert changed["asset_types"] == [4, 5]
    assert SyncSettings.objects.get().asset_types == [4, 5]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"resources": []}, "resources"),
        ({"resources": ["assets"]}, "resources"),
        ({"resources": ["tickets"]}, "resources"),
        ({"interval_minutes": 1}, "interval_minutes"),
        ({"asset_groups": ["all"]}, "asset_groups"),
    ],
    ids=str,
)
def test_nonsense_is_refused_by_field(values: dict[str, object], field: str) -> None:
    credential = make_credential()
    answer = make_caller().patch(at(credential.pk, "sync-settings"), values, format="json")
    assert answer.status_code == 400
    assert field in str(answer.json())
    assert not SyncSettings.objects.exists()


def test_changing_needs_its_own_permission() -> None:
    credential = make_credential()
    caller = make_caller("integrations.view_halocredential", "integrations.change_halocredential")
    assert caller.get(at(credential.pk, "sync-settings")).status_code == 200
    assert (
        caller.patch(at(credential.pk, "sync-settings"), {"full_hours": 1}, format="json").status_code == 403
    )
    caller = make_caller(
        "integrations.view_halocredential",
        "integrations.change_halocredential",
        "integrations.manage_sync_settings",
    )
    assert (
        caller.patch(at(credential.pk, "sync-settings"), {"full_hours": 1}, format="json").status_code == 200
    )


def test_the_mirror_tells_each_resource_and_what_a_sync_costs() -> None:
    credential = make_credential()
    MirrorState.objects.create(
        halo_credential=credential, resource=Resource.CLIENTS, state=ReadState.DONE, listed=250, calls=3
    )
    told = make_caller().get(at(credential.pk, "mirror")).json()
    (clients,) = told["resources"]
    assert (clients["resource"], clients["state"], clients["listed"]) == ("clients", "done", 250)
    assert told["incremental"] == {"calls": 4, "seconds": 2, "at_least": False}
    assert told["full"]["at_least"] is True
