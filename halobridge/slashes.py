"""Addresses without their last slash."""

from __future__ import annotations

from django.http import HttpRequest
from django.middleware import common

SAFE = ("GET", "HEAD")


class CommonMiddleware(common.CommonMiddleware):
    """Django's, but it redirects no program that sends something: the redirect would arrive as a GET, answer
    200, and what was sent would be lost unsaid."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        if request.method not in SAFE and request.path.startswith("/api/"):
            return False
        return super().should_redirect_with_slash(request)
