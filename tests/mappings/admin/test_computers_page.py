"""Computers: their state with its reason, editing and removing a mapping."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.models import Computer, HaloCredential
from mappings.models import CompanyMapping, ComputerMapping, ProductMapping, RefusedPair
from tests.integrations.admin.made import (
    make_asset,
    make_asset_type,
    make_client,
    make_company,
    make_computer,
    make_console,
    make_credential,
    make_product,
    make_site,
    make_staff,
)

pytestmark = pytest.mark.django_db

LIST = "admin:integrations_computer_changelist"


@pytest.fixture
def credential() -> HaloCredential:
    return make_credential(instance=None)


@pytest.fixture
def pair(credential: HaloCredential) -> CompanyMapping:
    client = make_client(credential, "Acme")
    company = make_company(make_console(), "Acme Ltd")
    return CompanyMapping.objects.create(
        company=company, halo_credential=credential, halo_client=client, halo_site=make_site(client)
    )


def edit(credential: HaloCredential, computer: Computer) -> str:
    return reverse("admin:integrations_computer_edit_mapping", args=(credential.pk, computer.pk))


def remove(credential: HaloCredential, computer: Computer) -> str:
    return reverse("admin:integrations_computer_remove_mapping", args=(credential.pk, computer.pk))


def map_to(computer: Computer, credential: HaloCredential, asset: Any) -> ComputerMapping:
    return ComputerMapping.objects.create(
        computer=computer,
        halo_credential=credential,
        halo_asset=asset,
        reason="The serial number is the same.",
    )


def test_each_state_is_shown_with_its_reason(
    browser: Client, credential: HaloCredential, pair: CompanyMapping
) -> None:
    map_to(make_computer(pair.company, "mapped-pc"), credential, make_asset(pair.halo_client, "ASSET-1"))
    make_computer(pair.company, "no-agent-pc", eligible=False, ineligible_reason="It has no agent.")
    make_computer(make_company(make_console()), "far-pc")

    page = browser.get(reverse(LIST)).content.decode()

    for words in ("The serial number is the same.", "Not eligible", "It has no agent.", "Company not mapped"):
        assert words in page


def test_an_asset_is_a_link_into_halo(
    browser: Client, credential: HaloCredential, pair: CompanyMapping
) -> None:
    asset = make_asset(pair.halo_client, "ASSET-1")
    map_to(make_computer(pair.company), credential, asset)

    page = browser.get(reverse(LIST)).content.decode()

    server = credential.resource_server.removesuffix("/api")
    assert f"{server}/assets?id={asset.halo_id}" in page


def test_the_type_of_a_new_asset_is_shown_by_name(
    browser: Client, credential: HaloCredential, pair: CompanyMapping
) -> None:
    asset_type = make_asset_type(credential, "Rack server")
    product = make_product(pair.company.console)
    ProductMapping.objects.create(
        console=pair.company.console,
        product=product,
        halo_credential=credential,
        asset_type=asset_type.halo_id,
    )
    make_computer(pair.company, product=product)

    assert "New: Rack server, Main" in browser.get(reverse(LIST)).content.decode()


def test_it_filters_by_state(browser: Client, credential: HaloCredential, pair: CompanyMapping) -> None:
    map_to(make_computer(pair.company, "mapped-pc"), credential, make_asset(pair.halo_client))
    make_computer(pair.company, "loose-pc")

    page = browser.get(reverse(LIST), {"mapping_state": "unmapped"}).content.decode()

    assert "loose-pc" in page
    assert "mapped-pc" not in page


def test_two_credentials_see_a_computer_each_in_its_own_way(
    browser: Client, credential: HaloCredential, pair: CompanyMapping
) -> None:
    other = make_credential("Zweites Halo")
    map_to(make_computer(pair.company, "pc"), credential, make_asset(pair.halo_client, "ASSET-1"))

    first = browser.get(reverse(LIST), {"halo_credential": credential.pk}).content.decode()
    second = browser.get(reverse(LIST), {"halo_credential": other.pk}).content.decode()

    assert "ASSET-1" in first
    assert "ASSET-1" not in second
    assert "Company not mapped" in second


def test_the_site_of_the_company_is_preselected(
    browser: Client, credential: HaloCredential, pair: CompanyMapping
) -> None:
    form = browser.get(edit(credential, make_computer(pair.company))).context["form"]

    assert form.initial["halo_site"] == pair.halo_site_id


def test_editing_chooses_an_asset(browser: Client, credential: HaloCredential, pair: CompanyMapping) -> None:
    computer, asset = make_computer(pair.company), make_asset(pair.halo_client)

    browser.post(edit(credential, computer), {"halo_asset": asset.pk, "halo_site": "", "asset_type": ""})

    mapping = ComputerMapping.objects.get()
    assert (mapping.halo_asset, mapping.mapped_by) == (asset, browser_user())


def browser_user() -> Any:
    from django.contrib.auth.models import User

    return User.objects.get(username="admin")


def test_editing_without_an_asset_means_to_be_exported(
    browser: Client, credential: HaloCredential, pair: CompanyMapping
) -> None:
    computer, asset_type = make_computer(pair.company), make_asset_type(credential)
    typed = {"halo_asset": "", "halo_site": pair.halo_site_id, "asset_type": asset_type.halo_id}

    page = browser.post(edit(credential, computer), typed, follow=True).content.decode()

    mapping = ComputerMapping.objects.get()
    assert (mapping.halo_asset, mapping.halo_site_id) == (None, pair.halo_site_id)
    assert mapping.asset_type == asset_type.halo_id
    assert "is to be exported from now on" in page


def test_an_asset_that_stands_for_another_computer_is_refused_beside_its_field(
    browser: Client, credential: HaloCredential, pair: CompanyMapping
) -> None:
    asset = make_asset(pair.halo_client)
    map_to(make_computer(pair.company, "first-pc"), credential, asset)
    second = make_computer(pair.company)

    response = browser.post(
        edit(credential, second), {"halo_asset": asset.pk, "halo_site": "", "asset_type": ""}
    )

    assert response.context["form"].errors["halo_asset"] == [
        "This asset already stands for the computer first-pc."
    ]


def test_an_asset_of_another_client_is_refused(
    browser: Client, credential: HaloCredential, pair: CompanyMapping
) -> None:
    foreign = make_asset(make_client(credential))

    response = browser.post(edit(credential, make_computer(pair.company)), {"halo_asset": foreign.pk})

    assert response.context["form"].errors["halo_asset"]
    assert not ComputerMapping.objects.exists()


def test_a_computer_of_an_unmapped_company_leads_to_mapping_the_company(
    browser: Client, credential: HaloCredential
) -> None:
    computer = make_computer(make_company(make_console()))
    address = edit(credential, computer)

    page = browser.get(address).content.decode()
    browser.post(address, {"halo_asset": "", "halo_site": "", "asset_type": ""})

    assert "is not mapped yet" in page
    assert reverse("admin:mappings_companymapping_choose", args=(credential.pk, computer.company_id)) in page
    assert not ComputerMapping.objects.exists()


def test_removing_asks_first_and_remembers_the_pair_as_refused(
    browser: Client, credential: HaloCredential, pair: CompanyMapping
) -> None:
    computer, asset = make_computer(pair.company, "PC-7"), make_asset(pair.halo_client)
    map_to(computer, credential, asset)

    question = browser.get(remove(credential, computer)).content.decode()
    assert "The asset in HaloPSA stays as it is" in question.replace("\n", " ")
    assert ComputerMapping.objects.exists()

    browser.post(remove(credential, computer))
    assert not ComputerMapping.objects.exists()
    assert RefusedPair.objects.get().halo_asset == asset


def test_whoever_may_only_look_edits_and_removes_nothing(
    client: Client, credential: HaloCredential, pair: CompanyMapping
) -> None:
    client.force_login(make_staff("auditor", "integrations.view_computer"))
    computer = make_computer(pair.company)
    map_to(computer, credential, make_asset(pair.halo_client))

    answers = [client.get(edit(credential, computer)), client.post(remove(credential, computer))]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert client.get(reverse(LIST)).status_code == 200
    assert ComputerMapping.objects.exists()


def test_the_first_page_of_very_many_is_read_by_an_index(browser: Client, credential: HaloCredential) -> None:
    """Sorting them all would compute the state of each computer there is."""
    from django.contrib import admin
    from django.contrib.auth.models import User
    from django.test import RequestFactory

    request = RequestFactory().get(reverse(LIST))
    request.user = User.objects.get(username="admin")
    page = admin.site._registry[Computer].get_changelist_instance(request)
    plan = page.queryset[:50].explain()
    assert "computers_by_name" in plan or "Seq Scan" in plan  # PostgreSQL reads an empty table as a whole


# ---- held, gone, inactive ---------------------------------------------------------------------


def test_what_is_dead_is_found_by_its_state_and_not_among_the_mapped(
    browser: Client, credential: HaloCredential, pair: CompanyMapping
) -> None:
    gone = make_computer(pair.company, "gone-pc", active=False)
    map_to(gone, credential, make_asset(pair.halo_client, active=False))
    map_to(make_computer(pair.company, "lost-pc"), credential, make_asset(pair.halo_client, active=False))

    def listed(state: str) -> list[str]:
        page = browser.get(reverse(LIST), {"mapping_state": state})
        return [row.name for row in page.context["cl"].result_list]

    assert {state: listed(state) for state in ("gone", "inactive", "mapped")} == {
        "gone": ["gone-pc"],
        "inactive": ["lost-pc"],
        "mapped": [],
    }
    assert "gone-pc" in browser.get(edit(credential, gone)).content.decode()
    assert "no longer lists this computer" in browser.get(edit(credential, gone)).content.decode()


def test_a_held_mapping_is_released_from_its_row(
    browser: Client, credential: HaloCredential, pair: CompanyMapping
) -> None:
    computer = make_computer(pair.company, "held-pc")
    mapping = map_to(computer, credential, make_asset(pair.halo_client))
    ComputerMapping.objects.update(held=True)
    address = reverse("admin:integrations_computer_release", args=(credential.pk, computer.pk))

    assert address in browser.get(reverse(LIST)).content.decode()
    assert address in browser.get(edit(credential, computer)).content.decode()
    assert "Release" in browser.get(address).content.decode()
    mapping.refresh_from_db()
    assert mapping.held
    assert "1 mapping is released" in browser.post(address, follow=True).content.decode()
    mapping.refresh_from_db()
    assert not mapping.held
    assert address not in browser.get(reverse(LIST)).content.decode()


def test_ticked_computers_are_released_in_the_listed_halopsa_only(
    browser: Client, credential: HaloCredential, pair: CompanyMapping
) -> None:
    other = make_credential("Zweites Halo")
    computers = [make_computer(pair.company) for _ in range(3)]
    for computer in computers:
        map_to(computer, credential, make_asset(pair.halo_client))
        map_to(computer, other, make_asset(make_client(other)))
    ComputerMapping.objects.update(held=True)
    ticked = [computer.pk for computer in computers[:2]]
    data = {"action": "release_selected", "_selected_action": ticked}

    page = browser.post(f"{reverse(LIST)}?halo_credential={credential.pk}", data, follow=True)

    assert "2 mappings are released" in page.content.decode()
    released = ComputerMapping.objects.filter(held=False)
    assert sorted(released.values_list("computer", "halo_credential")) == [
        (pk, credential.pk) for pk in sorted(ticked)
    ]


def test_releasing_needs_the_right_to_change_mappings(
    client: Client, credential: HaloCredential, pair: CompanyMapping
) -> None:
    client.force_login(make_staff("reader", "integrations.view_computer"))
    computer = make_computer(pair.company)
    map_to(computer, credential, make_asset(pair.halo_client))
    ComputerMapping.objects.update(held=True)
    address = reverse("admin:integrations_computer_release", args=(credential.pk, computer.pk))

    assert client.post(address).status_code == 403
    data = {"action": "release_selected", "_selected_action": [computer.pk]}
    client.post(reverse(LIST), data)
    assert ComputerMapping.objects.get().held


# ---- somebody else at the same time ------------------------------------------------------------


def test_what_somebody_else_has_saved_since_the_dialog_was_opened_stays(
    browser: Client, credential: HaloCredential, pair: CompanyMapping
) -> None:
    computer = make_computer(pair.company, "PC-1")
    first, second = (make_asset(pair.halo_client, name=name) for name in ("FIRST", "SECOND"))
    url = edit(credential, computer)
    (drawn,) = re.findall(r'name="_version" value="([^"]+)"', browser.get(url).content.decode())
    map_to(computer, credential, first)

    answer = browser.post(url, {"halo_asset": second.pk, "_version": drawn})

    assert "Somebody has changed this meanwhile." in answer.content.decode()
    assert ComputerMapping.objects.get().halo_asset == first

    (drawn,) = re.findall(r'name="_version" value="([^"]+)"', browser.get(url).content.decode())
    browser.post(url, {"halo_asset": second.pk, "_version": drawn})
    assert ComputerMapping.objects.get().halo_asset == second
