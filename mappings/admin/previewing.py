"""Asking for a preview from a page."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from integrations.models import Plan
from integrations.runs.request import request_planning


def previewed(request: HttpRequest, make: Callable[[], Plan]) -> Plan | None:
    """Make a plan and have it computed; None where `make` refuses it, which staff are told."""
    try:
        plan = make()
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return None
    request_planning(plan, requested_by=request.user)
    return plan
