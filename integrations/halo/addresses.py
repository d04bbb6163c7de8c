"""Addresses of a HaloPSA instance in one spelling, from whatever people paste.

HaloPSA shows `https://acme.halopsa.com/api` and `https://acme.halopsa.com/auth`; people also paste the
bare host, the other one of the two, or either with a slash or a file name behind it.
"""

from __future__ import annotations

from integrations.net.http import AddressError, normalise_host

__all__ = ["AddressError", "normalise_authorisation_server", "normalise_resource_server"]

_TAILS = frozenset({"api", "auth", "token", "authinfo", "swagger"})


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
