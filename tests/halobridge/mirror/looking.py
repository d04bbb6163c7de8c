"""What was asked of HaloPSA, and what the bridge noted of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from integrations.models import HaloCredential, MirrorState, SyncSettings
from integrations.sandbox.server import Sandbox


def asked(sandbox: Sandbox, path: str = "") -> list[dict[str, str]]:
    """The parameters of every call (of one path), in order; `path` is among them. Tokens are left out."""
    found = []
    for exchange in list(sandbox.halo.requests):
        called = exchange.path.removeprefix("/api/")
        if exchange.path.startswith("/api/") and path in ("", called):
            found.append({"path": called, **dict(parse_qsl(exchange.query))})
    return found


def since(sandbox: Sandbox, path: str) -> datetime:
    """From when on the changes of a list were asked for, the last time."""
    return datetime.fromisoformat(asked(sandbox, path)[-1]["lastupdatefromdate"])


def state(credential: HaloCredential, resource: str) -> MirrorState:
    return MirrorState.objects.get(halo_credential=credential, resource=resource)


def choose(credential: HaloCredential, **settings: Any) -> None:
    SyncSettings.objects.update_or_create(halo_credential=credential, defaults=settings)


def refuse(credential: HaloCredential, *keys: str) -> None:
    """As the last test of the credential found it."""
    rows = [{"key": key, "name": key, "state": "refused", "grant": f"a tick at {key}"} for key in keys]
    HaloCredential.objects.filter(pk=credential.pk).update(permissions=rows)
