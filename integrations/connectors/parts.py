"""Reads that take a call for each company: in parts, each of which ends in time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from integrations.connectors.base import Connector

T = TypeVar("T")


def in_parts(
    connector: Connector, items: Iterable[T], key: Callable[[T], str], at_once: int = 1
) -> Iterator[list[T]]:
    """What is left of `items`, `at_once` at a time in the order of their keys, until the read has to stop.

    Keys are unique. An item that appears before the place at which a read goes on has its turn at the next
    read; one that vanishes is not missed. At least one group is read, so that each part gets on.
    """
    todo = sorted(items, key=key)
    after = connector.begins_at.get("after")
    rest = [item for item in todo if after is None or key(item) > after]
    while rest:
        group, rest = rest[:at_once], rest[at_once:]
        yield group
        if rest and not connector.goes_on(len(todo) - len(rest), len(todo)):
            connector.goes_on_at = {"after": key(group[-1])}
            return
