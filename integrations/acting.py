"""Who acts now: set by whoever opens a request, a command or a run; read by whatever is written meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db.models import TextChoices


class AuditSource(TextChoices):
    ADMIN = "admin", "Admin pages"
    REST = "rest", "REST API"
    COMMAND = "command", "Command"
    QUEUE = "queue", "Queue, on behalf"


@dataclass(frozen=True, slots=True)
class Actor:
    """A staff account, a program's token or a command. `who` stays readable when the account is gone."""

    who: str
    source: AuditSource
    account_id: int | None = None
    address: str | None = None
    place: str = ""
    request_id: str = ""

    @property
    def in_queue(self) -> bool:
        return self.source == AuditSource.QUEUE


Known = Callable[[], Actor | None]
_acting: ContextVar[Known | None] = ContextVar("acting", default=None)


def current_actor() -> Actor | None:
    """Who acts, or None where the machine acts by itself: then nothing goes into the log."""
    known = _acting.get()
    return known() if known else None


@contextmanager
def acting(known: Known | None) -> Iterator[None]:
    """What is changed in the block is done by whom `known` tells then: a token is known only in mid-request.

    None: by nobody. A run inside of a command or a request is not that command's own doing.
    """
    token = _acting.set(known)
    try:
        yield
    finally:
        _acting.reset(token)
