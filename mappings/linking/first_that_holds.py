"""A state that is the first of some conditions to hold: as a column of a list, and as its filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, CharField, Q, Value, When

Conditions = Sequence[tuple[str, Any]]
"""State and condition (`Q`, `Exists` or both combined); the first that holds decides."""


def state_column(conditions: Conditions, default: str) -> Case:
    return Case(
        *(When(condition, then=Value(str(state))) for state, condition in conditions),
        default=Value(str(default)),
        output_field=CharField(),
    )


def in_state_only(conditions: Conditions, default: str, state: str) -> Q:
    """The rows of which the column would be `state`. A database finds them from where the state is stored;
    the column itself it would compute of every row."""
    wanted = Q()
    for name, condition in conditions:
        if name == state:
            return wanted & Q(condition)
        wanted &= ~Q(condition)
    return wanted if state == default else Q(pk__in=[])
