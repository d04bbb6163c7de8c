"""A line of the log for each request: who asked for what, and what became of it. Never a query or a body."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.encoding import escape_uri_path
from django.utils.functional import LazyObject

from halobridge.lockout import address_of

log = logging.getLogger(__name__)

MONITORING: Final = frozenset({"/healthz", "/readyz", "/metrics"})
REFUSED: Final = frozenset({401, 403, 429})


class RequestLines:
    """At INFO; what is refused at WARNING, with the reason. Quiet about monitoring and static files that are
    answered as they should be."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._static = f"/{settings.STATIC_URL.lstrip('/')}"

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.monotonic()
        answer = self._get_response(request)
        expected = request.path in MONITORING or request.path.startswith(self._static)
        if answer.status_code >= 400 or not expected:
            tell(request, answer, round(1000 * (time.monotonic() - began)))
        return answer


def tell(request: HttpRequest, answer: HttpResponseBase, milliseconds: int) -> None:
    refused = answer.status_code in REFUSED
    path = escape_uri_path(request.path)
    told = {
        "method": request.method,
        "path": path,
        "status": answer.status_code,
        "milliseconds": milliseconds,
        "address": address_of(request),
        **caller_of(request),
    }
    reason = reason_of(answer) if refused else ""
    if reason:
        told["reason"] = reason
    level = logging.WARNING if refused else logging.INFO
    log.log(
        level,
        "%s %s %s in %s ms%s",
        request.method,
        path,
        answer.status_code,
        milliseconds,
        f": {reason}" if reason else "",
        extra=told,
    )


def caller_of(request: HttpRequest) -> dict[str, str]:
    """Account and token as far as the request has found them out: the log asks the database for nothing."""
    user = getattr(request, "user", None)
    if isinstance(user, LazyObject):
        user = getattr(request, "_cached_user", None)
    if user is None or not user.is_authenticated:
        return {}
    token = getattr(request, "auth", None)
    return {"account": user.get_username(), **({"token": token.name} if token else {})}


def reason_of(answer: Any) -> str:
    """Of problem details; the sentences about a refusal repeat nothing of what was sent."""
    data = getattr(answer, "data", None)
    return str(data.get("detail", "")) if isinstance(data, dict) else ""
