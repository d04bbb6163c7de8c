"""Acts on the database that are repeated when the database itself broke them off."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, transaction

P = ParamSpec("P")
R = TypeVar("R")
MOST_TRIES = 4


def again_if_broken_off(act: Callable[P, R]) -> Callable[P, R]:
    """For a function that opens its own transaction and changes nothing else: a deadlock or a lock that took
    too long rolls all of it back, so it is simply done again. Inside somebody else's transaction it is not.
    """

    @wraps(act)
    def repeated(*arguments: P.args, **named: P.kwargs) -> R:
        for _ in range(MOST_TRIES - 1):
            try:
                return act(*arguments, **named)
            except OperationalError:
                if transaction.get_connection().in_atomic_block:
                    raise
        return act(*arguments, **named)

    return repeated
