"""A time in the future, and how far clocks may differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from integrations.sync.clocks import is_ahead


@pytest.mark.parametrize(("minutes", "ahead"), [(-5, False), (0, False), (60, False), (61, True)])
def test_a_time_is_ahead_where_clocks_cannot_differ_so_much(minutes: int, ahead: bool) -> None:
    now = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)

    assert is_ahead(now + timedelta(minutes=minutes), now) is ahead
    assert not is_ahead(None, now)
