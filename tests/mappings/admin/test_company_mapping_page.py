"""The company mapping page: what is suggested is accepted, what is not is chosen, switches are one click."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import RunKind
from integrations.models import Company, HaloClient, HaloCredential, Run
from mappings.models import CompanyMapping, CompanySuggestion
from tests.integrations.admin.made import (
    make_client,
    make_company,
    make_console,
    make_credential,
    make_site,
    make_staff,
)

pytestmark = pytest.mark.django_db

PAGE = "admin:mappings_companymapping_changelist"


@pytest.fixture
def credential() -> HaloCredential:
    return make_credential()


def suggest(company: Company, client: HaloClient, **more: Any) -> CompanySuggestion:
    values = {"score": 100, "reason": "Same name."}
    return CompanySuggestion.objects.create(
        company=company, halo_client=client, halo_credential=client.halo_credential, **{**values, **more}
    )


def map_to(company: Company, client: HaloClient, **more: Any) -> CompanyMapping:
    return CompanyMapping.objects.create(
        company=company, halo_client=client, halo_credential=client.halo_credential, **more
    )


def press(browser: Client, do: str, **more: Any) -> str:
    return browser.post(reverse(PAGE), {"do": do, **more}, follow=True).content.decode()


def test_it_shows_unmapped_suggested_and_mapped_companies(
    browser: Client, credential: HaloCredential
) -> None:
    console = make_console()
    make_company(console, "Alone Ltd")
    suggest(make_company(console, "Suggested Ltd"), make_client(credential, "Suggested"))
    map_to(make_company(console, "Mapped Ltd"), make_client(credential, "Mapped"))

    response = browser.get(reverse(PAGE))

    assert {row.name: row.state for row in response.context["page"]} == {
        "Alone Ltd": "unmapped",
        "Suggested Ltd": "suggested",
        "Mapped Ltd": "mapped",
    }


@pytest.mark.parametrize("state", ["unmapped", "suggested", "mapped"])
def test_it_filters_by_state(browser: Client, credential: HaloCredential, state: str) -> None:
    console = make_console()
    make_company(console, "unmapped")
    suggest(make_company(console, "suggested"), make_client(credential))
    map_to(make_company(console, "mapped"), make_client(credential))

    response = browser.get(reverse(PAGE), {"state": state})

    assert [row.name for row in response.context["page"]] == [state]


def test_it_searches_companies_and_clients_within_a_console(
    browser: Client, credential: HaloCredential
) -> None:
    first, second = make_console(), make_console()
    make_company(first, "Acme Bakery")
    make_company(second, "Acme Foods")
    map_to(make_company(first, "Other"), make_client(credential, "Acme the client"))

    response = browser.get(reverse(PAGE), {"q": "acme", "console": first.pk})

    assert [row.name for row in response.context["page"]] == ["Acme Bakery", "Other"]


def test_it_comes_in_pages(browser: Client, credential: HaloCredential) -> None:
    console = make_console()
    for index in range(55):
        make_company(console, f"Company {index:02}")

    second = browser.get(reverse(PAGE), {"page": "2"})

    assert [row.name for row in second.context["page"]] == [f"Company {index:02}" for index in range(50, 55)]


def test_accepting_a_suggestion_maps_it_and_has_its_computers_matched(
    browser: Client, credential: HaloCredential
) -> None:
    client = make_client(credential)
    site = make_site(client)
    suggestion = suggest(make_company(make_console()), client)

    page = press(browser, f"accept:{suggestion.pk}")

    mapping = CompanyMapping.objects.get()
    assert (mapping.halo_client, mapping.halo_site) == (client, site)
    assert mapping.mapped_by is not None
    assert "1 company is mapped." in page
    assert Run.objects.filter(kind=RunKind.MATCH, halo_credential=credential).exists()
    assert Run.objects.filter(kind=RunKind.ROUTE).exists()


def test_accepting_all_exact_ones_leaves_the_rest(browser: Client, credential: HaloCredential) -> None:
    console = make_console()
    suggest(make_company(console, "Exact"), make_client(credential))
    suggest(make_company(console, "Near"), make_client(credential), score=80)
    suggest(make_company(console, "Twofold"), make_client(credential), ambiguous=True)

    press(browser, "accept-exact")

    assert [mapping.company.name for mapping in CompanyMapping.objects.all()] == ["Exact"]


@pytest.mark.parametrize("switch", ["create_tickets", "no_notification", "enable_configuration"])
def test_a_switch_is_one_click(browser: Client, credential: HaloCredential, switch: str) -> None:
    mapping = map_to(make_company(make_console()), make_client(credential))

    press(browser, f"switch:{switch}:{mapping.pk}:on")
    mapping.refresh_from_db()
    assert getattr(mapping, switch)

    press(browser, f"switch:{switch}:{mapping.pk}:off")
    mapping.refresh_from_db()
    assert not getattr(mapping, switch)


def test_switching_tickets_on_starts_a_baseline(browser: Client, credential: HaloCredential) -> None:
    mapping = map_to(make_company(make_console()), make_client(credential))

    press(browser, f"switch:create_tickets:{mapping.pk}:on")

    mapping.refresh_from_db()
    assert mapping.tickets_since is not None


def test_a_bulk_action_takes_the_ticked_companies(browser: Client, credential: HaloCredential) -> None:
    console = make_console()
    mappings = [map_to(make_company(console), make_client(credential)) for _ in range(3)]
    unmapped = make_company(console)
    ticked = [mappings[0].company_id, mappings[1].company_id, unmapped.pk]

    page = press(browser, "bulk", bulk="create_tickets:on", company=ticked)

    assert [row.create_tickets for row in CompanyMapping.objects.order_by("pk")] == [True, True, False]
    assert "1 without a mapping left alone" in page


def test_the_ticked_suggestions_can_be_accepted(browser: Client, credential: HaloCredential) -> None:
    console = make_console()
    company, other = make_company(console), make_company(console)
    suggest(company, make_client(credential), score=90)
    suggest(other, make_client(credential), score=90)

    press(browser, "bulk", bulk="accept", company=[company.pk])

    assert [mapping.company for mapping in CompanyMapping.objects.all()] == [company]


@pytest.mark.parametrize(
    "do", ["", "nonsense", "switch:password:1:on", "switch:create_tickets:x:on", "accept:x"]
)
def test_a_button_that_does_not_exist_does_nothing(
    browser: Client, credential: HaloCredential, do: str
) -> None:
    map_to(make_company(make_console()), make_client(credential))

    assert "Nothing was chosen." in press(browser, do)


def test_choosing_another_client_maps_to_it(browser: Client, credential: HaloCredential) -> None:
    company, client = make_company(make_console()), make_client(credential, "Right one")
    make_site(client, "First")
    site = make_site(client, "Second")
    suggest(company, make_client(credential, "Wrong one"))
    address = reverse("admin:mappings_companymapping_choose", args=(credential.pk, company.pk))

    browser.post(address, {"halo_client": client.pk, "halo_site": site.pk, "create_tickets": "on"})

    mapping = CompanyMapping.objects.get()
    assert (mapping.halo_client, mapping.halo_site, mapping.create_tickets) == (client, site, True)
    assert mapping.tickets_since is not None


def test_the_form_carries_only_the_chosen_client(browser: Client, credential: HaloCredential) -> None:
    company, client = make_company(make_console()), make_client(credential, "Suggested one")
    make_client(credential, "Somebody else")
    suggest(company, client)

    page = browser.get(
        reverse("admin:mappings_companymapping_choose", args=(credential.pk, company.pk))
    ).content.decode()

    assert "Suggested one" in page
    assert "Somebody else" not in page


def test_a_site_of_another_client_is_refused_with_a_sentence(
    browser: Client, credential: HaloCredential
) -> None:
    company, client = make_company(make_console()), make_client(credential, "Acme")
    foreign = make_site(make_client(credential))
    address = reverse("admin:mappings_companymapping_choose", args=(credential.pk, company.pk))

    page = browser.post(address, {"halo_client": client.pk, "halo_site": foreign.pk}).content.decode()

    assert "This site is not one of the client Acme." in page
    assert not CompanyMapping.objects.exists()


def test_a_client_of_another_credential_is_refused(browser: Client, credential: HaloCredential) -> None:
    company, foreign = make_company(make_console()), make_client(make_credential())
    address = reverse("admin:mappings_companymapping_choose", args=(credential.pk, company.pk))

    page = browser.post(address, {"halo_client": foreign.pk}).content.decode()

    assert "not (any more) one of this HaloPSA credential" in page


def test_the_page_of_a_mapping_changes_client_and_switches(
    browser: Client, credential: HaloCredential
) -> None:
    mapping = map_to(make_company(make_console()), make_client(credential))
    client = make_client(credential)
    site = make_site(client)
    typed = {"halo_client": client.pk, "halo_site": "", "create_tickets": "on", **NO_RULES}

    browser.post(reverse("admin:mappings_companymapping_change", args=(mapping.pk,)), typed)

    mapping.refresh_from_db()
    assert (mapping.halo_client, mapping.halo_site, mapping.create_tickets) == (client, site, True)
    assert mapping.tickets_since is not None


NO_RULES = {"ticket_rules-TOTAL_FORMS": "0", "ticket_rules-INITIAL_FORMS": "0"}


def test_removing_a_mapping_asks_first_and_suggests_again(
    browser: Client, credential: HaloCredential
) -> None:
    company = make_company(make_console(), "Acme", normalised_name="acme")
    mapping = map_to(company, make_client(credential, "Acme", normalised_name="acme"))
    address = reverse("admin:mappings_companymapping_delete", args=(mapping.pk,))

    assert "Are you sure" in browser.get(address).content.decode()
    browser.post(address, {"post": "yes"})

    assert not CompanyMapping.objects.exists()
    assert CompanySuggestion.objects.filter(company=company).exists()


def test_an_associated_company_is_the_only_one_shown(browser: Client) -> None:
    company = make_company(make_console(), "Mine")
    make_company(company.console, "Other")
    make_credential(associated_company=company)

    response = browser.get(reverse(PAGE))

    assert [row.name for row in response.context["page"]] == ["Mine"]


def test_without_a_credential_it_says_what_to_do(browser: Client) -> None:
    page = browser.get(reverse(PAGE)).content.decode()

    assert "No HaloPSA is connected yet." in page
    assert reverse("admin:integrations_halocredential_add") in page


def test_whoever_may_only_look_changes_nothing(client: Client, credential: HaloCredential) -> None:
    client.force_login(make_staff("auditor", "mappings.view_companymapping"))
    company = make_company(make_console())
    suggestion = suggest(company, make_client(credential))

    page = client.get(reverse(PAGE))
    pressed = client.post(reverse(PAGE), {"do": f"accept:{suggestion.pk}"})
    chosen = client.get(reverse("admin:mappings_companymapping_choose", args=(credential.pk, company.pk)))

    assert page.status_code == 200
    assert "accept:" not in page.content.decode()
    assert (pressed.status_code, chosen.status_code) == (403, 403)
    assert not CompanyMapping.objects.exists()


def test_the_page_of_a_mapping_tells_who_mapped_when_as_text_and_not_as_code(
    browser: Client, credential: HaloCredential
) -> None:
    mapping = map_to(make_company(make_console(), "Baker"), make_client(credential, "Baker"))
    mapping.mapped_by = make_staff("<eve>")
    mapping.save()

    page = browser.get(reverse("admin:mappings_companymapping_change", args=(mapping.pk,))).content.decode()

    assert '<time class="hb-time"' in page
    assert "&lt;time" not in page
    assert "</time> by &lt;eve&gt;" in page
