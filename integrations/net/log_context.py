"""What all lines of a log tell that are written meanwhile: whose request it is, which run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

_known: ContextVar[Mapping[str, Any]] = ContextVar("known", default=MappingProxyType({}))


def known() -> Mapping[str, Any]:
    """Names and values that belong into a line that is written now."""
    return _known.get()


@contextmanager
def telling(**more: Any) -> Iterator[None]:
    """Lines tell this, too, until the end of the block. A thread has to be started in a copied context."""
    token = _known.set({**_known.get(), **more})
    try:
        yield
    finally:
        _known.reset(token)


def tell_from_now_on(**only: Any) -> None:
    """Lines of this thread tell this and nothing else, until somebody says otherwise."""
    _known.set(only)
