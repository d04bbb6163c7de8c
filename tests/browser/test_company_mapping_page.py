"""The company mapping page in light, dark and narrow: found, chosen and accepted without a mouse."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from integrations.models import Company, HaloCredential
from mappings.linking import ignore_companies, map_company, suggest_companies_for
from mappings.models import CompanyMapping, IgnoredCompany
from tests.browser.pictures import NARROW, look_at
from tests.integrations.admin.made import (
    make_client,
    make_company,
    make_console,
    make_credential,
    make_location,
    make_site,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = "admin:mappings_companymapping_changelist"
NAMES = ("Alder", "Birch", "Cedar", "Dogwood")


@pytest.fixture
def credential() -> HaloCredential:
    """Alder has an exact suggestion, Birch two that fit; Cedar and Dogwood have none."""
    credential, console = make_credential(), make_console("Sandbox")
    for name in NAMES:
        make_company(console, name, normalised_name=name.lower())
    for name in ("Alder", "Birch", "Birch Ltd"):
        make_client(credential, name, normalised_name=name.lower().removesuffix(" ltd"))
    make_site(make_client(credential, "Quite Another Practice"), "Main")
    suggest_companies_for(credential)
    return credential


FOCUSED = "document.activeElement.closest('tr')?.querySelector('th a')?.textContent ?? ''"


def wait_for_focus(page: Page, company: str) -> None:
    """Until the row of this company has the focus; a message can be there before the new rows are."""
    page.wait_for_function(f"company => ({FOCUSED}) === company", arg=company)


def test_a_company_is_accepted_chosen_and_ignored_by_keys(page: Page, credential: HaloCredential) -> None:
    page.goto(reverse(PAGE))
    look_at(page, "company-mapping-work")

    page.keyboard.press("j")
    wait_for_focus(page, "Alder")
    page.keyboard.press("a")
    expect(page.get_by_text("1 company is mapped.")).to_be_visible()
    wait_for_focus(page, "Alder")  # the list was drawn anew, and one stays where one was

    page.keyboard.press("j")
    page.keyboard.press("a")
    assert not CompanyMapping.objects.filter(company__name="Birch").exists(), "several fit"

    page.keyboard.press("j")
    page.keyboard.press("c")
    page.keyboard.type("another")
    expect(page.get_by_role("option", name="Quite Another Practice")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Map Cedar")).to_be_visible()
    assert not CompanyMapping.objects.filter(company__name="Cedar").exists()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Cedar is Quite Another Practice from now on.")).to_be_visible()
    wait_for_focus(page, "Cedar")

    page.keyboard.press("j")
    page.keyboard.press("i")
    expect(page.get_by_text("1 company is ignored.")).to_be_visible()
    assert [row.company.name for row in IgnoredCompany.objects.all()] == ["Dogwood"]
    assert {row.company.name for row in CompanyMapping.objects.all()} == {"Alder", "Cedar"}


def test_enter_in_a_box_presses_no_button(page: Page, credential: HaloCredential) -> None:
    page.goto(reverse(PAGE))
    page.get_by_label("Tick Cedar").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Halo client for Cedar").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert not CompanyMapping.objects.exists()


def test_the_help_opens_and_closes_by_keys(page: Page, credential: HaloCredential) -> None:
    page.goto(reverse(PAGE))
    page.keyboard.press("?")
    help_text = page.get_by_role("dialog", name="Keys of this page")
    expect(help_text).to_be_visible()
    page.keyboard.press("Escape")
    expect(help_text).to_be_hidden()


def go_to(page: Page, company: str) -> None:
    """By `j` alone, from the first row on."""
    page.keyboard.press("j")
    for _ in NAMES:
        page.wait_for_function(f"({FOCUSED}) !== ''")
        if page.evaluate(FOCUSED) == company:
            return
        page.keyboard.press("j")
    raise AssertionError(f"There is no row of {company}.")


@pytest.mark.parametrize("key", ["e", "c"])
def test_e_and_c_lead_from_a_mapped_company_to_its_page(
    page: Page, credential: HaloCredential, key: str
) -> None:
    mapping = map_company(Company.objects.get(name="Cedar"), make_client(credential, "Cedar Group"))
    page.goto(reverse(PAGE))
    go_to(page, "Cedar")
    page.keyboard.press(key)
    page.wait_for_url(f"**{reverse('admin:mappings_companymapping_change', args=(mapping.pk,))}")
    expect(page.get_by_role("combobox", name="Halo client [customer]")).to_be_visible()


def test_e_leads_from_an_unmapped_company_to_where_its_client_is_chosen(
    page: Page, credential: HaloCredential
) -> None:
    company = Company.objects.get(name="Cedar")
    page.goto(reverse(PAGE))
    go_to(page, "Cedar")
    page.keyboard.press("e")
    page.wait_for_url(
        f"**{reverse('admin:mappings_companymapping_choose', args=(credential.pk, company.pk))}"
    )


def test_c_and_e_do_nothing_where_a_company_is_ignored(page: Page, credential: HaloCredential) -> None:
    ignore_companies([Company.objects.get(name="Cedar").pk], credential, reason="", staff=None)
    page.goto(reverse(PAGE))
    go_to(page, "Cedar")
    for key in ("c", "e"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert page.url.endswith(reverse(PAGE))
    wait_for_focus(page, "Cedar")


def test_all_of_the_page_are_ticked_in_a_narrow_window_too(page: Page, credential: HaloCredential) -> None:
    page.set_viewport_size({"width": NARROW, "height": 844})
    page.goto(reverse(PAGE))
    page.get_by_text("All of this page").click()
    for name in NAMES:
        expect(page.get_by_label(f"Tick {name}", exact=True)).to_be_checked()
    page.set_viewport_size({"width": 1280, "height": 844})
    expect(page.get_by_text("All of this page")).to_be_hidden()


def test_both_searches_filter_while_one_types(page: Page, credential: HaloCredential) -> None:
    page.goto(reverse(PAGE))
    page.keyboard.press("/")
    page.keyboard.type("ced")
    expect(page.get_by_role("row", name="Alder")).to_have_count(0)
    expect(page.get_by_role("row", name="Cedar")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "hb-search"
    page.get_by_label("Company or client").fill("")
    page.get_by_label("Halo client [customer]", exact=True).fill("birch ltd")
    expect(page.get_by_role("row", name="Cedar")).to_have_count(0)
    expect(page.get_by_role("row", name="Birch")).to_be_visible()


def test_several_rows_are_chosen_and_mapped_by_one_click(page: Page, credential: HaloCredential) -> None:
    page.goto(reverse(PAGE))
    for name in ("Cedar", "Dogwood"):
        page.get_by_label(f"Halo client for {name}").press_sequentially("another")
        page.get_by_role("option", name="Quite Another Practice").click()
    page.get_by_role("button", name="Map all 2 that are chosen").click()
    expect(page.get_by_text("Dogwood is Quite Another Practice from now on.")).to_be_visible()
    assert CompanyMapping.objects.values("halo_client").distinct().count() == 1, (
        "companies may share a client"
    )


def test_locations_and_removal_are_said_in_full(page: Page, credential: HaloCredential) -> None:
    company = Company.objects.get(name="Cedar")
    client = make_client(credential, "Cedar Group")
    make_site(client, "Main")
    make_site(client, "Yard")
    make_location(company, "Yard")
    mapping = map_company(company, client)
    page.goto(reverse("admin:mappings_companymapping_locations", args=(mapping.pk,)))
    look_at(page, "company-locations")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_text("1 location changed.")).to_be_visible()
    page.goto(reverse("admin:mappings_companymapping_delete", args=(mapping.pk,)))
    look_at(page, "company-mapping-removal")
    page.get_by_role("button", name="Remove the mapping").click()
    expect(page.get_by_text("Cedar is no longer mapped")).to_be_visible()
