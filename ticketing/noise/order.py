"""The one order in which an alert that is wanted may be held back, and why. Pure; times are aware.

1. a maintenance window, or the console's own maintenance mode
2. a snooze
3. its computer is offline, which has a ticket of its own
4. the wait before the first ticket
5. grouping: it joins a ticket that there is already
6. the storm guard

The first of 1 to 4 that applies holds it back. 5 and 6 only decide which ticket it goes to. An exclusion
comes before all of them: it is a rule. Notes on a ticket that exists are held back by 1 and 2 only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

IN_MAINTENANCE_MODE: Final = "The console says that the computer is in maintenance mode."


@dataclass(frozen=True, slots=True)
class Hold:
    """Why not now. `until` None: until something changes."""

    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class NoiseFacts:
    opened_at: datetime
    now: datetime
    window: Hold | None = None
    maintenance_mode: bool = False
    snooze: Hold | None = None
    offline: Hold | None = None
    wait_minutes: int = 0


def hold_back(facts: NoiseFacts) -> Hold | None:
    """Why an alert without a ticket gets none now; None: it may."""
    return hold_notes(facts) or facts.offline or _wait(facts)


def hold_notes(facts: NoiseFacts) -> Hold | None:
    """Why nothing is told about an alert now, not even on a ticket that exists."""
    if facts.window:
        return facts.window
    return Hold(IN_MAINTENANCE_MODE) if facts.maintenance_mode else facts.snooze


def _wait(facts: NoiseFacts) -> Hold | None:
    """What heals by itself within the wait never becomes a ticket."""
    due = facts.opened_at + timedelta(minutes=facts.wait_minutes)
    if not facts.wait_minutes or due <= facts.now:
        return None
    return Hold(f"It waits {facts.wait_minutes} minutes before its ticket: it may end by itself.", due)
