"""Errors to Sentry: off by itself, said at start where it can't work, and nothing secret goes along."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings
from django.test import override_settings

from halobridge import checks, error_reports
from integrations.net.log_context import telling

ADDRESS = "https://0123456789abcdef@sentry.example/7"
FAILING = """
import django
django.setup()
import logging, sentry_sdk
from integrations.net.log_context import telling
def fail(password):
    raise ValueError(f"client_secret={password} was refused")
try:
    with telling(run=12):
        try:
            fail("Tr0ub4dor-and-more")
        except ValueError:
            logging.getLogger("integrations").exception("Run 12 failed")
finally:
    sentry_sdk.flush(5)
"""


def test_nothing_is_sent_unless_an_address_is_set() -> None:
    assert settings.HALOBRIDGE_SENTRY_DSN == ""
    assert checks.errors_can_be_reported() == []


@override_settings(HALOBRIDGE_SENTRY_DSN="sentry.example")
def test_an_address_that_is_none_is_said_at_start() -> None:
    assert [one.id for one in checks.errors_can_be_reported()] == ["halobridge.E005"]
    assert "no address of a Sentry project" in checks.errors_can_be_reported()[0].msg


@override_settings(HALOBRIDGE_SENTRY_DSN=ADDRESS)
def test_a_missing_package_is_said_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.errors_can_be_reported() == []
    monkeypatch.setattr(error_reports, "PACKAGE", "sentry_sdk_is_not_there")
    assert "sentry-sdk is not installed" in checks.errors_can_be_reported()[0].msg


def test_what_belongs_to_a_request_stays_here_and_the_run_is_named() -> None:
    event = {
        "message": "token=abcdefgh12345678",
        "request": {"headers": {"Cookie": "sessionid=1"}},
        "user": {"email": "ann@example.com"},
        "tags": {"a": "b"},
    }
    with telling(run=3):
        assert error_reports.clean(event) == {"message": "token=***", "tags": {"a": "b", "run": "3"}}


def test_an_error_arrives_without_values_and_secrets(tmp_path: Path) -> None:
    received: list[bytes] = []

    class Sentry(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Not on the screen of whoever runs the tests."""

    with HTTPServer(("127.0.0.1", 0), Sentry) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        more = {
            "HALOBRIDGE_SENTRY_DSN": f"http://key@127.0.0.1:{server.server_port}/1",
            "HALOBRIDGE_VAR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        subprocess.run([sys.executable, "-c", FAILING], env={**os.environ, **more}, check=True, timeout=60)
        server.shutdown()
    told = b"\n".join(received).decode()
    event = json.loads(told.splitlines()[2])
    assert event["logentry"]["message"] == "Run 12 failed"
    assert event["tags"]["run"] == "12"
    assert event["exception"]["values"][0]["value"] == "client_secret=*** was refused"
    assert "Tr0ub4dor" not in told
