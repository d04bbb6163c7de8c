"""The guide: one page per area, for every staff account, reached from the page that it explains."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from halobridge.guide import PAGES, page_of_view
from halobridge.sidebar import NAVIGATION
from integrations.halo.permissions import NEEDS
from ticketing.admin.profile_form import SELECTS

SLUGS = [page.slug for page in PAGES]


@pytest.fixture
def browser(client: Client, db: None) -> Client:
    """A staff account that may see nothing else."""
    client.force_login(User.objects.create_user("trainee", is_staff=True))
    return client


def read(browser: Client, slug: str) -> str:
    response = browser.get(reverse("admin:guide_page", args=[slug]))
    assert response.status_code == 200
    return response.content.decode()


def article(text: str) -> str:
    found = re.search(r"<article.*?</article>", text, re.DOTALL)
    assert found
    return found.group()


@pytest.mark.parametrize("slug", SLUGS)
def test_every_page_opens_with_its_lead_and_leads_to_the_others(browser: Client, slug: str) -> None:
    text = read(browser, slug)

    assert next(page.lead for page in PAGES if page.slug == slug) in article(text)
    assert all(reverse("admin:guide_page", args=[other]) in text for other in SLUGS)


@pytest.mark.parametrize("slug", SLUGS)
def test_its_own_addresses_lead_to_pages_that_are_there(
    browser: Client, admin_client: Client, slug: str
) -> None:
    for address in set(re.findall(r'href="(/[^"#]*)"', article(read(browser, slug)))):
        assert admin_client.get(address).status_code == 200, address


def test_the_first_page_is_the_guide(browser: Client) -> None:
    assert PAGES[0].lead in browser.get(reverse("admin:guide")).content.decode()


def test_a_page_that_does_not_exist_is_not_found(browser: Client) -> None:
    assert browser.get("/admin/guide/nothing/").status_code == 404


def test_nobody_reads_it_without_an_account(client: Client, db: None) -> None:
    assert client.get(reverse("admin:guide")).status_code == 302


def test_it_changes_nothing(browser: Client) -> None:
    assert browser.post(reverse("admin:guide")).status_code == 405


@pytest.mark.parametrize(
    "name",
    [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry],
)
def test_every_page_of_the_admin_is_explained_by_one(name: str) -> None:
    explained = [prefix for page in PAGES for prefix in page.explains if name.startswith(prefix)]
    assert explained or name.startswith("axes_"), f"No page of the guide explains {name}."


def test_of_two_pages_that_fit_the_more_exact_one_explains() -> None:
    assert page_of_view("integrations_mailrule_add").slug == "consoles"
    assert page_of_view("ticketing_ticketrule_changelist").slug == "tickets"
    assert page_of_view("integrations_haloassettype_changelist").slug == "data"
    assert page_of_view("something_else").slug == "start"


@pytest.mark.parametrize(
    ("view", "slug"),
    [
        ("admin:index", "start"),
        ("admin:mappings_companymapping_changelist", "mapping"),
        ("admin:ticketing_alert_loudest", "quiet"),
        ("admin:integrations_halocredential_add", "halopsa"),
    ],
)
def test_a_page_leads_to_the_page_that_explains_it(admin_client: Client, view: str, slug: str) -> None:
    head = admin_client.get(reverse(view)).content.decode()
    assert re.search(
        rf'<a class="[^"]*hb-guide__link" href="{reverse("admin:guide_page", args=[slug])}"', head
    )


def test_the_navigation_leads_to_it() -> None:
    assert "Guide" in [item["title"] for item in NAVIGATION[0]["items"]]


def test_each_right_is_told_with_its_tick_and_permission(browser: Client) -> None:
    text = read(browser, "halopsa")
    for need in NEEDS:
        assert f'<th scope="row">{need.name}</th>' in text
        assert need.scope in text


@pytest.mark.parametrize("word", ["agent", "user"])
@pytest.mark.parametrize("slug", SLUGS)
def test_who_is_meant_is_always_said(slug: str, word: str) -> None:
    """Never bare “agent” or “user”: HaloPSA, RMM tools and this product mean three things by them."""
    text = re.sub(
        r"{#.*?#}|{%.*?%}|<[^>]+>", " ", (settings.BASE_DIR / f"templates/guide/{slug}.html").read_text()
    )
    said = {
        "agent": r"(?:Halo|RMM|API-only) agents?|agent permissions|&amp; Agents|Agents &gt;|login type Agent",
        "user": r"(?:Halo|end|linked) users?|sites, users|,\s+users",
    }[word]
    rest = re.sub(said, " ", " ".join(text.split()), flags=re.IGNORECASE)
    assert not re.search(rf"\b{word}s?\b", rest, re.IGNORECASE), rest


@pytest.mark.parametrize(
    ("slug", "told"),
    [
        ("quiet", "also hold back notes on tickets that are open"),
        ("quiet", "one note tells how often it has happened"),
        ("programs", "sees everything but staff accounts and the audit log"),
        ("mapping", "If only the name does, it waits under"),
    ],
)
def test_it_tells_what_the_rules_do(browser: Client, slug: str, told: str) -> None:
    """Held by: notes in a window `test_held_back`, the audit log `matrix`, a name of one gone `matching`."""
    assert told in article(read(browser, slug))


def test_who_sees_a_note_is_told_where_its_action_is_chosen(browser: Client) -> None:
    *_, help_text = SELECTS["note_action"]
    assert "“Notes are public”" in help_text
