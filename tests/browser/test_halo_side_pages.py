"""The pages of the HaloPSA side in light, dark and narrow: nothing sticks out, a keyboard suffices."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from integrations.choices import OptionKind, Outcome, ReadState, Resource, RunKind, RunState
from integrations.models import Entry, HaloCredential, HaloOption, MirrorState, Run
from tests.browser.pictures import look_at
from tests.integrations.admin.made import make_asset_type, make_credential, make_held_loss

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REFUSED = {
    "key": "read_licences",
    "name": "Read software licences",
    "state": "refused",
    "needed_for": "looking at software licences",
    "grant": "scope read:softwarelicensing on the application and in this credential",
}


@pytest.fixture
def credential() -> HaloCredential:
    made = make_credential(
        "Service desk",
        permissions=[REFUSED],
        advice=["It logs in as a Halo agent who is an administrator: an API-only agent is safer."],
        other_integrations=[{"name": "NinjaOne", "clients": 12, "assets": 340}],
        moving_to={
            "resource_server": "https://help.example.com/api",
            "authorisation_server": "",
            "tenant": "acme",
        },
        move_refused="The new address could not be compared yet; the old one stays in force.",
    )
    for resource, state, done, total, reason in (
        (Resource.CLIENTS, ReadState.DONE, 25, 25, ""),
        (Resource.SITES, ReadState.FAILED, 0, None, "HaloPSA answered 500 to a read of sites."),
        (Resource.LICENCES, ReadState.OFF, 0, None, made.lacks("read_licences")),
        (Resource.ASSETS, ReadState.READING, 1500, 20000, ""),
    ):
        MirrorState.objects.create(
            halo_credential=made, resource=resource, state=state, done=done, total=total, reason=reason
        )
    make_asset_type(made, name="Workstation")
    HaloOption.objects.create(
        halo_credential=made, kind=OptionKind.ASSET_GROUP, halo_id="7", name="Computers"
    )
    return made


def open_and_look(page: Page, name: str, address: str) -> None:
    page.goto(address)
    look_at(page, name)


def test_the_credential_tells_what_is_read_and_who_else_writes(
    page: Page, credential: HaloCredential
) -> None:
    run = Run.objects.create(
        kind=RunKind.SYNC_HALO,
        halo_credential=credential,
        instance=credential.instance,
        state=RunState.RUNNING,
        calls=21,
        forecast_calls=230,
        phase="Assets",
        done=1500,
        total=20000,
    )
    open_and_look(
        page, "credential", reverse("admin:integrations_halocredential_change", args=(credential.pk,))
    )
    bar = page.get_by_role("progressbar", name="Reading of assets")
    expect(bar).to_have_attribute("aria-valuenow", "7")
    MirrorState.objects.filter(resource=Resource.ASSETS).update(done=19000)
    expect(bar).to_have_attribute("aria-valuenow", "95", timeout=10_000)
    open_and_look(page, "sync", reverse("admin:integrations_run_change", args=(run.pk,)))
    expect(page.get_by_role("progressbar", name="Reading of assets")).to_be_visible()


def test_sync_settings_are_chosen_by_name_and_nonsense_is_said_there(
    page: Page, credential: HaloCredential
) -> None:
    open_and_look(
        page,
        "sync-settings",
        reverse("admin:integrations_halocredential_sync_settings", args=(credential.pk,)),
    )
    page.get_by_label("Clients: company mapping").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Sites need clients to be read, too.")).to_be_visible()


def test_a_loss_is_decided_by_keyboard_after_a_question(page: Page, credential: HaloCredential) -> None:
    loss = make_held_loss(credential)
    run = Run.objects.create(
        kind=RunKind.SYNC_HALO,
        halo_credential=credential,
        instance=credential.instance,
        state=RunState.WAITING,
    )
    Entry.objects.create(run=run, action="skip", outcome=Outcome.HELD, subject="Assets", reason=loss.reason)
    open_and_look(page, "losses", reverse("admin:integrations_heldloss_changelist"))
    open_and_look(page, "waiting", reverse("admin:integrations_run_change", args=(run.pk,)))
    page.get_by_role("link", name="Decide about the missing assets").press("Enter")
    open_and_look(page, "loss", page.url)
    page.get_by_role("link", name="Keep everything").press("Enter")
    with page.expect_navigation():
        page.get_by_role("button", name="Keep everything").press("Enter")
    loss.refresh_from_db()
    assert loss.dismissed_at
