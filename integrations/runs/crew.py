"""Several threads at the same work, while the one that started them keeps its lease."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from threading import Thread
from typing import Final

from django.db import connections

RENEW_EVERY: Final = 5.0
"""Seconds between two renewals of the lease, which lasts far longer."""


def work(
    task: Callable[[], None], number: int, *, renew: Callable[[], None], stop: Callable[[], None]
) -> None:
    """Run `task` in so many threads, each with its own database connections, to their end.

    The first thing that one raises (or `renew`, which is called here meanwhile) stops the others through
    `stop`, is waited for, and raised here.
    """
    problems: list[BaseException] = []

    def run() -> None:
        try:
            task()
        except BaseException as problem:  # handed to whoever waits
            problems.append(problem)
            stop()
        finally:
            connections.close_all()

    # Each in a copy of its own: what a thread logs tells of the same run.
    threads = [
        Thread(target=copy_context().run, args=(run,), name=f"crew-{place}", daemon=True)
        for place in range(number)
    ]
    try:
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            renew()
            _join(threads, RENEW_EVERY)
    except BaseException:
        stop()
        _join(threads, None)
        raise
    if problems:
        raise problems[0]


def _join(threads: list[Thread], seconds: float | None) -> None:
    """Wait for all of them, or for the first that is still at work for so many seconds."""
    for thread in (one for one in threads if one.ident is not None):
        thread.join(seconds)
        if seconds is not None and thread.is_alive():
            return
