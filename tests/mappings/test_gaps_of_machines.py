"""One machine in several consoles: one gap of each kind, which names them all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.choices import OptionKind
from integrations.models import Company, Computer, Console, HaloOption
from mappings.gaps import dismiss, look_at, look_for, restore
from mappings.gaps.machines import Listed, machines
from mappings.matching import ComputerKeys, Ignored
from mappings.models import CompanyMapping, ComputerMapping, Gap, GapKind
from tests.builders import make_console
from tests.mappings.builders import Scene, make_asset, make_client, make_company, make_computer

pytestmark = pytest.mark.django_db


def look(scene: Scene, *kinds: GapKind) -> list[tuple[str, str]]:
    """(name, also in) of what is told after a look at these kinds (all, if none is named)."""
    looking = look_at(scene.credential)
    for kind in kinds or GapKind:
        look_for(looking, GapKind(kind))
    rows = Gap.objects.filter(kind__in=kinds or GapKind.values).standing().open()
    return list(rows.order_by("kind", "name").values_list("name", "also_in"))


def in_console(scene: Scene, name: str, kind: str = "push") -> Company:
    """A company of a new console, mapped to the scene's client."""
    company = make_company(make_console(kind=kind, name=name))
    CompanyMapping.objects.create(company=company, halo_credential=scene.credential, halo_client=scene.client)
    return company


@pytest.mark.parametrize(
    "same",
    [
        {"serial_number": "5CG1234ABC"},
        {"mac_addresses": ["00:11:22:33:44:55"]},
        {"host_name": "ALD-PC1"},
    ],
)
def test_a_machine_of_three_consoles_is_one_gap_that_names_them(same: dict[str, Any]) -> None:
    scene = Scene()
    for place, company in enumerate(
        (scene.company, in_console(scene, "Ninja"), in_console(scene, "Datto")), start=1
    ):
        make_computer(company, f"called {place}", **same)

    assert look(scene, GapKind.NOT_IN_HALO) == [("called 1", "Ninja, Datto")]
    assert look_for(look_at(scene.credential), GapKind.NOT_IN_HALO) == 1


def test_consoles_that_link_one_asset_have_one_gap() -> None:
    scene = Scene()
    asset = make_asset(scene.client, active=False)
    scene.link(make_computer(scene.company, "PC-1"), asset)
    scene.link(make_computer(in_console(scene, "Ninja"), "PC-2"), asset)

    assert look(scene, GapKind.NOT_IN_HALO) == [("PC-1", "Ninja")]


def test_managed_by_two_consoles_and_backed_up_by_none_is_one_gap() -> None:
    scene = Scene(kind="ninjaone")
    make_console(kind="msp360")
    make_computer(scene.company, "PC-1", serial_number="S-1")
    make_computer(in_console(scene, "Datto", "datto_rmm"), "PC-1", serial_number="s-1")

    assert look(scene, GapKind.RMM_ONLY) == [("PC-1", "Datto")]


def test_what_may_be_two_machines_is_told_one_by_one() -> None:
    scene, other = Scene(), make_client(Scene().credential)
    ninja = in_console(scene, "Ninja")
    elsewhere = make_company(make_console())
    other.halo_credential = scene.credential
    other.save()
    CompanyMapping.objects.create(company=elsewhere, halo_credential=scene.credential, halo_client=other)
    HaloOption.objects.create(
        halo_credential=scene.credential, kind=OptionKind.IGNORED_VALUE, halo_id="1", name="kiosk"
    )
    make_computer(scene.company, "one", host_name="PC-1", serial_number="S-1")
    make_computer(ninja, "other serial number", host_name="PC-1", serial_number="S-2")
    make_computer(scene.company, "clone", serial_number="S-2")
    make_computer(scene.company, "clone of it", serial_number="S-2")
    make_computer(elsewhere, "other client", serial_number="S-1")
    make_computer(scene.company, "ignored", host_name="kiosk")
    make_computer(ninja, "ignored too", host_name="KIOSK")

    assert look(scene, GapKind.NOT_IN_HALO) == [
        *[("clone of it", ""), ("ignored", ""), ("ignored too", ""), ("one", ""), ("other client", "")],
        ("other serial number", look_at(scene.credential).consoles[scene.console.pk]),
    ]


def test_of_unmapped_companies_each_console_has_its_own_gap() -> None:
    scene = Scene()
    for _ in range(2):
        make_computer(make_company(make_console()), "PC-1", serial_number="S-1")

    assert look(scene, GapKind.NOT_IN_HALO) == [("PC-1", ""), ("PC-1", "")]


def test_the_console_that_saw_a_machine_the_longest_ago_tells_of_it() -> None:
    scene, now = Scene(), timezone.now()
    make_computer(scene.company, "PC-1", last_seen=now - timedelta(days=10))
    make_computer(in_console(scene, "Ninja"), "PC-1", last_seen=now - timedelta(days=50))

    look(scene, GapKind.NOT_SEEN)

    told = Gap.objects.standing().unseen_for(30).get()
    assert (told.console.name if told.console else "", told.also_in) == ("Ninja", scene.console.name)


# ---- dismissing ---------------------------------------------------------------------------------


def test_what_was_dismissed_stays_away_when_another_console_lists_the_machine_too() -> None:
    scene = Scene()
    make_computer(scene.company, "PC-1", serial_number="S-1")
    look(scene, GapKind.NOT_IN_HALO)
    dismiss(Gap.objects.all(), "a test machine")
    make_computer(in_console(scene, "Ninja"), "PC-1", serial_number="S-1")

    assert look(scene, GapKind.NOT_IN_HALO) == []
    assert Gap.objects.standing().get().also_in == "Ninja"


def test_a_dismissal_is_of_the_machine_whichever_console_goes_on_listing_it() -> None:
    scene = Scene()
    first = make_computer(scene.company, "PC-1", serial_number="S-1")
    make_computer(in_console(scene, "Ninja"), "PC-1", serial_number="S-1")
    make_computer(scene.company, "other")
    look(scene, GapKind.NOT_IN_HALO)

    assert dismiss(Gap.objects.standing().filter(name="PC-1"), "a test machine") == 1
    Computer.objects.filter(pk=first.pk).update(active=False)

    assert look(scene, GapKind.NOT_IN_HALO) == [("other", "")]
    assert restore(Gap.objects.standing().filter(name="PC-1")) == 1
    assert look(scene, GapKind.NOT_IN_HALO) == [("PC-1", ""), ("other", "")]


def test_a_dismissal_that_is_taken_back_is_taken_back_in_every_console() -> None:
    scene = Scene()
    for company in (scene.company, in_console(scene, "Ninja")):
        make_computer(company, "PC-1", serial_number="S-1")
    look(scene, GapKind.NOT_IN_HALO, GapKind.RMM_ONLY)
    dismiss(Gap.objects.standing(), "known")
    assert not Gap.objects.open().exists()

    assert restore(Gap.objects.standing()) == 1
    assert Gap.objects.open().count() == 2


def test_a_console_that_is_gone_leaves_the_gap_with_the_others_at_once() -> None:
    scene = Scene()
    ninja = in_console(scene, "Ninja")
    first = make_computer(scene.company, "PC-1", serial_number="S-1")
    make_computer(ninja, "PC-2", serial_number="S-1")
    assert look(scene, GapKind.NOT_IN_HALO) == [("PC-1", "Ninja")]

    Computer.objects.filter(pk=first.pk).update(active=False)
    assert [gap.name for gap in Gap.objects.standing()] == ["PC-2"]

    Console.objects.get(pk=scene.console.pk).delete()
    assert [gap.name for gap in Gap.objects.standing()] == ["PC-2"]


def test_one_that_has_its_asset_leaves_the_other_a_gap_of_its_own() -> None:
    scene = Scene()
    first = make_computer(scene.company, "PC-1", serial_number="S-1")
    make_computer(in_console(scene, "Ninja"), "PC-2", serial_number="S-1")
    look(scene, GapKind.NOT_IN_HALO)
    ComputerMapping.objects.create(
        computer=first, halo_credential=scene.credential, halo_asset=make_asset(scene.client)
    )

    assert look(scene, GapKind.NOT_IN_HALO) == [("PC-2", "")]


def test_gaps_of_a_console_are_those_told_with_another_ones_computer_too() -> None:
    scene = Scene()
    ninja = in_console(scene, "Ninja")
    make_computer(scene.company, "PC-1", serial_number="S-1")
    second = make_computer(ninja, "PC-1", serial_number="S-1")
    make_computer(scene.company, "other")
    look(scene, GapKind.NOT_IN_HALO)

    of_ninja = Gap.objects.standing().of_console(ninja.console)  # type: ignore[attr-defined]
    of_second = Gap.objects.standing().of_computer(second)  # type: ignore[attr-defined]

    assert [gap.name for gap in of_ninja] == [gap.name for gap in of_second] == ["PC-1"]
    assert Gap.objects.standing().of_console(scene.console).count() == 2  # type: ignore[attr-defined]


def test_a_second_look_at_machines_writes_nothing() -> None:
    scene = Scene()
    ninja = in_console(scene, "Ninja")
    for number in range(30):
        make_computer(scene.company, f"PC-{number}", serial_number=f"S-{number}")
        make_computer(ninja, f"PC-{number}", serial_number=f"S-{number}")
    look(scene)
    with CaptureQueriesContext(connection) as captured:
        look(scene)

    assert len(captured) <= 20
    assert not any(query["sql"].startswith(("INSERT", "UPDATE", "DELETE")) for query in captured)


# ---- which computers are one machine --------------------------------------------------------------

_computers = st.lists(
    st.builds(
        lambda number, console, asset, serial, host: Listed(
            console, asset, ComputerKeys(number, 1, serial=serial, host=host)
        ),
        st.integers(1, 30),
        st.integers(1, 3),
        st.sampled_from([None, 7, 8]),
        st.sampled_from(["", "S-1", "S-2"]),
        st.sampled_from(["", "PC-1", "PC-2"]),
    ),
    unique_by=lambda one: one.keys.id,
    max_size=9,
)


@settings(deadline=None)
@given(listed=_computers, data=st.data())
def test_the_order_of_computers_never_matters_and_each_is_in_one_machine(
    listed: list[Listed], data: st.DataObject
) -> None:
    found = sorted(machines(listed, Ignored()))

    assert found == sorted(machines(data.draw(st.permutations(listed)), Ignored()))
    assert sorted(pk for machine in found for pk in machine) == sorted(one.keys.id for one in listed)
    of = {one.keys.id: one for one in listed}
    for machine in found:
        assert len({of[pk].console_id for pk in machine}) == len(machine)
        assert len({of[pk].asset for pk in machine} - {None}) <= 1
