"""Two clients or companies of one name on the pages where they are mapped."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrations.models import HaloClient, HaloCredential, Product
from integrations.sync.names import normalise_name
from mappings.linking import map_company, suggest_companies_for
from mappings.models import CompanySuggestion, Newcomer, NewcomerState
from tests.integrations.admin.made import (
    make_client,
    make_company,
    make_console,
    make_credential,
    make_site,
    make_staff,
)
from tests.mappings.builders import make_computer
from tests.mappings.sheets import looked_at

pytestmark = pytest.mark.django_db

PAGE = "admin:mappings_companymapping_changelist"
ACME = {"name": "Acme", "normalised_name": normalise_name("Acme")}


@pytest.fixture
def credential() -> HaloCredential:
    return make_credential()


@pytest.fixture
def twins(credential: HaloCredential) -> list[HaloClient]:
    return [make_client(credential, reference=name, **ACME) for name in ("North", "South")]


def page_of(browser: Client, **query: Any) -> str:
    return browser.get(reverse(PAGE), query).content.decode()


def test_suggested_clients_of_one_name_show_their_reference(
    browser: Client, credential: HaloCredential, twins: list[HaloClient]
) -> None:
    make_company(make_console(), **ACME)
    suggest_companies_for(credential)
    page = page_of(browser)
    for name in ("North", "South"):
        assert f'Acme</span> <span class="hb-muted hb-small">reference {name}</span>' in page
        assert f'aria-label="Choose Acme · reference {name} for Acme"' in page


def test_a_mapped_client_and_site_of_such_a_name_show_it_too(
    browser: Client, credential: HaloCredential, twins: list[HaloClient]
) -> None:
    main, _ = (make_site(twins[0], "Main") for _ in range(2))
    map_company(make_company(make_console(), **ACME), twins[0], halo_site=main)
    page = page_of(browser)
    assert 'Acme</a> <span class="hb-muted hb-small">reference North</span>' in page
    assert f"Default site: Main · HaloPSA ID {main.halo_id}" in page


def test_companies_of_one_name_show_their_account(browser: Client, credential: HaloCredential) -> None:
    console = make_console()
    for account in ("77", "78"):
        make_company(console, account_number=account, **ACME)
    page = page_of(browser)
    assert "account 77" in page
    assert 'aria-label="Ignore Acme · account 78"' in page


def test_names_of_their_own_show_nothing_more(browser: Client, credential: HaloCredential) -> None:
    company = make_company(make_console(), account_number="77", **ACME)
    map_company(company, make_client(credential, reference="North", **ACME))
    page = page_of(browser)
    assert "account 77" not in page
    assert "reference North" not in page


def test_the_mapping_page_takes_as_many_statements_for_many_namesakes(
    client: Client, credential: HaloCredential
) -> None:
    client.force_login(make_staff("mapper", "mappings.view_companymapping", "mappings.change_companymapping"))
    console, counted = make_console(), []
    for number in (2, 40):
        for _ in range(number):
            at = make_client(credential, **ACME)
            make_site(at, "Main")
            map_company(make_company(console, **ACME), at)
        page_of(client)
        with CaptureQueriesContext(connection) as queries:
            page_of(client)
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 15


def test_the_page_where_a_client_is_chosen_tells_them_apart(
    browser: Client, credential: HaloCredential, twins: list[HaloClient]
) -> None:
    console = make_console()
    company, _ = (make_company(console, account_number=account, **ACME) for account in ("77", "78"))
    suggest_companies_for(credential)
    address = reverse("admin:mappings_companymapping_choose", args=[credential.pk, company.pk])
    page = browser.get(address).content.decode()
    assert "account 77" in page
    assert "Acme · reference South" in page


def test_to_dos_tell_them_apart(browser: Client, credential: HaloCredential, twins: list[HaloClient]) -> None:
    company = make_company(make_console(), "Acme Dental")
    CompanySuggestion.objects.create(
        company=company, halo_client=twins[0], halo_credential=credential, score=90, reason="Alike."
    )
    for about in ({"company": company}, {"halo_client": twins[1]}):
        Newcomer.objects.create(halo_credential=credential, state=NewcomerState.OPEN, **about)
    page = browser.get(reverse("admin:mappings_newcomer_changelist")).content.decode()
    assert "Acme · reference North" in page
    assert 'aria-label="Accept Acme · reference North for Acme Dental"' in page
    assert 'Acme</a> <span class="hb-muted hb-small">reference South</span>' in page


# ---- several consoles ---------------------------------------------------------------------------


def test_rows_of_a_sheet_name_their_console(browser: Client, credential: HaloCredential) -> None:
    make_client(credential, "Acme Group")
    told = []
    for console in (make_console("Backup"), make_console("Ninja")):
        company = make_company(console, "Acme", external_id=f"c-{console}")
        told.append({"Company ID": company.external_id, "Halo client": "Acme Group"})
    sheet = looked_at(credential, [*told, {"Company ID": "nobody", "Halo client": "Acme Group"}])

    shown = browser.get(reverse("admin:mappings_mappingsheet_change", args=[sheet.pk])).content.decode()

    for console in ("Backup", "Ninja"):
        assert f'Acme<div class="hb-muted">{console}</div>' in shown


def test_products_of_one_name_are_filtered_by_console(browser: Client, credential: HaloCredential) -> None:
    consoles = [make_console("Backup"), make_console("Ninja")]
    for console in consoles:
        product = Product.objects.create(console=console, name="Desktop")
        make_computer(make_company(console, "Acme"), f"PC of {console}", product=product)
    Product.objects.create(console=consoles[0], name="Server")
    address = reverse("admin:integrations_computer_changelist")

    shown = browser.get(address).content.decode()
    filtered = browser.get(address, {"product__id__exact": product.pk}).content.decode()

    for label in ("Desktop (Backup)", "Desktop (Ninja)"):
        assert f">{label}</option>" in " ".join(shown.split()).replace("> ", ">").replace(" <", "<")
    assert "Server (Backup)" not in shown
    assert "PC of Ninja" in filtered
    assert "PC of Backup" not in filtered
