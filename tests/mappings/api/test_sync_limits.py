"""Limits of scheduled asset updates by REST, and asking for an update now."""

from __future__ import annotations

import pytest

from integrations.choices import RunKind
from integrations.models import Run
from mappings.models import SyncLimits
from tests.builders import make_credential
from tests.integrations.api.clients import make_caller

pytestmark = pytest.mark.django_db

LIMITS = "/api/v1/sync-limits/"


def test_limits_are_made_read_and_changed() -> None:
    credential, caller = make_credential(), make_caller()
    answer = caller.post(LIMITS, {"halo_credential": credential.pk, "most_share": 10}, format="json")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    number = told.pop("id")
    assert told == {
        "halo_credential": credential.pk,
        "interval_minutes": 240,
        "create_assets": True,
        "most_share": 10,
        "always_allowed": 5,
        "most_deactivations": 5,
    }
    changed = caller.patch(f"{LIMITS}{number}/", {"create_assets": False}, format="json")
    assert changed.json()["create_assets"] is False


@pytest.mark.parametrize(
    ("name", "value"), [("most_share", 101), ("interval_minutes", 1), ("always_allowed", -1)]
)
def test_impossible_limits_are_told(name: str, value: int) -> None:
    body = {"halo_credential": make_credential().pk, name: value}
    answer = make_caller().post(LIMITS, body, format="json")
    assert answer.status_code == 400
    assert name in answer.json()["errors"]


def test_a_credential_has_its_limits_once_and_they_stay_its_own() -> None:
    row = SyncLimits.objects.create(halo_credential=make_credential())
    caller, other = make_caller(), make_credential()
    assert caller.post(LIMITS, {"halo_credential": row.halo_credential_id}, format="json").status_code == 400
    moved = caller.patch(f"{LIMITS}{row.pk}/", {"halo_credential": other.pk}, format="json")
    assert "halo_credential" in moved.json()["errors"]


def test_an_update_can_be_asked_for_now() -> None:
    row = SyncLimits.objects.create(halo_credential=make_credential())
    answer = make_caller().post(f"{LIMITS}{row.pk}/run/")
    assert answer.status_code == 202
    assert Run.objects.get(pk=answer.json()["id"]).kind == RunKind.KEEP_ASSETS
