"""*Get companies*: reading the consoles or HaloPSA anew from the mapping page, and how far that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from integrations.admin.choosers import id_of
from integrations.choices import RunKind
from integrations.models import OPEN_STATES, Console, HaloCredential, Run
from integrations.registry import UnknownKind, connector_class
from integrations.runs.request import request_console_sync, request_halo_sync

GET_COMPANIES, GET_CLIENTS = "get-companies", "get-clients"
READING: Final = (GET_COMPANIES, GET_CLIENTS)


@dataclass(frozen=True, slots=True)
class Readings:
    """The syncs that run now (of the credential and all consoles), and the consoles that can be read."""

    open_runs: list[Run]
    readable: list[Console]


def readings(credential: HaloCredential, consoles: Iterable[Console]) -> Readings:
    """One query."""
    kinds = (RunKind.SYNC_CONSOLE, RunKind.SYNC_HALO)
    runs = Run.objects.filter(kind__in=kinds, state__in=OPEN_STATES).select_related(
        "console", "halo_credential"
    )
    own = [run for run in runs[:20] if run.console_id or run.halo_credential_id == credential.pk]
    return Readings(own, [console for console in consoles if _readable(console)])


def _readable(console: Console) -> bool:
    try:
        return console.enabled and connector_class(console.kind).abilities.companies
    except UnknownKind:
        return False


def read_now(request: HttpRequest, credential: HaloCredential) -> str:
    """Ask for the reading; the sentence for staff. Needs the right to read from the connection."""
    if request.POST.get("do") == GET_CLIENTS:
        _require(request, "integrations.sync_halocredential")
        if not credential.enabled:
            return f"{credential} is switched off."
        request_halo_sync(credential, requested_by=request.user)
        return "HaloPSA is being read: new and changed clients and sites appear here in a moment."
    _require(request, "integrations.sync_console")
    wanted = id_of(request, "console")
    consoles = Console.objects.order_by("name")
    chosen = [row for row in (consoles.filter(pk=wanted) if wanted else consoles) if _readable(row)]
    for console in chosen:
        request_console_sync(console, requested_by=request.user)
    if not chosen:
        return "There is no console that can be read: its companies come by REST, or from HaloPSA."
    return f"Being read: {', '.join(str(console) for console in chosen)}. Companies appear here in a moment."


def _require(request: HttpRequest, permission: str) -> None:
    user: Any = request.user
    if not user.has_perm(permission):
        raise PermissionDenied
