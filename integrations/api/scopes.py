"""What the scope of a token leaves of the permissions of its account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from integrations.choices import TokenScope

ALLOWS: Final[Mapping[str, tuple[str, ...]]] = {
    TokenScope.READ: ("*.view_*",),
    TokenScope.EVENTS: ("integrations.add_event",),
    TokenScope.MAPPING: (
        "*.view_*",
        "mappings.*",
        "integrations.add_company",
        "integrations.change_company",
        "integrations.add_computer",
        "integrations.change_computer",
        "integrations.*_plan",
        "integrations.*_plannedchange",
    ),
    TokenScope.ADMIN: ("*",),
}
"""Patterns of `app.permission`."""


def scope_allows(auth: Any, permissions: Iterable[str]) -> bool:
    """Whether the scope of `request.auth` covers all of `permissions`; sessions have none and may all."""
    scope = getattr(auth, "scope", None)
    if scope is None:
        return True
    patterns = ALLOWS.get(scope, ())
    return all(any(fnmatchcase(name, pattern) for pattern in patterns) for name in permissions)
