"""A name for each request, in its answer and in all lines that are logged for it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any, Final

from django.core.signals import request_finished
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from integrations.net.log_context import tell_from_now_on

HEADER: Final = "X-Request-ID"
_SANE = re.compile(r"[A-Za-z0-9_.:=+/-]{8,128}")


class RequestIds:
    """Takes the name that a proxy or a program has given, if it fits into a line of a log; else makes one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        name = given if _SANE.fullmatch(given) else uuid.uuid4().hex
        tell_from_now_on(request_id=name)
        answer = self._get_response(request)
        answer[HEADER] = name
        return answer


@receiver(request_finished)
def _forget(**_: Any) -> None:
    """Not in the middleware: the rows of an export are read after it, while they are sent."""
    tell_from_now_on()
