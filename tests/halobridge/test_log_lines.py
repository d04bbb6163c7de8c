"""Lines that the log always has: requests, refusals, failed log-ins, ends of runs."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from halobridge import tasks
from halobridge.logs import JsonLines, logging_settings
from integrations.choices import Outcome, RunKind
from integrations.runs.request import cancel, request_run
from integrations.runs.steps import Done, Result, Work
from tests.integrations.admin.made import make_superuser
from tests.integrations.api.clients import make_account, make_caller, make_token

pytestmark = pytest.mark.django_db
Written = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def written() -> Iterator[Written]:
    """The lines of one logger, as with `HALOBRIDGE_LOG_FORMAT=json`."""
    stream, requests = StringIO(), logging.getLogger("halobridge.request_lines")
    handler, level = logging.StreamHandler(stream), requests.level
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    requests.setLevel(logging.NOTSET)

    def of(logger: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in stream.getvalue().splitlines()]
        return [line for line in lines if line["logger"] == logger]

    yield of
    requests.setLevel(level)
    logging.getLogger().removeHandler(handler)


# ---- requests --------------------------------------------------------------------------------


def test_a_request_is_a_line_with_its_account_and_without_its_query(written: Written) -> None:
    answer = make_caller().get("/api/v1/companies/?search=s3cret-word")
    (line,) = written("halobridge.request_lines")
    assert (line["level"], line["method"], line["path"]) == ("INFO", "GET", "/api/v1/companies/")
    assert (line["status"], line["request_id"]) == (200, answer["X-Request-ID"])
    assert line["account"]
    assert line["token"]
    assert line["milliseconds"] >= 0
    assert "s3cret" not in json.dumps(line)


def test_a_page_is_a_line_with_who_is_logged_in(written: Written) -> None:
    client = Client()
    client.force_login(make_superuser("ann"))
    client.get("/admin/")
    (line,) = written("halobridge.request_lines")
    assert (line["path"], line["status"], line["account"]) == ("/admin/", 200, "ann")


def test_monitoring_and_static_files_leave_no_line_where_all_is_well(written: Written) -> None:
    for path in ("/healthz", "/metrics"):
        assert Client().get(path).status_code == 200
    assert not written("halobridge.request_lines")
    assert Client().get("/static/no-such-file.js").status_code == 404
    assert [line["status"] for line in written("halobridge.request_lines")] == [404]


def test_a_refused_call_is_a_warning_with_the_reason(written: Written) -> None:
    Client(headers={"Authorization": "Token s3cret-wrong-key"}).get("/api/v1/companies/")
    key = make_token(make_account())
    Client(headers={"Authorization": f"Token {key}"}).get("/api/v1/companies/")
    unknown, lacking = written("halobridge.request_lines")
    assert (unknown["level"], unknown["status"], unknown["reason"]) == (
        "WARNING",
        401,
        "This token is not known.",
    )
    assert "account" not in unknown
    assert (lacking["level"], lacking["status"]) == ("WARNING", 403)
    assert lacking["account"]
    assert "s3cret" not in json.dumps([unknown, lacking])
    assert key not in json.dumps([unknown, lacking])


def test_the_address_of_a_webhook_is_masked(written: Written) -> None:
    for path in ("/hooks/consoles/s3cret-token/", "/hooks//consoles//s3cret-token/"):
        Client().post(path, "{}", content_type="application/json")
    lines = written("halobridge.request_lines")
    assert [line["path"] for line in lines] == ["/hooks/consoles/***/", "/hooks//consoles//***/"]
    assert "s3cret" not in json.dumps(lines)


def test_a_line_cannot_be_forged_by_an_address(written: Written) -> None:
    Client().get("/api/v1/no%0aERROR%20such/")
    (line,) = written("halobridge.request_lines")
    assert line["path"] == "/api/v1/no%0AERROR%20such/"


def test_plain_tells_only_what_is_refused() -> None:
    assert logging_settings("plain", "INFO")["loggers"]["halobridge.request_lines"] == {"level": "WARNING"}
    assert "level" not in logging_settings("json", "INFO")["loggers"]["halobridge.request_lines"]


def test_a_wrong_host_is_a_line_without_a_traceback(written: Written) -> None:
    assert Client(headers={"Host": "scanner.example"}).get("/admin/").status_code == 400
    (line,) = written("django.security.DisallowedHost")
    assert line["level"] == "WARNING"
    assert "scanner.example" in line["message"]
    assert "exception" not in line


# ---- log-ins ---------------------------------------------------------------------------------


def test_a_failed_log_in_is_a_line_and_what_may_be_a_password_is_not_in_it(written: Written) -> None:
    make_superuser("ann")
    for name in ("ann", "s3cret-typed-as-a-name"):
        typed = {"username": name, "password": "s3cret-word"}
        Client(REMOTE_ADDR="192.0.2.7").post(reverse("admin:login"), typed)
    known, unknown = written("halobridge.accounts_log")
    assert (known["level"], known["account"], known["address"]) == ("WARNING", "ann", "192.0.2.7")
    assert "account" not in unknown
    assert "s3cret" not in json.dumps([known, unknown])


# ---- runs ------------------------------------------------------------------------------------


def test_the_end_of_a_run_is_a_line_that_counts(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(work: Work) -> Result:
        work.calls(7)
        for outcome in (Outcome.REFUSED, Outcome.FAILED, Outcome.DONE):
            work.entry("create", outcome, "PC-17")
        return Done()

    monkeypatch.setattr(tasks, "TABLE", {RunKind.CANARY: {"start": start}})
    run = request_run(RunKind.CANARY)
    tasks.execute(run.pk)
    (line,) = written("integrations.runs.ends")
    assert (line["run"], line["run_kind"], line["state"]) == (run.pk, "canary", "partial")
    assert (line["calls"], line["failures"], line["level"]) == (7, 2, "INFO")
    assert line["seconds"] >= 0


def test_a_failed_run_is_a_warning_with_its_sentence(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = {"start": lambda work: Done("failed", "HaloPSA does not answer.")}
    monkeypatch.setattr(tasks, "TABLE", {RunKind.CANARY: failing})
    tasks.execute(request_run(RunKind.CANARY).pk)
    (line,) = written("integrations.runs.ends")
    assert (line["level"], line["state"], line["error"]) == ("WARNING", "failed", "HaloPSA does not answer.")


def test_a_queued_run_that_is_cancelled_has_ended_too(written: Written) -> None:
    cancel(request_run(RunKind.CANARY))
    (line,) = written("integrations.runs.ends")
    assert (line["state"], line["seconds"], line["calls"]) == ("cancelled", 0, 0)
