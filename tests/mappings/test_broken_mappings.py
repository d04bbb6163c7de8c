"""A mapping is broken when HaloPSA has changed its client or site; it says how, in lists and alone."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.models import HaloClient
from mappings.linking import CompanyState, companies_of, confirm_name, map_company, with_company_state
from mappings.models import CompanyChange, CompanyMapping
from tests.builders import make_console, make_credential
from tests.mappings.builders import make_client, make_company, make_site

pytestmark = pytest.mark.django_db


def mapped(**values: Any) -> CompanyMapping:
    client = make_client(make_credential(), "Alder", **values)
    make_site(client)
    return map_company(make_company(make_console()), client)


def state_of(mapping: CompanyMapping) -> str:
    rows = with_company_state(companies_of(mapping.halo_credential), mapping.halo_credential)
    return str(rows.get(pk=mapping.company_id).state)


def reason_of(mapping: CompanyMapping) -> str:
    return CompanyMapping.objects.get(pk=mapping.pk).why_broken()


def test_a_mapping_whose_client_is_as_it_was_is_whole() -> None:
    mapping = mapped()
    assert (state_of(mapping), reason_of(mapping)) == (CompanyState.MAPPED, "")


def test_a_deactivated_client_breaks_it() -> None:
    mapping = mapped()
    HaloClient.objects.update(active=False)
    assert state_of(mapping) == CompanyState.BROKEN
    assert reason_of(mapping) == "The client Alder is no longer active in HaloPSA."


def test_a_merged_client_names_where_it_went() -> None:
    mapping = mapped()
    other = make_client(mapping.halo_credential, "Birch Group")
    HaloClient.objects.filter(pk=mapping.halo_client_id).update(active=False, merged_into=other)
    assert state_of(mapping) == CompanyState.BROKEN
    assert reason_of(mapping) == "HaloPSA has merged the client Alder into Birch Group."


def test_a_renamed_client_is_a_question_that_staff_answer_once() -> None:
    mapping = mapped()
    HaloClient.objects.update(name="Birch")
    assert state_of(mapping) == CompanyState.BROKEN
    assert reason_of(mapping) == "HaloPSA has renamed the client: Alder is now Birch."
    fresh = CompanyMapping.objects.get()
    assert confirm_name(fresh)
    assert not confirm_name(fresh)
    assert (state_of(mapping), reason_of(mapping)) == (CompanyState.MAPPED, "")
    assert "Still right" in CompanyChange.objects.latest("pk").text


def test_a_default_site_that_is_gone_or_moved_breaks_it() -> None:
    mapping = mapped()
    site = mapping.halo_site
    assert site is not None
    site.active = False
    site.save()
    assert (state_of(mapping), reason_of(mapping)) == (
        CompanyState.BROKEN,
        "The default site Main is no longer active in HaloPSA.",
    )
    site.active, site.client = True, make_client(mapping.halo_credential)
    site.save()
    assert (state_of(mapping), reason_of(mapping)) == (
        CompanyState.BROKEN,
        "The default site Main was moved to another client.",
    )


def test_a_mapping_of_unknown_age_is_not_called_renamed() -> None:
    mapping = mapped()
    CompanyMapping.objects.update(known_as="")
    HaloClient.objects.update(name="Birch")
    assert state_of(mapping) == CompanyState.MAPPED


def test_another_credentials_mapping_does_not_matter() -> None:
    mapping = mapped()
    other = make_credential()
    HaloClient.objects.update(active=False)
    rows = with_company_state(companies_of(other), other)
    assert rows.get(pk=mapping.company_id).state == CompanyState.UNMAPPED
