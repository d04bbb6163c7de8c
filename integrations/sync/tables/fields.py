"""What a column can be taken for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final


class Kind(StrEnum):
    """How the cells of a column are read."""

    ID = "id"
    """Identifies something: a digit that was lost makes it another thing."""
    TEXT = "text"
    CODE = "code"
    """A number that is a name (serial number, account number): never computed with, zeros count."""
    LIST = "list"
    ADDRESSES = "addresses"
    """MAC or IP addresses: also divided by blanks."""
    DAY = "day"
    MOMENT = "moment"
    FLAG = "flag"
    STATE = "state"
    SEVERITY = "severity"
    EVENT_TYPE = "event_type"


EXACT: Final = frozenset({Kind.ID, Kind.CODE})
SEVERAL: Final = frozenset({Kind.LIST, Kind.ADDRESSES})
"""Kinds of which more than one column may be taken."""
TIMES: Final = frozenset({Kind.DAY, Kind.MOMENT})


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a column can be taken for. `called` are usual headers besides the name and the label."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    called: tuple[str, ...] = ()
    sample: str = ""


@dataclass(frozen=True)
class Table:
    """`needed` has to have a column; `keys` tell rows apart where there is no id, the first that fits."""

    what: str
    one: str
    fields: tuple[Field, ...]
    needed: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.fields}


ID: Final = "external_id"


def words(text: str) -> tuple[str, ...]:
    """The headers of a list with commas."""
    return tuple(word.strip() for word in text.split(","))
