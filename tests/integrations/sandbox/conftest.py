"""A sandbox as new for each test (one runs for all of them), and someone who talks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.sandbox.server import Sandbox
from tests.integrations.sandbox.callers import HaloCaller, Msp360Caller


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def halo(sandbox: Sandbox) -> HaloCaller:
    return HaloCaller(sandbox)


@pytest.fixture
def msp360(sandbox: Sandbox) -> Msp360Caller:
    return Msp360Caller(sandbox)
