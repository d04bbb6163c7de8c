from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mappings.linking import accept_suggestions, map_company, set_switches, suggest_companies_for
from mappings.models import CompanyChange, CompanyMapping, CompanySuggestion
from tests.builders import make_console, make_credential
from tests.mappings.builders import make_client, make_company, make_site

pytestmark = pytest.mark.django_db


def writes(queries: CaptureQueriesContext) -> list[str]:
    return [q["sql"] for q in queries if q["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]


# ---- suggestions ----------------------------------------------------------------------------


def test_it_suggests_the_client_of_the_same_name() -> None:
    credential, console = make_credential(), make_console()
    company = make_company(console, "Alder Dental Ltd")
    client = make_client(credential, "ALDER DENTAL")
    assert suggest_companies_for(credential) == {"suggested": 1, "exact": 1, "ambiguous": 0}
    found = CompanySuggestion.objects.get()
    assert (found.company, found.halo_client, found.score) == (company, client, 100)


def test_an_unchanged_world_writes_no_suggestion() -> None:
    credential, console = make_credential(), make_console()
    for name in ("Alder", "Birch", "Cedar Grove"):
        make_company(console, name)
        make_client(credential, name)
    suggest_companies_for(credential)
    with CaptureQueriesContext(connection) as queries:
        suggest_companies_for(credential)
    assert writes(queries) == []


def test_suggestions_follow_the_world() -> None:
    credential, console = make_credential(), make_console()
    company = make_company(console, "Alder")
    client = make_client(credential, "Alder")
    suggest_companies_for(credential)
    make_client(credential, "Alder Inc")
    assert suggest_companies_for(credential)["ambiguous"] == 1
    client.active = False
    client.save()
    suggest_companies_for(credential)
    assert CompanySuggestion.objects.get().ambiguous is False
    company.active = False
    company.save()
    suggest_companies_for(credential)
    assert not CompanySuggestion.objects.exists()


def test_a_mapped_company_gets_no_suggestion() -> None:
    credential, console = make_credential(), make_console()
    company, client = make_company(console, "Alder"), make_client(credential, "Alder")
    suggest_companies_for(credential)
    map_company(company, client)
    assert not CompanySuggestion.objects.exists()
    assert suggest_companies_for(credential)["suggested"] == 0


def test_a_credential_of_one_company_suggests_for_that_one_only() -> None:
    console = make_console()
    alder, _ = make_company(console, "Alder"), make_company(console, "Birch")
    credential = make_credential(associated_company=alder)
    make_client(credential, "Alder")
    make_client(credential, "Birch")
    suggest_companies_for(credential)
    assert CompanySuggestion.objects.get().company == alder


def test_accepting_maps_with_the_main_site_and_the_reason() -> None:
    credential, console = make_credential(), make_console()
    company = make_company(console, "Alder")
    client = make_client(credential, "Alder", main_site_id=77)
    make_site(client, "Branch")
    main = make_site(client, "Main", halo_id=77)
    suggest_companies_for(credential)
    assert accept_suggestions([CompanySuggestion.objects.get().pk]) == 1
    mapping = CompanyMapping.objects.get()
    assert (mapping.company, mapping.halo_client, mapping.halo_site) == (company, client, main)
    assert mapping.reason == "Same name: Alder."
    assert not mapping.create_tickets
    assert not CompanySuggestion.objects.exists()


def test_accepting_leaves_ambiguous_and_stale_ones_alone() -> None:
    credential, console = make_credential(), make_console()
    for name in ("Alder", "Birch", "Cedar"):
        make_company(console, name)
        make_client(credential, name)
    make_client(credential, "Alder Inc")
    suggest_companies_for(credential)
    birch = CompanySuggestion.objects.get(company__name="Birch")
    birch.halo_client.active = False
    birch.halo_client.save()
    everything = list(CompanySuggestion.objects.values_list("pk", flat=True))
    assert accept_suggestions([*everything, 999_999]) == 1
    assert CompanyMapping.objects.get().company.name == "Cedar"


def test_accepting_does_not_overwrite_what_staff_chose_meanwhile() -> None:
    credential, console = make_credential(), make_console()
    company, client = make_company(console, "Alder"), make_client(credential, "Alder")
    other = make_client(credential, "Another")
    suggest_companies_for(credential)
    number = CompanySuggestion.objects.get().pk
    CompanyMapping.objects.create(company=company, halo_credential=credential, halo_client=other)
    assert accept_suggestions([number]) == 0
    assert CompanyMapping.objects.get().halo_client == other
    assert client.mappings.count() == 0


def test_accepting_many_takes_as_many_statements_as_accepting_few() -> None:
    credential, console = make_credential(), make_console()

    def statements(number: int) -> int:
        for place in range(number):
            make_company(console, f"Company {number} {place:03} {place * 7919 % 1000}")
            client = make_client(credential, f"Company {number} {place:03} {place * 7919 % 1000}")
            make_site(client)
        suggest_companies_for(credential)
        ids = CompanySuggestion.objects.filter(score=100).values_list("pk", flat=True)
        with CaptureQueriesContext(connection) as queries:
            assert accept_suggestions(list(ids)) == number
        return len(queries)

    assert statements(3) == statements(40)


# ---- mapping --------------------------------------------------------------------------------


def test_mapping_presets_the_first_active_site_where_no_main_site_is_known() -> None:
    credential = make_credential()
    client = make_client(credential)
    make_site(client, "Closed", active=False)
    only = make_site(client, "Only")
    assert map_company(make_company(make_console()), client).halo_site == only


def test_mapping_again_to_the_same_client_keeps_the_chosen_site() -> None:
    credential = make_credential()
    company, client = make_company(make_console()), make_client(credential)
    make_site(client, "Main")
    branch = make_site(client, "Branch")
    map_company(company, client, halo_site=branch)
    assert map_company(company, client).halo_site == branch
    assert CompanyMapping.objects.count() == 1


def test_mapping_refuses_a_site_of_another_client() -> None:
    credential = make_credential()
    site = make_site(make_client(credential))
    with pytest.raises(ValidationError, match="another client"):
        map_company(make_company(make_console()), make_client(credential), halo_site=site)


def test_mapping_refuses_an_inactive_client() -> None:
    client = make_client(make_credential(), "Alder", active=False)
    with pytest.raises(ValidationError, match="Alder is not active"):
        map_company(make_company(make_console()), client)


def test_mapping_refuses_a_credential_of_another_company() -> None:
    console = make_console()
    credential = make_credential(associated_company=make_company(console))
    with pytest.raises(ValidationError, match="associated with another company"):
        map_company(make_company(console), make_client(credential))


# ---- switches -------------------------------------------------------------------------------


def test_switching_tickets_on_starts_a_baseline() -> None:
    mapping = map_company(make_company(make_console()), make_client(make_credential()))
    assert mapping.tickets_since is None
    before = timezone.now()
    set_switches(mapping, create_tickets=True)
    mapping.refresh_from_db()
    assert mapping.create_tickets
    assert mapping.tickets_since is not None
    assert before <= mapping.tickets_since <= timezone.now()


def test_a_switch_that_is_on_already_keeps_its_baseline() -> None:
    client = make_client(make_credential())
    mapping = map_company(make_company(make_console()), client, create_tickets=True)
    since = mapping.tickets_since
    set_switches(mapping, create_tickets=True, no_notification=True)
    mapping.refresh_from_db()
    assert (mapping.tickets_since, mapping.no_notification) == (since, True)


def test_off_and_on_again_starts_a_new_baseline() -> None:
    client = make_client(make_credential())
    mapping = map_company(make_company(make_console()), client, create_tickets=True)
    since = mapping.tickets_since
    set_switches(mapping, create_tickets=False)
    assert set_switches(mapping, create_tickets=True).tickets_since > since  # type: ignore[operator]


def test_switches_that_are_not_named_stay() -> None:
    client = make_client(make_credential())
    mapping = map_company(
        make_company(make_console()), client, enable_configuration=True, no_notification=True
    )
    set_switches(mapping, no_notification=False)
    mapping.refresh_from_db()
    assert (mapping.enable_configuration, mapping.no_notification, mapping.create_tickets) == (
        True,
        False,
        False,
    )


def test_the_history_has_one_full_stop_also_where_a_name_ends_with_one() -> None:
    credential, console = make_credential(), make_console()
    alder, birch = (make_client(credential, name) for name in ("Alder Inc.", "Birch Inc."))
    company = make_company(console, "Alder")
    map_company(company, alder)
    map_company(company, birch)
    told = list(CompanyChange.objects.order_by("pk").values_list("text", flat=True))
    assert "Client: Alder Inc. → Birch Inc." in told
    assert not any(".." in text for text in told)
