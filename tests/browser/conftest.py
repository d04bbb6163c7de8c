"""What the browser tests share: a real installation, a real Chromium, a person who looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.browser.chromium import SWITCHES, Watch, open_chromium
from tests.installation import Installation
from tests.integrations.admin.made import make_superuser
from tests.run import chromium


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Everything that `make run` starts, in a folder of its own."""
    if chromium() is None:
        pytest.skip("No Chromium was found: install Debian's package or set HALOBRIDGE_CHROMIUM.")
    with Installation(tmp_path_factory.mktemp("tour")) as installation:
        installation.serve()
        yield installation


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def browser(bridge: Installation, watch: Watch) -> Iterator[BrowserContext]:
    with open_chromium(str(chromium()), watch) as context:
        yield context


@pytest.fixture
def page(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A tab of a member of staff on the test's own database."""
    path = chromium()
    if path is None:
        pytest.skip("No Chromium was found: install Debian's package or set HALOBRIDGE_CHROMIUM.")
    # Playwright keeps an event loop in this thread; nothing runs in it while the test asks the database.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    make_superuser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        opened = browser.new_context(base_url=live_server.url).new_page()
        opened.goto(reverse("admin:index"))
        opened.get_by_label("Username").fill("admin")
        opened.get_by_label("Password").fill("a long password")
        opened.get_by_role("button", name="Log in").click()
        yield opened
        browser.close()
