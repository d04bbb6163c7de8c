"""Cutting what arrives one by one into sets that the database takes at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

ROWS = 1000
"""Rows of one statement: fast enough, and locks stay short."""


def batches(items: Iterable[T], size: int = ROWS) -> Iterator[list[T]]:
    """Lists of at most `size`. An error of `items` goes up after what came before it was handed over."""
    batch: list[T] = []
    problem: Exception | None = None
    source = iter(items)
    while problem is None:
        try:
            batch.append(next(source))
        except StopIteration:
            break
        except Exception as error:
            problem = error
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
    if problem is not None:
        raise problem
