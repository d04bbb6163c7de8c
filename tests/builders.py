"""Builders of stored rows; every test names only what it is about."""

from __future__ import annotations

from itertools import count
from typing import Any

from integrations.choices import ConnectionState, IntentionKind, WriteMode
from integrations.models import Console, HaloCredential, Instance, Intention

_numbers = count(1)


def make_instance(**values: Any) -> Instance:
    number = next(_numbers)
    return Instance.objects.create(
        **{"resource_server": f"https://halo{number}.example/api", "tenant": "", **values}
    )


def make_credential(**values: Any) -> HaloCredential:
    instance = values.pop("instance", None) or make_instance()
    defaults: dict[str, Any] = {
        "name": f"Halo {next(_numbers)}",
        "instance": instance,
        "resource_server": instance.resource_server,
        "authorisation_server": instance.resource_server.replace("/api", "/auth"),
        "client_id": "client",
        "client_secret": "secret-of-the-client",
        "write_mode": WriteMode.WRITE,
        "state": ConnectionState.WORKING,
    }
    return HaloCredential.objects.create(**{**defaults, **values})


def make_console(**values: Any) -> Console:
    defaults: dict[str, Any] = {
        "name": f"Console {next(_numbers)}",
        "kind": "push",
        "state": ConnectionState.WORKING,
    }
    return Console.objects.create(**{**defaults, **values})


def make_intention(credential: HaloCredential, **values: Any) -> Intention:
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "instance": credential.instance,
        "halo_credential": credential,
        "kind": IntentionKind.CREATE_TICKET,
        "cause": f"cause:{number}",
        "lane": f"ticket:{number}",
        "sequence": 1,
        "subject_id": number,
    }
    return Intention.objects.create(**{**defaults, **values})
