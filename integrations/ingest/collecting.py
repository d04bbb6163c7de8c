"""Passes that make hundreds of thousands of things which are all kept for a while."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_USUAL: Final = gc.get_threshold()
_RARELY: Final = 200_000
"""New things that are still there, after which Python looks for cycles among them."""


@contextmanager
def rare_collection() -> Iterator[None]:
    """Within, Python seldom looks for reference cycles: with its usual measure a third of the time of a pass
    goes into looking at rows that are still wanted. Of the whole process; two at once do no harm."""
    gc.set_threshold(_RARELY, *_USUAL[1:])
    try:
        yield
    finally:
        gc.set_threshold(*_USUAL)
