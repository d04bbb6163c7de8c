"""What the browser tests share: one real Chromium, a real installation, a person who looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.browser.chromium import Watch, open_chromium, without_a_past
from tests.installation import Installation
from tests.integrations.admin.made import make_superuser
from tests.run import chromium


@pytest.fixture(scope="package")
def chromium_at_work() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("No Chromium was found: install Debian's package or set HALOBRIDGE_CHROMIUM.")
    # Playwright keeps an event loop in this thread; nothing runs in it while a test asks the database.
    with pytest.MonkeyPatch.context() as patch, open_chromium(path) as browser:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield browser


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
def browser(bridge: Installation, chromium_at_work: Browser, watch: Watch) -> Iterator[BrowserContext]:
    with without_a_past(chromium_at_work) as context:
        context.on("page", watch.follow)
        yield context


@pytest.fixture
def staff(live_server: Any) -> User:
    return make_superuser()


@pytest.fixture
def page(live_server: Any, chromium_at_work: Browser, staff: User) -> Iterator[Page]:
    """A tab of a member of staff who has logged in, on the test's own database."""
    broken: list[str] = []

    def answered(response: Response) -> None:
        if response.status >= 500:
            broken.append(f"{response.url} answered {response.status}")

    with without_a_past(chromium_at_work, live_server.url) as context:
        context.add_cookies([log_in(staff, live_server.url)])
        context.on("response", answered)
        yield context.new_page()
    assert broken == []


def log_in(staff: User, url: str) -> Any:
    """The cookie that the log-in page would have set; the tour goes through that page itself."""
    client = Client()
    client.force_login(staff)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}
