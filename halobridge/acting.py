"""Who acts in requests and commands, for the audit log. Loaded before Django is: imports no models."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from halobridge.lockout import address_of
from integrations.acting import Actor, AuditSource, acting

MACHINE: Final = frozenset(
    {"serve", "qcluster", "sandbox", "runserver", "migrate", "makemigrations", "createcachetable", "test"}
)
"""Commands in which the machine works by itself."""
REST: Final = "/api/"
HOOKS: Final = "/hooks/"
"""What comes in here is a vendor's, whoever is logged in in that browser; the address is a secret."""


class Acting:
    """What a request changes is done by whoever is logged in, or by the token that it came with."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting(partial(actor_of, request)):
            return self._get_response(request)


def actor_of(request: HttpRequest, account: Any = None) -> Actor | None:
    """None where nobody is logged in. A token is known only after the view has looked at the header."""
    user = account or getattr(request, "user", None)
    if user is None or not user.is_authenticated or request.path.startswith(HOOKS):
        return None
    token = getattr(request, "auth", None)
    return Actor(
        who=f"{user}, token “{token.name}”" if token else str(user),
        source=AuditSource.REST if request.path.startswith(REST) else AuditSource.ADMIN,
        account_id=user.pk,
        address=address_of(request),
        place=f"{request.method} {request.get_full_path()}",
    )


def by_command(argv: Sequence[str]) -> AbstractContextManager[None]:
    """What `manage.py` changes is done by the command, and by whoever is logged in at the machine."""
    name = argv[1] if len(argv) > 1 else ""
    return acting(None if name in MACHINE else partial(_commander, name))


def _commander(name: str) -> Actor:
    try:
        who = getpass.getuser()
    except (KeyError, OSError):  # a container may have a number only
        who = "unknown"
    return Actor(who=f"manage.py {name} ({who})", source=AuditSource.COMMAND, place=f"manage.py {name}")
