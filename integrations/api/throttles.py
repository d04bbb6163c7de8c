"""How often a program may call: each token, and each session of the admin, counts for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.cache import caches
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

if TYPE_CHECKING:  # the settings name this module while DRF's views are being imported
    from rest_framework.views import APIView


class TokenThrottle(SimpleRateThrottle):
    """429 with `Retry-After` beyond the rate.

    Counted in Redis; without it in each web process by itself, for the database would take a write a call.
    """

    scope = "token"

    @property
    def cache(self) -> Any:  # type: ignore[override]
        return caches["throttles"]

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """None for callers who are not known: they are refused anyway, and what is public stays open."""
        if request.auth is not None:
            return f"throttle:token:{request.auth.pk}"
        return f"throttle:session:{request.user.pk}" if request.user and request.user.pk else None
