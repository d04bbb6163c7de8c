"""`manage.py sandbox_event`: makes something happen in the running sandbox at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.sandbox.consoles import CONSOLES
from integrations.sandbox.control_client import ControlError, send_event
from integrations.sandbox.life import FAILED

EVENTS = {
    "fail": "a backup plan fails",
    "succeed": "a failing backup plan succeeds",
    "vanish-plan": "a backup plan is deleted from the console",
    "remove-computer": "a computer is removed from the console",
    "msp360-alert": "a computer gets an alert of the RMM",
    "msp360-alert-over": "an alert of the RMM ends",
    "halo-down": "the simulated Halo stops answering",
    "halo-up": "the simulated Halo answers again",
    "list": "shows which plans have a problem now",
}
for console in CONSOLES:
    EVENTS.update(console.events)


class Command(BaseCommand):
    help = "Makes something happen in the running sandbox: " + "; ".join(
        f"{name} ({what})" for name, what in EVENTS.items()
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("event", choices=list(EVENTS))
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--computer", default="", help="name of a computer")
        which.add_argument("--plan", default="", help="id of a plan, or how it begins")
        which.add_argument("--random", action="store_true", help="any that fits (the default)")
        parser.add_argument("--status", choices=list(FAILED), default="error", help="how a plan fails")
        parser.add_argument("--message", default="", help="what the plan or the alert says")
        parser.add_argument("--alert", default="", help="which alert, where the console knows several")
        parser.add_argument("--how", choices=["503", "dropped"], default="503", help="how Halo is down")
        parser.add_argument("--state-dir", type=Path, default=Path(settings.VAR_DIR) / "sandbox")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("event", "computer", "plan", "status", "message", "how", "alert")
        asked = {name: options[name] for name in names}
        try:
            done = send_event(options["state_dir"], asked)
        except ControlError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(done) if options["json"] else _told(done))


def _told(done: dict[str, Any]) -> str:
    lines = [str(done["did"])]
    for plan in done.get("plans", []):
        name = str(plan["computer"]).strip()
        lines.append(
            f"  {plan['status']:<19} {name[:30]:<30} {plan['name']:<16} {plan['plan']} since {plan['since']}"
        )
    if done.get("plan"):
        lines.append(f"Undo or repeat: --plan {done['plan']}")
    return "\n".join([*lines, str(done["look"]), f"What Halo holds: {done['halo_root']}/"])
