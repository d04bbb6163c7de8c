"""Export computers: what was looked at is what runs, or nothing runs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import Action, PlanState, RunKind
from integrations.models import HaloCredential, Plan, PlannedChange, Run
from mappings.models import CompanyMapping, ProductMapping
from mappings.planning import plan_assets
from tests.integrations.admin.made import (
    make_asset_type,
    make_client,
    make_company,
    make_computer,
    make_console,
    make_credential,
    make_plan,
    make_product,
    make_site,
    make_staff,
)

pytestmark = pytest.mark.django_db

ADD = "admin:integrations_plan_add"


@pytest.fixture
def credential() -> HaloCredential:
    return make_credential()


@pytest.fixture
def company(credential: HaloCredential) -> Any:
    """A mapped company whose computers become servers."""
    console = make_console()
    client = make_client(credential, "Acme")
    company = make_company(console, "Acme Ltd")
    CompanyMapping.objects.create(
        company=company, halo_credential=credential, halo_client=client, halo_site=make_site(client)
    )
    return company


def make_typed_computer(company: Any, credential: HaloCredential, name: str) -> Any:
    product = make_product(company.console)
    asset_type = make_asset_type(credential, "Server")
    ProductMapping.objects.create(
        console=company.console, product=product, halo_credential=credential, asset_type=asset_type.halo_id
    )
    return make_computer(company, name, product=product)


def make_real_plan(company: Any, credential: HaloCredential, *names: str) -> Plan:
    """A preview of an export of these computers, as a run would make it."""
    for name in names or ("PC-1",):
        make_typed_computer(company, credential, name)
    plan = Plan.objects.create(halo_credential=credential, console=company.console)
    plan_assets(plan)
    plan.refresh_from_db()
    assert plan.state == PlanState.READY
    return plan


def positions(plan: Plan) -> list[int]:
    return list(plan.changes.filter(action=Action.CREATE).values_list("position", flat=True))


def apply(browser: Client, plan: Plan, **typed: Any) -> Any:
    shown = positions(plan)
    values = {"checksum": plan.checksum, "shown": shown, "ticked": shown, **typed}
    return browser.post(reverse("admin:integrations_plan_apply", args=(plan.pk,)), values, follow=True)


def page_of(plan: Plan) -> str:
    return reverse("admin:integrations_plan_change", args=(plan.pk,))


# ---- making ---------------------------------------------------------------------------------


def test_the_form_makes_a_plan_and_asks_for_its_run(
    browser: Client, credential: HaloCredential, company: Any
) -> None:
    asset_type = make_asset_type(credential, "Workstation")
    typed = {"console": company.console_id, "company": company.pk, "asset_type": asset_type.halo_id}

    response = browser.post(f"{reverse(ADD)}?halo_credential={credential.pk}", typed)

    plan = Plan.objects.get()
    run = Run.objects.get(kind=RunKind.PLAN_ASSETS)
    assert (plan.halo_credential, plan.console, plan.company) == (credential, company.console, company)
    assert plan.parameters == {"asset_type": asset_type.halo_id}
    assert run.plan == plan
    assert response["Location"] == page_of(plan)


def test_a_company_of_another_console_is_refused(
    browser: Client, credential: HaloCredential, company: Any
) -> None:
    typed = {"console": make_console().pk, "company": company.pk, "asset_type": ""}

    page = browser.post(f"{reverse(ADD)}?halo_credential={credential.pk}", typed).content.decode()

    assert "is not a company of" in page
    assert not Plan.objects.exists()


def test_only_mapped_companies_are_offered(browser: Client, credential: HaloCredential, company: Any) -> None:
    make_company(company.console, "Unmapped Ltd")

    found = browser.get(
        reverse("admin:mappings_companymapping_companies"), {"halo_credential": credential.pk}
    ).json()

    assert [row["text"] for row in found["results"]] == [f"Acme Ltd ({company.console})"]


def test_with_several_credentials_one_is_chosen_first(browser: Client, credential: HaloCredential) -> None:
    other = make_credential()

    page = browser.get(reverse(ADD)).content.decode()

    assert f"?halo_credential={credential.pk}" in page
    assert f"?halo_credential={other.pk}" in page


# ---- looking --------------------------------------------------------------------------------


def test_a_plan_that_is_being_computed_moves_by_itself(browser: Client, credential: HaloCredential) -> None:
    plan = make_plan(credential, state=PlanState.PLANNING)

    page = browser.get(page_of(plan)).content.decode()

    assert 'hx-trigger="every' in page
    assert "Apply the ticked changes" not in page


def test_it_shows_counts_forecast_and_each_change_by_name(
    browser: Client, credential: HaloCredential, company: Any
) -> None:
    plan = make_real_plan(company, credential, "PC-1", "PC-2")

    page = browser.get(page_of(plan)).content.decode()

    for words in ("PC-1", "PC-2", "Server", "Acme", f"{plan.forecast_calls} calls", "lower bound"):
        assert words in page


def test_it_filters_by_action(browser: Client, credential: HaloCredential, company: Any) -> None:
    make_computer(company, "no-type-pc")
    plan = make_real_plan(company, credential, "typed-pc")

    page = browser.get(page_of(plan), {"action": "skip"}).content.decode()

    assert "no-type-pc" in page
    assert "typed-pc" not in page


# ---- ticks ----------------------------------------------------------------------------------


def test_ticks_of_a_page_are_kept(browser: Client, credential: HaloCredential, company: Any) -> None:
    plan = make_real_plan(company, credential, "PC-1", "PC-2")
    first, second = positions(plan)
    address = reverse("admin:integrations_plan_keep_ticks", args=(plan.pk,))

    browser.post(address, {"checksum": plan.checksum, "shown": [first, second], "ticked": [first]})

    assert list(plan.changes.filter(selected=True).values_list("position", flat=True)) == [first]


def test_rows_that_were_not_on_the_page_stay_as_they_are(
    browser: Client, credential: HaloCredential, company: Any
) -> None:
    plan = make_real_plan(company, credential, "PC-1", "PC-2")
    first, second = positions(plan)
    address = reverse("admin:integrations_plan_keep_ticks", args=(plan.pk,))

    browser.post(address, {"checksum": plan.checksum, "shown": [first], "ticked": [second]})

    assert list(plan.changes.filter(selected=True).values_list("position", flat=True)) == [second]


# ---- applying -------------------------------------------------------------------------------


def test_applying_asks_for_a_run_of_what_was_looked_at(
    browser: Client, credential: HaloCredential, company: Any
) -> None:
    plan = make_real_plan(company, credential)

    response = apply(browser, plan)

    run = Run.objects.get(kind=RunKind.APPLY_ASSETS)
    assert run.plan == plan
    assert response.redirect_chain[-1][0] == reverse("admin:integrations_run_change", args=(run.pk,))


def test_applying_twice_is_one_run(browser: Client, credential: HaloCredential, company: Any) -> None:
    plan = make_real_plan(company, credential)
    apply(browser, plan)
    apply(browser, plan)

    assert Run.objects.filter(kind=RunKind.APPLY_ASSETS).count() == 1


def test_applying_takes_over_what_was_unticked_on_the_page(
    browser: Client, credential: HaloCredential, company: Any
) -> None:
    plan = make_real_plan(company, credential, "PC-1", "PC-2")
    first, _ = positions(plan)

    apply(browser, plan, ticked=[first])

    assert list(plan.changes.filter(selected=True).values_list("position", flat=True)) == [first]
    assert Run.objects.filter(kind=RunKind.APPLY_ASSETS).exists()


def test_a_stale_checksum_is_refused_with_a_sentence(
    browser: Client, credential: HaloCredential, company: Any
) -> None:
    plan = make_real_plan(company, credential)

    page = apply(browser, plan, checksum="0" * 64).content.decode()

    assert "Nothing was written. This preview has changed since you opened it" in page
    assert not Run.objects.filter(kind=RunKind.APPLY_ASSETS).exists()


def test_a_world_that_changed_since_is_refused_with_a_sentence(
    browser: Client, credential: HaloCredential, company: Any
) -> None:
    plan = make_real_plan(company, credential, "PC-1")
    company.computers.update(active=False)

    page = apply(browser, plan).content.decode()

    assert "Nothing was written." in page
    assert "PC-1" in page
    assert not Run.objects.filter(kind=RunKind.APPLY_ASSETS).exists()


def test_nothing_ticked_is_said(browser: Client, credential: HaloCredential, company: Any) -> None:
    plan = make_real_plan(company, credential)

    page = apply(browser, plan, ticked=[]).content.decode()

    assert "Nothing is ticked." in page
    assert not Run.objects.filter(kind=RunKind.APPLY_ASSETS).exists()


def test_a_plan_that_was_applied_cannot_be_applied_again(
    browser: Client, credential: HaloCredential, company: Any
) -> None:
    plan = make_real_plan(company, credential)
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.APPLIED)

    page = apply(browser, plan).content.decode()

    assert "is not possible any more" in page
    assert not Run.objects.filter(kind=RunKind.APPLY_ASSETS).exists()


def test_whoever_may_only_look_applies_nothing(
    client: Client, credential: HaloCredential, company: Any
) -> None:
    plan = make_real_plan(company, credential)
    client.force_login(make_staff("auditor", "integrations.view_plan"))

    page = client.get(page_of(plan))
    pressed = client.post(
        reverse("admin:integrations_plan_apply", args=(plan.pk,)), {"checksum": plan.checksum}
    )

    assert page.status_code == 200
    assert "Apply the ticked changes" not in page.content.decode()
    assert pressed.status_code == 403
    assert PlannedChange.objects.filter(plan=plan).exists()
