"""Searching Halo data for the selects of other pages, and showing before and after by name."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.admin.changes import differences
from integrations.admin.choosers import number_field, options
from integrations.choices import OptionKind
from tests.integrations.admin.made import (
    make_asset,
    make_client,
    make_credential,
    make_option,
    make_site,
    make_staff,
)


def found(browser: Client, what: str, **query: Any) -> list[str]:
    answer = browser.get(reverse(f"admin:integrations_{what}_choose"), query).json()
    return [row["text"] for row in answer["results"]]


@pytest.mark.django_db
def test_clients_are_found_by_every_typed_word_within_their_credential(browser: Client) -> None:
    credential, other = make_credential(), make_credential()
    make_client(credential, "Blue Ridge Dental")
    make_client(credential, "Blue Motors")
    make_client(other, "Blue Ridge Elsewhere")

    assert found(browser, "haloclient", term="ridge blue", halo_credential=credential.pk) == [
        "Blue Ridge Dental"
    ]


@pytest.mark.django_db
def test_inactive_ones_are_not_offered(browser: Client) -> None:
    credential = make_credential()
    make_client(credential, "Gone", active=False)

    assert found(browser, "haloclient", halo_credential=credential.pk) == []


@pytest.mark.django_db
def test_sites_and_assets_are_offered_within_a_client_only(browser: Client) -> None:
    credential = make_credential()
    client, other = make_client(credential), make_client(credential)
    make_site(client, "Main")
    make_site(other, "Far away")
    make_asset(client, "SRV-1", inventory_number="T1")
    make_asset(other, "SRV-2")

    assert found(browser, "halosite", client=client.pk) == ["Main"]
    assert found(browser, "haloasset", client=client.pk) == ["SRV-1 (T1)"]
    assert found(browser, "halosite") == []


@pytest.mark.django_db
def test_long_answers_come_in_pages(browser: Client) -> None:
    credential = make_credential()
    for index in range(30):
        make_client(credential, f"Client {index:02}")
    address = reverse("admin:integrations_haloclient_choose")

    first = browser.get(address, {"halo_credential": credential.pk}).json()
    second = browser.get(address, {"halo_credential": credential.pk, "page": "2"}).json()

    assert (len(first["results"]), first["pagination"]["more"]) == (25, True)
    assert (len(second["results"]), second["pagination"]["more"]) == (5, False)


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30])
def test_a_page_number_that_makes_no_sense_breaks_nothing(browser: Client, page: str) -> None:
    make_client(make_credential())

    assert browser.get(reverse("admin:integrations_haloclient_choose"), {"page": page}).status_code == 200


@pytest.mark.django_db
def test_whoever_may_not_see_clients_gets_no_matches(client: Client) -> None:
    client.force_login(make_staff("new"))

    assert client.get(reverse("admin:integrations_haloclient_choose")).status_code == 403


@pytest.mark.django_db
def test_options_without_a_number_cannot_be_chosen() -> None:
    credential = make_credential()
    make_option(credential, OptionKind.CATEGORY, "Numbered", halo_id="9")
    make_option(credential, OptionKind.CATEGORY, "A path only", halo_id="Backup>Failure")
    make_option(credential, OptionKind.CATEGORY, "Gone", halo_id="10", active=False)

    assert options(credential.pk, OptionKind.CATEGORY) == [(9, "Numbered")]


def test_a_choice_that_halo_no_longer_has_is_shown_and_refused() -> None:
    field = number_field([(1, "New")], label="Status", chosen=7)

    assert (7, "No longer in HaloPSA: choose another") in list(field.choices)
    with pytest.raises(Exception, match="no longer exists in HaloPSA"):
        field.clean("7")
    assert field.clean("1") == 1


def test_before_and_after_are_told_by_name_and_ids_with_a_name_are_left_out() -> None:
    told = differences(
        {"halo_id": 4, "fields": {"3": {"name": "Model", "value": "R6"}}, "inactive": False},
        {
            "fields": {"3": {"name": "Model", "value": "R7"}},
            "inactive": True,
            "site_id": 2,
            "site_name": "Main",
        },
    )

    assert [(row.name, row.before, row.after) for row in told] == [
        ("Model", "R6", "R7"),
        ("Inactive", "No", "Yes"),
        ("Site", "", "Main"),
    ]
