"""Companies and clients by REST."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import RunKind
from integrations.models import Run
from mappings.models import CompanyMapping
from tests.builders import make_console, make_credential
from tests.integrations.api.clients import make_caller, make_company, make_halo_client, make_halo_site

pytestmark = pytest.mark.django_db

LIST = "/api/v1/company-mappings/"


def make_mapping(**values: Any) -> dict[str, Any]:
    company = values.pop("company", None) or make_company(make_console())
    client = values.pop("client", None) or make_halo_client(make_credential())
    body = {"company": company.pk, "halo_client": client.pk, **values}
    answer = make_caller().post(LIST, body, format="json")
    assert answer.status_code == 201, answer.content
    told: dict[str, Any] = answer.json()
    return told


def test_a_company_is_mapped_and_the_client_tells_credential_and_site() -> None:
    client = make_halo_client(make_credential())
    site = make_halo_site(client)
    told = make_mapping(client=client)
    assert told["halo_credential"] == client.halo_credential_id
    assert told["halo_site"] == site.pk
    assert told["mapped_at"]
    assert told["reason"]
    assert (told["create_tickets"], told["no_notification"], told["enable_configuration"]) == (False,) * 3
    assert CompanyMapping.objects.get().mapped_by is not None


def test_mapping_asks_for_matching_and_routing() -> None:
    make_mapping()
    kinds = set(Run.objects.values_list("kind", flat=True))
    assert {RunKind.MATCH, RunKind.ROUTE, RunKind.DELIVER} == kinds


def test_switches_are_set_with_it_or_later_and_stamp_the_baseline() -> None:
    told = make_mapping(enable_configuration=True)
    assert (told["enable_configuration"], told["tickets_since"]) == (True, None)
    caller = make_caller()
    path = f"{LIST}{told['id']}/"
    since = caller.patch(path, {"create_tickets": True}, format="json").json()["tickets_since"]
    assert since is not None
    assert caller.patch(path, {"create_tickets": True}, format="json").json()["tickets_since"] == since
    caller.patch(path, {"create_tickets": False}, format="json")
    again = caller.patch(path, {"create_tickets": True}, format="json").json()["tickets_since"]
    assert again > since


def test_tickets_switched_on_with_the_mapping_start_a_baseline_too() -> None:
    assert make_mapping(create_tickets=True)["tickets_since"] is not None


def test_a_company_has_one_client_per_credential() -> None:
    company, credential = make_company(make_console()), make_credential()
    first = make_mapping(company=company, client=make_halo_client(credential))
    body = {"company": company.pk, "halo_client": make_halo_client(credential).pk}
    answer = make_caller().post(LIST, body, format="json")
    assert answer.status_code == 409
    assert f"mapping {first['id']}" in answer.json()["detail"]
    make_mapping(company=company, client=make_halo_client(make_credential()))


def test_another_client_or_site_of_the_same_credential_can_be_chosen() -> None:
    credential = make_credential()
    told = make_mapping(client=make_halo_client(credential))
    other = make_halo_client(credential)
    site = make_halo_site(other)
    path = f"{LIST}{told['id']}/"
    answer = make_caller().patch(path, {"halo_client": other.pk, "halo_site": site.pk}, format="json")
    assert (answer.json()["halo_client"], answer.json()["halo_site"]) == (other.pk, site.pk)
    assert answer.json()["id"] == told["id"]


def test_what_does_not_belong_together_is_told_at_its_field() -> None:
    company, client = make_company(make_console()), make_halo_client(make_credential())
    foreign = make_halo_site(make_halo_client(make_credential()))
    gone = make_halo_client(client.halo_credential, active=False)
    caller = make_caller()
    for body, field in (
        ({"company": company.pk, "halo_client": client.pk, "halo_site": foreign.pk}, "halo_site"),
        ({"company": company.pk, "halo_client": gone.pk}, "halo_client"),
        ({"company": 4711, "halo_client": client.pk}, "company"),
        ({"company": 10**30, "halo_client": client.pk}, "company"),
        ({"company": company.pk}, "halo_client"),
    ):
        answer = caller.post(LIST, body, format="json")
        assert answer.status_code == 400
        assert field in answer.json()["errors"]
    assert not CompanyMapping.objects.exists()


def test_company_and_credential_of_a_mapping_stay() -> None:
    told = make_mapping()
    caller = make_caller()
    path = f"{LIST}{told['id']}/"
    other = make_company(make_console())
    assert "company" in caller.patch(path, {"company": other.pk}, format="json").json()["errors"]
    client = make_halo_client(make_credential())
    assert "halo_client" in caller.patch(path, {"halo_client": client.pk}, format="json").json()["errors"]


def test_mappings_are_filtered_and_removed() -> None:
    told = make_mapping()
    make_mapping()
    caller = make_caller()
    rows = caller.get(f"{LIST}?company={told['company']}").json()["results"]
    assert [row["id"] for row in rows] == [told["id"]]
    assert caller.get(f"{LIST}?halo_credential={told['halo_credential']}").json()["count"] == 1
    assert caller.delete(f"{LIST}{told['id']}/").status_code == 204
    assert CompanyMapping.objects.count() == 1
