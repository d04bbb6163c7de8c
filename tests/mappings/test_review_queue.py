"""The review queue: what comes in by itself, what goes by itself, and what each decision does."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.models import Computer
from mappings.linking import (
    NothingToDecide,
    decide,
    decisions_for,
    edit_computer_mapping,
    match_computers_for,
)
from mappings.linking.comparing import compare
from mappings.models import ComputerMapping, ComputerReview, IgnoredComputer, RefusedPair, ReviewDecision
from tests.mappings.builders import (
    MAC,
    NAME,
    SERIAL,
    Scene,
    make_asset,
    make_client,
    make_company,
    make_computer,
    make_site,
)

pytestmark = pytest.mark.django_db


def queue() -> dict[str, tuple[str, list[int], list[int]]]:
    """Open reviews by the computer's name."""
    rows = ComputerReview.objects.filter(decided_at__isnull=True)
    columns = ("computer__name", "kind", "candidates", "rivals")
    return {name: (kind, assets, rivals) for name, kind, assets, rivals in rows.values_list(*columns)}


def review_of(computer: Computer) -> ComputerReview:
    return ComputerReview.objects.get(computer=computer, decided_at__isnull=True)


class Clones(Scene):
    """Two computers and one asset with one serial number."""

    def __init__(self) -> None:
        super().__init__()
        self.first = self.computer("A", serial_number="5CG1")
        self.second = self.computer("B", serial_number="5CG1")
        self.asset = make_asset(self.client, {SERIAL: "5CG1"})
        match_computers_for(self.credential)


class Moved(Scene):
    """A mapped computer that has gone to another company."""

    def __init__(self) -> None:
        super().__init__()
        self.one = self.computer("A", serial_number="5CG1")
        self.asset = make_asset(self.client, {SERIAL: "5CG1"}, site=self.site)
        self.pair = self.link(self.one, self.asset, created_by_us=True)
        self.new_client = make_client(self.credential, "Birch Ltd")
        self.new_site = make_site(self.new_client)
        self.new_company = make_company(self.console, "Birch")
        self.map(self.new_company, self.new_client, self.new_site)
        Computer.objects.filter(pk=self.one.pk).update(company=self.new_company)
        match_computers_for(self.credential)


# ---- what comes in --------------------------------------------------------------------------


def test_clones_come_in_with_their_rivals_and_the_asset() -> None:
    scene = Clones()
    assert queue() == {
        "A": ("clone", [scene.asset.pk], [scene.second.pk]),
        "B": ("clone", [scene.asset.pk], [scene.first.pk]),
    }


def test_one_computer_that_fits_two_assets_comes_in_with_both() -> None:
    scene = Scene()
    scene.computer("A", serial_number="5CG1")
    assets = [make_asset(scene.client, {SERIAL: "5CG1"}).pk for _ in range(2)]
    match_computers_for(scene.credential)
    assert queue() == {"A": ("one_to_many", assets, [])}


def test_a_computer_that_moved_to_another_company_comes_in_with_its_asset() -> None:
    scene = Moved()
    assert queue() == {"A": ("moved", [scene.asset.pk], [])}
    assert review_of(scene.one).reason == (
        "It belongs to Birch (Birch Ltd in HaloPSA), but its asset belongs to Alder Dental Group."
    )


def test_a_company_without_a_mapping_brings_no_move() -> None:
    scene = Moved()
    Computer.objects.filter(pk=scene.one.pk).update(company=make_company(scene.console))
    match_computers_for(scene.credential)
    assert queue() == {}


def test_a_second_matching_changes_nothing() -> None:
    scene = Clones()
    before = list(ComputerReview.objects.values())
    with CaptureQueriesContext(connection) as queries:
        match_computers_for(scene.credential)
    assert {q["sql"].split()[0] for q in queries} <= {"SELECT", "DECLARE"}
    assert list(ComputerReview.objects.values()) == before


def test_what_settles_itself_goes_by_itself() -> None:
    scene = Clones()
    Computer.objects.filter(pk=scene.second.pk).update(active=False)
    match_computers_for(scene.credential)
    assert not ComputerReview.objects.exists()
    assert scene.first.mappings.get().halo_asset == scene.asset


def test_one_console_leaves_the_reviews_of_others_alone() -> None:
    scene = Clones()
    from tests.builders import make_console

    match_computers_for(scene.credential, make_console())
    assert len(queue()) == 2


def test_choosing_by_hand_takes_a_computer_out_of_the_queue() -> None:
    scene = Clones()
    edit_computer_mapping(scene.first, scene.credential, halo_asset=scene.asset)
    assert set(queue()) == {"B"}


# ---- a computer that comes back under a new id -----------------------------------------------


def test_a_re_imaged_computer_keeps_its_asset_and_all_that_is_known_of_it() -> None:
    scene = Scene()
    old = scene.computer("A", serial_number="5CG1")
    pair = scene.link(
        old, make_asset(scene.client, {NAME: "A"}), created_by_us=True, held=True, halo_site=scene.site
    )
    new = scene.computer("A", serial_number="5CG1")
    match_computers_for(scene.credential)
    assert queue()["A"][0] == "clone"
    Computer.objects.filter(pk=old.pk).update(active=False)
    assert match_computers_for(scene.credential)["linked"] == 1
    pair.refresh_from_db()
    assert (pair.computer, pair.created_by_us, pair.held, pair.halo_site) == (new, True, True, scene.site)
    assert "takes the place of a computer that is gone" in pair.reason
    assert queue() == {}
    assert match_computers_for(scene.credential)["linked"] == 0


def test_its_mac_address_is_enough() -> None:
    scene = Scene()
    mac = "00:15:5D:00:00:01"
    old = scene.computer("A", mac_addresses=[mac], active=False)
    asset = make_asset(scene.client, {MAC: mac})
    scene.link(old, asset)
    new = scene.computer("B", mac_addresses=[mac])
    match_computers_for(scene.credential)
    assert new.mappings.get().halo_asset == asset
    assert not old.mappings.exists()


# ---- deciding -------------------------------------------------------------------------------


def test_link_takes_the_asset_and_tells_the_twins_apart() -> None:
    scene = Clones()
    scene.link(scene.second, scene.asset)
    match_computers_for(scene.credential)
    decided = decide(review_of(scene.first), "link", halo_asset=scene.asset)
    assert (decided.decision, decided.is_open) == (ReviewDecision.LINK, False)
    assert scene.first.mappings.get().halo_asset == scene.asset
    assert not scene.second.mappings.exists()
    assert RefusedPair.objects.get().computer == scene.second
    match_computers_for(scene.credential)
    assert scene.first.mappings.get().halo_asset == scene.asset
    assert not scene.second.mappings.exists()


def test_export_refuses_the_candidates_and_waits_for_an_export() -> None:
    scene = Clones()
    decide(review_of(scene.first), "export")
    assert scene.first.mappings.get().halo_asset is None
    assert RefusedPair.objects.get().halo_asset == scene.asset
    match_computers_for(scene.credential)
    assert scene.second.mappings.get().halo_asset == scene.asset
    assert queue() == {}


def test_ignore_leaves_the_other_one_alone_with_the_asset() -> None:
    scene = Clones()
    decide(review_of(scene.first), "ignore")
    assert IgnoredComputer.objects.get().computer == scene.first
    match_computers_for(scene.credential)
    assert scene.second.mappings.get().halo_asset == scene.asset


def test_what_is_left_stays_away_until_its_facts_change() -> None:
    scene = Clones()
    decide(review_of(scene.first), "leave")
    match_computers_for(scene.credential)
    assert set(queue()) == {"B"}
    third = scene.computer("C", serial_number="5CG1")
    match_computers_for(scene.credential)
    assert queue()["A"] == ("clone", [scene.asset.pk], [scene.second.pk, third.pk])


def test_an_approved_move_waits_for_the_next_plan_and_asks_no_more() -> None:
    scene = Moved()
    decide(review_of(scene.one), "move")
    scene.pair.refresh_from_db()
    assert (scene.pair.halo_asset, scene.pair.wanted_site) == (scene.asset, scene.new_site)
    match_computers_for(scene.credential)
    assert queue() == {}


def test_a_move_goes_only_to_a_site_of_the_new_client() -> None:
    scene = Moved()
    with pytest.raises(ValidationError, match="not an active one of Birch Ltd"):
        decide(review_of(scene.one), "move", halo_site=scene.site)
    assert review_of(scene.one).is_open


def test_a_new_asset_for_the_new_company_leaves_the_old_one() -> None:
    scene = Moved()
    decide(review_of(scene.one), "export")
    scene.pair.refresh_from_db()
    assert (scene.pair.halo_asset, scene.pair.created_by_us) == (None, False)
    assert RefusedPair.objects.get().halo_asset == scene.asset


def test_nobody_decides_twice() -> None:
    scene = Clones()
    review = review_of(scene.first)
    decide(review, "leave")
    with pytest.raises(NothingToDecide):
        decide(review, "ignore")
    assert not IgnoredComputer.objects.exists()


@pytest.mark.parametrize(
    ("decision", "more"), [("link", {}), ("move", {}), ("nonsense", {})], ids=["no asset", "no move", "word"]
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(decision: str, more: dict[str, Any]) -> None:
    scene = Clones()
    with pytest.raises(ValidationError):
        decide(review_of(scene.first), decision, **more)
    assert review_of(scene.first).is_open
    assert not ComputerMapping.objects.exists()


def test_an_asset_that_is_no_candidate_is_refused() -> None:
    scene = Clones()
    with pytest.raises(ValidationError):
        decide(review_of(scene.first), "link", halo_asset=make_asset(scene.client))


def test_clones_without_an_asset_offer_no_link() -> None:
    scene = Scene()
    one = scene.computer("A", serial_number="5CG1")
    scene.computer("B", serial_number="5CG1")
    match_computers_for(scene.credential)
    assert ReviewDecision.LINK not in decisions_for(review_of(one))


# ---- the evidence ---------------------------------------------------------------------------


def test_the_evidence_tells_which_keys_agree() -> None:
    scene = Scene()
    mac = "00:15:5D:00:00:01"
    one = scene.computer("pc1", serial_number="5CG1", mac_addresses=[mac])
    asset = make_asset(scene.client, {NAME: "PC1", SERIAL: "5CG2", MAC: mac})
    match_computers_for(scene.credential)
    found = compare(review_of(one))
    (thing,) = found.assets
    assert thing.row == asset
    assert (thing.agreeing, thing.contradicting) == (["MAC address", "host name"], ["serial number"])
    assert found.rivals == []


def test_the_evidence_takes_as_many_statements_for_many_as_for_few() -> None:
    def statements(rivals: int) -> int:
        scene = Scene()
        one = scene.computer("A", serial_number="5CG1")
        for _ in range(rivals):
            scene.computer("B", serial_number="5CG1")
        make_asset(scene.client, {SERIAL: "5CG1"})
        match_computers_for(scene.credential)
        review = ComputerReview.objects.select_related("halo_credential").get(computer=one)
        with CaptureQueriesContext(connection) as queries:
            compare(review)
        return len(queries)

    assert statements(1) == statements(9) <= 11


def test_two_consoles_of_one_company_meet_without_a_review() -> None:
    scene = Scene()
    from tests.builders import make_console

    other = make_company(make_console(), "Alder")
    scene.map(other, scene.client, scene.site)
    scene.computer("A", serial_number="5CG1")
    make_computer(other, "A", serial_number="5CG1")
    make_asset(scene.client, {SERIAL: "5CG1"})
    assert match_computers_for(scene.credential) == {"linked": 2, "ambiguous": 0, "unmatched": 0}
    assert queue() == {}
