"""A small mapped world against a running sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.sandbox.server import Sandbox
from tests.scene import Scene


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def scene(sandbox: Sandbox) -> Scene:
    return Scene(sandbox)
