"""Ignored computers: by hand and by rule; what is left out, and what stays."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from integrations.choices import Action
from integrations.models import Computer, Product
from mappings.linking import (
    caught_by,
    computer_state,
    ignore_computers,
    match_computers_for,
    refresh_ignored,
    stop_ignoring,
    why_ignored,
)
from mappings.linking.ignoring import Facts, condition_of
from mappings.models import ComputerMapping, IgnoredComputer, IgnoreRule
from tests.builders import make_console
from tests.mappings.builders import (
    NAME,
    SERIAL,
    Scene,
    make_asset,
    make_company,
    make_computer,
    rows_of,
)

pytestmark = pytest.mark.django_db


def make_rule(**conditions: Any) -> IgnoreRule:
    rule = IgnoreRule(name="Test bench", **conditions)
    rule.full_clean()
    rule.save()
    refresh_ignored()
    return rule


def ignored() -> set[str]:
    return set(IgnoredComputer.objects.values_list("computer__name", flat=True))


# ---- rules ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conditions", "caught"),
    [
        ({"name_pattern": "test-*"}, {"TEST-1", "test-2"}),
        ({"name_pattern": "????-2"}, {"test-2"}),
        ({"name_pattern": "TEST"}, set()),
        ({"product": "desktop"}, {"TEST-1", "test-2", "PC"}),
        ({"device_class": "Server"}, {"SRV"}),
        ({"tag": "LAB"}, {"PC"}),
        ({"name_pattern": "*", "tag": "lab"}, {"PC"}),
        ({"name_pattern": "test-*", "tag": "lab"}, set()),
    ],
)
def test_a_rule_catches_what_fits_all_of_it(conditions: dict[str, str], caught: set[str]) -> None:
    scene = Scene()
    scene.computer("TEST-1")
    scene.computer("test-2")
    scene.computer("PC", tags=["Lab"])
    scene.computer("SRV", device_class="server", product=None)
    make_rule(**conditions)
    assert ignored() == caught


def test_a_rule_of_a_console_or_a_company_catches_nothing_elsewhere() -> None:
    scene = Scene()
    scene.computer("A")
    other = make_company(make_console())
    make_computer(other, "B")
    make_rule(console=scene.console)
    assert ignored() == {"A"}
    make_rule(company=other)
    assert ignored() == {"A", "B"}


@pytest.mark.parametrize("conditions", [{}, {"name_pattern": " ** "}, {"tag": "  "}])
def test_a_rule_without_a_condition_is_refused(conditions: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="all computers would be ignored"):
        IgnoreRule(name="All", **conditions).full_clean()


def test_a_company_of_another_console_is_refused() -> None:
    scene = Scene()
    with pytest.raises(ValidationError, match="is not a company of"):
        IgnoreRule(name="Mixed", console=make_console(), company=scene.company).full_clean()


def test_rows_follow_their_rule_and_an_unchanged_world_writes_nothing() -> None:
    scene = Scene()
    scene.computer("TEST-1")
    rule = make_rule(name_pattern="TEST-*")
    Computer.objects.update(name="PC-1", host_name="")
    assert refresh_ignored() == 1
    assert ignored() == set()
    Computer.objects.update(name="TEST-9")
    match_computers_for(scene.credential)
    assert ignored() == {"TEST-9"}
    with CaptureQueriesContext(connection) as queries:
        assert refresh_ignored() == 0
    assert len(queries) <= 3
    rule.delete()
    assert ignored() == set()


def test_a_rule_that_is_off_catches_nothing() -> None:
    scene = Scene()
    scene.computer("TEST-1")
    rule = make_rule(name_pattern="TEST-*")
    IgnoreRule.objects.filter(pk=rule.pk).update(enabled=False)
    refresh_ignored()
    assert ignored() == set()


def test_the_preview_counts_without_storing() -> None:
    scene = Scene()
    scene.link(scene.computer("TEST-1"), make_asset(scene.client))
    scene.computer("TEST-2")
    scene.computer("TEST-3", active=False)
    told = caught_by(IgnoreRule(name_pattern="TEST-*"))
    assert (told.computers, told.mapped, told.sample) == (2, 1, ("TEST-1", "TEST-2"))
    assert ignored() == set()


_names = st.text("aAbB*?.[-\\", max_size=6)


@given(_names, _names, st.randoms(use_true_random=False))
def test_a_pattern_is_no_regular_expression(pattern: str, name: str, chance: random.Random) -> None:
    """A name fits itself in any case; a star in it makes no name fit less."""
    fits = condition_of(IgnoreRule(name_pattern=name.replace("*", "?")))
    assert not name or fits(_facts("".join(chance.choice([c.upper(), c.lower()]) for c in name)))
    if condition_of(IgnoreRule(name_pattern=pattern))(_facts(name)):
        assert condition_of(IgnoreRule(name_pattern=f"*{pattern}*"))(_facts(name))


def _facts(name: str) -> Facts:
    return Facts(1, 1, 1, name, "", [], None, "", [])


# ---- by hand --------------------------------------------------------------------------------


def test_by_hand_a_computer_is_ignored_once_and_back_again() -> None:
    scene = Scene()
    computer = scene.computer("A")
    assert ignore_computers([computer.pk, computer.pk], "Loaner.") == 1
    assert ignore_computers([computer.pk]) == 0
    assert computer_state(computer, scene.credential) == ("ignored", "Loaner.")
    assert stop_ignoring([computer.pk]) == 1
    assert ignored() == set()


def test_what_a_rule_catches_is_not_taken_back_by_hand() -> None:
    scene = Scene()
    computer = scene.computer("TEST-1")
    make_rule(name_pattern="TEST-*")
    assert stop_ignoring([computer.pk]) == 0
    assert computer_state(computer, scene.credential) == ("ignored", "By the rule “Test bench”.")


def test_ignoring_many_takes_a_few_statements_per_thousand() -> None:
    scene = Scene(computers=1200)
    ids = list(Computer.objects.filter(console=scene.console).values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as queries:
        assert ignore_computers(ids) == 1200
    assert len(queries) <= 2 * 7


# ---- what is left out -----------------------------------------------------------------------


def test_it_is_neither_matched_nor_exported() -> None:
    scene = Scene()
    ignore_computers([scene.computer("A", serial_number="5CG1").pk])
    scene.link(scene.computer("B"), None)
    ignore_computers(Computer.objects.filter(name="B").values_list("pk", flat=True))
    make_asset(scene.client, {SERIAL: "5CG1"})
    assert match_computers_for(scene.credential)["linked"] == 0
    plan = scene.plan()
    assert rows_of(plan) == []
    assert plan.counts["ignored"] == 2


def test_its_asset_is_neither_updated_nor_made_inactive() -> None:
    scene = Scene()
    asset = make_asset(scene.client, {NAME: "OLD"})
    computer = scene.computer("A", model="New model")
    scene.link(computer, asset, created_by_us=True)
    assert [action for action, _, _ in rows_of(scene.plan())] == [Action.UPDATE]
    ignore_computers([computer.pk])
    assert rows_of(scene.plan()) == []
    Computer.objects.update(active=False, gone_since="2020-01-01T00:00:00Z")
    assert rows_of(scene.plan()) == []


def test_an_asset_stays_while_an_ignored_computer_stands_for_it() -> None:
    scene = Scene(kind="ninjaone")
    other = make_company(make_console(kind="ninjaone"), "Alder")
    scene.map(other, scene.client, scene.site)
    asset = make_asset(scene.client)
    scene.link(
        scene.computer("A", active=False, gone_since="2020-01-01T00:00:00Z"), asset, created_by_us=True
    )
    twin = make_computer(other, "A")
    scene.link(twin, asset)
    ignore_computers([twin.pk])
    ((action, _, reason),) = rows_of(scene.plan(console=None))
    assert (action, "that staff ignore still stands for it" in reason) == (Action.SKIP, True)


def test_the_mapping_itself_stays() -> None:
    scene = Scene()
    computer = scene.computer("A")
    scene.link(computer, make_asset(scene.client))
    ignore_computers([computer.pk])
    match_computers_for(scene.credential)
    assert ComputerMapping.objects.count() == 1


# ---- who asks -------------------------------------------------------------------------------


def test_whoever_asks_hears_why_even_before_the_next_matching() -> None:
    scene = Scene()
    by_hand, caught, other = scene.computer("A"), scene.computer("TEST-1"), scene.computer("C")
    ignore_computers([by_hand.pk], "Loaner.")
    IgnoreRule.objects.create(name="Test bench", name_pattern="TEST-*")
    with CaptureQueriesContext(connection) as queries:
        told = why_ignored([by_hand, caught, other])
    assert told == {
        by_hand.pk: "The computer is ignored by staff: Loaner.",
        caught.pk: "The computer is ignored by the rule “Test bench”.",
    }
    assert len(queries) == 1


def test_a_product_of_many_is_enough() -> None:
    scene = Scene()
    scene.computer("A", products=["Desktop", "Microsoft 365"])
    Product.objects.create(console=scene.console, name="Microsoft 365")
    make_rule(product="microsoft 365")
    assert ignored() == {"A"}
