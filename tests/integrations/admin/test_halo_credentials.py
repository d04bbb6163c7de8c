"""Entering a HaloPSA credential: the secret goes in and never comes out, and saving asks for a test."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.admin.display import admin_url
from integrations.choices import ConnectionState, RunKind, WriteMode
from integrations.models import Company, HaloCredential, Instance, Intention, Run
from tests.halobridge.admin.rows import fill, make_world
from tests.integrations.admin.made import (
    SECRET,
    make_client,
    make_credential,
    make_run,
    make_staff,
)

pytestmark = pytest.mark.django_db

ADD = "admin:integrations_halocredential_add"
CHANGE = "admin:integrations_halocredential_change"
TYPED = {
    "name": "Service desk",
    "resource_server": "desk.example.com/api/",
    "authorisation_server": "",
    "tenant": "desk",
    "client_id": " the-id ",
    "client_secret": SECRET,
    "scopes": "edit:tickets edit:assets read:customers",
    "budget_calls": "180",
    "budget_seconds": "300",
    "write_mode": "observe",
    "enabled": "on",
}


def test_saving_stores_it_untested_and_leads_to_the_run_of_its_test(browser: Client) -> None:
    response = browser.post(reverse(ADD), TYPED)

    credential = HaloCredential.objects.get()
    run = Run.objects.get(kind=RunKind.TEST_HALO)
    assert credential.state == ConnectionState.UNTESTED
    assert credential.client_secret == SECRET
    assert credential.client_id == "the-id"
    assert credential.write_mode == WriteMode.OBSERVE
    assert run.halo_credential == credential
    assert response["Location"] == reverse("admin:integrations_run_change", args=(run.pk,))


def test_it_normalises_what_was_typed_and_finds_the_instance(browser: Client) -> None:
    browser.post(reverse(ADD), TYPED)

    credential = HaloCredential.objects.get()
    assert credential.resource_server == "https://desk.example.com/api"
    assert Instance.objects.get() == credential.instance
    assert credential.instance.tenant == "desk"


def test_a_server_that_is_none_is_said_beside_its_field(browser: Client) -> None:
    response = browser.post(reverse(ADD), {**TYPED, "resource_server": "http://user:pw@desk.example.com"})

    assert response.status_code == 200
    assert response.context["adminform"].form.errors["resource_server"]
    assert not HaloCredential.objects.exists()


def test_the_stored_secret_is_never_put_into_the_form(browser: Client) -> None:
    credential = make_credential()

    page = browser.get(reverse(CHANGE, args=(credential.pk,))).content.decode()

    assert SECRET not in page
    assert "Leave empty to keep the stored one" in page


def test_an_empty_secret_keeps_the_stored_one(browser: Client) -> None:
    credential = make_credential()
    servers = {name: getattr(credential, name) for name in ("resource_server", "authorisation_server")}
    browser.post(reverse(CHANGE, args=(credential.pk,)), {**TYPED, **servers, "client_secret": ""})

    credential.refresh_from_db()
    assert credential.client_secret == SECRET
    assert credential.name == "Service desk"


def test_a_new_secret_replaces_the_stored_one(browser: Client) -> None:
    credential = make_credential()
    browser.post(reverse(CHANGE, args=(credential.pk,)), {**TYPED, "client_secret": "another"})

    credential.refresh_from_db()
    assert credential.client_secret == "another"


def test_a_wrong_form_does_not_send_the_typed_secret_back(browser: Client) -> None:
    response = browser.post(reverse(ADD), {**TYPED, "name": ""})

    assert response.status_code == 200
    assert SECRET not in response.content.decode()


def test_the_page_shows_what_is_granted_and_what_is_not(browser: Client) -> None:
    credential = make_credential(
        state=ConnectionState.FAILED, state_reason="The scope edit:tickets is missing."
    )

    page = browser.get(reverse(CHANGE, args=(credential.pk,))).content.decode()

    for words in (
        "The scope edit:tickets is missing.",
        "API agent",
        "Create tickets",
        "Refused",
        "edit:tickets",
    ):
        assert words in page


def test_switching_to_write_says_first_what_will_happen(browser: Client) -> None:
    credential = make_credential()
    for number, state in enumerate(("planned", "planned", "done")):
        Intention.objects.create(
            instance=credential.instance,
            halo_credential=credential,
            kind="create_ticket",
            cause=f"ticket:{number}",
            lane=f"ticket:{number}",
            sequence=1,
            subject_id=number,
            state=state,
        )

    address = reverse("admin:integrations_halocredential_start_writing", args=(credential.pk,))
    asked = browser.get(address).content.decode()

    credential.refresh_from_db()
    assert credential.write_mode == WriteMode.OBSERVE
    assert "Alerts that are open now are the baseline" in asked
    assert "2 writes wait and go out at once." in asked


def test_switching_to_write_and_back(browser: Client) -> None:
    credential = make_credential()

    browser.post(reverse("admin:integrations_halocredential_start_writing", args=(credential.pk,)))
    credential.refresh_from_db()
    assert credential.write_mode == WriteMode.WRITE

    browser.post(reverse("admin:integrations_halocredential_only_observe", args=(credential.pk,)))
    credential.refresh_from_db()
    assert credential.write_mode == WriteMode.OBSERVE


@pytest.mark.parametrize(
    ("button", "kind"), [("test_now", RunKind.TEST_HALO), ("sync_now", RunKind.SYNC_HALO)]
)
def test_buttons_ask_for_a_run_and_lead_to_it(browser: Client, button: str, kind: str) -> None:
    credential = make_credential()

    response = browser.post(reverse(f"admin:integrations_halocredential_{button}", args=(credential.pk,)))

    run = Run.objects.get(kind=kind)
    assert run.requested_by is not None
    assert response["Location"] == reverse("admin:integrations_run_change", args=(run.pk,))


def test_nothing_happens_by_following_a_link(browser: Client) -> None:
    credential = make_credential(write_mode=WriteMode.WRITE)

    response = browser.get(reverse("admin:integrations_halocredential_only_observe", args=(credential.pk,)))

    credential.refresh_from_db()
    assert response["Location"] == admin_url(credential)
    assert credential.write_mode == WriteMode.WRITE


def test_a_staff_account_that_may_only_look_cannot_press_buttons(client: Client) -> None:
    client.force_login(make_staff("auditor", "integrations.view_halocredential"))
    credential = make_credential()

    page = client.get(reverse(CHANGE, args=(credential.pk,)))
    pressed = client.post(reverse("admin:integrations_halocredential_start_writing", args=(credential.pk,)))

    assert page.status_code == 200
    assert "Switch to write" not in page.content.decode()
    assert pressed.status_code == 403


def test_deleting_says_how_much_goes_with_it(browser: Client) -> None:
    credential = make_credential()
    make_run(halo_credential=credential)
    make_client(credential)
    make_client(credential)

    page = browser.get(reverse("admin:integrations_halocredential_delete", args=(credential.pk,)))

    counts = dict(page.context["model_count"])
    assert (counts["runs"], counts["Halo clients [customers]"]) == (1, 2)


def test_deleting_takes_mappings_and_rules_along(browser: Client) -> None:
    world = make_world()
    fill(world, 1)

    browser.post(
        reverse("admin:integrations_halocredential_delete", args=(world.credential.pk,)), {"post": "yes"}
    )

    assert not HaloCredential.objects.exists()
    assert Company.objects.exists()


def test_server_and_application_of_a_known_halo_are_not_changed_at_once(browser: Client) -> None:
    credential = make_credential("Desk")
    make_client(credential)
    typed = {**TYPED, "name": "Desk", "resource_server": "other.example.com", "client_id": "another"}
    page = browser.post(reverse(CHANGE, args=(credential.pk,)), typed)
    assert page.status_code == 200
    assert "To connect another HaloPSA add a new credential" in page.content.decode()
    credential.refresh_from_db()
    assert (credential.moving_to, credential.client_id) == ({}, "client-id")


def test_another_address_of_a_known_halo_waits_for_its_test(browser: Client) -> None:
    credential = make_credential("Desk")
    make_client(credential)
    old = credential.resource_server
    typed = {**TYPED, "name": "Desk", "resource_server": "other.example.com", "client_id": "client-id"}
    browser.post(reverse(CHANGE, args=(credential.pk,)), typed)
    credential.refresh_from_db()
    assert credential.resource_server == old
    assert credential.moving_to["resource_server"] == "https://other.example.com/api"
    page = browser.get(reverse(CHANGE, args=(credential.pk,))).content.decode()
    assert "waits for its test" in page
    browser.post(reverse("admin:integrations_halocredential_give_up_move", args=(credential.pk,)))
    credential.refresh_from_db()
    assert credential.moving_to == {}
