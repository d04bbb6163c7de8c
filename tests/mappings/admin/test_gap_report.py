"""The gap report: one page towards one HaloPSA, each row with what mends it, and dismissing."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from integrations.choices import RunKind
from integrations.models import Run
from mappings.gaps import look_at, look_for
from mappings.models import CompanySuggestion, ComputerReview, Gap, GapKind, IgnoredComputer
from tests.builders import make_console, make_credential
from tests.integrations.admin.made import make_staff
from tests.mappings.builders import Scene, make_asset, make_client, make_company, make_computer

pytestmark = pytest.mark.django_db
PAGE = "/admin/mappings/gap/"


@pytest.fixture
def scene() -> Scene:
    return Scene()


def look(scene: Scene) -> None:
    looking = look_at(scene.credential)
    for kind in GapKind:
        look_for(looking, kind)


def page(browser: Client, **query: Any) -> str:
    return browser.get(PAGE, query).content.decode()


def test_a_row_says_why_and_leads_to_what_mends_it(browser: Client, scene: Scene) -> None:
    computer = make_computer(scene.company, "ALD-PC1", console_url="https://console.example/pc1")
    look(scene)

    shown = page(browser)

    assert "No asset is linked with it." in shown
    args = (scene.credential.pk, computer.pk)
    assert reverse("admin:integrations_computer_edit_mapping", args=args) in shown
    assert f"{reverse('admin:integrations_plan_add')}?halo_credential={scene.credential.pk}" in shown
    assert "https://console.example/pc1" in shown
    assert reverse("admin:mappings_gap_dismiss", args=(Gap.objects.get().pk,)) in shown


def test_a_computer_of_an_unmapped_company_leads_to_mapping_the_company(
    browser: Client, scene: Scene
) -> None:
    company = make_company(scene.console)
    make_computer(company)
    look(scene)

    shown = page(browser)

    assert reverse("admin:mappings_companymapping_choose", args=(scene.credential.pk, company.pk)) in shown
    assert "Edit mapping" not in shown


def test_what_matching_could_not_decide_leads_to_the_review(browser: Client, scene: Scene) -> None:
    review = ComputerReview.objects.create(
        halo_credential=scene.credential,
        computer=make_computer(scene.company),
        kind="one_to_many",
        reason="2 assets of the client have the same serial number.",
    )
    look(scene)

    shown = page(browser)

    assert "It waits for a decision: 2 assets of the client" in shown
    assert reverse("admin:mappings_computerreview_change", args=(review.pk,)) in shown
    assert "Export</a>" not in shown


def test_an_asset_leads_into_halopsa_and_its_unmapped_client_to_the_mapping_page(
    browser: Client, scene: Scene
) -> None:
    asset = make_asset(make_client(scene.credential), name="forgotten")
    look(scene)

    shown = page(browser)

    assert f"/assets?id={asset.halo_id}" in shown
    assert "Map a company" in shown


def test_a_client_that_is_suggested_for_a_company_leads_to_that_company(
    browser: Client, scene: Scene
) -> None:
    client = make_client(scene.credential, "Birch & Sons")
    make_asset(client, name="forgotten")
    company = make_company(scene.console, "Birch and Sons")
    CompanySuggestion.objects.create(
        company=company, halo_credential=scene.credential, halo_client=client, score=90, reason="Alike."
    )
    look(scene)

    (link,) = re.findall(r'href="([^"]*)"[^>]*>Map a company<', page(browser))

    assert "Birch and Sons" in browser.get(html.unescape(link)).content.decode()


def test_a_machine_in_two_unmapped_companies_leads_to_mapping_each(browser: Client, scene: Scene) -> None:
    companies = [make_company(scene.console, name) for name in ("Ash", "Beech")]
    for company in companies:
        make_computer(company, f"PC of {company}", serial_number="5CG12345X")
    look(scene)

    shown = page(browser, kind__exact="two_companies")

    for company in companies:
        args = (scene.credential.pk, company.pk)
        assert reverse("admin:mappings_companymapping_choose", args=args) in shown


def test_a_held_computer_is_told_as_held_and_released_from_its_row(browser: Client, scene: Scene) -> None:
    computer = scene.computer("ALD-PC1")
    scene.link(computer, make_asset(scene.client, active=False), held=True)
    look(scene)
    release = reverse("admin:integrations_computer_release", args=(scene.credential.pk, computer.pk))

    shown = page(browser)

    assert "Held after an undo: no export looks after it until it is released." in shown
    assert release in shown
    assert "Export</a>" not in shown

    browser.post(release)
    look(scene)

    shown = page(browser)
    assert "Its asset is inactive in HaloPSA." in shown
    assert release not in shown
    assert "Export</a>" in shown


def test_every_kind_is_counted_under_the_other_filters(browser: Client, scene: Scene) -> None:
    make_computer(scene.company, "lacking", last_seen=timezone.now() - timedelta(days=40))
    make_computer(scene.company, "away", last_seen=timezone.now() - timedelta(days=10))
    look(scene)
    kinds = browser.get(PAGE, {"kind__exact": "not_seen"}).context["kinds"]
    assert {item.value: item.count for item in kinds if item.count} == {
        "": 3,
        "not_in_halo": 2,
        "not_seen": 1,
    }
    assert [item.value for item in kinds if item.chosen] == ["not_seen"]

    kinds = browser.get(PAGE, {"not_seen_days": "7", "q": "away"}).context["kinds"]

    assert {item.value: item.count for item in kinds if item.count} == {
        "": 2,
        "not_in_halo": 1,
        "not_seen": 1,
    }


def test_client_and_console_narrow_the_report(browser: Client, scene: Scene) -> None:
    make_computer(scene.company, "MINE-PC")
    make_asset(make_client(scene.credential), name="OTHER-PC")
    look(scene)

    by_client = page(browser, client__id__exact=scene.client.pk)
    by_console = page(browser, console__id__exact=scene.console.pk)

    for shown in (by_client, by_console):
        assert "MINE-PC" in shown
        assert "OTHER-PC" not in shown


def test_a_machine_of_two_consoles_is_one_row_that_names_both_and_is_ignored_as_one(
    browser: Client, scene: Scene
) -> None:
    ninja = make_company(make_console(name="Ninja of Alder"))
    scene.map(ninja, scene.client, scene.site)
    for company in (scene.company, ninja):
        make_computer(company, "ALD-PC1", serial_number="5CG1")
    look(scene)
    for query in ({}, {"console__id__exact": ninja.console_id}):
        shown = page(browser, **query)
        assert shown.count(">ALD-PC1</a>") == 1
        assert f"({scene.console}, also in Ninja of Alder)" in shown
    told = Gap.objects.standing().get()
    assert "also in Ninja of Alder" in browser.get(f"{PAGE}{told.pk}/change/").content.decode()

    browser.post(reverse("admin:mappings_gap_ignore", args=(told.pk,)), {"reason": "Test bench"})

    assert IgnoredComputer.objects.count() == 2
    assert ">ALD-PC1</a>" not in page(browser)


def test_the_report_is_towards_one_halopsa_at_a_time(browser: Client, scene: Scene) -> None:
    make_computer(scene.company, "ALD-PC1")
    look(scene)
    other = make_credential()

    assert "ALD-PC1" in page(browser, halo_credential=scene.credential.pk)
    assert "ALD-PC1" not in page(browser, halo_credential=other.pk)


# ---- dismissing ---------------------------------------------------------------------------------


def test_dismissing_asks_why_and_takes_the_row_away(browser: Client, scene: Scene) -> None:
    make_computer(scene.company, "ALD-PC1")
    look(scene)
    url = reverse("admin:mappings_gap_dismiss", args=(Gap.objects.get().pk,))
    assert "Why is it none?" in browser.get(url).content.decode()
    assert browser.post(url, {"reason": " "}).status_code == 200
    assert Gap.objects.open().exists()

    browser.post(url, {"reason": "A test machine"})

    assert ">ALD-PC1</a>" not in page(browser)
    dismissed = page(browser, dismissed="yes")
    assert ">ALD-PC1</a>" in dismissed
    assert "A test machine" in dismissed
    assert Gap.objects.get().dismissed_by is not None


def test_a_dismissal_is_taken_back_from_its_row(browser: Client, scene: Scene) -> None:
    make_computer(scene.company)
    look(scene)
    gap = Gap.objects.get()
    Gap.objects.update(dismissed_at=timezone.now(), dismissed_because="known")
    url = reverse("admin:mappings_gap_restore", args=(gap.pk,))
    assert url in page(browser, dismissed="yes")

    browser.post(url)

    assert Gap.objects.open().exists()


def test_all_of_a_filtered_list_are_dismissed_with_one_reason(browser: Client, scene: Scene) -> None:
    for number in range(60):
        make_computer(scene.company, f"PC-{number}")
    make_asset(scene.client, name="another kind")
    look(scene)
    first = Gap.objects.filter(kind="not_in_halo").first()
    assert first is not None
    chosen = {"action": "dismiss_selected", "_selected_action": str(first.pk), "select_across": "1"}
    url = f"{PAGE}?kind__exact=not_in_halo"
    asked = browser.post(url, chosen).content.decode()
    assert "Dismiss: 60 gaps?" in asked

    browser.post(url, {**chosen, "reason": "Being replaced"})

    assert list(Gap.objects.open().values_list("name", flat=True)) == ["another kind"]


def test_a_computer_is_ignored_from_its_row_and_an_asset_cannot_be(browser: Client, scene: Scene) -> None:
    make_computer(scene.company, "TEST-PC")
    make_asset(scene.client, name="forgotten")
    look(scene)
    of_computer, of_asset = (
        reverse("admin:mappings_gap_ignore", args=(Gap.objects.get(kind=kind).pk,))
        for kind in ("not_in_halo", "not_in_console")
    )
    shown = page(browser)
    assert of_computer in shown
    assert of_asset not in shown

    browser.post(of_computer, {"reason": "Test bench"})

    assert IgnoredComputer.objects.get().reason == "Test bench"
    assert ">TEST-PC</a>" not in page(browser)
    assert browser.post(of_asset, {"reason": "x"}).status_code == 404


def test_computers_of_ticked_gaps_are_ignored_with_one_reason(browser: Client, scene: Scene) -> None:
    for number in range(3):
        make_computer(scene.company, f"PC-{number}")
    make_asset(scene.client)
    look(scene)
    ids = [str(pk) for pk in Gap.objects.values_list("pk", flat=True)]
    chosen = {"action": "ignore_selected", "_selected_action": ids}
    assert "Ignore: 4 gaps?" in browser.post(PAGE, chosen).content.decode()

    browser.post(PAGE, {**chosen, "reason": "Lab"})

    assert IgnoredComputer.objects.count() == 3


def test_who_may_only_look_can_neither_dismiss_nor_look_again(client: Client, scene: Scene) -> None:
    make_computer(scene.company, "ALD-PC1")
    look(scene)
    client.force_login(make_staff("auditor", "mappings.view_gap"))
    gap = Gap.objects.get()

    shown = page(client)

    assert "ALD-PC1" in shown
    for label in ("Dismiss</a>", "Ignore</a>", "Look now", "Edit mapping", "Export</a>"):
        assert label not in shown
    for url in (
        reverse("admin:mappings_gap_dismiss", args=(gap.pk,)),
        reverse("admin:mappings_gap_look", args=(scene.credential.pk,)),
        reverse("admin:mappings_gap_restore", args=(gap.pk,)),
        reverse("admin:mappings_gap_ignore", args=(gap.pk,)),
    ):
        assert client.post(url, {"reason": "x"}).status_code == 403
    client.post(PAGE, {"action": "dismiss_selected", "_selected_action": str(gap.pk), "reason": "x"})
    assert Gap.objects.open().exists()


# ---- looking, export, cost ----------------------------------------------------------------------


def test_look_now_asks_for_one_run(browser: Client, scene: Scene) -> None:
    url = reverse("admin:mappings_gap_look", args=(scene.credential.pk,))
    assert "nothing was done. Press “Look now” again." in browser.get(url, follow=True).content.decode()
    assert not Run.objects.exists()
    browser.post(url)
    browser.post(url)

    assert [run.kind for run in Run.objects.all()] == [RunKind.GAPS]


def test_the_export_is_the_list_and_harmless(browser: Client, scene: Scene) -> None:
    make_computer(scene.company, "=HYPERLINK(1)", serial_number="5CG1")
    make_asset(scene.client, name="other kind")
    look(scene)

    response = browser.get(f"{PAGE}export/", {"format": "csv", "kind__exact": "not_in_halo"})

    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Gap"], row["Name"], row["Computer's serial number"]) for row in rows] == [
        ("In a console, not in HaloPSA", "'=HYPERLINK(1)", "5CG1")
    ]
    workbook = browser.get(f"{PAGE}export/", {"format": "xlsx"})
    assert b"".join(workbook.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    workbook.close()


def test_the_page_costs_at_most_fifteen_statements_whatever_the_rows(browser: Client, scene: Scene) -> None:
    costs = []
    for _ in range(2):
        for _ in range(70):
            make_computer(scene.company)
            make_asset(scene.client)
        look(scene)
        page(browser)
        with CaptureQueriesContext(connection) as captured:
            page(browser)
        costs.append(len(captured))

    assert costs[0] == costs[1] <= 15


def test_backup_without_rmm_leads_to_linking_both_with_one_asset_and_says_what_else_helps(
    browser: Client,
) -> None:
    scene = Scene(kind="msp360")
    managed = make_company(make_console(kind="ninjaone"))
    scene.map(managed, scene.client, scene.site)
    backed_up, other = scene.computer("BACKED-UP"), make_computer(managed, "MANAGED")
    asset = make_asset(scene.client)
    scene.link(backed_up, asset)
    look(scene)

    for kind, computer in ((GapKind.BACKUP_ONLY, backed_up), (GapKind.RMM_ONLY, other)):
        shown = page(browser, kind__exact=kind)
        args = (scene.credential.pk, computer.pk)
        assert reverse("admin:integrations_computer_edit_mapping", args=args) in shown
        assert "link both with one asset" in shown
        assert reverse("admin:integrations_console_changelist") in shown
    assert "link both with one asset" not in page(browser, kind__exact=GapKind.NOT_IN_HALO)

    scene.link(other, asset)
    look(scene)
    assert not Gap.objects.filter(kind__in=(GapKind.BACKUP_ONLY, GapKind.RMM_ONLY)).exists()
