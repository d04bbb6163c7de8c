"""Custom fields and properties on their way to HaloPSA: ours changed, everything else as it was."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.choices import Outcome
from integrations.models import Computer, Entry, HaloAsset, Intention
from integrations.records import AssetFieldValue, AssetRecord
from mappings.apply.updates import _payload
from mappings.models import FieldOwner
from mappings.planning.desired import difference
from mappings.planning.rules import Rule
from mappings.sources import of_attribute
from mappings.targets import Form, Target, together
from tests.mappings.builders import Scene, make_asset
from tests.mappings.fake_halo import FakeHalo, work_off
from tests.mappings.test_field_problems import ENCRYPTED, NOTE, STAGE, make_custom_fields, make_row
from tests.mappings.test_field_tables import WARRANTY
from tests.mappings.test_planning_updates import make_facts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]


def make_scene() -> Scene:
    """A table with a pick list, a check box, a date of the asset, and an ordinary field."""
    scene = Scene(computers=1)
    make_custom_fields(scene)
    make_row(scene, target="custom", field_id=STAGE, source="constant", text="To replace")
    make_row(scene, target="custom", field_id=ENCRYPTED, source="constant", text="yes")
    make_row(scene, **WARRANTY)
    make_row(scene)
    Computer.objects.update(warranty_ends_on=date(2027, 3, 31))
    return scene


def make_halo() -> FakeHalo:
    halo = FakeHalo()
    halo.choices = {(STAGE, "1"): "In use", (STAGE, "2"): "To replace"}
    return halo.adopt_mirror()


def custom(halo: FakeHalo) -> dict[int, Any]:
    (asset,) = halo.assets.values()
    return {row["id"]: row["value"] for row in asset["customfields"]}


def test_a_new_asset_carries_them_and_the_mirror_knows_it_at_once() -> None:
    scene, halo = make_scene(), make_halo()
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"created": 1}
    assert custom(halo) == {STAGE: 2, ENCRYPTED: True}
    (asset,) = halo.assets.values()
    assert asset["warranty_end"] == "2027-03-31T00:00:00"
    row = HaloAsset.objects.get()
    assert row.custom_fields == {"311": "To replace", "313": "true"}
    assert (row.properties, row.warranty_ends_on) == ({"warranty_end": "2027-03-31"}, date(2027, 3, 31))
    assert scene.plan().counts["unchanged"] == 1


def make_linked(scene: Scene, **values: Any) -> FakeHalo:
    computer = Computer.objects.get()
    fields = {"1": computer.name, "2": computer.serial_number, "5": "Windows 11 Pro", "21": "R1"}
    held = {"custom_fields": {str(STAGE): "In use", str(NOTE): "PO 7"}, "properties": {"warranty_end": ""}}
    scene.link(computer, make_asset(scene.client, fields=fields, **{**held, **values}))
    return make_halo()


def test_an_update_sends_all_custom_fields_back_as_halo_stores_them() -> None:
    scene = make_scene()
    halo = make_linked(scene)
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"updated": 1}
    assert custom(halo) == {STAGE: 2, NOTE: "PO 7", ENCRYPTED: True}
    (asset,) = halo.assets.values()
    assert asset["fields"]["21"] == "R1"
    assert scene.plan().counts["unchanged"] == 1


def test_fields_that_do_not_change_are_not_sent_at_all() -> None:
    scene = make_scene()
    halo = make_linked(scene)
    (asset,) = halo.assets.values()
    asset["fields"]["99"] = "added by somebody in this moment"
    sent: list[Any] = []
    halo.refuses = lambda payload: sent.append(payload) or ""  # type: ignore[func-returns-value]
    work_off(scene.run(scene.plan()), halo)
    assert "fields" not in sent[0]
    assert set(sent[0]) == {"id", "customfields", "warranty_end"}


def test_a_custom_field_that_somebody_changed_meanwhile_is_left_alone() -> None:
    scene = make_scene()
    halo = make_linked(scene)
    plan = scene.plan()
    (asset,) = halo.assets.values()
    asset["customfields"] = [{"id": STAGE, "value": "3"}]
    run = work_off(scene.run(plan), halo)
    assert halo.writes() == []
    entry = Entry.objects.get(run=run)
    assert entry.outcome == Outcome.CHANGED_MEANWHILE
    assert entry.reason == "Lifecycle stage is “3” by now, not “In use”."


def test_what_halo_holds_already_is_not_written() -> None:
    scene = make_scene()
    halo = make_linked(scene)
    plan = scene.plan()
    (asset,) = halo.assets.values()
    asset["customfields"] = [{"id": STAGE, "value": "2"}, {"id": ENCRYPTED, "value": True}]
    asset["warranty_end"] = "2027-03-31T00:00:00"
    work_off(scene.run(plan), halo)
    assert halo.writes() == []
    assert Entry.objects.get().outcome == Outcome.DONE


@pytest.mark.parametrize("denied", [False, True], ids=["left out of lists", "empty in lists"])
def test_assets_whose_custom_fields_matter_are_read_singly(denied: bool) -> None:
    scene = make_scene()
    scene.credential.instance.list_fields_proven = True
    scene.credential.instance.save()
    halo = make_linked(scene)
    halo.lists_deny_custom_fields = denied
    work_off(scene.run(scene.plan()), halo)
    assert halo.reads() == ["asset"]
    assert custom(halo)[NOTE] == "PO 7"


# ---- for all inputs -------------------------------------------------------------------------

OURS = (
    Target("1", "Device Name"),
    Target("5", "Operating System"),
    Target("custom:311", "Stage", Form.CHOICE, choices={"1": "a", "2": "b", "3": "c"}),
    Target("custom:310", "Reference"),
    Target("property:warranty_end", "End of warranty", Form.DAY),
)
_texts = st.sampled_from(["", "a", "b", "c", "2027-03-31"])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(OURS), st.sampled_from(["name", "os_name"]), st.sampled_from(FieldOwner.values)
        ),
        max_size=5,
        unique_by=lambda row: row[0].key,
    ),
    st.tuples(_texts, _texts, _texts),
    st.dictionaries(st.integers(1, 8), _texts),
    st.dictionaries(st.integers(308, 315), st.sampled_from(["1", "2", "x", "2027-03-31"])),
    st.booleans(),
)
def test_no_foreign_value_ever_changes_in_what_is_sent(
    rows: list[Any],
    computer: tuple[str, str, str],
    fields: dict[int, str],
    stored: dict[int, str],
    ours: bool,
) -> None:
    rules = [Rule(target, of_attribute(key), owner) for target, key, owner in rows]
    record = AssetRecord(
        halo_id=7,
        client_id=1,
        site_id=None,
        asset_type_id=1,
        fields=tuple(AssetFieldValue(number, "", value) for number, value in fields.items()),
        custom_fields={number: OURS[2].choices.get(value, value) for number, value in stored.items()},
        custom_stored=stored,
        properties={"warranty_end": "", "warranty_start": "2020-01-01"},
    )
    existing = together(
        {str(number): value for number, value in fields.items()},
        record.custom_fields,
        record.properties,
        None,
    )
    found = difference(rules, [make_facts(1, *computer)], existing, created_by_us=ours)
    written = {key: rule for rule in rules for key in [rule.target.key] if rule.owner != FieldOwner.HALO}
    assert set(found.after) <= set(written)
    content = {"before": {"halo_id": 7, "fields": found.before}, "after": {"fields": found.after}}
    payload = _payload(Intention(content=content), record)
    assert set(payload) <= {"id", "fields", "_dontaddnewfields", "customfields", "warranty_end"}
    changed_fields = {int(key) for key in found.after if key.isdigit()}
    assert _foreign(payload.get("fields"), changed_fields, fields)
    changed_custom = {int(key.removeprefix("custom:")) for key in found.after if key.startswith("custom:")}
    assert _foreign(payload.get("customfields"), changed_custom, stored)
    assert ("warranty_end" in payload) == ("property:warranty_end" in found.after)


def _foreign(sent: list[dict[str, Any]] | None, changed: set[int], held: dict[int, str]) -> bool:
    """What is sent, if it is, is all that is held, with nothing else changed than what may be."""
    if sent is None:
        return not changed
    values = {int(row["id"]): row["value"] for row in sent}
    kept = {number: value for number, value in held.items() if number not in changed}
    return {number: value for number, value in values.items() if number not in changed} == kept
