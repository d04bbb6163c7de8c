"""Rests are minutes in life and milliseconds here."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def _short_rests(settings: Any) -> None:
    settings.HALOBRIDGE_PAUSE_FACTOR = 0.0002
