"""The content security policy in a real Chromium: every page works under it, what is foreign does not run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Page

from tests.halobridge.admin.rows import fill, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LEFT_OUT = {"django_q.OrmQ"}
"""Its rows are unpacked with the queue's own key; a made-up one cannot be shown."""


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser holds off, with the page it was on."""
    found: list[str] = []

    def note(message: Any) -> None:
        if message.type == "error":
            found.append(f"{page.url}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    return found


def addresses() -> Iterator[str]:
    yield from (reverse("admin:index"), reverse("admin:guide"), reverse("docs"))
    for model in admin.site._registry:
        prefix = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = None if model._meta.label in LEFT_OUT else model._default_manager.first()
        yield reverse(f"{prefix}_changelist")
        if row is not None:
            yield reverse(f"{prefix}_change", args=[row.pk])


def test_no_page_asks_for_what_the_policy_forbids(page: Page, complaints: list[str]) -> None:
    fill(make_world(), 1)
    seen = 0
    for address in addresses():
        page.goto(address)
        seen += 1
    assert complaints == []
    assert seen > 90


MARKUP = "document.body.insertAdjacentHTML('beforeend', {})"
SCRIPT = "const s = document.createElement('script'); {}; document.body.append(s)"


@pytest.mark.parametrize(
    "attack",
    [
        SCRIPT.format("s.textContent = 'window.hit = 1'"),
        SCRIPT.format("s.src = 'https://other.example/a.js'"),
        MARKUP.format("'<img src=/static/none.png onerror=\"window.hit = 1\">'"),
        MARKUP.format("'<iframe src=https://other.example/></iframe>'"),
    ],
    ids=["script inside the page", "script of others", "event attribute", "frame of others"],
)
def test_what_is_smuggled_into_a_page_does_not_run(page: Page, complaints: list[str], attack: str) -> None:
    page.goto(reverse("admin:guide"))
    page.evaluate(f"() => {{ {attack} }}")
    page.wait_for_timeout(500)
    assert page.evaluate("() => window.hit") is None
    assert any("Content Security Policy" in text for text in complaints), complaints
