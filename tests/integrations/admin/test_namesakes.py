"""Rows of one name: pages and selects tell what tells them apart."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.forms import Form, ModelChoiceField
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrations.admin.choosers import SearchSelect, client_field
from integrations.admin.namesakes import KNOWN, label_of, tell_apart
from integrations.models import Company, HaloAsset, HaloClient, HaloCredential, HaloSite
from integrations.sync.names import normalise_name
from tests.integrations.admin.made import (
    make_asset,
    make_client,
    make_company,
    make_console,
    make_credential,
    make_site,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential() -> HaloCredential:
    return make_credential()


def make_acme(credential: HaloCredential, **values: Any) -> HaloClient:
    name = values.pop("name", "Acme")
    return make_client(credential, name, normalised_name=normalise_name(name), **values)


def offered(browser: Client, what: str, **query: Any) -> list[str]:
    answer = browser.get(reverse(f"admin:integrations_{what}_choose"), query).json()
    return sorted(row["text"] for row in answer["results"])


def told(*rows: Any) -> list[str]:
    tell_apart(rows)
    return [label_of(row) for row in rows]


# ---- by what ---------------------------------------------------------------------------------


def test_a_name_of_its_own_stays_as_it_is(credential: HaloCredential) -> None:
    assert told(make_acme(credential, reference="A1"), make_acme(credential, name="Birch")) == [
        "Acme",
        "Birch",
    ]


def test_clients_are_told_apart_by_reference_then_domain_then_id(credential: HaloCredential) -> None:
    rows = [
        make_acme(credential, reference="A1", domain="one.example"),
        make_acme(credential, reference="SAME", domain="two.example"),
        make_acme(credential, reference="SAME", domain="same.example"),
        make_acme(credential, domain="same.example", halo_id=4711),
        make_acme(credential, halo_id=4712),
    ]
    assert told(*rows) == [
        "Acme · reference A1",
        "Acme · two.example",
        f"Acme · HaloPSA ID {rows[2].halo_id}",
        "Acme · HaloPSA ID 4711",
        "Acme · HaloPSA ID 4712",
    ]


def test_capital_letters_do_not_tell_two_clients_apart(credential: HaloCredential) -> None:
    rows = make_acme(credential, reference="A1"), make_acme(credential, name="ACME", reference="A2")
    assert told(*rows) == ["Acme · reference A1", "ACME · reference A2"]


def test_one_of_another_halopsa_is_no_namesake(credential: HaloCredential) -> None:
    assert told(make_acme(credential, reference="A1"), make_acme(make_credential())) == ["Acme", "Acme"]


def test_companies_are_told_apart_within_their_console() -> None:
    console = make_console()
    made = {"normalised_name": normalise_name("Acme")}
    rows = [
        make_company(console, "Acme", account_number="77", **made),
        make_company(console, "Acme", domain="acme.example", **made),
        make_company(console, "Acme", external_id="x-9", **made),
        make_company(make_console(), "Acme", account_number="78", **made),
    ]
    assert told(*rows) == ["Acme · account 77", "Acme · acme.example", "Acme · ID x-9", "Acme"]


def test_what_is_not_there_needs_no_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        tell_apart([None])
    assert len(queries) == 0


def test_one_statement_for_each_kind_of_row(credential: HaloCredential) -> None:
    clients = [make_acme(credential) for _ in range(30)]
    sites = [make_site(client, "Main") for client in clients]
    with CaptureQueriesContext(connection) as queries:
        tell_apart([*clients, *sites])
    assert len(queries) == 2


def test_the_last_of_what_tells_them_apart_is_unique() -> None:
    last = {model: known.told_by[-1][0] for model, known in KNOWN.items()}
    assert last == {HaloClient: "halo_id", HaloSite: "halo_id", HaloAsset: "halo_id", Company: "external_id"}


# ---- in selects ------------------------------------------------------------------------------


def test_the_finder_of_clients_tells_them_apart(browser: Client, credential: HaloCredential) -> None:
    make_acme(credential, reference="A1")
    make_acme(credential, domain="two.example")
    make_acme(credential, name="Birch", reference="B")
    assert offered(browser, "haloclient", halo_credential=credential.pk) == [
        "Acme · reference A1",
        "Acme · two.example",
        "Birch",
    ]


def test_the_finder_tells_them_apart_where_only_one_is_on_its_page(
    browser: Client, credential: HaloCredential
) -> None:
    make_acme(credential, reference="A1")
    make_acme(credential, reference="A2", active=False)
    assert offered(browser, "haloclient", halo_credential=credential.pk) == ["Acme · reference A1"]


def test_sites_and_assets_of_one_name_are_told_apart_within_their_client(
    browser: Client, credential: HaloCredential
) -> None:
    client = make_client(credential)
    make_site(client, "Main", halo_id=51)
    make_site(client, "Main", halo_id=52)
    make_site(make_client(credential), "Main")
    make_asset(client, "SRV", inventory_number="T1", serial_number="S1")
    make_asset(client, "SRV", inventory_number="T1", serial_number="S2")
    make_asset(client, "SRV", inventory_number="T2", serial_number="S3")
    assert offered(browser, "halosite", client=client.pk) == ["Main · HaloPSA ID 51", "Main · HaloPSA ID 52"]
    assert offered(browser, "haloasset", client=client.pk) == [
        "SRV (T1) · serial S1",
        "SRV (T1) · serial S2",
        "SRV (T2)",
    ]


def test_a_finder_takes_one_statement_more_however_many_share_a_name(
    browser: Client, credential: HaloCredential
) -> None:
    counted = []
    for number in (1, 24):
        for _ in range(number):
            make_acme(credential)
        with CaptureQueriesContext(connection) as queries:
            offered(browser, "haloclient", halo_credential=credential.pk)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_what_is_chosen_already_is_told_apart_without_another_statement(credential: HaloCredential) -> None:
    class Chosen(Form):
        client = client_field(credential.pk)
        site = ModelChoiceField(
            HaloSite.objects.all(), widget=SearchSelect("admin:integrations_halosite_choose")
        )

    first = make_acme(credential, reference="A1")
    make_acme(credential)
    site = make_site(first, "Main")
    with CaptureQueriesContext(connection) as queries:
        page = str(Chosen(initial={"client": first.pk, "site": site.pk}))
    assert "Acme · reference A1</option>" in page
    assert "Main</option>" in page
    assert len(queries) == 2
