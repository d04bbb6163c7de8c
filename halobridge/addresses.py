"""Addresses without their last slash; and under which names the host is asked for what."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.request import split_domain_port
from django.middleware import common

from halobridge.request_lines import MONITORING

SAFE = ("GET", "HEAD")
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


class CommonMiddleware(common.CommonMiddleware):
    """Django's, with two differences.

    It redirects no program that sends something: the redirect would arrive as a GET, answer 200, and what was
    sent would be lost unsaid. And what watches this machine from itself need not know by which name the world
    reaches it: the addresses of monitoring make no links, so a loopback name is safe for them.
    """

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        name, _ = split_domain_port(request.headers.get("Host", ""))
        if request.path in MONITORING and name in LOOPBACK:
            return None
        return super().process_request(request)

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        if request.method not in SAFE and request.path.startswith("/api/"):
            return False
        return super().should_redirect_with_slash(request)
