"""Addresses of a computer's pages, made of a pattern that staff give or a console is known for."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from integrations.connectors.base import CredentialField

_HELP: Final = "{id} stands for the computer's id, {name} for its host name."

FIELDS: Final = (
    CredentialField(
        "console_link",
        "Page of a computer",
        f"Optional. The address of a computer's page in the console, if not the usual one. {_HELP}",
        secret=False,
        required=False,
    ),
    CredentialField(
        "remote_link",
        "Remote control",
        f"Optional. The address that starts remote control of a computer. {_HELP}",
        secret=False,
        required=False,
    ),
)
"""For a console that does not tell these addresses itself."""


def filled(pattern: str, **parts: str | None) -> str | None:
    """`pattern` with `{id}`, `{name}` and the like put in, quoted for an address.

    None without a pattern, or where the pattern asks for something that is not known.
    """
    found = pattern.strip()
    for name, value in parts.items():
        if f"{{{name}}}" in found and not value:
            return None
        found = found.replace(f"{{{name}}}", quote(value or "", safe=""))
    return found or None
