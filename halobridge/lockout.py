"""Log-ins that fail too often: whose they were, and what the person sees who has to wait."""

from __future__ import annotations

import ipaddress
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def address_of(request: HttpRequest) -> str | None:
    """Where a log-in comes from; behind a proxy the address that it added last: no client can choose it."""
    told = [request.META.get("REMOTE_ADDR", "")]
    if settings.HTTPS_ONLY:
        told.insert(0, request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip())
    return next((address for address in told if _is_address(address)), None)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def locked_out(request: HttpRequest, original: HttpResponse | None, credentials: Any) -> HttpResponse:
    wait = settings.AXES_COOLOFF_TIME
    context = {
        **admin.site.each_context(request),
        "title": "Too many failed log-ins",
        "minutes": int(wait.total_seconds() // 60),
        "limit": settings.AXES_FAILURE_LIMIT,
    }
    answer = render(request, "bridge/locked_out.html", context, status=429)
    answer["Retry-After"] = str(int(wait.total_seconds()))
    return answer
