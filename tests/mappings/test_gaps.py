"""Gaps between consoles and HaloPSA: what is one, what is none, and what a look costs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from integrations.choices import OptionKind
from integrations.models import Company, Computer, HaloAsset, HaloClient, HaloOption, Product
from mappings.gaps import dismiss, look_at, look_for, restore
from mappings.linking import ignore_computers
from mappings.models import CompanyMapping, ComputerMapping, Gap, GapKind, IgnoredCompany
from tests.builders import make_console, make_credential
from tests.mappings.builders import (
    Scene,
    make_asset,
    make_asset_type,
    make_client,
    make_company,
    make_computer,
)

pytestmark = pytest.mark.django_db


def look(scene: Scene, *kinds: GapKind) -> dict[str, str]:
    """Reasons by name, after a look at these kinds (all, if none is named)."""
    looking = look_at(scene.credential)
    for kind in kinds or GapKind:
        look_for(looking, GapKind(kind))
    rows = Gap.objects.filter(halo_credential=scene.credential, kind__in=kinds or GapKind.values).open()
    return dict(rows.values_list("name", "reason"))


def mapped(scene: Scene, kind: str = "push", client: HaloClient | None = None) -> Company:
    """A company of a new console of this kind, mapped to the scene's client (or to another)."""
    company = make_company(make_console(kind=kind))
    CompanyMapping.objects.create(
        company=company, halo_credential=scene.credential, halo_client=client or scene.client
    )
    return company


def linked(scene: Scene, computer: Computer, **values: Any) -> HaloAsset:
    asset = make_asset(scene.client, name=computer.name, **values)
    ComputerMapping.objects.create(computer=computer, halo_credential=scene.credential, halo_asset=asset)
    return asset


def licensed(of: Company, name: str = "", licence: str = "Server", **values: Any) -> Computer:
    """A computer of a backup console with this licence."""
    product, _ = Product.objects.get_or_create(console=of.console, name=licence)
    return make_computer(of, name, product=product, **values)


# ---- in a console, not in HaloPSA ---------------------------------------------------------------


def test_a_computer_without_an_asset_is_a_gap_until_it_has_one() -> None:
    scene = Scene()
    computer = make_computer(scene.company, "PC-1")
    assert look(scene, GapKind.NOT_IN_HALO) == {"PC-1": "No asset is linked with it."}

    linked(scene, computer)

    assert look(scene, GapKind.NOT_IN_HALO) == {}


def test_the_reason_tells_what_is_missing() -> None:
    scene = Scene()
    unmapped = make_company(scene.console)
    to_export = make_computer(scene.company, "to export")
    ComputerMapping.objects.create(computer=to_export, halo_credential=scene.credential)
    linked(scene, make_computer(scene.company, "inactive"), active=False)
    make_computer(unmapped, "unmapped")
    make_computer(unmapped, "nowhere", company=None)
    make_computer(scene.company, "gone", active=False)
    make_computer(scene.company, "no licence", eligible=False)

    assert look(scene, GapKind.NOT_IN_HALO) == {
        "to export": "It is to be exported; no export has made its asset yet.",
        "inactive": "Its asset is inactive in HaloPSA.",
        "unmapped": "Its company is not mapped to a Halo client.",
        "nowhere": "The console does not say which company it belongs to.",
    }


def test_a_company_that_is_mapped_in_another_halopsa_is_no_gap_in_this_one() -> None:
    scene, other = Scene(), make_credential()
    company = make_company(scene.console)
    CompanyMapping.objects.create(company=company, halo_credential=other, halo_client=make_client(other))
    make_computer(company, "elsewhere")

    assert look(scene, GapKind.NOT_IN_HALO) == {}


def test_an_ignored_computer_has_no_gaps_of_any_kind_at_once_and_after_the_next_look() -> None:
    scene = Scene(kind="msp360")
    mapped(scene, "ninjaone")
    computer = licensed(scene.company, last_seen=timezone.now() - timedelta(days=90))
    linked(scene, computer, active=False)
    look(scene)
    assert Gap.objects.standing().count() == 3

    ignore_computers([computer.pk], "Test bench")

    assert not Gap.objects.standing().exists()
    look(scene)
    assert not Gap.objects.exists()


def test_computers_of_an_ignored_company_are_no_gap() -> None:
    scene = Scene()
    company = make_company(scene.console)
    make_computer(company)
    IgnoredCompany.objects.create(company=company, halo_credential=scene.credential)

    assert look(scene) == {}


def test_a_credential_of_one_company_tells_of_that_company_alone() -> None:
    scene = Scene()
    scene.credential.associated_company = scene.company
    make_computer(scene.company, "mine")
    make_computer(make_company(scene.console), "not mine")

    assert set(look(scene, GapKind.NOT_IN_HALO)) == {"mine"}


# ---- in HaloPSA, in no console ------------------------------------------------------------------


def test_an_asset_of_a_type_of_computers_without_a_computer_is_a_gap() -> None:
    scene = Scene()
    linked(scene, make_computer(scene.company, "known"))
    make_asset(scene.client, name="forgotten")
    make_asset(make_client(scene.credential), name="of nobody")
    linked(scene, make_computer(scene.company, "retired", active=False))
    make_asset(scene.client, name="inactive", active=False)

    assert look(scene, GapKind.NOT_IN_CONSOLE) == {
        "forgotten": "No computer of its client is linked with it.",
        "of nobody": "Its client is mapped to no company of a console.",
        "retired": "The computer that it stood for is gone from its console.",
    }


def test_printers_are_no_gap_since_no_console_shows_them() -> None:
    scene = Scene()
    printer = make_asset_type(scene.credential, 900, "Printer")
    linked(scene, make_computer(scene.company, "known"))
    make_asset(scene.client, name="printer", asset_type=printer)

    assert look(scene, GapKind.NOT_IN_CONSOLE) == {}


# ---- in two companies ---------------------------------------------------------------------------


def test_one_serial_number_with_two_clients_is_a_gap_on_both_sides() -> None:
    scene = Scene()
    other = mapped(scene, client=make_client(scene.credential))
    make_computer(scene.company, "here", serial_number="5CG1234ABC")
    make_computer(other, "there", serial_number=" 5cg1234abc")

    found = look(scene, GapKind.TWO_COMPANIES)

    assert set(found) == {"here", "there"}
    assert found["here"] == f"A computer of {other} has the same serial number 5CG1234ABC."


def test_companies_of_one_name_are_told_apart_by_their_consoles() -> None:
    scene = Scene()
    other = mapped(scene, client=make_client(scene.credential))
    Company.objects.update(name="Müller & Söhne")
    make_computer(scene.company, "here", serial_number="5CG1234ABC")
    make_computer(other, "there", serial_number="5CG1234ABC")

    words = "A computer of another Müller & Söhne (in {}) has the same serial number 5CG1234ABC."
    assert look(scene, GapKind.TWO_COMPANIES) == {
        "here": words.format(other.console),
        "there": words.format(scene.console),
    }


def test_namesakes_in_one_console_are_told_as_such() -> None:
    scene = Scene()
    for name in ("here", "there"):
        make_computer(make_company(scene.console, "Müller"), name, serial_number="5CG1234ABC")

    told = set(look(scene, GapKind.TWO_COMPANIES).values())

    assert told == {
        f"A computer of another Müller (in {scene.console}) has the same serial number 5CG1234ABC."
    }


def test_two_consoles_that_see_one_machine_of_one_client_are_no_gap() -> None:
    scene = Scene()
    make_computer(scene.company, "here", serial_number="5CG1234ABC")
    make_computer(mapped(scene), "there", serial_number="5CG1234ABC")

    assert look(scene, GapKind.TWO_COMPANIES) == {}


def test_two_companies_of_one_console_are_told_apart_before_they_are_mapped() -> None:
    scene = Scene()
    make_computer(make_company(scene.console), "here", serial_number="5CG1234ABC")
    make_computer(make_company(scene.console), "there", serial_number="5CG1234ABC")
    make_computer(make_company(make_console()), "unknown", serial_number="5CG1234ABC")

    assert set(look(scene, GapKind.TWO_COMPANIES)) == {"here", "there"}


@pytest.mark.parametrize(
    "serial", ["To be filled by O.E.M.", "0000000", "", "System Serial Number", "LEASED"]
)
def test_serial_numbers_that_say_nothing_tie_nothing_together(serial: str) -> None:
    scene = Scene()
    HaloOption.objects.create(
        halo_credential=scene.credential, kind=OptionKind.IGNORED_VALUE, halo_id="1", name="leased"
    )
    make_computer(scene.company, "here", serial_number=serial)
    make_computer(mapped(scene, client=make_client(scene.credential)), "there", serial_number=serial)
    for _ in range(2):
        make_asset(scene.client, serial_number=serial)

    assert look(scene, GapKind.TWO_COMPANIES, GapKind.DOUBLE_ASSET) == {}


# ---- backup without RMM -------------------------------------------------------------------------


def test_backup_without_rmm_and_the_reverse() -> None:
    scene = Scene(kind="msp360")
    managed = mapped(scene, "ninjaone")
    licensed(scene.company, "only backed up", serial_number="A-1")
    licensed(scene.company, "both", serial_number="B-1")
    make_computer(managed, "called otherwise", serial_number="b-1")
    make_computer(managed, "only managed", serial_number="C-1")

    assert set(look(scene, GapKind.BACKUP_ONLY)) == {"only backed up"}
    assert set(look(scene, GapKind.RMM_ONLY)) == {"only managed"}


def test_the_same_machine_is_known_by_its_asset_or_its_host_name_too() -> None:
    scene = Scene(kind="msp360")
    managed = mapped(scene, "ninjaone")
    backed_up = licensed(scene.company, "one asset")
    seen = make_computer(managed, "of two consoles")
    asset = linked(scene, backed_up)
    ComputerMapping.objects.create(computer=seen, halo_credential=scene.credential, halo_asset=asset)
    licensed(scene.company, "shown name", host_name="PC-7")
    make_computer(managed, "pc-7")

    assert look(scene, GapKind.BACKUP_ONLY, GapKind.RMM_ONLY) == {}


def test_the_same_host_name_at_another_client_is_another_machine() -> None:
    scene = Scene(kind="msp360")
    licensed(scene.company, "PC-1")
    make_computer(mapped(scene, "ninjaone", make_client(scene.credential)), "PC-1")

    assert set(look(scene, GapKind.BACKUP_ONLY)) == {"PC-1"}


def test_a_product_may_serve_another_purpose_than_its_console() -> None:
    scene = Scene(kind="msp360")
    mapped(scene, "ninjaone")
    rmm = Product.objects.create(console=scene.console, name="RMM agent only")
    make_computer(scene.company, "unlicensed", product=rmm)

    assert look(scene, GapKind.BACKUP_ONLY) == {}
    assert set(look(scene, GapKind.RMM_ONLY)) == {"unlicensed"}


def test_without_any_rmm_console_no_backup_lacks_one() -> None:
    scene = Scene(kind="msp360")
    licensed(scene.company)

    assert look(scene, GapKind.BACKUP_ONLY) == {}


def test_an_msp360_computer_without_any_agent_is_neither_backed_up_nor_keeps_another_from_being_told() -> (
    None
):
    scene = Scene(kind="msp360")
    managed = mapped(scene, "ninjaone")
    why = "Neither a backup agent nor an RMM agent is installed."
    licensed(scene.company, "no agent", eligible=False, ineligible_reason=why)
    licensed(scene.company, "PC-1", eligible=False, ineligible_reason=why)
    make_computer(managed, "PC-1")

    assert look(scene, GapKind.BACKUP_ONLY) == {}
    assert set(look(scene, GapKind.RMM_ONLY)) == {"PC-1"}


def test_a_device_that_an_rmm_console_only_lists_is_not_managed() -> None:
    scene = Scene(kind="msp360")
    managed = mapped(scene, "datto_rmm")
    licensed(scene.company, "PC-1")
    for name in ("PC-1", "PC-2"):
        make_computer(managed, name, eligible=False, ineligible_reason="On demand")

    assert set(look(scene, GapKind.BACKUP_ONLY)) == {"PC-1"}
    assert look(scene, GapKind.RMM_ONLY) == {}


def test_without_a_licence_nothing_is_said_in_either_direction() -> None:
    scene = Scene(kind="msp360")
    managed = mapped(scene, "ninjaone")
    make_computer(scene.company, "licences not read")
    make_computer(scene.company, "PC-1")
    make_computer(managed, "PC-1")

    assert look(scene, GapKind.BACKUP_ONLY, GapKind.RMM_ONLY) == {}


def test_an_rmm_console_whose_products_say_nothing_manages_what_has_none() -> None:
    scene = Scene(kind="msp360")
    make_computer(mapped(scene, "ninjaone"), "without a product")

    assert set(look(scene, GapKind.RMM_ONLY)) == {"without a product"}


@pytest.mark.parametrize("device_class", ["printer", "network", "mobile", "other"])
def test_what_takes_no_backup_agent_lacks_no_backup(device_class: str) -> None:
    scene = Scene(kind="msp360")
    managed = mapped(scene, "ninjaone")
    make_computer(managed, "no computer", device_class=device_class)
    make_computer(managed, "computer", device_class="server")
    make_computer(managed, "nothing told")
    licensed(scene.company, "backed up", device_class=device_class)

    assert set(look(scene, GapKind.RMM_ONLY)) == {"computer", "nothing told"}
    assert set(look(scene, GapKind.BACKUP_ONLY)) == {"backed up"}


def test_an_esxi_host_is_a_server_that_takes_no_backup_agent() -> None:
    scene = Scene(kind="msp360")
    managed = mapped(scene, "ninjaone")
    make_computer(managed, "host", device_class="server", os_name="VMware ESXi 7.0.3")
    make_computer(managed, "server", device_class="server", os_name="Windows Server 2022")
    for number, name in enumerate(("VMWARE_VM_HOST", "NMS_VM_HOST")):
        product = Product.objects.create(console=managed.console, name=name)
        make_computer(managed, f"told by product {number}", device_class="server", product=product)

    assert set(look(scene, GapKind.RMM_ONLY)) == {"server"}


# ---- not seen -----------------------------------------------------------------------------------


def test_who_was_not_seen_is_told_from_as_many_days_as_are_asked_for() -> None:
    scene, now = Scene(), timezone.now()
    for days in (1, 8, 40):
        make_computer(scene.company, f"{days} days", last_seen=now - timedelta(days=days))
    make_computer(scene.company, "never told")

    assert set(look(scene, GapKind.NOT_SEEN)) == {"8 days", "40 days"}
    assert [gap.name for gap in Gap.objects.unseen_for(30)] == ["40 days"]


# ---- duplicates ---------------------------------------------------------------------------------


def test_assets_with_one_serial_number_or_one_name_in_a_client_are_duplicates() -> None:
    scene = Scene()
    linked(scene, make_computer(scene.company, "known"))
    make_asset(scene.client, name="a", serial_number="S-1")
    make_asset(scene.client, name="b", serial_number="s-1 ")
    make_asset(scene.client, name="c")
    make_asset(scene.client, name="C")
    make_asset(make_client(scene.credential), name="c", serial_number="S-1")
    make_asset(scene.client, name="a", serial_number="S-1", active=False)

    assert look(scene, GapKind.DOUBLE_ASSET) == {
        "a": "2 active assets of the client have the serial number S-1.",
        "b": "2 active assets of the client have the serial number s-1.",
        "c": "2 active assets of the client have the name c.",
        "C": "2 active assets of the client have the name C.",
    }


# ---- dismissing ---------------------------------------------------------------------------------


def test_a_dismissed_gap_stays_away_until_it_changes() -> None:
    scene = Scene()
    computer = make_computer(scene.company, "PC-1")
    look(scene, GapKind.NOT_IN_HALO)
    assert dismiss(Gap.objects.all(), " a test machine ") == 1
    Computer.objects.filter(pk=computer.pk).update(name="PC-2")
    assert look(scene, GapKind.NOT_IN_HALO) == {}
    gap = Gap.objects.get()
    assert (gap.name, gap.dismissed_because) == ("PC-2", "a test machine")

    ComputerMapping.objects.create(computer=computer, halo_credential=scene.credential)

    assert set(look(scene, GapKind.NOT_IN_HALO)) == {"PC-2"}
    assert Gap.objects.get().dismissed_because == ""


def test_a_dismissal_can_be_taken_back_and_needs_a_reason() -> None:
    scene = Scene()
    make_computer(scene.company)
    look(scene)
    with pytest.raises(ValidationError, match="Say why"):
        dismiss(Gap.objects.all(), "  ")
    dismiss(Gap.objects.all(), "known")
    assert restore(Gap.objects.all()) == 1
    assert Gap.objects.open().count() == 1


def test_what_was_mended_since_the_last_look_is_not_told_any_more() -> None:
    scene = Scene()
    linked(scene, make_computer(scene.company, "known"))
    lacking = make_computer(scene.company, "lacking")
    forgotten = make_asset(scene.client, name="forgotten")
    gone = make_computer(scene.company, "gone")
    look(scene)
    assert {gap.name for gap in Gap.objects.standing()} == {"lacking", "forgotten", "gone"}

    ComputerMapping.objects.create(computer=lacking, halo_credential=scene.credential, halo_asset=forgotten)
    Computer.objects.filter(pk=gone.pk).update(active=False)

    assert not Gap.objects.standing().exists()


# ---- costs --------------------------------------------------------------------------------------


def test_an_unchanged_world_is_looked_at_in_few_statements_and_no_write() -> None:
    scene = Scene(kind="msp360")
    managed = mapped(scene, "ninjaone")
    for number in range(60):
        licensed(scene.company, f"b{number}", serial_number=f"B-{number}")
        make_computer(managed, f"m{number}", last_seen=timezone.now() - timedelta(days=50))
        make_asset(scene.client, name="double")
    look(scene)
    before = list(Gap.objects.order_by("pk").values())
    with CaptureQueriesContext(connection) as captured:
        look(scene)

    assert list(Gap.objects.order_by("pk").values()) == before
    assert len(captured) <= 20  # five, and two for each kind; one of the test itself
    assert not any(query["sql"].startswith(("INSERT", "UPDATE", "DELETE")) for query in captured)


class TheOrderOfRowsDoesNotMatter(TestCase):
    @settings(deadline=None, max_examples=15)
    @given(st.data())
    def test_the_same_computers_have_the_same_gaps(self, data: st.DataObject) -> None:
        """Whoever was stored first; and a second look finds what the first one found."""
        machine = st.tuples(st.sampled_from("AB"), st.integers(0, 1), st.sampled_from(["msp360", "ninjaone"]))
        machines = list(enumerate(data.draw(st.lists(machine, max_size=8))))
        orders = [machines, data.draw(st.permutations(machines))]

        told = [gaps_of(order) for order in orders]

        assert told[0] == told[1]


def gaps_of(machines: list[tuple[int, tuple[str, int, str]]]) -> set[tuple[str, str, str]]:
    """(kind, name, reason) in a world of its own: two clients, each in two consoles."""
    scene = Scene(kind="msp360")
    other = make_client(scene.credential)
    places = {
        (client, kind): mapped(scene, kind, [scene.client, other][client])
        for client in (0, 1)
        for kind in ("msp360", "ninjaone")
    }
    for (client, _), company in places.items():
        Company.objects.filter(pk=company.pk).update(name=f"Company of client {client}")
    for number, (serial, client, kind) in machines:
        licensed(places[client, kind], f"PC-{number}", serial_number=f"{serial}-SERIAL")
    look(scene)
    rows = list(Gap.objects.filter(halo_credential=scene.credential).order_by("pk").values())
    look(scene)
    assert list(Gap.objects.filter(halo_credential=scene.credential).order_by("pk").values()) == rows
    return {(row["kind"], row["name"], row["reason"]) for row in rows}
