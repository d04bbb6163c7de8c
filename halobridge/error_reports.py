"""Errors to Sentry, for those who have one: off unless an address is set, and never with a secret.

Sent is what the log says and where in the code: no values of variables, no bodies, headers or cookies of
requests, no staff accounts.
"""

from __future__ import annotations

import importlib.util
from typing import Any, Final

from halobridge.logs import masked
from integrations.net.log_context import known

PACKAGE: Final = "sentry_sdk"
_NOT_SENT: Final = ("request", "user", "extra", "server_name")


def problem(address: str) -> str:
    """Why nothing can be sent there, in a sentence; '' where it can. Sentry's package is not one of ours."""
    if importlib.util.find_spec(PACKAGE) is None:
        return "HALOBRIDGE_SENTRY_DSN is set, but the package sentry-sdk is not installed."
    from sentry_sdk.utils import BadDsn, Dsn

    try:
        Dsn(address)
    except BadDsn:
        return "HALOBRIDGE_SENTRY_DSN is no address of a Sentry project."
    return ""


def start(address: str) -> None:
    """Send errors of this process, and of those that it forks, to this address (a Sentry *DSN*)."""
    import sentry_sdk

    sentry_sdk.init(
        dsn=address,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        before_send=clean,
    )


def clean(event: Any, hint: Any = None) -> Any:
    """The event as it may leave: without what belongs to a request, all texts masked, with our own ids."""
    kept: dict[str, Any] = masked({name: value for name, value in event.items() if name not in _NOT_SENT})
    kept["tags"] = {**(kept.get("tags") or {}), **{name: str(value) for name, value in known().items()}}
    return kept
