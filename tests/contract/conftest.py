"""What every file of the contract suite starts from: a console of the kind, and no real pauses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.connectors import patience
from tests.contract.recorded import RecordedConsole, recorded_console


@pytest.fixture
def console(kind: str) -> Iterator[RecordedConsole]:
    with recorded_console(kind) as found:
        yield found


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were asked for; none is really made."""
    made: list[float] = []
    monkeypatch.setattr(patience, "sleep", made.append)
    return made
