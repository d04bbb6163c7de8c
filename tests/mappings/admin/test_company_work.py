"""Working through companies: choosing in the row, ignoring, broken mappings, to-dos, reading anew."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import RunKind
from integrations.models import AuditEntry, HaloClient, HaloCredential, Run
from mappings.linking import map_company, suggest_companies_for
from mappings.models import CompanyChange, CompanyMapping, CompanySuggestion, IgnoredCompany
from tests.integrations.admin.made import (
    make_client,
    make_company,
    make_computer,
    make_console,
    make_credential,
    make_location,
    make_site,
    make_staff,
)

pytestmark = pytest.mark.django_db

PAGE = "admin:mappings_companymapping_changelist"


@pytest.fixture
def credential() -> HaloCredential:
    return make_credential("A desk")


def press(browser: Client, do: str, **more: Any) -> str:
    return browser.post(reverse(PAGE), {"do": do, **more}, follow=True).content.decode()


def rows(browser: Client, **query: Any) -> dict[str, str]:
    return {row.name: row.state for row in browser.get(reverse(PAGE), query).context["page"]}


# ---- choosing ---------------------------------------------------------------------------------


def test_a_client_that_was_typed_into_the_row_is_mapped(browser: Client, credential: HaloCredential) -> None:
    company, client = make_company(make_console()), make_client(credential, "Alder")
    page = press(browser, f"map:{company.pk}", **{f"client_{company.pk}": client.pk})
    mapping = CompanyMapping.objects.get()
    assert (mapping.company, mapping.halo_client) == (company, client)
    assert "is Alder from now on" in page


def test_all_that_were_typed_are_mapped_and_a_refused_one_hurts_no_other(
    browser: Client, credential: HaloCredential
) -> None:
    console = make_console()
    first, second = make_company(console, "First"), make_company(console, "Second")
    good, gone = make_client(credential), make_client(credential, "Gone", active=False)
    foreign = make_client(make_credential())
    third = make_company(console, "Third")
    typed = {f"client_{first.pk}": good.pk, f"client_{second.pk}": gone.pk, f"client_{third.pk}": foreign.pk}
    page = press(browser, "map-chosen", **typed)
    assert [row.company for row in CompanyMapping.objects.all()] == [first]
    assert "Second: The Halo client Gone is not active." in page


def test_a_mapped_company_is_not_mapped_again_by_its_row(browser: Client, credential: HaloCredential) -> None:
    company, client = make_company(make_console()), make_client(credential)
    map_company(company, client)
    other = make_client(credential)
    assert "No client was chosen." in press(
        browser, f"map:{company.pk}", **{f"client_{company.pk}": other.pk}
    )
    assert CompanyMapping.objects.get().halo_client == client


def test_one_of_several_suggestions_is_chosen_by_hand_never_by_itself(
    browser: Client, credential: HaloCredential
) -> None:
    company = make_company(make_console(), "Alder", normalised_name="alder")
    for name in ("Alder", "Alder Ltd"):
        make_client(credential, name, normalised_name="alder")
    suggest_companies_for(credential)
    second = CompanySuggestion.objects.get(halo_client__name="Alder Ltd")
    press(browser, f"accept:{second.pk}")
    press(browser, "bulk", bulk="accept", company=[company.pk])
    press(browser, "accept-exact")
    assert not CompanyMapping.objects.exists()
    press(browser, f"pick:{second.pk}")
    mapping = CompanyMapping.objects.get()
    assert (mapping.halo_client.name, mapping.reason) == (
        "Alder Ltd",
        "Chosen by hand among several that fit.",
    )


def test_the_form_of_an_ambiguous_company_has_nothing_preselected(
    browser: Client, credential: HaloCredential
) -> None:
    company = make_company(make_console())
    for _ in range(2):
        CompanySuggestion.objects.create(
            company=company,
            halo_client=make_client(credential),
            halo_credential=credential,
            score=100,
            ambiguous=True,
        )
    address = reverse("admin:mappings_companymapping_choose", args=(credential.pk, company.pk))
    assert browser.get(address).context["form"].initial == {}


def test_accepting_all_exact_ones_keeps_to_what_is_looked_at(
    browser: Client, credential: HaloCredential
) -> None:
    first, second = make_console(), make_console()
    for console, name in ((first, "Alder"), (first, "Birch"), (second, "Cedar")):
        CompanySuggestion.objects.create(
            company=make_company(console, name),
            halo_client=make_client(credential),
            halo_credential=credential,
            score=100,
        )
    address = f"{reverse(PAGE)}?console={first.pk}&q=ald"
    assert browser.get(address).context["exact"] == 1
    browser.post(address, {"do": "accept-exact"})
    assert [row.company.name for row in CompanyMapping.objects.all()] == ["Alder"]


# ---- leaving alone, broken -----------------------------------------------------------------------


def test_ignoring_and_taking_back_one_or_many(browser: Client, credential: HaloCredential) -> None:
    console = make_console()
    companies = [make_company(console, f"C{number}") for number in range(3)]
    press(browser, f"ignore:{companies[0].pk}")
    press(browser, "bulk", bulk="ignore", company=[companies[1].pk])
    assert rows(browser) == {"C0": "ignored", "C1": "ignored", "C2": "unmapped"}
    assert rows(browser, state="ignored") == {"C0": "ignored", "C1": "ignored"}
    press(browser, f"unignore:{companies[0].pk}")
    press(browser, "bulk", bulk="unignore", company=[companies[1].pk])
    assert not IgnoredCompany.objects.exists()


def test_a_renamed_client_is_broken_until_staff_say_that_it_is_right(
    browser: Client, credential: HaloCredential
) -> None:
    mapping = map_company(make_company(make_console(), "C"), make_client(credential, "Alder"))
    HaloClient.objects.update(name="Birch")
    assert rows(browser, state="broken") == {"C": "broken"}
    page = browser.get(reverse(PAGE)).content.decode()
    assert "HaloPSA has renamed the client: Alder is now Birch." in page
    press(browser, f"keep:{mapping.pk}")
    assert rows(browser) == {"C": "mapped"}


def test_the_right_hand_search_finds_mapped_and_suggested_clients(
    browser: Client, credential: HaloCredential
) -> None:
    console = make_console()
    map_company(make_company(console, "Mapped"), make_client(credential, "Acme one"))
    CompanySuggestion.objects.create(
        company=make_company(console, "Suggested"),
        halo_client=make_client(credential, "Acme two"),
        halo_credential=credential,
        score=90,
    )
    make_company(console, "Acme itself")
    assert rows(browser, client="acme") == {"Mapped": "mapped", "Suggested": "suggested"}


def test_the_page_size_is_chosen_and_bad_ones_are_not_taken(
    browser: Client, credential: HaloCredential
) -> None:
    console = make_console()
    for _ in range(30):
        make_company(console)
    assert len(rows(browser, size="25")) == 25
    assert len(rows(browser, size="100000")) == 30


# ---- locations -----------------------------------------------------------------------------------


def test_locations_are_mapped_on_their_page(browser: Client, credential: HaloCredential) -> None:
    company, client = make_company(make_console()), make_client(credential)
    make_site(client, "Main")
    branch = make_site(client, "Branch")
    place, _ = make_location(company, "Branch"), make_location(company, "Yard")
    mapping = map_company(company, client)
    address = reverse("admin:mappings_companymapping_locations", args=(mapping.pk,))
    assert "Same name." in browser.get(address).content.decode()
    browser.post(address, {"suggested": "1"})
    assert [(row.location, row.halo_site) for row in mapping.location_mappings.all()] == [(place, branch)]
    assert "Branch → Branch" in browser.get(reverse(PAGE)).content.decode()
    browser.post(address, {f"location_{place.pk}": ""})
    assert not mapping.location_mappings.exists()


def test_a_site_of_another_client_is_refused_at_its_location(
    browser: Client, credential: HaloCredential
) -> None:
    company = make_company(make_console())
    place = make_location(company)
    mapping = map_company(company, make_client(credential))
    foreign = make_site(make_client(credential))
    address = reverse("admin:mappings_companymapping_locations", args=(mapping.pk,))
    page = browser.post(address, {f"location_{place.pk}": foreign.pk}).content.decode()
    assert "not (any more) one of the client" in page
    assert not mapping.location_mappings.exists()


# ---- reading anew, removing, history ---------------------------------------------------------------


def test_get_companies_reads_the_consoles_that_can_be_read(
    browser: Client, credential: HaloCredential
) -> None:
    readable = make_console(kind="msp360")
    make_console(kind="push")
    make_console(kind="msp360", enabled=False)
    press(browser, "get-companies")
    assert [run.console for run in Run.objects.filter(kind=RunKind.SYNC_CONSOLE)] == [readable]
    press(browser, "get-clients")
    assert Run.objects.filter(kind=RunKind.SYNC_HALO, halo_credential=credential).exists()
    assert len(browser.get(reverse(PAGE)).context["reading"].open_runs) == 2


def test_reading_needs_the_right_to_change_the_connection(client: Client, credential: HaloCredential) -> None:
    client.force_login(make_staff("mapper", "mappings.view_companymapping", "mappings.change_companymapping"))
    make_console(kind="msp360")
    for do in ("get-companies", "get-clients"):
        assert client.post(reverse(PAGE), {"do": do}).status_code == 403
    assert not Run.objects.exists()


def test_removing_says_what_stops_and_what_stays(browser: Client, credential: HaloCredential) -> None:
    company = make_company(make_console())
    mapping = map_company(company, make_client(credential))
    make_computer(company)
    address = reverse("admin:mappings_companymapping_delete", args=(mapping.pk,))
    page = browser.get(address).content.decode()
    for words in ("become unmapped", "no new tickets", "Nothing is deleted in HaloPSA"):
        assert words in page
    browser.post(address, {"post": "yes"})
    assert not CompanyMapping.objects.exists()
    assert "removed" in CompanyChange.objects.latest("pk").text


def test_removing_needs_the_right_to_delete(client: Client, credential: HaloCredential) -> None:
    client.force_login(make_staff("mapper", "mappings.view_companymapping", "mappings.change_companymapping"))
    mapping = map_company(make_company(make_console()), make_client(credential))
    address = reverse("admin:mappings_companymapping_delete", args=(mapping.pk,))
    assert address not in client.get(reverse(PAGE)).content.decode()
    assert client.post(address, {"post": "yes"}).status_code == 403


def test_changes_are_in_the_mappings_history_and_in_the_audit_log(
    browser: Client, credential: HaloCredential
) -> None:
    company, client = make_company(make_console()), make_client(credential, "Alder")
    press(browser, f"map:{company.pk}", **{f"client_{company.pk}": client.pk})
    mapping = CompanyMapping.objects.get()
    press(browser, f"switch:create_tickets:{mapping.pk}:on")
    page = browser.get(reverse("admin:mappings_companymapping_change", args=(mapping.pk,))).content.decode()
    assert "Mapped to Alder" in page
    assert "Create tickets: on." in page
    told = AuditEntry.objects.filter(kind="mappings.companymapping", object_id=mapping.pk)
    assert {"add", "change"} <= set(told.values_list("action", flat=True))
    assert told.get(action="change", changes__has_key="create_tickets").who == "admin"


# ---- removing many ----------------------------------------------------------------------------


def test_ticked_companies_are_removed_after_one_question(browser: Client, credential: HaloCredential) -> None:
    console = make_console()
    mappings = [map_company(make_company(console), make_client(credential)) for _ in range(3)]
    loose = make_company(console, "Loose Ltd")
    make_computer(mappings[0].company)
    ticked = [*(row.company_id for row in mappings[:2]), loose.pk]

    asked = browser.post(reverse(PAGE), {"do": "bulk", "bulk": "remove", "company": ticked}, follow=True)

    page = asked.content.decode()
    assert CompanyMapping.objects.count() == 3
    for words in (
        "these 2 companies",
        "become unmapped",
        "no new tickets",
        "1 of the ticked companies has no",
    ):
        assert words in page
    answer = browser.post(asked.redirect_chain[-1][0], follow=True)
    assert "2 companies are no longer mapped" in answer.content.decode()
    assert list(CompanyMapping.objects.all()) == [mappings[2]]


def test_what_was_removed_is_not_mapped_by_accepting_all_exact_ones(
    browser: Client, credential: HaloCredential
) -> None:
    console = make_console()
    birch, alder = {"normalised_name": "birch"}, {"normalised_name": "alder"}
    client = make_client(credential, "Birch", **birch)
    removed = map_company(make_company(console, "Birch", **birch), client)
    make_company(console, "Alder", **alder)
    make_client(credential, "Alder", **alder)
    browser.post(reverse("admin:mappings_companymapping_delete", args=(removed.pk,)), {"post": "yes"})

    assert "Removed by staff" in browser.get(reverse(PAGE)).content.decode()
    assert "1 company is mapped" in press(browser, "accept-exact")
    assert CompanyMapping.objects.get().company.name == "Alder"


def test_removing_many_needs_the_right_to_delete(client: Client, credential: HaloCredential) -> None:
    client.force_login(make_staff("mapper", "mappings.view_companymapping", "mappings.change_companymapping"))
    mapping = map_company(make_company(make_console()), make_client(credential))
    assert "Remove the mapping …" not in client.get(reverse(PAGE)).content.decode()
    data = {"do": "bulk", "bulk": "remove", "company": [mapping.company_id]}
    assert client.post(reverse(PAGE), data).status_code == 403
    address = reverse("admin:mappings_companymapping_remove_ticked", args=(credential.pk,))
    assert client.post(f"{address}?companies={mapping.company_id}").status_code == 403
    assert CompanyMapping.objects.exists()


# ---- how it went ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "level", "words"),
    [
        ({"do": "bulk", "bulk": "ignore"}, "warning", "No company was ticked."),
        ({"do": "bulk", "bulk": "remove"}, "warning", "No company was ticked."),
        ({"do": "map-chosen"}, "warning", "No client was chosen."),
        ({"do": "accept-exact"}, "warning", "0 companies are mapped."),
        ({"do": "nothing of this kind"}, "warning", "Nothing was chosen."),
    ],
)
def test_what_did_nothing_is_not_told_in_green(
    browser: Client, credential: HaloCredential, data: dict[str, str], level: str, words: str
) -> None:
    told = browser.post(reverse(PAGE), data, follow=True).context["messages"]
    assert [(message.level_tag, str(message)) for message in told] == [(level, words)]


def test_a_refused_choice_is_an_error_and_one_of_several_a_warning(
    browser: Client, credential: HaloCredential
) -> None:
    console = make_console()
    good, gone = make_client(credential), make_client(credential, active=False)
    first, second, third = (make_company(console) for _ in range(3))

    def level(**chosen: int) -> list[str]:
        data = {"do": "map-chosen", **chosen}
        told = browser.post(reverse(PAGE), data, follow=True).context["messages"]
        return [message.level_tag for message in told]

    assert level(**{f"client_{first.pk}": gone.pk}) == ["error"]
    assert level(**{f"client_{first.pk}": good.pk, f"client_{second.pk}": gone.pk}) == ["warning"]
    assert level(**{f"client_{third.pk}": good.pk}) == ["success"]
