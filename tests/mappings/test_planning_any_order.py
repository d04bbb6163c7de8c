"""A plan is the same in whatever order computers and assets came, and once applied the next is empty."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.models import HaloAsset
from mappings.planning import compute_changes, new_plan
from tests.mappings.builders import NAME, RACK, SERIAL, SYSTEM, Scene, make_asset
from tests.mappings.fake_halo import FakeHalo, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]

NUMBER = 4
few = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
STATES = ("new", "to be exported", "as it should be", "other system", "linked only")


def built(states: list[str], order: list[int]) -> Scene:
    """A computer in each of these states, stored in this order."""
    scene = Scene(marker=True)
    for number in order:
        state = states[number]
        computer = scene.computer(f"PC{number}", serial_number=f"5CG{number}", os_name="Windows 12")
        if state == "to be exported":
            scene.link(computer, None)
        elif state != "new":
            system = "Windows 12" if state == "as it should be" else "Windows 7"
            holds = {NAME: computer.name, SERIAL: computer.serial_number, SYSTEM: system, RACK: f"R{number}"}
            asset = make_asset(scene.client, holds, site=scene.site)
            scene.link(computer, asset, created_by_us=state != "linked only")
    return scene


def changes(scene: Scene) -> set[tuple[str, str, str]]:
    """Without ids, which follow the order."""
    computed = compute_changes(new_plan(console=scene.console, halo_credential=scene.credential))
    return {
        (row.action, row.subject, str({key: row.after[key] for key in row.after if not key.endswith("_id")}))
        for row in computed.changes
    }


@few
@given(
    states=st.lists(st.sampled_from(STATES), min_size=NUMBER, max_size=NUMBER),
    order=st.permutations(range(NUMBER)),
)
def test_the_order_never_matters_a_second_plan_is_empty_and_foreign_fields_stay(
    states: list[str], order: list[int]
) -> None:
    scene = built(states, order)
    assert changes(scene) == changes(built(states, list(range(NUMBER))))

    halo = FakeHalo().adopt_mirror()
    work_off(scene.run(scene.plan()), halo)
    assert changes(scene) == set()
    racks = HaloAsset.objects.filter(halo_credential=scene.credential, fields__has_key=str(RACK))
    told = {asset.fields[str(NAME)]: asset.fields[str(RACK)] for asset in racks}
    there = [number for number, state in enumerate(states) if state not in ("new", "to be exported")]
    assert told == {f"PC{number}": f"R{number}" for number in there}
