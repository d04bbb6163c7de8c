"""The installed software of an asset is read when its page is opened: once, and only where it can be."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations.choices import ConnectionState, RunKind, RunState
from integrations.models import HaloAsset, Run
from tests.integrations.admin.made import (
    make_asset,
    make_client,
    make_credential,
    make_program,
    make_staff,
)

pytestmark = pytest.mark.django_db


def make_machine(*, read: timedelta | None = None, active: bool = True, **credential: Any) -> HaloAsset:
    """An asset whose software was read so long ago; None: never."""
    at = None if read is None else timezone.now() - read
    customer = make_client(make_credential(**credential))
    return make_asset(customer, software_read_at=at, active=active)


def open_page(browser: Client, asset: HaloAsset) -> str:
    response = browser.get(reverse("admin:integrations_haloasset_change", args=(asset.pk,)))
    assert response.status_code == 200
    return response.content.decode()


def look_again(browser: Client, asset: HaloAsset) -> str:
    """What the waiting panel does by itself."""
    response = browser.get(reverse("admin:integrations_haloasset_software", args=(asset.pk,)))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("read", [None, timedelta(hours=25)])
def test_opening_asks_for_what_was_never_read_or_is_old(browser: Client, read: timedelta | None) -> None:
    asset = make_machine(read=read)

    page = open_page(browser, asset)

    run = Run.objects.get()
    assert (run.kind, run.halo_credential, run.parameters) == (
        RunKind.SOFTWARE,
        asset.halo_credential,
        {"asset": asset.pk},
    )
    assert "Being read from HaloPSA" in page
    assert f'hx-get="{reverse("admin:integrations_haloasset_software", args=(asset.pk,))}"' in page


def test_what_was_read_today_is_shown_and_not_asked_for(browser: Client) -> None:
    asset = make_machine(read=timedelta(hours=23))
    make_program(asset, "Reader", "11.2", installed_on=date(2026, 1, 2))

    page = open_page(browser, asset)

    assert not Run.objects.exists()
    assert "hx-get" not in look_again(browser, asset)
    for told in ("Reader", "11.2", "2026-01-02"):
        assert told in page


def test_opening_it_again_asks_only_once(browser: Client) -> None:
    asset = make_machine()
    for _ in range(3):
        open_page(browser, asset)
    Run.objects.update(state=RunState.RUNNING)
    for _ in range(3):
        open_page(browser, asset)
        look_again(browser, asset)

    run = Run.objects.get()
    assert not run.dirty


def test_the_waiting_panel_only_looks_until_the_list_is_there(browser: Client) -> None:
    asset = make_machine()
    open_page(browser, asset)
    assert "hx-get" in look_again(browser, asset)

    make_program(asset, "Reader")
    HaloAsset.objects.update(software_read_at=timezone.now())
    Run.objects.update(state=RunState.SUCCEEDED, ended_at=timezone.now())
    panel = look_again(browser, asset)

    assert "Reader" in panel
    assert "hx-get" not in panel
    assert Run.objects.count() == 1


def test_looking_without_opening_asks_for_nothing(browser: Client) -> None:
    look_again(browser, make_machine())

    assert not Run.objects.exists()


def test_a_list_without_rows_is_told_as_such(browser: Client) -> None:
    assert "HaloPSA knows no installed software" in open_page(browser, make_machine(read=timedelta(hours=1)))


def test_a_missing_permission_is_told_with_what_to_grant(browser: Client) -> None:
    refused = {
        "key": "read_software",
        "name": "Read installed software",
        "state": "refused",
        "grant": "scope read:assets",
    }
    page = open_page(browser, make_machine(permissions=[refused]))

    assert "Read installed software" in page
    assert "Needed: scope read:assets." in page
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("credential", "told"),
    [
        ({"enabled": False}, "is switched off"),
        ({"state": ConnectionState.FAILED, "state_reason": "The secret is wrong."}, "The secret is wrong."),
        ({"state": ConnectionState.UNTESTED}, "it is not tested yet"),
    ],
)
def test_a_credential_that_does_not_work_is_not_asked(
    browser: Client, credential: dict[str, Any], told: str
) -> None:
    assert told in open_page(browser, make_machine(**credential))
    assert not Run.objects.exists()


def test_an_asset_that_is_gone_is_not_asked_for(browser: Client) -> None:
    assert "this asset is not active in HaloPSA" in open_page(browser, make_machine(active=False))
    assert not Run.objects.exists()


def test_what_has_just_failed_is_told_and_tried_again_later(browser: Client) -> None:
    asset = make_machine()
    open_page(browser, asset)
    Run.objects.update(
        state=RunState.FAILED,
        ended_at=timezone.now(),
        requested_at=timezone.now() - timedelta(seconds=9),
        error="HaloPSA answered 403.",
    )
    assert "HaloPSA answered 403." in open_page(browser, asset)
    assert Run.objects.count() == 1

    Run.objects.update(ended_at=timezone.now() - timedelta(minutes=16))
    open_page(browser, asset)

    assert Run.objects.count() == 2


def test_whoever_may_not_see_assets_sees_no_software(client: Client) -> None:
    asset = make_machine()
    client.force_login(make_staff("stranger", "integrations.view_haloclient"))

    for page in ("change", "software"):
        address = reverse(f"admin:integrations_haloasset_{page}", args=(asset.pk,))
        assert client.get(address).status_code == 403
    assert not Run.objects.exists()
