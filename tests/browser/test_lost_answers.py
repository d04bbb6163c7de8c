"""What a page asks for by itself and does not get is told, and a log-in is never shown inside a page."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from integrations.admin.display import admin_url
from integrations.choices import RunKind, RunState
from integrations.models import HaloCredential, Run
from mappings.linking import suggest_companies_for
from mappings.models import CompanyMapping
from tests.browser.axe import serious_findings
from tests.browser.pictures import look_at
from tests.integrations.admin.made import make_client, make_company, make_console, make_credential, make_run

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COMPANIES = "admin:mappings_companymapping_changelist"
PROGRESS = re.compile("/progress/")


@pytest.fixture
def credential() -> HaloCredential:
    """Alder has a suggestion to accept."""
    credential = make_credential()
    make_company(make_console("Sandbox"), "Alder", normalised_name="alder")
    make_client(credential, "Alder", normalised_name="alder")
    suggest_companies_for(credential)
    return credential


@pytest.fixture
def run(staff: User) -> Run:
    return make_run(RunKind.GAPS, state=RunState.RUNNING)


def accept(page: Page) -> None:
    page.get_by_role("row", name="Alder").get_by_role("button", name="Accept").first.click()


def test_accepting_without_a_session_leads_to_the_log_in_and_back(
    page: Page, credential: HaloCredential
) -> None:
    page.goto(reverse(COMPANIES))
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    accept(page)

    page.wait_for_url(f"**{reverse('admin:login')}?next={quote(reverse(COMPANIES), safe='')}")
    expect(page.get_by_label("Password")).to_be_visible()
    assert not CompanyMapping.objects.exists()


def test_an_open_run_without_a_session_becomes_the_log_in_as_a_whole(page: Page, run: Run) -> None:
    page.goto(admin_url(run))
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    page.wait_for_url(f"**{reverse('admin:login')}?next={quote(admin_url(run), safe='')}")
    expect(page.locator("#nav-sidebar")).to_have_count(0)


def test_what_is_refused_is_told(page: Page, staff: User, credential: HaloCredential) -> None:
    page.goto(reverse(COMPANIES))
    User.objects.filter(pk=staff.pk).update(is_superuser=False)

    accept(page)

    expect(page.get_by_role("alert")).to_contain_text("Nothing was done: your account may not do this")
    assert serious_findings(page, "#content") == []
    look_at(page, "refused-button")
    assert not CompanyMapping.objects.exists()


def test_what_gets_no_answer_is_told_until_it_is_answered(page: Page, credential: HaloCredential) -> None:
    def lose(route: Route) -> None:
        route.abort() if route.request.method == "POST" else route.continue_()

    page.goto(reverse(COMPANIES))
    page.route(re.compile(reverse(COMPANIES)), lose)
    accept(page)
    expect(page.get_by_role("alert")).to_have_text(
        "The bridge did not answer, so it is not known whether this was done. Reload the page and look."
    )

    page.unroute(re.compile(reverse(COMPANIES)))
    accept(page)
    expect(page.get_by_text("1 company is mapped.")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_page_that_asks_all_the_time_says_it_once_and_goes_on(page: Page, run: Run) -> None:
    page.goto(admin_url(run))
    page.route(PROGRESS, lambda route: route.abort())
    told = page.get_by_text("The bridge does not answer. What you see may be out of date.")
    expect(told).to_have_count(1)
    page.wait_for_timeout(2000)
    expect(told).to_have_count(1)

    page.unroute(PROGRESS)
    expect(told).to_have_count(0)
