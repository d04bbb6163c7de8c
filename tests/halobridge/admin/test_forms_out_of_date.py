"""Two people change the same thing: who saves an out-of-date page is told, and puts nothing back."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from integrations.admin.bases import BridgeAdmin
from integrations.models import Console, HaloCredential
from mappings.linking import map_company, map_locations
from mappings.models import CompanyMapping
from tests.halobridge.admin.rows import fill, make_event_set, make_profile, make_world
from tests.integrations.admin import made
from ticketing.models import EventSet, IntegrationProfile, TicketRule

pytestmark = pytest.mark.django_db
REFUSED = "changed this meanwhile"


def page_of(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=(row.pk,))


def filled(page: Any) -> dict[str, Any]:
    """What a browser would send of a form that nobody has touched."""
    forms = [page.context["adminform"].form]
    for formset in (inline.formset for inline in page.context["inline_admin_formsets"]):
        forms += [formset.management_form, *formset.forms]
    sent = {bound.html_name: _typed(bound.value()) for form in forms for bound in form}
    told = {name: value for name, value in sent.items() if value is not None and value != "" and value != []}
    return {**told, "_version": page.context.get("version", "")}


def _typed(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [str(getattr(item, "pk", item)) for item in value]
    if value is None or isinstance(value, bool):
        return "on" if value else None
    return str(value)


@pytest.fixture
def mapping() -> CompanyMapping:
    credential = made.make_credential()
    company = made.make_company(made.make_console())
    mapping = map_company(company, made.make_client(credential, "Birch"))
    made.make_site(mapping.halo_client)
    return mapping


def other_browser() -> Client:
    colleague = Client()
    colleague.force_login(made.make_superuser("colleague"))
    return colleague


def rows_with_forms() -> list[Any]:
    fill(make_world(), 1)
    found = [
        model._default_manager.order_by("pk").first()
        for model, pages in admin.site._registry.items()
        if isinstance(pages, BridgeAdmin)
    ]
    return [row for row in found if row is not None]


def test_no_form_refuses_what_nobody_has_changed(browser: Client) -> None:
    tried = 0
    for row in rows_with_forms():
        page = browser.get(page_of(row))
        if not (page.context and page.context.get("version") and page.context.get("has_change_permission")):
            continue
        answer = browser.post(page_of(row), filled(page), follow=True)
        assert REFUSED not in answer.content.decode(), row
        tried += 1
    assert tried >= 10


def test_a_colleagues_client_is_not_put_back_by_an_untouched_page(
    browser: Client, mapping: CompanyMapping
) -> None:
    page = browser.get(page_of(mapping))
    map_company(mapping.company, made.make_client(mapping.halo_credential, "Brightwater"))

    answer = browser.post(page_of(mapping), filled(page))

    assert answer.status_code == 200
    assert f"Somebody has {REFUSED}" in answer.content.decode()
    mapping.refresh_from_db()
    assert mapping.halo_client.name == "Brightwater"


def test_it_says_who_was_first_and_refuses_once_more_until_it_is_opened_again(
    browser: Client, mapping: CompanyMapping
) -> None:
    page = browser.get(page_of(mapping))
    colleague = other_browser()
    theirs = {**filled(colleague.get(page_of(mapping))), "no_notification": "on"}
    assert colleague.post(page_of(mapping), theirs).status_code == 302

    mine = {**filled(page), "enable_configuration": "on"}
    refused = browser.post(page_of(mapping), mine)
    again = browser.post(page_of(mapping), {**mine, "_version": refused.context["version"]})

    assert f"colleague has {REFUSED}" in refused.content.decode()
    assert REFUSED in again.content.decode()
    mapping.refresh_from_db()
    assert (mapping.no_notification, mapping.enable_configuration) == (True, False)
    anew = {**filled(browser.get(page_of(mapping))), "enable_configuration": "on"}
    assert browser.post(page_of(mapping), anew).status_code == 302
    mapping.refresh_from_db()
    assert (mapping.no_notification, mapping.enable_configuration) == (True, True)


def test_a_ticket_rule_that_was_changed_meanwhile_is_not_put_back(
    browser: Client, mapping: CompanyMapping
) -> None:
    profile = make_profile(mapping.halo_credential)
    rule = TicketRule.objects.create(
        company_mapping=mapping, event_set=make_event_set(), profile=profile, position=1
    )
    page = browser.get(page_of(mapping))
    TicketRule.objects.filter(pk=rule.pk).update(position=7)

    assert REFUSED in browser.post(page_of(mapping), filled(page)).content.decode()
    rule.refresh_from_db()
    assert rule.position == 7


def _credential() -> HaloCredential:
    return made.make_credential()


def _profile() -> IntegrationProfile:
    return make_profile(made.make_credential())


@pytest.mark.parametrize(
    ("make", "changed"),
    [
        (_credential, {"budget_calls": 77}),
        (made.make_console, {"enabled": False}),
        (made.make_console, {"name": "Renamed meanwhile"}),
        (make_event_set, {"event_types": ["backup.failed", "backup.overdue"]}),
        (_profile, {"name": "Renamed meanwhile"}),
    ],
)
def test_forms_that_staff_edit_at_once_put_nothing_back(
    browser: Client, make: Any, changed: dict[str, Any]
) -> None:
    row: HaloCredential | Console | EventSet | IntegrationProfile = make()
    page = browser.get(page_of(row))
    type(row).objects.filter(pk=row.pk).update(**changed)

    assert REFUSED in browser.post(page_of(row), filled(page)).content.decode()
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in changed} == changed


def test_the_version_says_nothing_about_a_secret(browser: Client) -> None:
    credential = made.make_credential()
    first = browser.get(page_of(credential)).context["version"].split(".")[:2]
    credential.client_secret = "another one"
    credential.save()
    assert browser.get(page_of(credential)).context["version"].split(".")[:2] == first


def test_sites_of_locations_are_not_put_back(browser: Client, mapping: CompanyMapping) -> None:
    location = made.make_location(mapping.company)
    first, second = (made.make_site(mapping.halo_client, name) for name in ("First", "Second"))
    map_locations(mapping, {location: first})
    address = reverse("admin:mappings_companymapping_locations", args=(mapping.pk,))
    version = browser.get(address).context["form"].version()
    map_locations(mapping, {location: second})
    name = f"location_{location.pk}"

    answer = browser.post(address, {name: first.pk, "_version": version})

    assert REFUSED in answer.content.decode()
    assert mapping.location_mappings.get().halo_site == second
    fresh = browser.get(address).context["form"].version()
    assert browser.post(address, {name: first.pk, "_version": fresh}).status_code == 302
    assert mapping.location_mappings.get().halo_site == first


def test_a_company_that_was_mapped_meanwhile_keeps_that_client(browser: Client) -> None:
    credential, company = made.make_credential(), made.make_company(made.make_console())
    mine, theirs = made.make_client(credential, "Mine"), made.make_client(credential, "Theirs")
    address = reverse("admin:mappings_companymapping_choose", args=(credential.pk, company.pk))
    version = browser.get(address).context["form"].version()
    map_company(company, theirs)

    answer = browser.post(address, {"halo_client": mine.pk, "_version": version})

    assert REFUSED in answer.content.decode()
    assert CompanyMapping.objects.get().halo_client == theirs
