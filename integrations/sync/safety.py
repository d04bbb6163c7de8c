"""Limits before effects: what stops a read from becoming a disappearance, and a write from happening."""

from __future__ import annotations

from dataclasses import dataclass


class BudgetExhausted(Exception):
    """The window of the instance is full for this purpose; try again in `seconds`."""

    def __init__(
        self, seconds: float, reason: str = "The API limit of this HaloPSA instance is used up"
    ) -> None:
        self.seconds = max(0.0, seconds)
        self.reason = reason
        super().__init__(f"{reason}; next try in {self.seconds:.0f} s.")


class WritesStopped(Exception):
    """Writing is off for this credential or instance; nothing was sent."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class WriteRefused(WritesStopped):
    """The credential may write, but HaloPSA refuses this kind of write to it (`key`); nothing was sent."""

    def __init__(self, reason: str, key: str) -> None:
        self.key = key
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class LossVerdict:
    allowed: bool
    reason: str = ""


def judge_loss(
    known: int,
    missing: int,
    *,
    share: float = 0.3,
    minimum: int = 10,
    what: str = "rows",
    empty_is_usual: bool = False,
) -> LossVerdict:
    """Say whether `missing` of `known` rows may count as gone.

    An empty read of something that held rows is never a disappearance. Below `minimum` known rows only
    that rule holds; from there on more than `share` of them missing is held back. `empty_is_usual`: below
    `minimum` nothing is held back, because few things may well all end.
    """
    if missing <= 0 or known <= 0 or (empty_is_usual and known < minimum):
        return LossVerdict(True)
    if missing >= known:
        return LossVerdict(False, f"The list came back without any of the {known} known {what}.")
    if known >= minimum and missing > known * share:
        return LossVerdict(
            False,
            f"{missing} of {known} {what} are missing at once, more than {share:.0%}: held back.",
        )
    return LossVerdict(True)
