"""The pair (event set, profile) for many companies at once, on the mapping page and by REST."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrations.models import HaloCredential
from mappings.models import CompanyChange, CompanyMapping
from tests.integrations.admin.made import make_staff
from tests.integrations.api.clients import make_caller
from tests.ticketing.world import World, make_client, make_company, make_mapping, make_profile
from ticketing.models import EventSet, TicketRule
from ticketing.pairing import pair_mappings, unpair_mappings

pytestmark = pytest.mark.django_db


def more(world: World, number: int) -> list[CompanyMapping]:
    client = make_client(world.credential)
    return [make_mapping(make_company(world.console), client) for _ in range(number)]


def test_the_pair_goes_behind_the_rules_that_are_there() -> None:
    world = World()
    plain = more(world, 1)[0]
    wanted = EventSet.objects.create(name="Disks", event_types=["disk.full"])
    paired = pair_mappings([world.mapping.pk, plain.pk], wanted, world.profile)
    assert (paired.added, paired.changed) == (2, 0)
    rules = TicketRule.objects.filter(event_set=wanted).order_by("company_mapping")
    assert [rule.position for rule in rules] == [1, 0]


def test_a_rule_for_the_event_set_gets_the_profile_and_a_second_time_changes_nothing() -> None:
    world = World()
    other = make_profile(world.credential, name="P2")
    first = pair_mappings([world.mapping.pk], world.event_set, other)
    again = pair_mappings([world.mapping.pk], world.event_set, other)
    assert ((first.added, first.changed), (again.added, again.changed)) == ((0, 1), (0, 0))
    assert TicketRule.objects.get().profile == other
    assert CompanyChange.objects.count() == 1


def test_the_profiles_own_event_set_is_proposed_and_its_lack_is_said() -> None:
    world = World()
    with pytest.raises(ValidationError, match="proposes none"):
        pair_mappings([world.mapping.pk], None, world.profile)
    world.profile.event_set = world.event_set
    world.profile.save()
    mapping = more(world, 1)[0]
    assert pair_mappings([mapping.pk], None, world.profile).added == 1


def test_mappings_of_another_credential_are_left_alone() -> None:
    world, other = World(), World()
    assert pair_mappings([other.mapping.pk], world.event_set, world.profile).added == 0


def test_five_hundred_cost_as_many_statements_as_five() -> None:
    world = World()

    def statements(number: int) -> int:
        ids = [row.pk for row in more(world, number)]
        with CaptureQueriesContext(connection) as queries:
            assert pair_mappings(ids, world.event_set, world.profile).added == number
        return len(queries)

    assert statements(5) == statements(500)


def test_taking_all_rules_away_leaves_the_defaults() -> None:
    world = World()
    assert unpair_mappings([world.mapping.pk]) == 1
    assert not TicketRule.objects.exists()
    assert CompanyChange.objects.get().text == "Ticket rules removed."


# ---- on the page --------------------------------------------------------------------------------


def bulk(
    browser: Client, credential: HaloCredential, action: str, mapping: CompanyMapping, **more: Any
) -> Any:
    page = f"{reverse('admin:mappings_companymapping_changelist')}?halo_credential={credential.pk}"
    body = {"do": "bulk", "bulk": action, "company": [mapping.company_id]}
    return browser.post(page, body, **more)


def test_ticked_companies_get_the_pair_that_is_chosen_on_the_next_page(browser: Client) -> None:
    world = World()
    mapping = more(world, 1)[0]
    address = bulk(browser, world.credential, "pair", mapping)["Location"]
    assert "For 1 company" in browser.get(address).content.decode()
    browser.post(address, {"profile": world.profile.pk, "event_set": world.event_set.pk})
    assert mapping.ticket_rules.get().profile == world.profile
    listed = browser.get(reverse("admin:mappings_companymapping_changelist")).content.decode()
    assert f"{world.event_set} → {world.profile}" in listed


def test_a_part_of_the_page_is_sent_to_the_next_page_as_a_whole(browser: Client) -> None:
    world = World()
    answer = bulk(browser, world.credential, "pair", world.mapping, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "pair/" in answer["HX-Redirect"]


def test_without_an_event_set_the_form_says_so(browser: Client) -> None:
    world = World()
    address = bulk(browser, world.credential, "pair", world.mapping)["Location"]
    page = browser.post(address, {"profile": world.profile.pk}).content.decode()
    assert "proposes none" in page


def test_rules_of_ticked_companies_are_removed(browser: Client) -> None:
    world = World()
    bulk(browser, world.credential, "unpair", world.mapping)
    assert not TicketRule.objects.exists()


def test_pairs_need_their_own_rights(client: Client) -> None:
    client.force_login(make_staff("mapper", "mappings.view_companymapping", "mappings.change_companymapping"))
    world = World()
    assert bulk(client, world.credential, "unpair", world.mapping).status_code == 403
    address = bulk(client, world.credential, "pair", world.mapping)["Location"]
    assert client.get(address).status_code == 403
    assert TicketRule.objects.count() == 1


# ---- by REST ------------------------------------------------------------------------------------


def test_many_mappings_get_a_pair_by_rest() -> None:
    world = World()
    ids = [row.pk for row in more(world, 3)]
    body = {"company_mappings": ids, "profile": world.profile.pk, "event_set": world.event_set.pk}
    answer = make_caller().post("/api/v1/ticket-rules/pair/", body, format="json")
    assert answer.json() == {"added": 3, "changed": 0}
    del body["event_set"]
    refused = make_caller().post("/api/v1/ticket-rules/pair/", body, format="json")
    assert "event_set" in refused.json()["errors"]
