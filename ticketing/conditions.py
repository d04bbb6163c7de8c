"""Conditions of an event set on top of its event types: severity, company, computer, tags, words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SEVERITIES: Final = ("info", "low", "medium", "high", "critical")
"""From the least to the worst; the values of `choices.Severity`."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Only these, or none of these. Empty: no condition."""

    these: frozenset[int | str] = frozenset()
    excluded: bool = False

    def takes(self, found: frozenset[int | str]) -> bool:
        return not self.these or bool(self.these & found) != self.excluded


ALL: Final = Selection()


@dataclass(frozen=True, slots=True)
class Conditions:
    """`tags` are in lower case. `pattern`: words with `*` for anything, found anywhere in the title."""

    severity_from: str = ""
    companies: Selection = ALL
    computers: Selection = ALL
    tags: Selection = ALL
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged. `tags` are those of its computer and company, in lower case."""

    severity: str = "medium"
    company_id: int | None = None
    computer_id: int | None = None
    tags: frozenset[str] = frozenset()
    title: str = ""


NO_CONDITIONS: Final = Conditions()
NOTHING_KNOWN: Final = Subject()


def why_not(conditions: Conditions, subject: Subject) -> str:
    """Which condition the subject fails, as the end of a sentence; '' where it fits all of them."""
    if _is_less(subject.severity, conditions.severity_from):
        return f"takes only severity {conditions.severity_from} and above"
    for selection, found, what in (
        (conditions.companies, _one(subject.company_id), "company"),
        (conditions.computers, _one(subject.computer_id), "computer"),
        (conditions.tags, frozenset[int | str](subject.tags), "tag"),
    ):
        if not selection.takes(found):
            return f"leaves out this {what}" if selection.excluded else f"is for other {_MANY[what]} only"
    if conditions.pattern and not matches(conditions.pattern, subject.title):
        return f"takes only what is called “{conditions.pattern}”"
    return ""


_MANY: Final = {"company": "companies", "computer": "computers", "tag": "tags"}


def _one(number: int | None) -> frozenset[int | str]:
    return frozenset() if number is None else frozenset({number})


def _is_less(severity: str, least: str) -> bool:
    """A severity that is not known counts as medium."""
    return bool(least) and severities_from(least).count(severity if severity in SEVERITIES else "medium") == 0


def severities_from(least: str) -> tuple[str, ...]:
    """This one and all that are worse; all of them for one that is not known."""
    return SEVERITIES[SEVERITIES.index(least) :] if least in SEVERITIES else SEVERITIES


# ---- words ----------------------------------------------------------------------------------


def matches(pattern: str, title: str) -> bool:
    """Whether the title holds the words in their order. Case and spacing do not matter; linear in time."""
    text, place = _tidy(title), 0
    for part in parts_of(pattern):
        found = text.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return True


def parts_of(pattern: str) -> list[str]:
    """What stands between the stars, in lower case."""
    return [part for part in map(_tidy, pattern.split("*")) if part]


def _tidy(text: str) -> str:
    return " ".join(text.casefold().split())


def pattern_problem(pattern: str) -> str:
    """What is wrong with a pattern, as a sentence; '' if nothing."""
    if pattern and not parts_of(pattern):
        return "Besides stars it needs a word."
    return ""
