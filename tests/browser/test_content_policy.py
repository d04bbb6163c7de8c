"""The content security policy in a real Chromium: what is foreign does not run."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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


def test_the_pages_about_the_api_ask_for_nothing_forbidden(page: Page, complaints: list[str]) -> None:
    page.goto(reverse("docs"))
    expect(page.get_by_role("heading", name="HaloBridge")).to_be_visible(timeout=60_000)
    assert complaints == []


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
