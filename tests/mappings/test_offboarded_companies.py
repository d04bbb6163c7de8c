"""Companies that are no longer looked after: what works on companies leaves them out until they are back."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from integrations.choices import Action
from integrations.models import Computer
from mappings.counts import counts_of_plan, present_counts
from mappings.gaps import look_at, look_for
from mappings.linking import (
    ComputerState,
    archive,
    bring_back,
    edit_computer_mapping,
    match_computers_for,
    with_states,
)
from mappings.models import ComputerMapping, ComputerReview, Gap, GapKind, SheetVerdict
from mappings.planning import new_offboard, new_plan, plan_assets
from tests.builders import make_console
from tests.integrations.api.clients import make_caller
from tests.mappings.builders import (
    SERIAL,
    WORKSTATION,
    Scene,
    make_asset,
    make_client,
    make_company,
    make_computer,
)
from tests.mappings.sheets import looked_at, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    """An offboarded company, alone with its client."""
    scene = Scene()
    archive(scene.mapping)
    return scene


def gaps(scene: Scene) -> set[tuple[str, str]]:
    looking = look_at(scene.credential)
    for kind in GapKind:
        look_for(looking, kind)
    return set(Gap.objects.open().values_list("kind", "name"))


# ---- matching -------------------------------------------------------------------------------


def test_its_computers_are_not_matched_until_it_is_back(scene: Scene) -> None:
    computer = scene.computer("PC-1", serial_number="5CG1234XYZ")
    asset = make_asset(scene.client, {SERIAL: "5CG1234XYZ"})
    assert match_computers_for(scene.credential) == {"linked": 0, "ambiguous": 0, "unmatched": 0}

    bring_back(scene.mapping)
    assert match_computers_for(scene.credential)["linked"] == 1
    assert ComputerMapping.objects.get(computer=computer).halo_asset == asset


def test_its_computers_are_no_rivals_of_another_company_of_the_same_client(scene: Scene) -> None:
    scene.computer("PC-1", serial_number="5CG1234XYZ")
    other = make_company(scene.console)
    scene.map(other, scene.client, scene.site)
    mine = make_computer(other, "PC-1", serial_number="5CG1234XYZ")
    make_asset(scene.client, {SERIAL: "5CG1234XYZ"})
    assert match_computers_for(scene.credential) == {"linked": 1, "ambiguous": 0, "unmatched": 0}
    assert ComputerMapping.objects.get().computer == mine


def test_an_asset_that_is_elsewhere_is_no_question_any_more(scene: Scene) -> None:
    scene.link(scene.computer("PC-1"), make_asset(make_client(scene.credential)))
    match_computers_for(scene.credential)
    assert not ComputerReview.objects.exists()


def test_a_computer_says_that_its_company_is_offboarded_and_cannot_be_mapped(scene: Scene) -> None:
    computer = scene.computer("PC-1")
    (told,) = with_states(Computer.objects.all(), scene.credential)
    assert told.mapping_state == ComputerState.OFFBOARDED  # type: ignore[attr-defined]
    with pytest.raises(ValidationError, match="is offboarded; bring it back first"):
        edit_computer_mapping(computer, scene.credential, halo_asset=make_asset(scene.client))


# ---- exports --------------------------------------------------------------------------------


def test_no_export_is_made_for_it_alone(scene: Scene) -> None:
    with pytest.raises(ValidationError):
        new_plan(console=scene.console, company=scene.company)


def test_an_export_of_the_console_leaves_its_computers_out(scene: Scene) -> None:
    scene.computer("PC-1")
    scene.link(scene.computer("PC-2"), None)
    scene.map(make_company(scene.console), scene.client, scene.site)
    plan = new_plan(console=scene.console)
    plan_assets(plan)
    plan.refresh_from_db()
    assert not plan.changes.exists()
    assert plan.counts["company_unmapped"] == 2


# ---- gaps and counts ------------------------------------------------------------------------


def test_the_gap_report_is_silent_about_its_computers_and_assets(scene: Scene) -> None:
    kind = scene.credential_types()[WORKSTATION]
    scene.computer("PC-1")
    for name in ("LONELY", "TWIN", "TWIN"):
        make_asset(scene.client, asset_type=kind, name=name)
    leaving = make_company(make_console())
    scene.link(make_computer(leaving, "typed"), make_asset(make_client(scene.credential), asset_type=kind))
    told = gaps(scene)
    assert not {name for _, name in told} & {"PC-1", "LONELY", "TWIN"}

    bring_back(scene.mapping)
    told = gaps(scene)
    assert {("not_in_halo", "PC-1"), ("not_in_console", "LONELY"), ("double_asset", "TWIN")} <= told


def test_assets_of_a_client_that_another_company_shares_are_still_looked_at(scene: Scene) -> None:
    scene.map(make_company(scene.console), scene.client, scene.site)
    for _ in range(2):
        make_asset(scene.client, name="TWIN")
    scene.link(scene.computer("PC-1"), make_asset(scene.client, name="OWN"))
    assert ("double_asset", "TWIN") in gaps(scene)


def test_nothing_of_it_is_counted_or_billed(scene: Scene) -> None:
    scene.computer("waits")
    scene.link(scene.computer("PC-1"), make_asset(scene.client))
    assert not list(present_counts(scene.credential))
    bring_back(scene.mapping)
    assert sum(row["number"] for row in present_counts(scene.credential)) == 2


def test_the_preview_of_offboarding_counts_down_to_nothing() -> None:
    scene = Scene()
    scene.link(
        scene.computer("PC-1"), make_asset(scene.client, asset_type=scene.credential_types()[WORKSTATION])
    )
    plan = new_offboard(scene.mapping)
    plan_assets(plan)
    plan.refresh_from_db()
    told = counts_of_plan(plan)
    assert told is not None
    assert (told.before, told.after) == (1, 0)
    assert plan.changes.filter(action=Action.DEACTIVATE).count() == 0


# ---- its mapping ----------------------------------------------------------------------------


def test_a_row_of_a_sheet_that_changes_it_is_refused_and_one_that_says_what_is_so_is_not(
    scene: Scene,
) -> None:
    same = {"Company ID": scene.company.external_id, "Halo client ID": str(scene.client.halo_id)}
    assert looked_at(scene.credential, [same]).counts == {"unchanged": 1}
    (row,) = rows_of(looked_at(scene.credential, [{**same, "Create tickets": "yes"}]))
    assert row.verdict == SheetVerdict.REFUSED
    assert row.reason == f"{scene.company} is offboarded: bring it back first."


def test_by_rest_it_is_brought_back_before_anything_of_it_changes(scene: Scene) -> None:
    path = f"/api/v1/company-mappings/{scene.mapping.pk}/"
    for body in ({"create_tickets": True}, {"halo_client": scene.client.pk}):
        answer = make_caller().patch(path, body, format="json")
        assert answer.status_code == 409
        assert f"POST {path}bring_back/" in answer.json()["detail"]
    scene.mapping.refresh_from_db()
    assert scene.mapping.archived_at is not None
