"""How long things rest. All of it scales by `HALOBRIDGE_PAUSE_FACTOR`; fault tests use less than 1."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

STEP_LIMIT = 60.0
"""Seconds of work after which a step hands back."""
WRITE_LIMIT = 60.0
"""Hard total limit of one write, seconds."""
LEASE = 150.0
"""Outlasts one write by more than 30 s even if the lease was renewed a minute of work ago."""
REST_BEFORE_LOOK_UP = 120.0
BETWEEN_LOOK_UPS = 60.0
PAUSE_OF_INSTANCE = 30.0
GATHER = 15.0
"""How long what HaloPSA's webhooks tell is gathered before it is read."""


def scaled(seconds: float) -> float:
    return seconds * settings.HALOBRIDGE_PAUSE_FACTOR


def span(seconds: float) -> timedelta:
    return timedelta(seconds=scaled(seconds))
