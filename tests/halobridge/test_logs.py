"""Lines of the log: as JSON, with the request or run that they belong to, and without secrets."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, override_settings
from django.urls import path

from halobridge import tasks
from halobridge.logs import JsonLines, PlainLines, logging_settings
from integrations.choices import RunKind
from integrations.net.log_context import known
from integrations.runs.request import request_run
from integrations.runs.steps import Done, Result, Work

log = logging.getLogger("tests.logs")


def _logs(request: HttpRequest) -> HttpResponse:
    log.warning("Seen")
    return HttpResponse("ok")


def _streams(request: HttpRequest) -> StreamingHttpResponse:
    def rows() -> Iterator[str]:
        log.warning("Streaming")
        yield "row"

    return StreamingHttpResponse(rows())


def _fails(request: HttpRequest, token: str) -> HttpResponse:
    raise ValueError("It broke: password=hunter2-hunter2")


urlpatterns = [path("logs", _logs), path("streams", _streams), path("hooks/consoles/<str:token>/", _fails)]


@pytest.fixture
def written() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What the log holds, line by line."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


# ---- the format ------------------------------------------------------------------------------


def test_a_line_is_one_object_that_tells_when_how_bad_and_where(written: Any) -> None:
    log.warning("Line one\nline %s", 2)
    (line,) = written()
    assert set(line) == {"time", "level", "logger", "message", "process"}
    assert (line["level"], line["logger"], line["message"]) == ("WARNING", "tests.logs", "Line one\nline 2")
    assert line["time"].endswith("+00:00")


def test_what_was_raised_is_in_the_same_line(written: Any) -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        log.exception("It failed")
    assert "ValueError: broken" in written()[0]["exception"]


@pytest.mark.parametrize("formatter", [JsonLines(), PlainLines("%(message)s")])
@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer s3cr3t-s3cr3t",
        '{"client_secret": "s3cr3t-s3cr3t"}',
        "POST /hooks/consoles/s3cr3t-s3cr3t/ failed",
    ],
)
def test_no_format_writes_a_secret(formatter: logging.Formatter, text: str) -> None:
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "%s", (text,), None)
    record.__dict__["sent"] = {"headers": [text]}
    line = formatter.format(record)
    assert "***" in line
    assert "s3cr3t" not in line


def test_plain_is_usual_and_an_unknown_format_is_refused() -> None:
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "plain"
    assert logging_settings("json", "INFO")["handlers"]["console"]["formatter"] == "json"
    with pytest.raises(ImproperlyConfigured, match="must be plain or json"):
        logging_settings("xml", "INFO")


def test_the_web_server_writes_in_the_same_format(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gunicorn", "halobridge.wsgi", "--bind", "127.0.0.1:0"]
    server = subprocess.Popen(
        [*command, "--log-level", "info", "--logger-class", "halobridge.web_logs.WebServerLog"],
        env={**os.environ, "HALOBRIDGE_LOG_FORMAT": "json", "HALOBRIDGE_VAR": str(tmp_path)},
        stderr=subprocess.PIPE,
    )
    assert server.stderr
    with server:
        first = json.loads(server.stderr.readline())
        server.terminate()
        server.stderr.read()
    assert first["message"].startswith("Starting gunicorn")
    assert first["logger"] == "gunicorn.error"


# ---- requests --------------------------------------------------------------------------------


@override_settings(ROOT_URLCONF=__name__)
def test_a_request_gets_a_name_that_its_lines_and_its_answer_tell(written: Any) -> None:
    first, second = Client().get("/logs"), Client().get("/logs")
    names = [first["X-Request-ID"], second["X-Request-ID"]]
    assert [line["request_id"] for line in written()] == names
    assert names[0] != names[1]


@override_settings(ROOT_URLCONF=__name__)
def test_a_name_that_a_proxy_has_given_is_kept(written: Any) -> None:
    answer = Client(headers={"X-Request-ID": "Root=1-67891233-abcdef"}).get("/logs")
    assert answer["X-Request-ID"] == written()[0]["request_id"] == "Root=1-67891233-abcdef"


@pytest.mark.parametrize(
    "given", ["short", "x" * 129, "two words are none", "line\nbreak-in-it", '"><script>']
)
@override_settings(ROOT_URLCONF=__name__)
def test_a_name_that_does_not_fit_into_a_log_is_replaced(given: str) -> None:
    answer = Client(headers={"X-Request-ID": given}).get("/logs")
    assert answer["X-Request-ID"] != given
    assert len(answer["X-Request-ID"]) == 32


@override_settings(ROOT_URLCONF=__name__)
def test_rows_that_are_still_being_sent_belong_to_their_request(written: Any) -> None:
    answer = Client().get("/streams")
    assert b"".join(answer) == b"row"  # type: ignore[arg-type]
    assert written()[0]["request_id"] == answer["X-Request-ID"]
    assert known() == {}


@override_settings(ROOT_URLCONF=__name__)
def test_a_request_that_fails_leaves_neither_cookies_nor_tokens_in_the_log(written: Any) -> None:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "s3cr3t-session"
    assert client.get("/hooks/consoles/s3cr3t-token/").status_code == 500
    (line,) = [line for line in written() if line["logger"] == "django.request"]
    assert line["message"] == "Internal Server Error: /hooks/consoles/***/"
    assert line["status_code"] == 500
    assert "s3cr3t" not in json.dumps(line)
    assert "hunter2" not in json.dumps(line)


# ---- runs ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_a_run_logs_tells_the_run_and_its_step(written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(work: Work) -> Result:
        log.warning("Inside")
        return Done()

    monkeypatch.setattr(tasks, "TABLE", {RunKind.CANARY: {"start": start}})
    run = request_run(RunKind.CANARY)
    tasks.execute(run.pk)
    (line,) = [line for line in written() if line["logger"] == "tests.logs"]
    assert (line["run"], line["run_kind"], line["step"]) == (run.pk, "canary", "start")
    assert known() == {}
