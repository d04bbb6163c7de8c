"""What speaks against a row: all of it at once, so that staff need not import a sheet once for each slip."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from django.core.exceptions import ValidationError

T = TypeVar("T")

LONGEST_COLUMN: Final = 220
LONGEST_REASON: Final = 500
_BETWEEN: Final = "\n"
"""Parts several columns, and several sentences, that are stored in one text."""


class NotFound(ValueError):
    """The row names nothing, or several; `column` is the field to correct."""

    def __init__(self, column: str, sentence: str) -> None:
        self.column, self.sentence = column, sentence
        super().__init__(sentence)


class Problems:
    """Of one row: a sentence for each field, in the order in which they were found."""

    def __init__(self, known: Iterable[tuple[str, str]] = ()) -> None:
        self._found: dict[str, str] = {}
        for column, sentence in known:
            self.add(column, sentence)

    def __bool__(self) -> bool:
        return bool(self._found)

    def about(self, *columns: str) -> bool:
        """Whether something speaks against one of these fields."""
        return any(column in self._found for column in columns)

    def add(self, column: str, sentence: str) -> None:
        """What was found first about a field is what staff have to mend first."""
        self._found.setdefault(column, _ended_once(sentence))

    def attempt(self, find: Callable[[], T], *columns: str) -> T | None:
        """What `find` finds. None if it raises `NotFound`, which is noted, or if one of these fields that it
        goes by is bad already."""
        if self.about(*columns):
            return None
        try:
            return find()
        except NotFound as problem:
            self.add(problem.column, problem.sentence)
            return None

    def check(self, raise_problems: Callable[[], object], column_of: Callable[[str], str]) -> None:
        """Note all that a check of a model's fields raises. `column_of`: its field → the sheet's."""
        try:
            raise_problems()
        except ValidationError as problem:
            told = problem.message_dict if hasattr(problem, "error_dict") else {"": problem.messages}
            for field, sentences in told.items():
                self.add(column_of(field), " ".join(sentences))

    def told(self, where: Callable[[str], str]) -> tuple[str, str]:
        """(the first column, its sentence and then each other column with its own)."""
        (first, sentence), *others = self._found.items()
        parts = [sentence, *(f"{where(column)}: {words}" for column, words in others)]
        return where(first)[:LONGEST_COLUMN], _within(parts, " ", LONGEST_REASON)


def _ended_once(sentence: str) -> str:
    """Names end in a full stop, too: “Summit Ltd.” at the end of a sentence."""
    return sentence.removesuffix(".") if sentence.endswith("..") else sentence


def _within(parts: list[str], between: str, limit: int) -> str:
    """As many whole parts as there is room for, and how many there are besides."""
    text = between.join(parts)
    number = len(parts)
    while len(text) > limit and number > 1:
        number -= 1
        text = between.join([*parts[:number], f"And {len(parts) - number} more."])
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


# ---- stored ---------------------------------------------------------------------------------


def packed(problems: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """(columns, sentences) of cells that cannot be read, as rows of assets store them; the first ones, where
    there is no room for all."""
    columns, sentences = "", ""
    for column, sentence in problems:
        wider = _BETWEEN.join(filter(None, (columns, column)))
        longer = _BETWEEN.join(filter(None, (sentences, " ".join(sentence.split())[:LONGEST_REASON])))
        if len(wider) > LONGEST_COLUMN or len(longer) > LONGEST_REASON:
            break
        columns, sentences = wider, longer
    return columns, sentences


def unpacked(columns: str, sentences: str) -> list[tuple[str, str]]:
    return list(zip(columns.split(_BETWEEN), sentences.split(_BETWEEN), strict=False)) if sentences else []


# ---- what only one row may have -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Claim:
    """What a row is about, or gives away. `sentence` tells a later row that it is too late, `{row}` is the
    number of the earlier one."""

    what: Hashable
    column: str
    sentence: str


class Taken:
    """What rows of a sheet have already. A row that is refused has nothing, so it hinders no other."""

    def __init__(self) -> None:
        self._rows: dict[Hashable, int] = {}

    def check(self, claims: Iterable[Claim], problems: Problems) -> None:
        for claim in claims:
            if claim.what in self._rows:
                problems.add(claim.column, claim.sentence.format(row=self._rows[claim.what]))

    def take(self, claims: Iterable[Claim], number: int) -> None:
        for claim in claims:
            self._rows[claim.what] = number
