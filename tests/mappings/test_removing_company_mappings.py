"""Removing a mapping: computers become unmapped, assets stay, and the history is kept."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.choices import IntentionKind, IntentionState
from integrations.models import HaloAsset, Intention
from mappings.linking import (
    accept_suggestions,
    exact_suggestions,
    map_company,
    set_switches,
    suggest_companies_for,
    unmap_companies,
    unmap_company,
)
from mappings.models import (
    CompanyChange,
    CompanyMapping,
    CompanySuggestion,
    ComputerMapping,
    RefusedCompanyPair,
    RefusedPair,
)
from tests.mappings.builders import Scene, make_asset, make_client, make_company, make_computer

pytestmark = pytest.mark.django_db


def test_its_computers_become_unmapped_and_their_assets_stay() -> None:
    scene = Scene()
    scene.link(scene.computer(), make_asset(scene.client))
    scene.link(scene.computer(), None)
    assert unmap_company(scene.mapping) == 2
    assert not ComputerMapping.objects.exists()
    assert HaloAsset.objects.filter(active=True).count() == 1
    assert not RefusedPair.objects.exists(), "mapped again, it may be matched again"


def test_it_waits_while_assets_are_being_created() -> None:
    scene = Scene()
    pair = scene.link(scene.computer(), None)
    Intention.objects.create(
        instance=scene.credential.instance,
        halo_credential=scene.credential,
        sequence=1,
        kind=IntentionKind.CREATE_ASSET,
        state=IntentionState.UNCERTAIN,
        subject_id=pair.pk,
        lane=f"computer_mapping:{pair.pk}",
    )
    with pytest.raises(ValidationError, match="has not told yet"):
        unmap_company(scene.mapping)
    assert CompanyMapping.objects.exists() and ComputerMapping.objects.exists()


def test_every_change_is_told_and_outlives_the_mapping() -> None:
    scene = Scene()
    other = make_client(scene.credential, "Birch")
    mapping = map_company(scene.company, other)
    set_switches(mapping, create_tickets=True)
    set_switches(mapping, create_tickets=True)
    unmap_company(mapping)
    told = list(CompanyChange.objects.order_by("pk").values_list("text", flat=True))
    assert told == [
        "Client: Alder Dental Group → Birch.",
        "Default site: Main → none.",
        "Create tickets: on.",
        "Mapping to Birch removed; 0 computers unmapped.",
    ]


# ---- what was taken apart stays apart -----------------------------------------------------------


def make_suggested(scene: Scene, *, name: str = "Birch") -> CompanyMapping:
    """A company that is mapped to the client of its own name."""
    company = make_company(scene.console, name)
    return map_company(company, make_client(scene.credential, name))


def test_what_staff_removed_is_suggested_with_that_reason_and_not_accepted_in_bulk() -> None:
    scene = Scene()
    mapping = make_suggested(scene)
    company, client = mapping.company, mapping.halo_client
    unmap_company(mapping)

    suggest_companies_for(scene.credential)

    suggestion = CompanySuggestion.objects.get(company=company)
    assert (suggestion.halo_client, suggestion.ambiguous, suggestion.evidence) == (client, True, "refused")
    assert "Staff removed this mapping on" in suggestion.reason
    assert not exact_suggestions(scene.credential).filter(company=company).exists()
    assert accept_suggestions([suggestion.pk]) == 0


def test_a_choice_by_hand_takes_the_refusal_back() -> None:
    scene = Scene()
    mapping = make_suggested(scene)
    company, client = mapping.company, mapping.halo_client
    unmap_company(mapping)
    map_company(company, client)
    CompanyMapping.objects.filter(company=company).delete()

    suggest_companies_for(scene.credential)

    assert not RefusedCompanyPair.objects.exists()
    assert not CompanySuggestion.objects.get(company=company).ambiguous


def test_many_are_removed_as_one_is_and_those_at_work_stay() -> None:
    scene = Scene()
    mappings = [scene.mapping, make_suggested(scene), make_suggested(scene, name="Cedar")]
    first = scene.link(scene.computer(), make_asset(scene.client))
    other = make_computer(mappings[1].company)
    scene.link(other, make_asset(mappings[1].halo_client))
    pair = scene.link(make_computer(mappings[2].company), None)
    Intention.objects.create(
        instance=scene.credential.instance,
        halo_credential=scene.credential,
        sequence=1,
        kind=IntentionKind.CREATE_ASSET,
        state=IntentionState.SENDING,
        subject_id=pair.pk,
        lane=f"computer_mapping:{pair.pk}",
    )

    removed = unmap_companies([row.company_id for row in mappings], scene.credential)
    again = unmap_companies([row.company_id for row in mappings[:2]], scene.credential)

    assert (removed.companies, removed.computers, removed.kept) == (2, 2, ["Cedar"])
    assert (again.companies, again.computers, again.kept) == (0, 0, [])
    assert list(CompanyMapping.objects.all()) == [mappings[2]]
    assert not ComputerMapping.objects.filter(pk=first.pk).exists()
    assert RefusedCompanyPair.objects.count() == 2
    told = CompanyChange.objects.filter(company=mappings[1].company_id).latest("pk").text
    assert told == "Mapping to Birch removed; 1 computers unmapped."


def test_more_companies_cost_no_more_statements() -> None:
    scene = Scene()

    def statements(number: int) -> int:
        rows = [make_suggested(scene, name=f"Company {number} {row}") for row in range(number)]
        with CaptureQueriesContext(connection) as queries:
            unmap_companies([row.company_id for row in rows], scene.credential)
        return len(queries)

    assert statements(2) == statements(12)
