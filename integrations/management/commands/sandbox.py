"""`manage.py sandbox`: a simulated HaloPSA and simulated consoles to try HaloBridge with."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.sandbox import constants
from integrations.sandbox.consoles import CONSOLES
from integrations.sandbox.life import Pace
from integrations.sandbox.server import USUAL_PORTS, Ports, PortTaken, Sandbox
from integrations.sandbox.simulated import Simulated


class Command(BaseCommand):
    help = "Runs a simulated HaloPSA and simulated consoles on this machine until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        first = settings.HALOBRIDGE_SANDBOX_PORT
        parser.add_argument("--halo-port", type=int, default=first, help="0 takes any free port")
        parser.add_argument("--msp360-port", type=int, default=first + 1)
        parser.add_argument("--rmm-port", type=int, default=first + 2)
        for console in CONSOLES:
            option = f"--{console.name.replace('_', '-')}-port"
            parser.add_argument(option, type=int, help="0 takes any free port")
        parser.add_argument("--host", default=constants.HOST, help="address to listen on")
        parser.add_argument("--state-dir", type=Path, default=Path(settings.VAR_DIR) / "sandbox")
        parser.add_argument("--seed", type=int, default=1, help="another seed makes another world")
        parser.add_argument("--fresh", action="store_true", help="forget the saved world and make a new one")
        parser.add_argument("--still", action="store_true", help="nothing happens by itself")
        parser.add_argument("--fail-every", type=float, default=Pace.fail_every, help="seconds on average")
        parser.add_argument("--recover-after", type=float, default=Pace.recover_after, help="seconds")
        parser.add_argument("--json", action="store_true", help="print one line of JSON once it listens")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["fresh"]:
            (options["state_dir"] / "world.json").unlink(missing_ok=True)
        asked_to_stop = threading.Event()
        further = {console.name: _port(options, console) for console in CONSOLES}
        ports = Ports(options["halo_port"], options["msp360_port"], options["rmm_port"], further)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: asked_to_stop.set())
        try:
            sandbox = Sandbox.start(
                options["state_dir"],
                seed=options["seed"],
                ports=ports,
                host=options["host"],
                live=None if options["still"] else Pace(options["fail_every"], options["recover_after"]),
            )
        except PortTaken as error:
            raise CommandError(str(error)) from error
        with sandbox:
            self.stdout.write(json.dumps(sandbox.addresses()) if options["json"] else _welcome(sandbox))
            self.stdout.flush()
            asked_to_stop.wait()


def _port(options: dict[str, Any], console: type[Simulated]) -> int:
    if options[f"{console.name}_port"] is not None:
        return int(options[f"{console.name}_port"])
    first = options["halo_port"]
    return first + console.port - USUAL_PORTS.halo if first else 0


def _welcome(sandbox: Sandbox) -> str:
    return "\n".join(
        (
            "The sandbox is running; Ctrl-C stops it and keeps its world.",
            f"  What Halo holds now   {sandbox.halo_root}/",
            f"  Halo resource server  {sandbox.halo_url}",
            f"  Authorisation server  {sandbox.auth_url}",
            f"  Tenant                {constants.HALO_TENANT}",
            f"  Client id             {constants.HALO_CLIENT_ID}",
            f"  Client secret         {constants.HALO_CLIENT_SECRET}",
            f"  Scopes                {constants.HALO_SCOPES}",
            f"  MSP360 console        {sandbox.msp360_url}",
            f"  Login, password       {constants.MSP360_LOGIN}, {constants.MSP360_PASSWORD}",
            f"  MSP360 RMM API        {sandbox.rmm_url}, token {constants.RMM_TOKEN}",
            *(line for console in CONSOLES for line in _told(sandbox, console)),
            "Make something happen at once: manage.py sandbox_event fail",
        )
    )


def _told(sandbox: Sandbox, console: type[Simulated]) -> tuple[str, str]:
    return (f"  {console.title:<20}  {sandbox.url(console.name)}", f"{'':<24}{console.sign_in}")
