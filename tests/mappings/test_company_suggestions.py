"""Suggestions by a chosen pair of fields and by domain, from the database; newcomers become to-dos."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mappings.linking import (
    accept_suggestions,
    dismiss_todos,
    ignore_companies,
    map_company,
    open_todos,
    suggest_companies_for,
    unignore_companies,
)
from mappings.models import CompanyChange, CompanyMapping, CompanySuggestion, IgnoredCompany, SuggestionFields
from tests.builders import make_console, make_credential
from tests.mappings.builders import make_client, make_company, make_site

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("company_field", "client_field", "company", "client"),
    [
        ("account_number", "reference", {"account_number": "ALD01"}, {"reference": "ald01"}),
        ("account_number", "accountsid", {"account_number": "ALD01"}, {"links": {"accountsid": "ALD01"}}),
        ("external_id", "ninjarmmid", {"external_id": "44"}, {"links": {"ninjarmmid": "44"}}),
        ("tag", "halo_id", {"tags": ["vip", "12"]}, {"halo_id": 12}),
        ("account_number", "CF231", {"account_number": "C-7"}, {"custom_fields": {"231": "c-7"}}),
        ("domain", "domain", {"domain": "alder.example"}, {"domain": "Alder.example"}),
    ],
)
def test_a_pair_of_fields_finds_the_client_whatever_it_is_called(
    company_field: str, client_field: str, company: dict[str, object], client: dict[str, object]
) -> None:
    credential, console = make_credential(), make_console()
    made = make_company(console, "Northgate", **company)
    wanted = make_client(credential, "Quite another name", **client)
    SuggestionFields.objects.create(
        console=console, halo_credential=credential, company_field=company_field, client_field=client_field
    )
    suggest_companies_for(credential)
    found = CompanySuggestion.objects.get()
    assert (found.company, found.halo_client, found.score, found.evidence) == (made, wanted, 100, "field")


def test_a_pair_of_fields_is_for_its_console_only() -> None:
    credential, console, other = make_credential(), make_console(), make_console()
    make_company(other, "Northgate", account_number="ALD01")
    make_client(credential, "Quite another name", reference="ALD01")
    SuggestionFields.objects.create(
        console=console,
        halo_credential=credential,
        company_field="account_number",
        client_field="reference",
    )
    assert suggest_companies_for(credential)["suggested"] == 0


# ---- left alone -----------------------------------------------------------------------------


def test_an_ignored_company_gets_no_suggestion_until_it_is_taken_back() -> None:
    credential, console = make_credential(), make_console()
    company = make_company(console, "Alder")
    make_client(credential, "Alder")
    suggest_companies_for(credential)
    assert ignore_companies([company.pk], credential, reason="Internal") == 1
    assert ignore_companies([company.pk], credential) == 0
    assert suggest_companies_for(credential)["suggested"] == 0
    assert not CompanySuggestion.objects.exists()
    assert unignore_companies([company.pk], credential) == 1
    assert suggest_companies_for(credential)["exact"] == 1
    told = list(CompanyChange.objects.order_by("pk").values_list("text", flat=True))
    assert told == ["Ignored. Internal", "No longer ignored."]


def test_a_mapped_company_is_not_ignored_and_mapping_takes_an_ignored_one_back() -> None:
    credential, console = make_credential(), make_console()
    company, client = make_company(console), make_client(credential)
    ignore_companies([company.pk], credential)
    map_company(company, client)
    assert not IgnoredCompany.objects.exists()
    assert ignore_companies([company.pk], credential) == 0


def test_a_suggestion_that_is_older_than_ignoring_is_not_accepted() -> None:
    credential, console = make_credential(), make_console()
    company, client = make_company(console), make_client(credential)
    IgnoredCompany.objects.create(company=company, halo_credential=credential)
    stale = CompanySuggestion.objects.create(
        company=company, halo_client=client, halo_credential=credential, score=100
    )
    assert accept_suggestions([stale.pk]) == 0
    assert not CompanyMapping.objects.exists()


def test_five_hundred_are_ignored_and_accepted_in_a_few_statements() -> None:
    credential, console = make_credential(), make_console()
    companies = [make_company(console, f"Company {n} {n * 7919 % 1000}") for n in range(500)]
    for company in companies:
        make_site(make_client(credential, company.name))
    suggest_companies_for(credential)
    exact = list(CompanySuggestion.objects.filter(score=100, ambiguous=False).values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as accepting:
        assert accept_suggestions(exact) == 500
    CompanyMapping.objects.all().delete()
    with CaptureQueriesContext(connection) as ignoring:
        assert ignore_companies([company.pk for company in companies], credential) == 500
    assert len(accepting) <= 12
    assert len(ignoring) <= 10
    assert CompanyChange.objects.count() == 1000


# ---- what is new ----------------------------------------------------------------------------


def test_what_is_there_at_the_first_look_is_no_to_do() -> None:
    credential, console = make_credential(), make_console()
    make_company(console)
    make_client(credential)
    suggest_companies_for(credential)
    assert not open_todos().exists()
    make_company(make_console())
    suggest_companies_for(credential)
    assert not open_todos().exists(), "a console that is new is looked at for the first time"


def test_a_new_company_and_a_new_client_become_to_dos_until_they_are_mapped() -> None:
    credential, console = make_credential(), make_console()
    make_company(console)
    make_client(credential)
    suggest_companies_for(credential)
    company, client = make_company(console, "Alder"), make_client(credential, "Alder")
    suggest_companies_for(credential)
    assert {(row.company, row.halo_client) for row in open_todos(credential)} == {
        (company, None),
        (None, client),
    }
    map_company(company, client)
    assert not open_todos().exists()


def test_a_dismissed_to_do_and_an_ignored_company_do_not_come_back() -> None:
    credential, console = make_credential(), make_console()
    make_company(console)
    make_client(credential)
    suggest_companies_for(credential)
    company, _ = make_company(console), make_client(credential)
    suggest_companies_for(credential)
    ignore_companies([company.pk], credential)
    assert dismiss_todos(list(open_todos().values_list("pk", flat=True))) == 1
    suggest_companies_for(credential)
    assert not open_todos().exists()


def test_a_second_look_at_the_same_world_writes_nothing() -> None:
    credential, console = make_credential(), make_console()
    for name in ("Alder", "Birch"):
        make_company(console, name)
        make_client(credential, name)
    suggest_companies_for(credential)
    with CaptureQueriesContext(connection) as queries:
        suggest_companies_for(credential)
    assert [q["sql"] for q in queries if q["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}] == []
