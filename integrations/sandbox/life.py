"""What happens to plans and computers of the console: at once when asked for, slowly by itself.

Each function changes the world and returns the rows it has changed. Nothing here locks: whoever calls does.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from integrations.sandbox.generation.plans import FAILURES
from integrations.sandbox.moments import at, later, stamp
from integrations.sandbox.world import ConsoleWorld, Row

FAILED = {"overdue": 1, "error": 2, "interrupted": 5, "closed": 6, "warning": 7}
"""Words for the statuses that tell of a problem."""


class NothingFound(Exception):
    """No plan or computer is as asked for. The text is a sentence for people."""


@dataclass
class Pace:
    """How slowly time passes. Seconds."""

    fail_every: float = 120.0
    recover_after: float = 180.0


def is_failing(plan: Row) -> bool:
    return plan["_status"] in FAILED.values()


def find_plans(console: ConsoleWorld, *, computer: str = "", plan: str = "") -> list[Row]:
    """By the plan's id or the beginning of it, or all plans of the computer of that name or hid."""
    if plan:
        found = [row for key, row in console.plans.items() if key.startswith(plan.lower().strip("{}"))]
        if not found:
            raise NothingFound(f"There is no plan {plan!r}.")
        return found
    hids = find_computers(console, computer)
    found = [row for row in console.plans.values() if row["_hid"] in hids]
    if not found:
        raise NothingFound(f"The computer {computer!r} has no backup plan.")
    return found


def find_computers(console: ConsoleWorld, name: str) -> list[str]:
    """Hids of the computers of that name (spaces around it and case ignored), or the hid itself."""
    wanted = name.strip().casefold()
    found = [
        hid
        for hid, row in console.computers.items()
        if wanted in {row["ComputerName"].strip().casefold(), row["ComputerDisplayName"].casefold(), hid}
    ]
    if not found:
        raise NothingFound(f"There is no computer {name!r}.")
    return found


def fail(plan: Row, now: datetime, status: str = "error", message: str = "") -> None:
    """The plan ran just now and did not succeed. Raises NothingFound for an unknown status."""
    if status not in FAILED:
        raise NothingFound(f"There is no status {status!r}; there are: {', '.join(FAILED)}.")
    text = message or FAILURES[sum(map(ord, plan["PlanId"])) % len(FAILURES)]
    _run(plan, now, FAILED[status], text)


def succeed(plan: Row, now: datetime) -> None:
    _run(plan, now, 0, None)
    plan.pop("_recovers", None)


def vanish(console: ConsoleWorld, plan: Row) -> None:
    """The plan was deleted by its owner: it is in no list any more."""
    console.plans = {key: row for key, row in console.plans.items() if row is not plan}


def remove_computer(console: ConsoleWorld, hid: str) -> Row:
    """The computer was taken out of the console, with its plans and its licence."""
    computer = console.computers.pop(hid)
    console.plans = {key: row for key, row in console.plans.items() if row["_hid"] != hid}
    console.hosts.pop(hid, None)
    console.alerts = {key: row for key, row in console.alerts.items() if row["_hid"] != hid}
    owner = (computer["ComputerName"], computer["UserID"])
    for licence in console.licences.values():
        if (licence["ComputerName"], licence["UserID"]) == owner:
            licence.update(IsTaken=False, ComputerName=None, User=None, UserID=None)
    return computer


class PassingTime:
    """Plans run every day; now and then one fails and recovers by itself."""

    def __init__(self, console: ConsoleWorld, pace: Pace, chance: random.Random) -> None:
        self._console = console
        self._pace = pace
        self._chance = chance
        self._next_failure: datetime | None = None

    def tick(self, now: datetime) -> bool:
        """What has happened until now. True if anything did."""
        before = stamp(now)
        due = [plan for plan in self._console.plans.values() if plan["NextStart"] <= before]
        for plan in due:
            self._run_nightly(plan, now)
        recovered = [plan for plan in self._console.plans.values() if plan.get("_recovers", "9") <= before]
        for plan in recovered:
            succeed(plan, now)
        return bool(due or recovered) | self._maybe_fail(now)

    def _maybe_fail(self, now: datetime) -> bool:
        if self._next_failure is None or now < self._next_failure:
            self._next_failure = self._next_failure or self._draw(now)
            return False
        self._next_failure = self._draw(now)
        healthy = [plan for plan in self._console.plans.values() if plan["_has_id"] and plan["_status"] == 0]
        if not healthy:
            return False
        plan = self._chance.choice(healthy)
        fail(plan, now, self._chance.choice(["error", "error", "warning", "overdue"]))
        plan["_recovers"] = stamp(now + timedelta(seconds=self._pace.recover_after))
        return True

    def _draw(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self._pace.fail_every * self._chance.uniform(0.6, 1.4))

    def _run_nightly(self, plan: Row, now: datetime) -> None:
        """The latest run that was due: what failed by itself and was left alone succeeds half of the time."""
        start = at(plan["NextStart"])
        start += timedelta(days=(now - start).days)
        status = plan["_status"] if is_failing(plan) and self._chance.random() < 0.5 else 0
        _run(plan, start, status, plan["ErrorMessage"] if status else None)


def _run(plan: Row, start: datetime, status: int, message: str | None) -> None:
    begun = stamp(start.replace(microsecond=0))
    if begun <= plan["LastStart"]:
        begun = later(plan["LastStart"], seconds=1)
    plan.update(_status=status, ErrorMessage=message, LastStart=begun, NextStart=later(begun, days=1))
