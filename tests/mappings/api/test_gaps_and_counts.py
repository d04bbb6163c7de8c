"""Gaps and counts by REST."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from integrations.choices import RunKind
from mappings.gaps import look_at, look_for
from mappings.models import Gap, GapKind, MonthCount, MonthEnd
from tests.builders import make_console
from tests.integrations.api.clients import make_caller
from tests.mappings.builders import Scene, make_asset, make_company, make_computer

pytestmark = pytest.mark.django_db
GAPS, COUNTS = "/api/v1/gaps/", "/api/v1/counts/"


def look(scene: Scene) -> None:
    looking = look_at(scene.credential)
    for kind in GapKind:
        look_for(looking, kind)


def test_gaps_are_listed_filtered_and_counted() -> None:
    scene, caller = Scene(), make_caller()
    make_computer(scene.company, "PC-1", last_seen=timezone.now() - timedelta(days=10))
    make_asset(scene.client, name="forgotten")
    look(scene)
    rows = caller.get(GAPS, {"kind": "not_in_halo"}).json()["results"]
    assert [(row["name"], row["client"], row["console"]) for row in rows] == [
        ("PC-1", scene.client.pk, scene.console.pk)
    ]
    told = caller.get(f"{GAPS}counts/", {"halo_credential": scene.credential.pk}).json()
    assert {row["kind"]: row["number"] for row in told if row["number"]} == {
        "not_in_halo": 1,
        "not_in_console": 1,
        "not_seen": 1,
    }
    assert caller.get(GAPS, {"kind": "not_seen", "not_seen_days": 30}).json()["count"] == 0
    assert caller.get(GAPS, {"not_seen_days": "many"}).status_code == 400
    assert caller.get(GAPS, {"not_seen_days": 10**9}).status_code == 400


def test_a_machine_of_two_consoles_is_one_gap_found_under_each_of_them() -> None:
    scene, caller = Scene(), make_caller()
    ninja = make_company(make_console(name="Ninja"))
    scene.map(ninja, scene.client, scene.site)
    first, second = (
        make_computer(company, "PC-1", serial_number="5CG1") for company in (scene.company, ninja)
    )
    look(scene)
    ways: list[dict[str, int]] = [{}, {"console": ninja.console_id}, {"computer": first.pk}]
    for asked in [*ways, {"computer": second.pk}]:
        rows = caller.get(GAPS, asked).json()["results"]
        assert [(row["computer"], row["also_in"]) for row in rows] == [(first.pk, "Ninja")]
    assert caller.get(GAPS, {"console": 10**9}).status_code == 400


def test_a_gap_is_dismissed_with_a_reason_and_taken_back() -> None:
    scene, caller = Scene(), make_caller()
    make_computer(scene.company, "PC-1")
    look(scene)
    gap = f"{GAPS}{Gap.objects.get().pk}/"
    refused = caller.post(f"{gap}dismiss/", {"reason": " "}, format="json")
    assert refused.status_code == 400
    told = caller.post(f"{gap}dismiss/", {"reason": "A test machine"}, format="json").json()
    assert told["dismissed_because"] == "A test machine"
    assert caller.post(f"{gap}dismiss/", {"reason": "again"}, format="json").status_code == 409
    assert caller.get(GAPS, {"dismissed": "false"}).json()["count"] == 0
    assert caller.get(GAPS, {"dismissed": "true"}).json()["count"] == 1

    assert caller.post(f"{gap}restore/").json()["dismissed_at"] is None
    assert caller.post(f"{gap}restore/").status_code == 409


def test_a_look_is_a_run() -> None:
    scene, caller = Scene(), make_caller()

    answer = caller.post(f"{GAPS}look/", {"halo_credential": scene.credential.pk}, format="json")

    assert answer.status_code == 202
    assert answer.json()["kind"] == RunKind.GAPS
    assert caller.post(f"{GAPS}look/", {}, format="json").status_code == 400


def test_counts_of_now_are_told_by_page() -> None:
    scene, caller = Scene(computers=2), make_caller()
    scene.link(make_computer(scene.company, product=scene.product), make_asset(scene.client))

    told = caller.get(f"{COUNTS}now/", {"halo_credential": scene.credential.pk, "page_size": 1}).json()

    assert told["count"] == 2
    assert told["next"]
    assert told["results"][0] == {
        "client": scene.client.pk,
        "client_halo_id": scene.client.halo_id,
        "client_name": "Alder Dental Group",
        "console": scene.console.pk,
        "console_name": scene.console.name,
        "product": "Desktop",
        "asset_type": None,
        "asset_type_name": "",
        "number": 2,
    }
    for wrong in ({}, {"halo_credential": "x"}, {"halo_credential": 10**18}):
        assert caller.get(f"{COUNTS}now/", wrong).status_code == 400


def test_counts_of_months_are_listed_and_missing_months_are_told() -> None:
    scene, caller = Scene(), make_caller()
    today = timezone.localdate()
    last = today.replace(day=1) - timedelta(days=1)
    before = (last.replace(day=1) - timedelta(days=1)).replace(day=1) - timedelta(days=1)
    month = MonthEnd.objects.create(halo_credential=scene.credential, ends_on=before, left_out=4)
    MonthCount.objects.create(month_end=month, client=scene.client, client_name="Alder", number=5)

    rows = caller.get(COUNTS, {"month": f"{before:%Y-%m}"}).json()["results"]
    months = caller.get(f"{COUNTS}months/", {"halo_credential": scene.credential.pk}).json()

    assert [(row["month"], row["number"]) for row in rows] == [(f"{before:%Y-%m}", 5)]
    assert [(row["counted"], row["left_out"]) for row in months] == [(False, None), (False, None), (True, 4)]
    for none in ("October", "2026-99", "2026-00", "0000-10", "２０２６-10"):
        assert caller.get(COUNTS, {"month": none}).json()["errors"].keys() == {"month"}, none
    known, unknown = ({"halo_credential": pk} for pk in (scene.credential.pk, "9" * 23))
    assert caller.get(COUNTS, known).json()["count"] == 1
    assert caller.get(COUNTS, unknown).json()["errors"].keys() == {"halo_credential"}
    assert caller.get(COUNTS, {"month": f"{date(1999, 1, 1):%Y-%m}"}).json()["count"] == 0
