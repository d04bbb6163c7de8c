"""A sandbox without an API limit, a credential that has been tested, and somebody who changes things."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.models import HaloCredential
from integrations.sandbox.constants import HALO_SCOPES
from integrations.sandbox.server import Sandbox
from tests.connected import connect_halo
from tests.integrations.sandbox.callers import HaloCaller


@pytest.fixture(scope="package")
def running() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    running.switches.change(rate_limit_calls=0)
    return running


@pytest.fixture
def credential(sandbox: Sandbox) -> HaloCredential:
    """May read everything; nothing has been read yet."""
    found = connect_halo(sandbox, scopes=f"{HALO_SCOPES} read:softwarelicensing")
    sandbox.halo.requests.clear()
    return found


@pytest.fixture
def administrator(sandbox: Sandbox) -> HaloCaller:
    return HaloCaller(sandbox)
