"""What a read changed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stored:
    """`created`, `updated` and `unchanged` count what was read; `gone` what became inactive by its absence.

    `held_back` is the sentence for staff where the loss guard kept missing rows as they were; `waits` says
    whether somebody has to decide about it (not where staff have decided to keep them).
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    gone: int = 0
    held_back: str = ""
    waits: bool = False

    def __add__(self, other: Stored) -> Stored:
        """The counts of two parts of one read."""
        return Stored(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.gone + other.gone,
            " ".join(filter(None, (self.held_back, other.held_back))),
            self.waits or other.waits,
        )
