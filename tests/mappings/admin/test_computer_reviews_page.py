"""Computers to review: the evidence side by side, and one click for each decision."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrations.choices import RunKind
from integrations.models import Computer, Run
from mappings.linking import match_computers_for
from mappings.models import ComputerMapping, ComputerReview
from tests.integrations.admin.made import make_staff
from tests.mappings.builders import NAME, SERIAL, Scene, make_asset, make_client, make_company, make_site

pytestmark = pytest.mark.django_db

LIST = "admin:mappings_computerreview_changelist"


@pytest.fixture
def scene() -> Scene:
    """Two computers and one asset with one serial number."""
    made = Scene()
    made.computer("ALD-PC1", serial_number="5CG1", host_name="ald-pc1")
    made.computer("ALD-PC2", serial_number="5CG1", host_name="ald-pc2")
    make_asset(made.client, {NAME: "ALD-PC1", SERIAL: "5CG1"})
    match_computers_for(made.credential)
    return made


def review_of(name: str) -> ComputerReview:
    return ComputerReview.objects.get(computer__name=name, decided_at__isnull=True)


def page_of(review: ComputerReview) -> str:
    return reverse("admin:mappings_computerreview_change", args=(review.pk,))


def decide(browser: Client, review: ComputerReview, decision: str, **more: object) -> str:
    address = reverse("admin:mappings_computerreview_decide", args=(review.pk,))
    return browser.post(address, {"decision": decision, **more}, follow=True).content.decode()


def test_the_list_tells_what_there_is_to_decide_and_why(browser: Client, scene: Scene) -> None:
    page = browser.get(reverse(LIST)).content.decode()
    for words in ("ALD-PC1", "ALD-PC2", "Several computers, one identity", "To decide"):
        assert words in page
    assert "Several computers of this console fit the asset" in page


def test_decided_ones_are_history(browser: Client, scene: Scene) -> None:
    decide(browser, review_of("ALD-PC1"), "leave")
    assert "ALD-PC1" not in browser.get(reverse(LIST)).content.decode().split("result_list")[-1]
    past = browser.get(reverse(LIST), {"state": "decided"}).content.decode()
    assert "Leave it as it is" in past
    assert "by admin" in past


def test_the_evidence_stands_side_by_side(browser: Client, scene: Scene) -> None:
    page = browser.get(page_of(review_of("ALD-PC2"))).content.decode()
    assert "This computer" in page
    assert "Another computer" in page
    assert "Halo asset" in page
    assert page.count("agrees") == 2  # the serial number, at the rival and at the asset
    assert page.count("differs") == 2  # the host name
    assert page_of(review_of("ALD-PC1")) in page


def test_one_click_links_and_leads_to_the_next(browser: Client, scene: Scene) -> None:
    review = review_of("ALD-PC1")
    page = decide(browser, review, f"link:{review.candidates[0]}")
    assert "ALD-PC1 is ALD-PC1 from now on." in page
    assert "Review ALD-PC2" in page
    mapping = ComputerMapping.objects.get()
    assert (mapping.computer.name, mapping.mapped_by.username) == ("ALD-PC1", "admin")
    assert Run.objects.filter(kind=RunKind.MATCH).exists()


def test_whoever_comes_second_hears_it(browser: Client, scene: Scene) -> None:
    review = review_of("ALD-PC1")
    decide(browser, review, "leave")
    assert "Somebody has decided" in decide(browser, review, "ignore")


def test_a_move_asks_for_the_site_and_waits_for_an_export(browser: Client) -> None:
    scene = Scene()
    computer = scene.computer("ALD-PC1")
    scene.link(computer, make_asset(scene.client))
    client = make_client(scene.credential, "Birch Ltd")
    main, branch = make_site(client), make_site(client, "Branch")
    company = make_company(scene.console, "Birch")
    scene.map(company, client, main)
    Computer.objects.update(company=company)
    match_computers_for(scene.credential)
    page = browser.get(page_of(review_of("ALD-PC1"))).content.decode()
    assert "Site of Birch Ltd" in page
    assert "Nothing is sent now" in page
    told = decide(browser, review_of("ALD-PC1"), "move", halo_site=branch.pk)
    assert "The next export moves the asset of ALD-PC1" in told
    assert ComputerMapping.objects.get().wanted_site == branch


def test_what_makes_no_sense_is_told_and_changes_nothing(browser: Client, scene: Scene) -> None:
    for decision in ("link:4711", "link:x", "link", "move", ""):
        decide(browser, review_of("ALD-PC1"), decision)
    assert review_of("ALD-PC1").is_open
    assert not ComputerMapping.objects.exists()


def test_a_name_is_text_and_never_markup(browser: Client) -> None:
    scene = Scene()
    for _ in range(2):
        scene.computer("<script>alert(1)</script>", serial_number="5CG1")
    match_computers_for(scene.credential)
    page = browser.get(page_of(ComputerReview.objects.order_by("pk")[0])).content.decode()
    assert "<script>alert(1)" not in page


def test_looking_is_not_deciding(client: Client, scene: Scene) -> None:
    client.force_login(make_staff("auditor", "mappings.view_computerreview"))
    page = client.get(page_of(review_of("ALD-PC1")))
    assert page.status_code == 200
    assert "You may look at this, but not decide." in page.content.decode()
    address = reverse("admin:mappings_computerreview_decide", args=(review_of("ALD-PC1").pk,))
    assert client.post(address, {"decision": "leave"}).status_code == 403
    assert review_of("ALD-PC1").is_open


def test_the_page_costs_the_same_for_many_rivals(browser: Client, scene: Scene) -> None:
    def statements() -> int:
        address = page_of(review_of("ALD-PC1"))
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
        return len(queries)

    few = statements()
    for _ in range(20):
        scene.computer("CLONE", serial_number="5CG1")
    match_computers_for(scene.credential)
    assert statements() == few


def test_the_list_of_computers_leads_to_the_review(browser: Client, scene: Scene) -> None:
    page = browser.get(reverse("admin:integrations_computer_changelist")).content.decode()
    assert page_of(review_of("ALD-PC1")) in page
    assert "To review" in page


# ---- many at once -----------------------------------------------------------------------------


def tick(browser: Client, decision: str, *reviews: ComputerReview, **more: object) -> str:
    data = {"action": f"decide_{decision}", "_selected_action": [row.pk for row in reviews], **more}
    return browser.post(reverse(LIST), data, follow=True).content.decode()


def test_ticked_reviews_are_decided_after_one_question(browser: Client, scene: Scene) -> None:
    both = (review_of("ALD-PC1"), review_of("ALD-PC2"))

    asked = tick(browser, "export", *both)
    assert "It needs an asset of its own: decide so about 2 computers?" in asked
    assert ComputerReview.objects.filter(decided_at__isnull=True).count() == 2

    told = tick(browser, "export", *both, confirmed="1")
    assert "2 computers are decided." in told
    for name in ("ALD-PC1", "ALD-PC2"):
        assert name in told
        assert ComputerMapping.objects.get(computer__name=name).halo_asset is None
    assert set(ComputerReview.objects.values_list("decided_by__username", flat=True)) == {"admin"}
    assert Run.objects.filter(kind=RunKind.MATCH).count() == 1


def test_each_ticked_one_is_told_with_its_outcome(browser: Client, scene: Scene) -> None:
    first, second = review_of("ALD-PC1"), review_of("ALD-PC2")
    decide(browser, first, "leave")

    address = f"{reverse(LIST)}?state=all"
    data = {"action": "decide_ignore", "_selected_action": [first.pk, second.pk], "confirmed": "1"}
    page = browser.post(address, data)

    assert "1 computer is decided. 1 left alone" in page.content.decode()
    assert {one.review.pk: one.problem for one in page.context["outcomes"]} == {
        first.pk: "It is decided already.",
        second.pk: "",
    }


def test_deciding_many_needs_the_right_to_decide(client: Client, scene: Scene) -> None:
    client.force_login(make_staff("reader", "mappings.view_computerreview"))
    assert "decide_ignore" not in client.get(reverse(LIST)).content.decode()
    tick(client, "ignore", review_of("ALD-PC1"), confirmed="1")
    assert review_of("ALD-PC1").is_open
