"""Halo clients become companies of a console that has none of its own, mapped at once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.models import Company, HaloClient
from mappings.linking import (
    Imported,
    ignore_companies,
    import_clients,
    importable_clients,
    map_company,
    matching_clients,
    takes_imports,
)
from mappings.models import CompanyMapping
from tests.builders import make_console, make_credential
from tests.mappings.builders import make_client, make_company, make_site

pytestmark = pytest.mark.django_db


def test_a_client_becomes_a_company_with_its_domain_reference_and_site() -> None:
    credential, console = make_credential(), make_console(kind="push")
    client = make_client(credential, "Alder", domain="alder.example", reference="ALD01")
    site = make_site(client)
    assert import_clients(console, credential, [client.pk]) == Imported(made=1)
    mapping = CompanyMapping.objects.get()
    company = mapping.company
    assert (company.console, company.name, company.domain) == (console, "Alder", "alder.example")
    assert (company.account_number, mapping.halo_client, mapping.halo_site) == ("ALD01", client, site)
    assert mapping.reason == "Imported from HaloPSA."


def test_importing_again_makes_no_second_company() -> None:
    credential, console = make_credential(), make_console(kind="push")
    client = make_client(credential)
    import_clients(console, credential, [client.pk])
    assert import_clients(console, credential, [client.pk]) == Imported(left=1)
    assert Company.objects.count() == CompanyMapping.objects.count() == 1


def test_a_company_of_the_same_name_is_mapped_instead_of_made_twice() -> None:
    credential, console = make_credential(), make_console(kind="push")
    company, client = make_company(console, "Alder Ltd"), make_client(credential, "ALDER")
    assert import_clients(console, credential, [client.pk]) == Imported(reused=1)
    assert CompanyMapping.objects.get().company == company


def test_namesakes_and_ignored_companies_are_not_taken() -> None:
    credential, console = make_credential(), make_console(kind="push")
    alder = make_company(console, "Alder")
    ignore_companies([alder.pk], credential)
    for name in ("Birch", "Birch Ltd"):
        make_company(console, name)
    clients = [make_client(credential, "Alder"), make_client(credential, "Birch")]
    assert import_clients(console, credential, [row.pk for row in clients]) == Imported(made=2)
    assert not CompanyMapping.objects.filter(company=alder).exists()


def test_what_is_mapped_inactive_or_of_another_credential_is_not_offered() -> None:
    credential, console = make_credential(), make_console(kind="push")
    taken = make_client(credential)
    map_company(make_company(console), taken)
    others = [taken, make_client(credential, active=False), make_client(make_credential())]
    assert not importable_clients(console, credential).exists()
    assert import_clients(console, credential, [row.pk for row in others]) == Imported(left=3)


def test_two_halo_instances_may_number_their_clients_alike() -> None:
    console = make_console(kind="push")
    for credential in (make_credential(), make_credential()):
        client = make_client(credential, f"Client of {credential.pk}", halo_id=12)
        assert import_clients(console, credential, [client.pk]).made == 1
    assert Company.objects.count() == 2


def test_a_console_that_is_read_takes_nothing() -> None:
    credential = make_credential()
    client = make_client(credential)
    console = make_console(kind="msp360")
    assert not takes_imports(console)
    assert import_clients(console, credential, [client.pk]) == Imported(left=1)
    assert not Company.objects.exists()


def test_a_credential_of_one_company_imports_nothing() -> None:
    console = make_console(kind="push")
    credential = make_credential(associated_company=make_company(console))
    assert import_clients(console, credential, [make_client(credential).pk]) == Imported(left=1)


def reasons(found: Imported) -> dict[str, str]:
    assert found.left == len(found.left_out)
    return {row.name: row.reason for row in found.left_out}


def test_each_client_that_stays_out_has_its_reason() -> None:
    credential, console = make_credential(name="Desk"), make_console(kind="push")
    names = ("Mapped", "Inactive", "Ignored", "Elsewhere", "New")
    mapped, gone, ignored, elsewhere, new = (make_client(credential, name) for name in names)
    foreign = make_client(make_credential(), "Foreign")
    for client in (ignored, elsewhere):
        import_clients(console, credential, [client.pk])
    CompanyMapping.objects.all().delete()
    map_company(make_company(console, "Its company"), mapped)
    ignore_companies([Company.objects.get(name="Ignored").pk], credential)
    map_company(Company.objects.get(name="Elsewhere"), make_client(credential, "Another"))
    HaloClient.objects.filter(pk=gone.pk).update(active=False)
    wanted = [row.pk for row in (mapped, gone, ignored, elsewhere, foreign, new)]

    found = import_clients(console, credential, [*wanted, 999_999])

    assert found.made == 1
    assert reasons(found) == {
        "Mapped": "The company Its company of this console is mapped to it already.",
        "Inactive": "It is inactive in HaloPSA.",
        "Ignored": "Its company Ignored is ignored; stop ignoring it first.",
        "Elsewhere": "Its company Elsewhere is mapped to Another already.",
        "Foreign": "It is not a client of Desk.",
        "": "There is no such Halo client.",
    }


def test_where_nothing_can_be_imported_each_client_says_why() -> None:
    credential = make_credential(name="Desk")
    client, read = make_client(credential, "Alder"), make_console(name="Backup", kind="msp360")
    own = make_credential(name="One", associated_company=make_company(read))

    assert reasons(import_clients(read, credential, [client.pk])) == {
        "Alder": "Backup reads its companies from the vendor."
    }
    push = make_console(kind="push")
    assert reasons(import_clients(push, own, [make_client(own, "Birch").pk])) == {
        "Birch": "One is associated with one company: it imports nothing."
    }


def test_five_hundred_cost_as_many_statements_as_five() -> None:
    credential, console = make_credential(), make_console(kind="push")

    def statements(number: int) -> int:
        clients = [make_client(credential) for _ in range(number)]
        with CaptureQueriesContext(connection) as queries:
            assert import_clients(console, credential, [row.pk for row in clients]).made == number
        return len(queries)

    few = statements(5)
    assert statements(500) <= few + 8, "locations, companies and mappings are written in batches"


def test_the_search_takes_every_word_in_any_of_the_fields() -> None:
    credential = make_credential()
    wanted = make_client(credential, "Alder Dental", reference="ALD01")
    make_client(credential, "Alder Vets")
    rows = HaloClient.objects.all()
    assert list(matching_clients(rows, "alder ald0")) == [wanted]
    assert matching_clients(rows, "").count() == 2
