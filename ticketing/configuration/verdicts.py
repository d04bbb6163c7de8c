"""What can be said of a row of the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models


class Verdict(models.TextChoices):
    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    UNCHANGED = "unchanged", "Unchanged"
    MISSING = "missing", "Missing: what it names is not here"
    AMBIGUOUS = "ambiguous", "Ambiguous: several have this name"
    REFUSED = "refused", "Refused"


LEFT_OUT = (Verdict.MISSING, Verdict.AMBIGUOUS, Verdict.REFUSED)
"""The worst last."""


@dataclass(frozen=True, slots=True)
class Judged:
    """`changes`: column → (before, after), as the file spells them."""

    section: str
    row: str
    verdict: Verdict
    changes: dict[str, tuple[Any, Any]]
    reason: str = ""


class Unresolved(Exception):
    """A value that can't be taken: its verdict and a sentence."""

    def __init__(self, verdict: Verdict, words: str) -> None:
        super().__init__(words)
        self.verdict = verdict


def missing(what: str, name: object, where: str = "") -> Unresolved:
    there = f" of {where}" if where else ""
    return Unresolved(Verdict.MISSING, f"There is no {what}{there} called “{name}”.")


def refused(words: str) -> Unresolved:
    return Unresolved(Verdict.REFUSED, words)
