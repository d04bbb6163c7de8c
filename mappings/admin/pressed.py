"""What staff read after they have pressed a button of a list, and how it looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from django.contrib import messages

from mappings.models import CompanyMapping

NOTHING: Final = "Nothing was chosen."


@dataclass(frozen=True, slots=True)
class Pressed:
    """What staff read, the companies that it is about, and the mappings whose tickets it switched on."""

    sentence: str
    companies: list[int] = field(default_factory=list)
    tickets_on: list[CompanyMapping] = field(default_factory=list)
    level: int = messages.SUCCESS


def nothing(words: str = NOTHING) -> Pressed:
    """Nothing was done."""
    return Pressed(words, level=messages.WARNING)


def by_outcome(done: int, refused: int = 0) -> int:
    """How a message looks: nothing was done, some were refused, or all is well."""
    if done and not refused:
        return messages.SUCCESS
    return messages.ERROR if refused and not done else messages.WARNING
