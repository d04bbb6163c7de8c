"""Suggestions, ignored companies, locations, imports, to-dos, states and history by REST."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.choices import RunKind
from integrations.models import Company, HaloClient, HaloField, Location, Run
from mappings.linking import map_company, suggest_companies_for
from mappings.models import CompanyMapping, CompanySuggestion, IgnoredCompany, SuggestionFields
from tests.builders import make_console, make_credential
from tests.integrations.api.clients import (
    make_caller,
    make_company,
    make_computer,
    make_halo_client,
    make_halo_site,
)

pytestmark = pytest.mark.django_db

API = "/api/v1/"


def post(path: str, **body: Any) -> Any:
    return make_caller().post(f"{API}{path}/", body, format="json")


def suggest(company: Company, client: HaloClient, **values: Any) -> CompanySuggestion:
    return CompanySuggestion.objects.create(
        company=company,
        halo_client=client,
        halo_credential=client.halo_credential,
        **{"score": 100, "reason": "Same name.", **values},
    )


# ---- suggestions ------------------------------------------------------------------------------


def test_named_suggestions_are_accepted_and_ambiguous_ones_left() -> None:
    credential, console = make_credential(), make_console()
    good = suggest(make_company(console), make_halo_client(credential), score=90, evidence="similar")
    doubtful = suggest(make_company(console), make_halo_client(credential), ambiguous=True)
    told = make_caller().get(f"{API}company-suggestions/?ambiguous=false").json()["results"]
    assert [(row["id"], row["score"], row["evidence"]) for row in told] == [(good.pk, 90, "similar")]
    answer = post("company-mappings/accept", suggestions=[good.pk, doubtful.pk, 4711])
    assert answer.json() == {"mapped": 1, "left": 2}
    assert CompanyMapping.objects.get().mapped_by is not None
    assert Run.objects.filter(kind=RunKind.MATCH, halo_credential=credential).exists()


def test_all_exact_ones_of_a_credential_and_console_are_accepted() -> None:
    credential, console = make_credential(), make_console()
    suggest(make_company(console), make_halo_client(credential))
    suggest(make_company(make_console()), make_halo_client(credential))
    suggest(make_company(console), make_halo_client(credential), score=95)
    answer = post("company-mappings/accept", exact=True, halo_credential=credential.pk, console=console.pk)
    assert answer.json() == {"mapped": 1, "left": 0}


def test_accepting_wants_either_suggestions_or_exact() -> None:
    for body in ({}, {"exact": True}, {"exact": True, "suggestions": []}, {"suggestions": ["x"]}):
        assert post("company-mappings/accept", **body).status_code == 400


def test_a_pair_of_fields_is_one_per_console_and_credential_and_suggests_at_once() -> None:
    credential, console = make_credential(), make_console()
    make_company(console, name="Northgate", account_number="A1")
    make_halo_client(credential, name="Quite another", reference="A1")
    body = {
        "console": console.pk,
        "halo_credential": credential.pk,
        "company_field": "account_number",
        "client_field": "reference",
    }
    assert post("suggestion-fields", **body).status_code == 201
    assert CompanySuggestion.objects.get().evidence == "field"
    assert post("suggestion-fields", **body).status_code == 409
    other = {**body, "console": make_console().pk, "client_field": "password"}
    assert post("suggestion-fields", **other).status_code == 400
    pk = SuggestionFields.objects.get().pk
    assert make_caller().delete(f"{API}suggestion-fields/{pk}/").status_code == 204
    assert not CompanySuggestion.objects.exists()


def test_a_custom_field_of_clients_can_be_chosen_if_halo_has_it() -> None:
    credential = make_credential()
    HaloField.objects.create(halo_credential=credential, kind="client", halo_id=231, name="Contract")
    body = {
        "console": make_console().pk,
        "halo_credential": credential.pk,
        "company_field": "account_number",
    }
    refused = post("suggestion-fields", client_field="CF232", **body)
    assert "CF231" in refused.json()["errors"]["client_field"][0]
    assert post("suggestion-fields", client_field="CF231", **body).status_code == 201
    assert SuggestionFields.objects.get().words == "Account number = Custom field Contract"


# ---- left alone ---------------------------------------------------------------------------------


def test_a_company_is_ignored_and_taken_back() -> None:
    credential, company = make_credential(), make_company(make_console())
    body = {"company": company.pk, "halo_credential": credential.pk, "reason": "Internal"}
    first = post("ignored-companies", **body)
    assert (first.status_code, post("ignored-companies", **body).json()["id"]) == (201, first.json()["id"])
    states = make_caller().get(f"{API}company-states/?halo_credential={credential.pk}").json()["results"]
    assert [(row["id"], row["state"]) for row in states] == [(company.pk, "ignored")]
    assert make_caller().delete(f"{API}ignored-companies/{first.json()['id']}/").status_code == 204
    assert not IgnoredCompany.objects.exists()


def test_a_mapped_company_is_not_ignored() -> None:
    client, company = make_halo_client(make_credential()), make_company(make_console())
    map_company(company, client)
    answer = post("ignored-companies", company=company.pk, halo_credential=client.halo_credential_id)
    assert answer.status_code == 409


# ---- many at once -------------------------------------------------------------------------------


def test_switches_of_many_are_set_in_a_few_statements() -> None:
    client, console = make_halo_client(make_credential()), make_console()
    mappings = [map_company(make_company(console), client) for _ in range(30)]
    caller = make_caller()
    body = {"mappings": [row.pk for row in mappings], "create_tickets": True, "no_notification": False}
    with CaptureQueriesContext(connection) as queries:
        answer = caller.post(f"{API}company-mappings/switches/", body, format="json")
    assert answer.json() == {"create_tickets": 30, "no_notification": 0, "enable_configuration": 0}
    assert len(queries) <= 35
    assert not CompanyMapping.objects.filter(tickets_since__isnull=True).exists()


@pytest.mark.parametrize(
    ("path", "right"),
    [("accept", "add"), ("switches", "change"), ("import", "add")],
)
def test_each_of_them_needs_its_right(path: str, right: str) -> None:
    caller = make_caller("mappings.view_companymapping")
    assert caller.post(f"{API}company-mappings/{path}/", {}, format="json").status_code == 403
    rights = ("add", "change") if path == "import" else (right,)
    allowed = make_caller(*(f"mappings.{verb}_companymapping" for verb in rights))
    assert allowed.post(f"{API}company-mappings/{path}/", {}, format="json").status_code == 400


def test_clients_are_imported_by_id_or_by_search() -> None:
    credential, console = make_credential(), make_console(kind="push")
    one = make_halo_client(credential, name="Alder")
    make_halo_client(credential, name="Birch")
    common = {"console": console.pk, "halo_credential": credential.pk}
    counts = {"made": 1, "reused": 0, "left": 0, "left_out": []}
    assert post("company-mappings/import", halo_clients=[one.pk], **common).json() == counts
    assert post("company-mappings/import", search="", **common).json() == counts
    assert CompanyMapping.objects.count() == 2


def test_each_client_that_stays_out_of_an_import_is_told_with_the_reason() -> None:
    credential, console = make_credential(), make_console(kind="push")
    known, gone = make_halo_client(credential, name="Alder"), make_halo_client(credential, active=False)
    map_company(make_company(console, name="Alder Dental"), known)
    common = {"console": console.pk, "halo_credential": credential.pk}

    answer = post("company-mappings/import", halo_clients=[known.pk, gone.pk, 999_999], **common).json()

    assert (answer["made"], answer["left"]) == (0, 3)
    assert answer["left_out"] == [
        {
            "halo_client": known.pk,
            "name": "Alder",
            "reason": "The company Alder Dental of this console is mapped to it already.",
        },
        {"halo_client": gone.pk, "name": gone.name, "reason": "It is inactive in HaloPSA."},
        {"halo_client": 999_999, "name": "", "reason": "There is no such Halo client."},
    ]


def test_a_console_that_is_read_takes_no_clients() -> None:
    body = {"console": make_console(kind="msp360").pk, "halo_credential": make_credential().pk, "search": ""}
    answer = post("company-mappings/import", **body)
    assert answer.status_code == 400
    assert "console" in answer.json()["errors"]


# ---- locations ----------------------------------------------------------------------------------


def test_a_location_is_mapped_changed_and_taken_back() -> None:
    client, company = make_halo_client(make_credential()), make_company(make_console())
    first, second = make_halo_site(client), make_halo_site(client)
    location = Location.objects.create(company=company, external_id="l1", name="Branch")
    body = {"location": location.pk, "halo_site": first.pk}
    assert "location" in post("location-mappings", **body).json()["errors"], "its company is not mapped"
    mapping = map_company(company, client)
    told = post("location-mappings", **body).json()
    assert (told["company_mapping"], told["halo_site"]) == (mapping.pk, first.pk)
    assert post("location-mappings", **body).status_code == 409
    path = f"{API}location-mappings/{told['id']}/"
    changed = make_caller().patch(path, {"halo_site": second.pk}, format="json").json()
    assert (changed["id"], changed["halo_site"]) == (told["id"], second.pk)
    foreign = make_halo_site(make_halo_client(client.halo_credential))
    refused = make_caller().patch(path, {"halo_site": foreign.pk}, format="json")
    assert "halo_site" in refused.json()["errors"]
    assert make_caller().delete(path).status_code == 204
    assert not mapping.location_mappings.exists()


# ---- broken, removed, history, to-dos -------------------------------------------------------------


def test_a_renamed_client_is_told_and_confirmed() -> None:
    client = make_halo_client(make_credential(), name="Alder")
    mapping = map_company(make_company(make_console()), client)
    HaloClient.objects.update(name="Birch")
    path = f"{API}company-mappings/{mapping.pk}/"
    assert "is now Birch" in make_caller().get(path).json()["broken"]
    states = make_caller().get(f"{API}company-states/?state=broken").json()["results"]
    assert "is now Birch" in states[0]["reason"]
    assert make_caller().post(f"{path}confirm/").json()["broken"] == ""


def test_removing_unmaps_its_computers_and_the_history_stays() -> None:
    client, company = make_halo_client(make_credential()), make_company(make_console())
    mapping = map_company(company, client)
    make_computer(company)
    assert make_caller().delete(f"{API}company-mappings/{mapping.pk}/").status_code == 204
    told = make_caller().get(f"{API}company-changes/?company={company.pk}").json()["results"]
    assert "removed" in told[0]["text"]
    assert told[0]["changed_by"] is not None


def test_what_is_new_is_listed_and_dismissed() -> None:
    credential, console = make_credential(), make_console()
    make_company(console)
    make_halo_client(credential)
    suggest_companies_for(credential)
    company = make_company(console)
    suggest_companies_for(credential)
    rows = make_caller().get(f"{API}company-todos/").json()["results"]
    assert [(row["company"], row["halo_client"]) for row in rows] == [(company.pk, None)]
    assert make_caller().post(f"{API}company-todos/{rows[0]['id']}/dismiss/").status_code == 204
    assert make_caller().get(f"{API}company-todos/").json()["count"] == 0


def test_a_state_or_credential_that_does_not_exist_is_a_sentence() -> None:
    make_credential()
    for query in ("state=lost", "halo_credential=4711", "halo_credential=x"):
        answer = make_caller().get(f"{API}company-states/?{query}")
        assert answer.status_code == 400
        assert query.partition("=")[0] in answer.json()["errors"]
