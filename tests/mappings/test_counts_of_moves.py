"""What another client or type means for the counts, before it is applied."""

from __future__ import annotations

import pytest

from integrations.models import Computer
from mappings.counts import CountLine, counts_of_plan
from mappings.models import ComputerMapping
from mappings.planning import tick
from tests.mappings.builders import SERVER, WORKSTATION, make_asset_type, make_site
from tests.mappings.test_moving_companies import Moving

pytestmark = pytest.mark.django_db
FORMER, LATER = "Alder Dental Group", "Birch Ltd"


def lines(scene: Moving, **to: object) -> set[tuple[str, str, int, int]]:
    told = counts_of_plan(scene.move(**to))
    assert told is not None
    return {(line.client, line.asset_type, line.before, line.after) for line in told.lines}


def typed(scene: Moving) -> None:
    kind = scene.credential_types()[WORKSTATION]
    type(scene.ours).objects.update(asset_type=kind)


def test_with_another_client_computers_count_there_and_unlinked_ones_wait_there() -> None:
    scene = Moving()
    typed(scene)
    scene.computer("WAITS")
    assert lines(scene) == {
        (FORMER, "Workstation", 2, 0),
        (FORMER, "", 1, 0),
        (LATER, "Workstation", 0, 1),
        (LATER, "", 0, 2),
    }


def test_what_is_not_ticked_stays_counted_where_it_is() -> None:
    scene = Moving()
    typed(scene)
    plan = tick(scene.move(), None, False)
    told = counts_of_plan(plan)
    assert told is not None
    assert (told.before, told.after) == (2, 1)
    assert CountLine(LATER, "Desktop", "", 0, 1) in told.lines


def test_another_site_of_the_same_client_alters_no_count() -> None:
    scene = Moving()
    typed(scene)
    assert lines(scene, halo_client=scene.client, halo_site=make_site(scene.client, "Branch")) == set()


def test_another_type_of_an_asset_is_counted_by_an_export() -> None:
    scene = Moving()
    typed(scene)
    make_asset_type(scene.credential, SERVER, "Server")
    ComputerMapping.objects.filter(computer__name="OURS").update(wanted_type=SERVER)
    told = counts_of_plan(scene.plan())
    assert told is not None
    assert (told.before, told.after) == (2, 2)
    assert set(told.lines) == {
        CountLine(FORMER, "Desktop", "Workstation", 2, 1),
        CountLine(FORMER, "Desktop", "Server", 0, 1),
    }
    assert Computer.objects.count() == 2
