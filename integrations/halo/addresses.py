"""Addresses of a HaloPSA instance in one spelling, from whatever people paste.

HaloPSA shows `https://acme.halopsa.com/api` and `https://acme.halopsa.com/auth`; people also paste the
bare host, the other one of the two, or either with a slash or a file name behind it.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from integrations.net.http import AddressError, normalise_host
from integrations.net.pasted import unwrapped

__all__ = [
    "AddressError",
    "in_their_places",
    "normalise_authorisation_server",
    "normalise_resource_server",
    "normalise_tenant",
    "unwrapped",
]

_TAILS = frozenset({"api", "auth", "token", "authinfo", "swagger", "portal"})
_TENANT = re.compile(r"[a-z0-9][a-z0-9._-]*", re.IGNORECASE)


def in_their_places(resource: str, authorisation: str) -> tuple[str, str]:
    """(resource server, authorisation server), also where each was pasted into the other's field."""
    swapped = _ends_with(resource, "auth") and _ends_with(authorisation, "api")
    return (authorisation, resource) if swapped else (resource, authorisation)


def normalise_tenant(text: str) -> str:
    """The tenant's short name, also out of the address of a hosted HaloPSA. Raises AddressError."""
    text = unwrapped(text)
    if "://" in text or "/" in text or text.lower().endswith((".halopsa.com", ".haloservicedesk.com")):
        host = urlsplit(normalise_host(text)).hostname or ""
        text = host.partition(".")[0]
    if text and not _TENANT.fullmatch(text):
        raise AddressError(f"'{text[:60]}' is no tenant: it is a short name, such as acme, or empty.")
    return text


def normalise_resource_server(text: str) -> str:
    """'https://host[:port][/path]/api'. http:// stays only where it was written. Raises AddressError."""
    return f"{_root(text)}/api"


def normalise_authorisation_server(text: str) -> str:
    """'https://host[:port][/path]/auth', also from a resource server. Raises AddressError.

    HaloPSA API: where only the instance's root is configured, tokens are given at {root}/auth/token.
    """
    return f"{_root(text)}/auth"


def _root(text: str) -> str:
    """The instance's root: scheme, host, port and, for a Halo in a folder, the folder."""
    address = normalise_host(text)
    scheme, _, rest = address.partition("://")
    host, _, path = rest.partition("/")
    parts = path.split("/") if path else []
    while parts and parts[-1].lower() in _TAILS:
        parts.pop()
    return "/".join([f"{scheme}://{host}", *parts])


def _ends_with(text: str, tail: str) -> bool:
    parts = unwrapped(text).lower().rstrip("/").split("/")
    return tail in parts[1:] and not {"api", "auth"} - {tail} & set(parts[1:])
