"""Who may read what `/readyz` and `/metrics` tell of connections: the machine itself, and who has a right."""

from __future__ import annotations

import hmac
import ipaddress
from typing import Final

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.views import APIView

from integrations.choices import TokenScope

NEEDED: Final = ("integrations.view_halocredential", "integrations.view_console")
READING: Final = (TokenScope.READ, TokenScope.MAPPING, TokenScope.ADMIN)
"""Scopes that leave the right to see connections."""
FORWARDED: Final = ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED")
"""What a proxy adds: it is on the machine itself, its callers are not."""


def may_look(request: HttpRequest) -> bool:
    """Whether the caller is on this machine, bears a token, or is logged in and may see connections."""
    try:
        return _is_local(request) or _has_token(request) or _has_right(request)
    except DatabaseError:  # who it is cannot be told now; that the database is away can
        return False


def _is_local(request: HttpRequest) -> bool:
    if any(request.META.get(name) for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    """The one of the settings, as Prometheus sends it."""
    words = request.headers.get("Authorization", "").split()
    wanted = settings.HALOBRIDGE_METRICS_TOKEN
    if not wanted or len(words) != 2 or words[0].lower() != "bearer":
        return False
    return hmac.compare_digest(words[1].encode(), wanted.encode())


def _has_right(request: HttpRequest) -> bool:
    """As in the REST API: by a token whose scope is not too narrow, or by whoever is logged in."""
    asking = Request(request, authenticators=APIView().get_authenticators())
    try:
        account, scope = asking.user, getattr(asking.auth, "scope", None)
    except AuthenticationFailed:
        return False
    return (scope is None or scope in READING) and account.has_perms(NEEDED)
