"""Ticks of a preview: kept as they are set, whatever page is looked at; what is stored is what is applied."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrations.choices import RunKind
from integrations.models import Plan, Run
from mappings.planning import plan_assets, request_apply
from tests.mappings.builders import Scene, make_client, make_company, make_site

pytestmark = pytest.mark.django_db


def page_of(plan: Plan, page: str = "change") -> str:
    return reverse(f"admin:integrations_plan_{page}", args=(plan.pk,))


def ticked(plan: Plan) -> list[int]:
    return list(plan.changes.filter(selected=True).order_by("position").values_list("position", flat=True))


def send(browser: Client, plan: Plan, *, by_itself: bool = False, follow: bool = False, **typed: Any) -> Any:
    """As the page sends its form: by a button, or by itself when a tick is set."""
    headers = {"HX-Request": "true"} if by_itself else {}
    plan.refresh_from_db()
    values = {"checksum": plan.checksum, **typed}
    answer = browser.post(page_of(plan, "keep_ticks"), values, headers=headers, follow=follow)
    plan.refresh_from_db()
    return answer


def make_two_companies() -> tuple[Scene, Plan]:
    """A preview of new assets: positions 1 and 2 of Alder Dental, 3 of Birch Logistics."""
    scene = Scene(computers=2)
    client = make_client(scene.credential, "Birch")
    birch = make_company(scene.console, "Birch Logistics")
    scene.map(birch, client, make_site(client))
    computer = scene.computer("BIR-PC1")
    computer.company = birch
    computer.save()
    plan = Plan.objects.create(halo_credential=scene.credential, console=scene.console)
    plan_assets(plan)
    return scene, plan


# ---- kept at once ---------------------------------------------------------------------------


def test_a_tick_that_is_set_is_stored_and_its_figures_are_told(browser: Client) -> None:
    plan = Scene(computers=3).plan()
    before = plan.checksum

    answer = send(browser, plan, by_itself=True, shown=[1, 2, 3], ticked=[1])

    assert ticked(plan) == [1]
    assert answer["HB-Kept"] == "1"
    told = answer.content.decode()
    assert plan.checksum != before
    assert f'value="{plan.checksum}" hx-swap-oob="true"' in told
    assert '<strong class="hb-strong">1</strong> change ticked in all.' in told
    assert f"{plan.forecast_calls} call" in told


def test_of_a_page_that_is_out_of_date_no_tick_is_stored_and_it_is_loaded_again(browser: Client) -> None:
    plan = Scene(computers=3).plan()
    typed = {"checksum": "0" * 64, "shown": [1, 2, 3], "ticked": [1]}

    answer = send(browser, plan, by_itself=True, **typed)

    assert (answer.status_code, answer.content) == (200, b"")
    assert "HB-Kept" not in answer
    assert "HB-Kept" not in answer
    assert ticked(plan) == [1, 2, 3]
    assert "has changed since you opened it" in browser.get(page_of(plan)).content.decode()


def test_ticks_of_a_preview_that_is_being_applied_are_refused_with_a_sentence(browser: Client) -> None:
    plan = Scene(computers=2).plan()
    request_apply(plan, plan.checksum)

    page = send(browser, plan, shown=[1, 2], follow=True).content.decode()

    assert "This preview is being applied; its rows can no longer be chosen." in page
    assert ticked(plan) == [1, 2]


def test_the_same_ticks_again_write_nothing(browser: Client) -> None:
    plan = Scene(computers=3).plan()

    with CaptureQueriesContext(connection) as queries:
        send(browser, plan, by_itself=True, shown=[1, 2, 3], ticked=[1, 2, 3])

    assert not [query for query in queries if 'UPDATE "integrations_plan"' in query["sql"]]


def test_the_way_to_another_page_keeps_the_ticks_of_this_one(browser: Client) -> None:
    plan = Scene(computers=101).plan()
    shown = list(range(1, 101))
    page = browser.get(page_of(plan)).content.decode()
    assert 'form="hb-ticks" name="go" value="?page=2"' in page

    answer = send(browser, plan, shown=shown, ticked=shown[2:], go="?page=2")

    assert answer["Location"] == f"{page_of(plan)}?page=2"
    assert ticked(plan) == list(range(3, 102))
    again = browser.get(page_of(plan)).content.decode()
    assert 'name="ticked" value="1" aria-label' in again
    assert 'name="ticked" value="3" checked' in again


def test_a_way_to_somewhere_else_is_not_followed(browser: Client) -> None:
    plan = Scene(computers=1).plan()

    answer = send(browser, plan, shown=[1], ticked=[1], go="https://elsewhere.example/")

    assert answer["Location"] == f"{page_of(plan)}?"


def test_applying_takes_just_what_is_stored_and_shown(browser: Client) -> None:
    plan = Scene(computers=101).plan()
    shown = list(range(1, 101))
    send(browser, plan, shown=shown, ticked=shown[2:], go="?page=2")

    typed = {"checksum": plan.checksum, "shown": [101], "ticked": [101]}
    browser.post(page_of(plan, "apply"), typed)

    plan.refresh_from_db()
    assert ticked(plan) == list(range(3, 102))
    assert Run.objects.get(kind=RunKind.APPLY_ASSETS).parameters == {"checksum": plan.checksum}


# ---- search and filters ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "bir-pc1"}, {"BIR-PC1"}),
        ({"q": "birch logistics"}, {"BIR-PC1"}),
        ({"q": "PC00001 alder"}, {"ALD-PC00001"}),
        ({"q": "PC00001 birch"}, set()),
        ({"q": "\x00nul"}, set()),
        ({"tick": "no"}, {"ALD-PC00001"}),
        ({"tick": "yes", "q": "alder"}, {"ALD-PC00000"}),
        ({"action": "create", "tick": "no"}, {"ALD-PC00001"}),
        ({"company": "no number"}, set()),
    ],
)
def test_changes_are_found_by_name_and_tick(browser: Client, asked: dict[str, str], found: set[str]) -> None:
    _, plan = make_two_companies()
    plan.changes.filter(subject__startswith="ALD-PC00001").update(selected=False)

    page = browser.get(page_of(plan), asked).content.decode()

    assert {name for name in ("ALD-PC00000", "ALD-PC00001", "BIR-PC1") if f"Create {name}" in page} == found
    assert ("No change fits what you chose." in page) == (not found)


def test_changes_are_found_by_company(browser: Client) -> None:
    scene, plan = make_two_companies()

    page = browser.get(page_of(plan), {"company": scene.company.pk}).content.decode()

    assert "ALD-PC00000" in page and "ALD-PC00001" in page
    assert "Create BIR-PC1" not in page
    assert f'<option value="{scene.company.pk}" selected>Alder Dental</option>' in page


def test_a_search_keeps_the_ticks_and_stays_on_the_tile(browser: Client) -> None:
    plan = Scene(computers=2).plan()
    typed = {"shown": [1, 2], "ticked": [2], "query": "action=create&page=2", "look": "1", "q": "PC1"}

    answer = send(browser, plan, **typed, company="", tick="")

    assert answer["Location"] == f"{page_of(plan)}?action=create&q=PC1&company=&tick="
    assert ticked(plan) == [2]


def test_an_empty_tile_does_not_say_that_there_is_nothing_to_do(browser: Client) -> None:
    plan = Scene(computers=2).plan()

    page = browser.get(page_of(plan), {"action": "update"}).content.decode()

    assert "HaloPSA holds already" not in page
    assert "No change fits what you chose." in page


# ---- all at once ----------------------------------------------------------------------------


def test_all_of_a_filter_are_unticked_and_ticked(browser: Client) -> None:
    _, plan = make_two_companies()
    assert "Untick all 2 of this filter" in browser.get(page_of(plan), {"q": "alder"}).content.decode()

    send(browser, plan, all="untick", query="q=alder", shown=[1, 2], ticked=[1, 2])
    assert ticked(plan) == [3]
    assert plan.counts["selected"] == 1

    send(browser, plan, all="tick", query="q=PC00000")
    assert ticked(plan) == [1, 3]


def test_all_of_a_company_are_unticked(browser: Client) -> None:
    scene, plan = make_two_companies()

    send(browser, plan, all="untick", query=f"company={scene.company.pk}")

    assert ticked(plan) == [3]


def test_what_changes_nothing_in_halopsa_is_not_ticked_with_all(browser: Client) -> None:
    scene = Scene(computers=1)
    scene.computer("NO-TYPE", product=None)
    plan = scene.plan()

    send(browser, plan, all="tick")

    assert set(plan.changes.filter(selected=True).values_list("action", flat=True)) == {"create"}


def statements(browser: Client, number: int, *, by_itself: bool = False, **typed: Any) -> int:
    plan = Scene(computers=number).plan()
    headers = {"HX-Request": "true"} if by_itself else {}
    with CaptureQueriesContext(connection) as queries:
        browser.post(page_of(plan, "keep_ticks"), {"checksum": plan.checksum, **typed}, headers=headers)
    assert len(ticked(plan)) < number
    return len([query for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])


@pytest.mark.parametrize(
    "typed", [{"all": "untick", "query": "q=ALD"}, {"by_itself": True, "shown": [1, 2], "ticked": [1]}]
)
def test_one_or_all_are_ticked_in_at_most_fifteen_statements(browser: Client, typed: Any) -> None:
    statements(browser, 3, **typed)  # what is looked up once per process does not count

    assert statements(browser, 3, **typed) == statements(browser, 1100, **typed) <= 15


def test_a_narrowed_preview_costs_at_most_fifteen_statements(browser: Client) -> None:
    def cost(scene: Scene) -> int:
        plan = scene.plan()
        asked = {"q": "ALD", "company": scene.company.pk, "tick": "yes", "action": "create"}
        browser.get(page_of(plan), asked)
        with CaptureQueriesContext(connection) as queries:
            browser.get(page_of(plan), asked)
        return len(queries)

    assert cost(Scene(computers=3)) == cost(Scene(computers=90)) <= 15
