"""What matching found out, and what it leaves to staff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_NAMED: Final = 10
"""Assets or computers that a doubt names; one serial number on thousands of machines stays one short row."""


class Doubt(StrEnum):
    """Why a computer is left to staff; the values are stored."""

    CLONE = "clone"
    ONE_TO_MANY = "one_to_many"
    CONTRADICTION = "contradiction"


@dataclass(frozen=True, slots=True)
class Match:
    """`takes_over`: the computer that stood for the asset, is gone from the console and hands it on."""

    computer_id: int
    asset_id: int
    reason: str
    takes_over: int | None = None


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Evidence that does not decide; the computer is left to staff. Ids are sorted, at most `MOST_NAMED`."""

    computer_id: int
    reason: str
    kind: Doubt = Doubt.CONTRADICTION
    assets: tuple[int, ...] = ()
    rivals: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchResult:
    """Both ordered by computer."""

    matches: tuple[Match, ...]
    ambiguous: tuple[Ambiguous, ...]


def named(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(numbers))[:MOST_NAMED])
