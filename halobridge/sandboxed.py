"""The sandbox as `make run` enters it: its addresses, and its credentials already filled in."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from integrations.choices import WriteMode
from integrations.connections import save_console, save_halo_credential
from integrations.models import Console, HaloCredential

NAME = "Sandbox"
# The sandbox's published addresses and (worthless) logins, as its own start page shows them.
HALO = "127.0.0.1:{}"
CLIENT_ID = "5f0c2d1e-8a44-4f0e-9d7c-1b2a3c4d5e6f"
CLIENT_SECRET = "9b1d7c52-3e60-4a8f-b1c4-77aa00bb11cc-2f6e8d90-5a1b-4c3d-8e7f-0a1b2c3d4e5f"  # noqa: S105
MSP360 = {"login": "api-sandbox", "password": "backup-sandbox-7261", "rmm_token": "rmm-sandbox-3f9a51c07d"}


def sandbox_addresses() -> tuple[str, str, str]:
    """Host and port of the simulated HaloPSA, MSP360 console and MSP360 RMM."""
    first = settings.HALOBRIDGE_SANDBOX_PORT
    return (f"127.0.0.1:{first}", f"127.0.0.1:{first + 1}", f"127.0.0.1:{first + 2}")


def allowed_addresses() -> list[str]:
    """Host and port of everything that the sandbox simulates, for the list of private hosts."""
    first = int(sandbox_addresses()[0].split(":")[1])
    return [f"127.0.0.1:{first + offset}" for offset in range(settings.SANDBOX_PORTS)]


def note_sandbox_port(var: Path) -> None:
    """Keep the first port for commands in a second terminal, whose environment does not name it."""
    (var / "sandbox").mkdir(parents=True, exist_ok=True)
    (var / "sandbox" / "port").write_text(sandbox_addresses()[0].split(":")[1])


def _wait_for(address: str, seconds: float = 30.0) -> bool:
    host, port = address.split(":")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.2)
    return False


def connect_sandbox(say: Callable[[str], None]) -> None:
    """Enter the sandbox's credentials, in write mode, unless they are there already."""
    halo, console, rmm = sandbox_addresses()
    if not all(_wait_for(address) for address in (halo, console, rmm)):
        say("The sandbox did not start; its messages above say why. Everything else runs.")
        return
    if not HaloCredential.objects.filter(name=NAME).exists():
        save_halo_credential(
            HaloCredential(
                name=NAME,
                resource_server=f"http://{halo}/api",
                authorisation_server=f"http://{halo}/auth",
                tenant="sandbox",
                client_id=CLIENT_ID,
                client_secret=CLIENT_SECRET,
                write_mode=WriteMode.WRITE,
            )
        )
    if not Console.objects.filter(name=NAME).exists():
        credentials = {**MSP360, "rmm_base_url": f"http://{rmm}"}
        save_console(Console(name=NAME, kind="msp360", base_url=f"http://{console}", credentials=credentials))
