"""Events that a person asks for: `manage.py sandbox_event`, `POST /_control/event`. Each says what it did."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from integrations.sandbox import life
from integrations.sandbox.clock import Clock
from integrations.sandbox.life import NothingFound
from integrations.sandbox.msp360.rows import STATUSES
from integrations.sandbox.simulated import Event
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import Row, World

LOOK_EVENT = (
    "HaloBridge sees it at its next poll, about a minute: Events and Alerts in its admin, then the Halo page."
)
LOOK_SYNC = "HaloBridge sees it at the next sync of the console."
LOOK_HALO = "Runs in HaloBridge's admin say what they are waiting for."


class Events:
    """`do` takes `{"event": …, "computer", "plan", "status", "message"}` and answers `{"did", "look"}`.

    `others` are those of the further consoles.
    """

    def __init__(self, world: World, switches: Switches, clock: Clock, others: Mapping[str, Event]) -> None:
        self._console = world.console
        self._switches = switches
        self._clock = clock
        self._chance = random.Random()
        self._known: dict[str, Event] = {
            "fail": self._fail,
            "succeed": self._succeed,
            "vanish-plan": self._vanish_plan,
            "remove-computer": self._remove_computer,
            "halo-down": self._halo_down,
            "halo-up": self._halo_up,
            "list": self._list,
            **others,
        }

    def do(self, asked: Row) -> Row:
        """Raises NothingFound with a sentence."""
        event = self._known.get(str(asked.get("event")))
        if event is None:
            raise NothingFound(
                f"There is no event {asked.get('event')!r}; there are: {', '.join(self._known)}."
            )
        return event(asked)

    def _fail(self, asked: Row) -> Row:
        plan = self._choose(asked, lambda plan: not life.is_failing(plan), "is not failing already")
        status = str(asked.get("status") or "error")
        life.fail(plan, self._clock.now(), status, str(asked.get("message") or ""))
        return self._told(plan, f"now reports {STATUSES[plan['_status']]}: {plan['ErrorMessage']}")

    def _succeed(self, asked: Row) -> Row:
        plan = self._choose(asked, life.is_failing, "is failing")
        life.succeed(plan, self._clock.now())
        return self._told(plan, "has succeeded")

    def _vanish_plan(self, asked: Row) -> Row:
        plan = self._choose(asked, lambda plan: True, "exists")
        life.vanish(self._console, plan)
        return self._told(plan, "has been deleted from the console")

    def _remove_computer(self, asked: Row) -> Row:
        if asked.get("computer"):
            hid = life.find_computers(self._console, str(asked["computer"]))[0]
        else:
            hid = self._chance.choice(list(self._console.computers))
        computer = life.remove_computer(self._console, hid)
        return {
            "did": f"Removed {_of(computer)} from the console, with its plans.",
            "look": LOOK_SYNC,
            "hid": hid,
        }

    def _halo_down(self, asked: Row) -> Row:
        how = "dropped" if asked.get("how") == "dropped" else "503"
        self._switches.change(down=how)
        told = "closes every connection" if how == "dropped" else "answers 503 to every request"
        return {"did": f"The simulated Halo is down: it {told}.", "look": LOOK_HALO}

    def _halo_up(self, asked: Row) -> Row:
        self._switches.change(down="")
        return {"did": "The simulated Halo is up again.", "look": LOOK_HALO}

    def _list(self, asked: Row) -> Row:
        failing = [plan for plan in self._console.plans.values() if life.is_failing(plan)]
        shown = [
            {
                "plan": plan["PlanId"],
                "name": plan["PlanName"],
                "computer": self._console.computers[plan["_hid"]]["ComputerName"],
                "company": self._console.computers[plan["_hid"]]["CompanyName"],
                "status": STATUSES[plan["_status"]],
                "since": plan["LastStart"][:19] + "Z",
            }
            for plan in failing
        ]
        counted = f"{len(shown)} of {len(self._console.plans)} plans have a problem."
        return {"did": counted, "look": LOOK_EVENT, "plans": shown}

    def _choose(self, asked: Row, fits: Callable[[Row], bool], what: str) -> Row:
        """The plan named, the first fitting one of the computer named, or any."""
        if asked.get("plan") or asked.get("computer"):
            found = life.find_plans(
                self._console, computer=str(asked.get("computer") or ""), plan=str(asked.get("plan") or "")
            )
            return next(filter(fits, found), found[0])
        found = [plan for plan in self._console.plans.values() if fits(plan) and plan["_has_id"]]
        if not found:
            raise NothingFound(f"There is no plan that {what}.")
        return self._chance.choice(found)

    def _told(self, plan: Row, what: str) -> Row:
        computer: Any = self._console.computers[plan["_hid"]]
        did = f"Plan '{plan['PlanName']}' of {_of(computer)} {what}."
        return {"did": did, "look": LOOK_EVENT, "plan": plan["PlanId"], "computer": computer["ComputerName"]}


def _of(computer: Row) -> str:
    name = computer["ComputerName"].strip()
    company = (computer["CompanyName"] or "").strip()
    return f"{name} ({company})" if company else f"{name} (no company)"
