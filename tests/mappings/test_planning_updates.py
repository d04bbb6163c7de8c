from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from integrations.choices import Action
from integrations.models import HaloField
from mappings.attributes import ATTRIBUTES, ComputerFacts
from mappings.models import FieldMapping, FieldOwner
from mappings.planning.desired import difference
from mappings.planning.rules import Rule
from mappings.sources import of_attribute
from mappings.targets import Target
from tests.builders import make_console
from tests.mappings.builders import (
    NAME,
    RACK,
    SERIAL,
    SYSTEM,
    Scene,
    make_asset,
    make_client,
    make_company,
    make_computer,
    rows_of,
)

pytestmark = pytest.mark.django_db


def table(scene: Scene, attribute: str, field_id: int, owner: str) -> None:
    FieldMapping.objects.create(
        halo_credential=scene.credential, attribute=attribute, field_id=field_id, owner=owner
    )


def changed(scene: Scene) -> dict[str, str]:
    """Field id → new value of the only update; empty where nothing is to be done."""
    changes = list(scene.plan().changes.all())
    assert all(change.action == Action.UPDATE for change in changes)
    return {n: row["value"] for change in changes for n, row in change.after["fields"].items()}


def test_an_update_holds_the_changed_fields_only() -> None:
    scene = Scene()
    computer = scene.computer("A", serial_number="5CG1", os_name="Windows 11 Pro")
    asset = make_asset(scene.client, {NAME: "A", SERIAL: "5CG1", SYSTEM: "Windows 10 Pro", RACK: "R1"})
    mapping = scene.link(computer, asset)
    plan = scene.plan()
    change = plan.changes.get()
    assert (change.action, change.subject_kind, change.subject_id) == (
        Action.UPDATE,
        "computer_mapping",
        mapping.pk,
    )
    assert change.before == {
        "halo_id": asset.halo_id,
        "fields": {"5": {"name": "Operating System", "value": "Windows 10 Pro"}},
    }
    assert change.after == {"fields": {"5": {"name": "Operating System", "value": "Windows 11 Pro"}}}
    assert change.reason == "Differs in: Operating System."


def test_what_is_the_same_is_a_count_and_no_row() -> None:
    scene = Scene()
    scene.link(scene.computer("A"), make_asset(scene.client, {NAME: " A "}))
    plan = scene.plan()
    assert rows_of(plan) == []
    assert plan.counts["unchanged"] == 1


def test_nothing_that_we_do_not_know_blanks_a_value() -> None:
    scene = Scene()
    scene.link(scene.computer("A"), make_asset(scene.client, {NAME: "A", SERIAL: "5CG1", SYSTEM: "Windows"}))
    assert changed(scene) == {}


def test_owners_decide_who_may_write() -> None:
    scene = Scene()
    table(scene, "name", NAME, FieldOwner.CONSOLE)
    table(scene, "serial_number", SERIAL, FieldOwner.HALO)
    table(scene, "os_name", SYSTEM, FieldOwner.FILL)
    table(scene, "os_version", RACK, FieldOwner.FILL)
    computer = scene.computer("A", serial_number="5CG1", os_name="Windows 11", os_version="23H2")
    asset = make_asset(scene.client, {NAME: "old", SERIAL: "", SYSTEM: "Windows 10", RACK: ""})
    scene.link(computer, asset)
    assert changed(scene) == {"1": "A", "21": "23H2"}


def test_a_linked_asset_keeps_its_name_unless_a_table_says_otherwise() -> None:
    scene = Scene()
    computer = scene.computer("A", serial_number="5CG1")
    mapping = scene.link(computer, make_asset(scene.client, {NAME: "PC of Amelie", SERIAL: ""}))
    assert changed(scene) == {"2": "5CG1"}
    mapping.created_by_us = True
    mapping.save()
    assert changed(scene) == {"1": "A", "2": "5CG1"}


# ---- several computers of one asset ---------------------------------------------------------


def two_consoles(scene: Scene, **values: object) -> tuple[object, object]:
    """One asset, seen by two consoles; the second one saw it last."""
    now = timezone.now()
    other = make_company(make_console(), "Alder")
    scene.map(other, scene.client, scene.site)
    first = scene.computer("A", os_name="Windows 11", last_seen=now - timedelta(hours=1))
    second = make_computer(other, "A", os_name="Microsoft Windows 11 Pro", last_seen=now, **values)
    return first, second


def test_the_computer_that_was_seen_last_tells_the_value() -> None:
    scene = Scene()
    first, second = two_consoles(scene)
    asset = make_asset(scene.client, {NAME: "A", SYSTEM: "Windows 10"})
    scene.link(first, asset)
    scene.link(second, asset)
    assert changed(scene) == {"5": "Microsoft Windows 11 Pro"}


def test_two_consoles_do_not_overwrite_each_other_in_turns() -> None:
    scene = Scene()
    first, second = two_consoles(scene)
    asset = make_asset(scene.client, {NAME: "A", SYSTEM: "Windows 11"})
    scene.link(first, asset)
    scene.link(second, asset)
    assert changed(scene) == {}


def test_what_the_newest_does_not_know_the_other_tells() -> None:
    scene = Scene()
    first, second = two_consoles(scene)
    first.serial_number = "5CG1"  # type: ignore[attr-defined]
    first.save()  # type: ignore[attr-defined]
    asset = make_asset(scene.client, {NAME: "A", SYSTEM: "Windows 11"})
    scene.link(first, asset)
    scene.link(second, asset)
    assert changed(scene) == {"2": "5CG1"}


def test_a_computer_that_is_gone_tells_nothing_any_more() -> None:
    scene = Scene()
    first, second = two_consoles(scene, active=False)
    asset = make_asset(scene.client, {NAME: "A", SYSTEM: "Microsoft Windows 11 Pro"})
    scene.link(first, asset)
    scene.link(second, asset)
    assert changed(scene) == {"5": "Windows 11"}


def test_one_asset_is_one_row_whoever_sees_it() -> None:
    scene = Scene()
    first, second = two_consoles(scene)
    asset = make_asset(scene.client, {NAME: "A"})
    scene.link(first, asset)
    scene.link(second, asset)
    assert len(rows_of(scene.plan())) == 1
    assert len(rows_of(scene.plan(console=None))) == 1


# ---- skips ----------------------------------------------------------------------------------


def test_every_asset_that_is_left_alone_has_a_reason() -> None:
    scene = Scene()
    stranger = make_client(scene.credential, "Birch")
    other = (
        "The asset belongs to Birch in HaloPSA, but Alder Dental is mapped to Alder Dental Group. "
        "Staff decide in the review queue."
    )
    scene.link(scene.computer("held"), make_asset(scene.client), held=True)
    scene.link(
        scene.computer("ineligible", eligible=False, ineligible_reason="No agent."), make_asset(scene.client)
    )
    scene.link(scene.computer("inactive"), make_asset(scene.client, active=False))
    scene.link(scene.computer("moved"), make_asset(stranger))
    scene.link(scene.computer("unread"), make_asset(scene.client, fields=None))
    HaloField.objects.filter(halo_id=SYSTEM).update(data_length=5)
    scene.link(scene.computer("long", os_name="Windows"), make_asset(scene.client, {NAME: "long"}))
    rows = rows_of(scene.plan())
    assert {action for action, _, _ in rows} == {Action.SKIP}
    assert {subject.split()[0]: reason for _, subject, reason in rows} == {
        "held": "Held until released.",
        "ineligible": "No agent.",
        "inactive": "The asset is inactive in HaloPSA.",
        "moved": other,
        "unread": "The fields of the asset have not been read yet: sync HaloPSA first.",
        "long": "Operating system has 7 characters; Halo's field “Operating System” takes 5.",
    }


# ---- for all inputs -------------------------------------------------------------------------

_values = st.sampled_from(["", "a", "b", "c "])
_rules = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.sampled_from(sorted(ATTRIBUTES)),
        st.sampled_from(FieldOwner.values),
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda row: row[0],
)


def make_rule(number: int, key: str, owner: str, derived: bool) -> Rule:
    return Rule(Target(str(number), "f"), of_attribute(key), owner, derived=derived)


def make_facts(number: int, name: str, serial: str, system: str) -> ComputerFacts:
    blank = dict.fromkeys(ComputerFacts._fields, "")
    listed = {"mac_addresses": [], "ip_addresses": [], "last_seen": None, "gone_since": None}
    listed |= {"purchased_on": None, "warranty_ends_on": None}
    told = {"id": number, "name": name, "serial_number": serial, "os_name": system, "active": True}
    return ComputerFacts(**{**blank, **listed, **told})


@given(
    _rules,
    st.lists(st.tuples(_values, _values, _values), min_size=1, max_size=3),
    st.dictionaries(st.integers(1, 9).map(str), _values),
    st.booleans(),
)
def test_no_foreign_field_ever_changes_and_nothing_is_blanked(
    rows: list, computers: list, existing: dict[str, str], ours: bool
) -> None:
    rules = [make_rule(number, key, owner, derived) for number, key, owner, derived in rows]
    facts = [make_facts(place, *row) for place, row in enumerate(computers)]
    found = difference(rules, facts, existing, created_by_us=ours)
    own = {rule.target.key: rule for rule in rules}
    assert set(found.before) == set(found.after) <= set(own)
    for number, row in found.after.items():
        assert row["value"]
        assert row["value"] != existing.get(number, "").strip() == found.before[number]["value"]
        assert own[number].owner != FieldOwner.HALO
        assert own[number].owner != FieldOwner.FILL or not existing.get(number, "").strip()


@given(_rules, st.tuples(_values, _values, _values), st.dictionaries(st.integers(1, 9).map(str), _values))
def test_what_was_applied_differs_no_more(rows: list, computer: tuple, existing: dict[str, str]) -> None:
    rules = [make_rule(number, key, owner, derived) for number, key, owner, derived in rows]
    facts = [make_facts(1, *computer)]
    found = difference(rules, facts, existing, created_by_us=True)
    applied = existing | {number: row["value"] for number, row in found.after.items()}
    assert difference(rules, facts, applied, created_by_us=True).after == {}
