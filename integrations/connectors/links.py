"""Addresses of a computer's pages, made of a pattern that staff give or a console is known for."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

HELP: Final = "{id} stands for the computer's id, {name} for its host name."


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
