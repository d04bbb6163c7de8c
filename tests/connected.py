"""Credentials and consoles that point at a running sandbox, saved and tested as the product does it."""

from __future__ import annotations

from typing import Any

from halobridge import sandboxed
from integrations.choices import WriteMode
from integrations.connections import save_console, save_halo_credential
from integrations.management.reporting import execute_here
from integrations.models import Console, HaloCredential, Run
from integrations.runs.request import request_console_sync, request_halo_sync
from integrations.sandbox.server import Sandbox


def connect_halo(sandbox: Sandbox, **values: Any) -> HaloCredential:
    """A credential in write mode with much room in its API limit; its test has run."""
    defaults: dict[str, Any] = {
        "name": "Sandbox",
        "resource_server": sandbox.halo_url,
        "authorisation_server": sandbox.auth_url,
        "client_id": sandboxed.CLIENT_ID,
        "client_secret": sandboxed.CLIENT_SECRET,
        "write_mode": WriteMode.WRITE,
        "budget_calls": 5000,
    }
    credential = HaloCredential(**{**defaults, **values})
    execute_here(save_halo_credential(credential))
    return HaloCredential.objects.get(pk=credential.pk)


def connect_console(
    sandbox: Sandbox, *, rmm: bool = False, password: str = sandboxed.MSP360["password"], **values: Any
) -> Console:
    """The sandbox's MSP360 console; with `rmm`, hardware is read too (one call for each computer)."""
    credentials = {"login": sandboxed.MSP360["login"], "password": password}
    if rmm:
        credentials |= {"rmm_token": sandboxed.MSP360["rmm_token"], "rmm_base_url": sandbox.rmm_url}
    defaults: dict[str, Any] = {"name": "Backup", "kind": "msp360", "base_url": sandbox.msp360_url}
    console = Console(**{**defaults, "credentials": credentials, **values})
    execute_here(save_console(console))
    return Console.objects.get(pk=console.pk)


def read_halo(credential: HaloCredential, *, full: bool = True) -> Run:
    return execute_here(request_halo_sync(credential, full=full))


def read_console(console: Console) -> Run:
    return execute_here(request_console_sync(console))
