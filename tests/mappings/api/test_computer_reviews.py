"""Computers to review by REST: read with evidence, decided by a call."""

from __future__ import annotations

from typing import Any

import pytest

from mappings.linking import match_computers_for
from mappings.models import ComputerMapping, ComputerReview, IgnoredComputer
from tests.integrations.api.clients import make_caller
from tests.mappings.builders import SERIAL, Scene, make_asset

pytestmark = pytest.mark.django_db

LIST = "/api/v1/computer-reviews/"


@pytest.fixture
def scene() -> Scene:
    made = Scene()
    made.computer("A", serial_number="5CG1")
    made.computer("B", serial_number="5CG1")
    make_asset(made.client, {SERIAL: "5CG1"})
    match_computers_for(made.credential)
    return made


def first() -> ComputerReview:
    return ComputerReview.objects.get(computer__name="A")


def decide(**body: Any) -> Any:
    return make_caller().post(f"{LIST}{first().pk}/decide/", body, format="json")


def test_open_ones_are_listed_with_what_can_be_decided(scene: Scene) -> None:
    rows = make_caller().get(f"{LIST}?decided_at__isnull=true&kind=clone").json()["results"]
    assert len(rows) == 2
    assert rows[0]["decisions"] == ["link", "export", "ignore", "leave"]
    assert rows[0]["candidates"] == first().candidates
    assert rows[0]["rivals"] == first().rivals


def test_the_evidence_names_the_keys_that_agree(scene: Scene) -> None:
    told = make_caller().get(f"{LIST}{first().pk}/evidence/").json()
    assert [row["kind"] for row in told] == ["computer", "rival", "asset"]
    assert "serial number" in told[1]["agrees"]
    assert told[2]["values"]["serial number"] == "5CG1"


def test_a_decision_links_the_asset(scene: Scene) -> None:
    answer = decide(decision="link", halo_asset=first().candidates[0])
    assert answer.status_code == 200, answer.content
    assert (answer.json()["decision"], answer.json()["decisions"]) == ("link", [])
    assert ComputerMapping.objects.get().computer.name == "A"


def test_a_second_decision_is_a_conflict(scene: Scene) -> None:
    assert decide(decision="leave").status_code == 200
    assert decide(decision="ignore").status_code == 409
    assert not IgnoredComputer.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "decision"),
        ({"decision": "burn"}, "decision"),
        ({"decision": "move"}, "decision"),
        ({"decision": "link"}, "halo_asset"),
        ({"decision": "link", "halo_asset": 4711}, "halo_asset"),
        ({"decision": "link", "halo_asset": "x"}, "halo_asset"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(scene: Scene, body: dict[str, Any], field: str) -> None:
    answer = decide(**body)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert first().is_open


def test_deciding_has_a_permission_of_its_own(scene: Scene) -> None:
    caller = make_caller("mappings.view_computerreview", "mappings.change_computerreview")
    address = f"{LIST}{first().pk}/decide/"
    assert caller.post(address, {"decision": "leave"}, format="json").status_code == 403
    assert caller.get(f"{LIST}{first().pk}/evidence/").status_code == 200
    allowed = make_caller("mappings.view_computerreview", "mappings.decide_computerreview")
    assert allowed.post(address, {"decision": "leave"}, format="json").status_code == 200
