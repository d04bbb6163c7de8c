"""A stored secret is for the host that it was entered for.

Nobody can read one back, so nobody may have it sent elsewhere either: with another host it has to be entered
again, by somebody who knows it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from integrations.models import Console, HaloCredential
from integrations.registry import connector_class

AGAIN: Final = "{} leads to another host: enter the {} again. A stored one is sent to no other."
SERVERS: Final = {"resource_server": "Resource server", "authorisation_server": "Authorisation server"}


def problems_of_console(
    stored: Console, base_url: str, credentials: Mapping[str, str], typed: Collection[str]
) -> dict[str, str]:
    """By the name of a secret: why it has to be entered again. `typed`: those that have been just now."""
    connector = connector_class(stored.kind)
    fields = [field for field in connector.credential_fields if field.address]
    before = _origins([stored.base_url or connector.default_base_url])
    before |= _origins(stored.credentials.get(field.name, "") for field in fields)
    places = {"Address": base_url or connector.default_base_url}
    places |= {field.label: credentials.get(field.name, "") for field in fields}
    elsewhere = _elsewhere(places, before)
    return {
        field.name: AGAIN.format(elsewhere, field.label)
        for field in connector.credential_fields
        if elsewhere
        and field.secret
        and field.name not in typed
        and stored.credentials.get(field.name)
        # One that is taken away goes nowhere.
        and credentials.get(field.name)
    }


def problem_of_halo(stored: HaloCredential, wanted: HaloCredential, typed: bool) -> str:
    """Why the client secret has to be entered again; '' where it has been, or the servers are the known ones.

    The servers of `wanted` are normalised already.
    """
    before = _origins(getattr(stored, name) for name in SERVERS)
    before |= _origins(str(stored.moving_to.get(name, "")) for name in SERVERS)
    elsewhere = _elsewhere({label: getattr(wanted, name) for name, label in SERVERS.items()}, before)
    return AGAIN.format(elsewhere, "client secret") if elsewhere and not typed else ""


def _elsewhere(places: Mapping[str, str], known: set[str]) -> str:
    """The first of these addresses, by its name, that is on no known host."""
    return next((name for name, address in places.items() if _origins([address]) - known), "")


def _origins(addresses: Iterable[str]) -> set[str]:
    """Scheme, host and port. Without a scheme it is the server of a mailbox, or https."""
    found = set()
    for address in filter(None, (address.strip() for address in addresses)):
        parts = urlsplit(address if "://" in address else f"//{address}")
        found.add(f"{parts.scheme or 'https'}://{parts.netloc.lower()}")
    return found
