"""Sync settings of a credential: who may change them, what is offered, and what is said about nonsense."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import OptionKind, ReadState, Resource, RunKind, RunState
from integrations.models import HaloCredential, HaloOption, MirrorState, Run, SyncSettings
from tests.integrations.admin.made import make_asset_type, make_credential, make_staff

pytestmark = pytest.mark.django_db

ALL = list(Resource.values)
MANAGE, VIEW = "integrations.manage_sync_settings", "integrations.view_syncsettings"
SEES = "integrations.view_halocredential"


def page_of(credential: HaloCredential, name: str = "sync_settings") -> str:
    return reverse(f"admin:integrations_halocredential_{name}", args=(credential.pk,))


def typed(**values: Any) -> dict[str, Any]:
    return {"resources": ALL, "include_inactive": "on", "mode": "incremental", "full_hours": 24, **values}


def test_groups_and_types_are_chosen_by_name_and_kept(browser: Client) -> None:
    credential = make_credential()
    workstation = make_asset_type(credential, name="Workstation")
    HaloOption.objects.create(
        halo_credential=credential, kind=OptionKind.ASSET_GROUP, halo_id="7", name="Computers"
    )
    assert "Computers" in browser.get(page_of(credential)).content.decode()
    browser.post(
        page_of(credential),
        typed(asset_types=[workstation.halo_id], software_groups=[7], interval_minutes=30, mode="full"),
    )
    kept = SyncSettings.objects.get(halo_credential=credential)
    assert (kept.asset_types, kept.software_groups) == ([workstation.halo_id], [7])
    assert (kept.interval_minutes, kept.mode, kept.asset_groups) == (30, "full", [])


def test_what_halo_no_longer_has_stays_chosen_and_is_named_so(browser: Client) -> None:
    credential = make_credential()
    SyncSettings.objects.create(halo_credential=credential, asset_groups=[99])
    assert "99: no longer in HaloPSA" in browser.get(page_of(credential)).content.decode()
    browser.post(page_of(credential), typed(asset_groups=[99]))
    assert SyncSettings.objects.get().asset_groups == [99]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"resources": []}, "Choose at least one resource."),
        ({"resources": ["assets"]}, "Assets need clients and sites and asset types to be read, too."),
        ({"resources": ["clients", "users"]}, "Halo users (end users) need sites to be read, too."),
        ({"interval_minutes": 2}, "greater than or equal to 5"),
        ({"full_hours": 0}, "greater than or equal to 1"),
        ({"asset_types": [12345]}, "12345 is not one of the available choices"),
    ],
    ids=str,
)
def test_nonsense_is_refused_with_a_sentence_and_changes_nothing(
    browser: Client, values: dict[str, Any], sentence: str
) -> None:
    credential = make_credential()
    page = browser.post(page_of(credential), typed(**values)).content.decode()
    assert sentence in page
    assert not SyncSettings.objects.exists()


def test_a_resource_without_permission_says_why_it_is_not_read(browser: Client) -> None:
    refused = {"key": "read_licences", "name": "Read licences", "state": "refused", "grant": "scope x"}
    credential = make_credential(permissions=[refused])
    page = browser.get(page_of(credential)).content.decode()
    assert "Not read at present:" in page
    assert "scope x" in page


@pytest.mark.parametrize(
    ("rights", "look", "save"), [((MANAGE,), 200, 302), ((VIEW,), 200, 403), ((), 403, 403)], ids=str
)
def test_only_who_may_manage_them_changes_them(
    client: Client, rights: tuple[str, ...], look: int, save: int
) -> None:
    credential = make_credential()
    client.force_login(make_staff("helper", SEES, *rights))
    shown = client.get(page_of(credential))
    assert shown.status_code == look
    if look == 200:
        assert ("Save and read now" in shown.content.decode()) == (MANAGE in rights)
    assert client.post(page_of(credential), typed(full_hours=12)).status_code == save
    assert SyncSettings.objects.exists() == (save == 302)
    panel = client.get(reverse("admin:integrations_halocredential_change", args=(credential.pk,)))
    assert (page_of(credential) in panel.content.decode()) == (look == 200)


def test_saving_and_reading_now_asks_for_a_full_sync(browser: Client) -> None:
    credential = make_credential()
    answer = browser.post(page_of(credential), typed(read_now="1"))
    run = Run.objects.get(kind=RunKind.SYNC_HALO)
    assert run.parameters["full"] is True
    assert answer["Location"].endswith(f"/run/{run.pk}/change/")


def test_the_panel_moves_while_a_sync_runs_and_tells_each_resource(browser: Client) -> None:
    credential = make_credential()
    for resource, state, done, total in (
        (Resource.CLIENTS, ReadState.DONE, 25, 25),
        (Resource.ASSETS, ReadState.READING, 150, 300),
        (Resource.LICENCES, ReadState.OFF, 0, None),
    ):
        MirrorState.objects.create(
            halo_credential=credential, resource=resource, state=state, done=done, total=total
        )
    run = Run.objects.create(
        kind=RunKind.SYNC_HALO,
        halo_credential=credential,
        state=RunState.RUNNING,
        calls=12,
        forecast_calls=57,
    )
    panel = browser.get(page_of(credential, "mirror")).content.decode()
    assert 'hx-trigger="every 2s"' in panel
    assert 'aria-valuenow="50"' in panel
    assert "150 of 300" in panel
    assert "12 of about 57 calls" in panel
    on_the_run = browser.get(reverse("admin:integrations_run_change", args=(run.pk,))).content.decode()
    assert "150 of 300" in on_the_run
    Run.objects.update(state=RunState.SUCCEEDED)
    assert "hx-get" not in browser.get(page_of(credential, "mirror")).content.decode()
