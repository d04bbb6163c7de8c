"""What the browser tests share: a real installation, a real Chromium, a person who looks at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.chromium import Watch, open_chromium
from tests.installation import Installation
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
