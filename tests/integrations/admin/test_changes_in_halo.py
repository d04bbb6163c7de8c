"""What has changed in HaloPSA, as a list that nobody edits."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import ChangeKind, Resource
from tests.integrations.admin.made import (
    make_asset,
    make_client,
    make_credential,
    make_halo_change,
)

pytestmark = pytest.mark.django_db

LIST = "admin:integrations_halochange_changelist"


def listed(browser: Client, **query: Any) -> list[tuple[str, str]]:
    response = browser.get(reverse(LIST, query=query))
    assert response.status_code == 200
    return sorted((row.resource, row.kind) for row in response.context["cl"].result_list)


def test_changes_are_filtered_by_kind_resource_and_credential_and_found_by_name(browser: Client) -> None:
    client = make_client(make_credential(), "Alder")
    other = make_client(make_credential(), "Birch")
    make_halo_change(client, Resource.CLIENTS, ChangeKind.MERGED, before="Cedar", after="Alder")
    make_halo_change(make_asset(client), Resource.ASSETS, ChangeKind.MOVED, before="Main", after="Yard")
    make_halo_change(other, Resource.CLIENTS, ChangeKind.GONE, before="Birch", after="")

    assert listed(browser, kind__exact="moved") == [("assets", "moved")]
    assert listed(browser, resource__exact="clients") == [("clients", "gone"), ("clients", "merged")]
    assert listed(browser, halo_credential__id__exact=other.halo_credential_id) == [("clients", "gone")]
    assert listed(browser, q="cedar") == listed(browser, q="alder") == [("clients", "merged")]


def test_a_change_leads_to_its_object(browser: Client) -> None:
    client = make_client(make_credential(), "Alder Dental")
    make_client(client.halo_credential, "Another")
    make_halo_change(client, Resource.CLIENTS, before="Alder", after="Alder Dental")

    page = browser.get(reverse(LIST)).content.decode()
    place = reverse("admin:integrations_haloclient_changelist")
    query = f"halo_credential__id__exact={client.halo_credential_id}&halo_id={client.halo_id}"

    assert f"{place}?{query.replace('&', '&amp;')}" in page
    assert [row.name for row in browser.get(f"{place}?{query}").context["cl"].result_list] == ["Alder Dental"]


def test_names_out_of_halo_are_shown_as_text(browser: Client) -> None:
    client = make_client(make_credential(), "<b>Alder</b>")
    make_halo_change(client, Resource.CLIENTS, before="<i>x</i>", after="<b>Alder</b>")

    page = browser.get(reverse(LIST)).content.decode()

    assert "&lt;i&gt;x&lt;/i&gt;</span> → &lt;b&gt;Alder&lt;/b&gt;" in page


def test_a_change_of_what_has_no_page_is_told_without_a_link(browser: Client) -> None:
    client = make_client(make_credential())
    make_halo_change(client, Resource.OPTIONS, halo_id=4711)

    assert ">4711<" in browser.get(reverse(LIST)).content.decode()
