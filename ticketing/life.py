"""The life of a ticket after it was made: when a note is due, when it closes, when it opens again.

Pure: facts in, one verdict out; times are aware. Nothing here touches the database, the network or a clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# The values of `models.ClosingPolicy` and `models.AfterPerson`; a test holds them together.
AT_ONCE: Final = "at_once"
QUIET: Final = "quiet"
UNTOUCHED: Final = "untouched"
NEVER: Final = "never"

STAY_QUIET: Final = "stay_quiet"
REOPEN: Final = "reopen"
NEW_TICKET: Final = "new_ticket"


# ---- notes ----------------------------------------------------------------------------------


def next_note_at(last: datetime, minutes: int) -> datetime:
    """When the next repeat may be noted: at most one note in so many minutes."""
    return last + timedelta(minutes=minutes)


# ---- the end --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ending:
    """What to do with a ticket whose alerts are all over. `wait_until` set: look again then, nothing now."""

    wait_until: datetime | None = None
    leave_open: bool = False
    only_untouched: bool = False


def ending(policy: str, quiet_minutes: int, ended_at: datetime, now: datetime) -> Ending:
    match policy:
        case "quiet":
            over = ended_at + timedelta(minutes=quiet_minutes)
            return Ending(wait_until=over) if over > now else Ending()
        case "untouched":
            return Ending(only_untouched=True)
        case "never":
            return Ending(leave_open=True)
    return Ending()


# ---- it comes back --------------------------------------------------------------------------


def soon_enough(ended_at: datetime | None, opened_at: datetime, hours: int) -> bool:
    """Whether what opened came back so soon that it is the same trouble; without an end it never stopped."""
    if hours <= 0:
        return False
    return ended_at is None or opened_at - ended_at <= timedelta(hours=hours)


# ---- a person has closed it -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AfterPerson:
    """What follows when a person has closed the ticket of an alert that is still open.

    `act` is STAY_QUIET, REOPEN or NEW_TICKET; `wait_until` set: not before then.
    """

    act: str = STAY_QUIET
    wait_until: datetime | None = None


def after_person(policy: str, hours: int, closed_at: datetime, now: datetime) -> AfterPerson:
    if policy == STAY_QUIET:
        return AfterPerson()
    due = closed_at + timedelta(hours=hours)
    return AfterPerson(policy, due if due > now else None)
