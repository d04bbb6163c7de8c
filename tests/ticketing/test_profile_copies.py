"""A profile is copied within its HaloPSA by number, into another by the names of its choices."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import OptionKind
from integrations.models import HaloCredential, HaloOption
from tests.builders import make_credential
from tests.integrations.admin.made import make_superuser
from tests.integrations.api.clients import make_caller
from tests.ticketing.world import World, make_option
from ticketing.models import IntegrationProfile
from ticketing.profile_copies import CannotCopy, copy_profile

pytestmark = pytest.mark.django_db


def choices(credential: HaloCredential, shift: int = 0) -> None:
    """The same names with other numbers."""
    for kind, number, name in (
        (OptionKind.TICKET_TYPE, 21, "Alert"),
        (OptionKind.STATUS, 1, "New"),
        (OptionKind.STATUS, 9, "Closed"),
        (OptionKind.SLA, 3, "Standard"),
        (OptionKind.TEAM, 5, "Backup"),
    ):
        make_option(credential, kind, number + shift, name=name)
    make_option(credential, OptionKind.PRIORITY, 2, name="High", parent=str(3 + shift))
    make_option(credential, OptionKind.PRIORITY, 4, name="Low", parent=str(3 + shift))


def a_profile() -> tuple[World, IntegrationProfile]:
    world = World()
    choices(world.credential)
    IntegrationProfile.objects.update(
        sla=3,
        priority=2,
        team=5,
        agent=1,
        client=world.client,
        wont_fix_statuses=[9, 77],
        body_template="{{ title }}",
        note_minutes=45,
        is_default=True,
    )
    return world, IntegrationProfile.objects.select_related("halo_credential").get()


def test_within_one_halo_everything_is_the_same_but_the_default() -> None:
    _, profile = a_profile()
    copied = copy_profile(profile, profile.halo_credential, "Copy")
    made = copied.profile
    assert copied.left_out == []
    assert (made.name, made.is_default, made.client) == ("Copy", False, profile.client)
    assert (made.sla, made.priority, made.note_minutes, made.body_template) == (3, 2, 45, "{{ title }}")


def test_in_another_halo_choices_are_found_by_their_names() -> None:
    _, profile = a_profile()
    other = make_credential(name="Other")
    choices(other, shift=100)
    copied = copy_profile(profile, other, "Copy")
    made = copied.profile
    assert (made.ticket_type, made.status_open, made.status_closed) == (121, 101, 109)
    assert (made.sla, made.priority, made.team, made.agent) == (103, 2, 105, 1)
    assert (made.client, made.wont_fix_statuses) == (None, [109])
    assert copied.left_out == ["client"]


def test_what_the_other_halo_does_not_have_is_named_and_left_empty() -> None:
    _, profile = a_profile()
    other = make_credential(name="Other")
    choices(other, shift=100)
    HaloOption.objects.filter(halo_credential=other, kind=OptionKind.TEAM).delete()
    copied = copy_profile(profile, other, "Copy")
    assert copied.profile.team is None
    assert copied.left_out == ["team", "client"]


def test_without_a_needed_choice_it_is_refused_with_its_name() -> None:
    _, profile = a_profile()
    with pytest.raises(CannotCopy, match="Other has no ticket type called “Alert”"):
        copy_profile(profile, make_credential(name="Other"), "Copy")


def test_a_taken_name_is_refused() -> None:
    _, profile = a_profile()
    with pytest.raises(CannotCopy, match="has a profile called “P1” already"):
        copy_profile(profile, profile.halo_credential, "P1 ")


def test_staff_copy_it_on_its_page(client: Client) -> None:
    _, profile = a_profile()
    client.force_login(make_superuser())
    page = client.get(reverse("admin:ticketing_integrationprofile_change", args=(profile.pk,)))
    address = reverse("admin:ticketing_integrationprofile_copy", args=(profile.pk,))
    assert address in page.content.decode()
    assert "Copy of P1" in client.get(address).content.decode()
    sent = {"halo_credential": profile.halo_credential_id, "name": "P1"}
    assert "already" in client.post(address, sent).content.decode()
    told = client.post(address, {**sent, "name": "P1 again"}, follow=True).content.decode()
    assert "“P1 again” is made." in told


def test_programs_copy_it_too() -> None:
    _, profile = a_profile()
    address = f"/api/v1/integration-profiles/{profile.pk}/copy/"
    body = {"halo_credential": profile.halo_credential_id, "name": "Copy"}
    answer = make_caller().post(address, body, format="json")
    assert (answer.status_code, answer.json()["left_out"]) == (201, [])
    assert IntegrationProfile.objects.get(pk=answer.json()["profile"]).name == "Copy"
    assert make_caller().post(address, body, format="json").status_code == 409
