"""A real Chromium, watched: what it complains about and where it goes is written down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    sync_playwright,
)

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = (1280, 800)
PATIENCE = 30_000
"""Milliseconds that one click or one text on a page may take: a busy machine is slow, not broken."""


@dataclass
class Watch:
    """What no page of the tour may do. Every entry is a sentence."""

    complaints: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._said(page, message))
        page.on("request", lambda request: self._asked(page, request))
        page.on("requestfailed", lambda request: self._lost(page, request))
        page.on("response", lambda response: self._answered(page, response))

    def _said(self, page: Page, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{page.url}: console {message.type}: {message.text}")

    def _asked(self, page: Page, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.complaints.append(f"{page.url} asked another host: {request.url}")

    def _lost(self, page: Page, request: Request) -> None:
        # A page that is left takes its own open requests with it: that is no failure.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{page.url}: {request.url} failed: {request.failure}")

    def _answered(self, page: Page, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{page.url}: {response.url} answered {response.status}")


@contextmanager
def open_chromium(path: str) -> Iterator[Browser]:
    """One browser for many tests; closed at the end with all that is open in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def without_a_past(browser: Browser, base_url: str | None = None, **more: Any) -> Iterator[BrowserContext]:
    """Windows that know nothing of those before: no cookies, nothing cached."""
    context = browser.new_context(
        base_url=base_url,
        viewport={"width": WIDE[0], "height": WIDE[1]},
        color_scheme="light",
        locale="en-GB",
        timezone_id="UTC",
        **more,
    )
    try:
        context.set_default_timeout(PATIENCE)
        yield context
    finally:
        context.close()
