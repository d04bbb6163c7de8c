"""The recorded Datto RMM, and no real pauses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.connectors import patience
from tests.contract.recorded import RecordedConsole, recorded_console


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("datto_rmm") as found:
        yield found


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Those that were asked for; none is really made."""
    made: list[float] = []
    monkeypatch.setattr(patience, "sleep", made.append)
    return made
