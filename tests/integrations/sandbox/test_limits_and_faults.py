"""What goes wrong: the rate limit, the ways of being down, and the faults that a test orders."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests

from integrations.sandbox.faults import KINDS, Faults
from integrations.sandbox.server import Sandbox
from tests.integrations.sandbox.callers import HaloCaller, ask_token, make_ticket


def order(sandbox: Sandbox, what: str, **details: Any) -> None:
    sandbox.halo.faults.add(**{"method": "POST", "path": "/api/tickets", "what": what, **details})


def test_the_limit_is_a_rolling_window_answered_in_plain_text(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(rate_limit_calls=5, rate_limit_seconds=60)
    assert [halo.get("Team").status_code for _ in range(6)] == [200] * 4 + [429] * 2
    answer = halo.get("Team")
    assert answer.text == "Rate Limit Reached - 5 Requests per rolling 1 minute window"
    assert "Retry-After" not in answer.headers
    assert ask_token(sandbox).status_code == 429
    sandbox.clock.advance(61)
    assert halo.get("Team").status_code == 200


def test_it_may_say_how_long_to_wait(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(rate_limit_calls=1, rate_limit_seconds=300, retry_after=True)
    assert 295 <= int(halo.get("Team").headers["Retry-After"]) <= 300


def test_the_default_limit_is_three_hundred_in_five_minutes(sandbox: Sandbox, halo: HaloCaller) -> None:
    assert (sandbox.switches.rate_limit_calls, sandbox.switches.rate_limit_seconds) == (300, 300)
    sandbox.switches.change(rate_limit_calls=0)
    assert halo.get("Team").status_code == 200


def test_tokens_may_not_count(sandbox: Sandbox) -> None:
    sandbox.switches.change(rate_limit_calls=2, rate_limit_counts_token=False)
    assert {ask_token(sandbox).status_code for _ in range(5)} == {200}


def test_a_refused_write_takes_no_effect(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(rate_limit_calls=1)
    assert halo.post("Tickets", [make_ticket(sandbox)]).status_code == 429
    assert len(sandbox.tickets()) == 12


def test_halo_can_be_down_in_two_ways(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(down="503")
    assert halo.get("Team").status_code == 503
    sandbox.switches.change(down="dropped")
    with pytest.raises(requests.ConnectionError):
        halo.get("Team")
    sandbox.switches.change(down="")
    assert halo.get("Team").status_code == 200


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 502, 503, 504])
def test_a_status_can_be_answered_before_or_after_execution(
    sandbox: Sandbox, halo: HaloCaller, status: int
) -> None:
    order(sandbox, str(status))
    assert halo.post("Tickets", [make_ticket(sandbox)]).status_code == status
    assert len(sandbox.tickets()) == 12
    order(sandbox, f"{status}_after")
    assert halo.post("Tickets", [make_ticket(sandbox)]).status_code == status
    assert len(sandbox.tickets()) == 13
    assert [exchange.executed for exchange in sandbox.halo.writes] == [False, True]


@pytest.mark.parametrize(("what", "tickets"), [("drop", 12), ("drop_after", 13)])
def test_the_connection_can_be_dropped_before_or_after_execution(
    sandbox: Sandbox, halo: HaloCaller, what: str, tickets: int
) -> None:
    order(sandbox, what)
    with pytest.raises(requests.ConnectionError):
        halo.post("Tickets", [make_ticket(sandbox)])
    assert len(sandbox.tickets()) == tickets
    assert sandbox.halo.writes[-1].status is None


@pytest.mark.parametrize(("what", "tickets"), [("html", 12), ("html_after", 13)])
def test_a_web_page_can_stand_in_for_the_answer(
    sandbox: Sandbox, halo: HaloCaller, what: str, tickets: int
) -> None:
    order(sandbox, what)
    answer = halo.post("Tickets", [make_ticket(sandbox)])
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert len(sandbox.tickets()) == tickets


def test_the_answer_can_be_empty(sandbox: Sandbox, halo: HaloCaller) -> None:
    order(sandbox, "empty")
    answer = halo.post("Tickets", [make_ticket(sandbox)])
    assert (answer.status_code, answer.content) == (201, b"")
    assert len(sandbox.tickets()) == 13


def test_the_answer_can_be_half_of_the_json(sandbox: Sandbox, halo: HaloCaller) -> None:
    order(sandbox, "truncated")
    answer = halo.post("Tickets", [make_ticket(sandbox)])
    assert answer.text.startswith('{"id"')
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)


def test_the_connection_can_break_in_the_middle_of_the_answer(sandbox: Sandbox, halo: HaloCaller) -> None:
    order(sandbox, "cut_off")
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        halo.post("Tickets", [make_ticket(sandbox)])
    assert len(sandbox.tickets()) == 13


def test_the_answer_can_be_slow_before_or_after_execution(sandbox: Sandbox, halo: HaloCaller) -> None:
    order(sandbox, "slow", seconds=0.3)
    order(sandbox, "slow_after", seconds=0.3)
    for _ in range(2):
        started = time.monotonic()
        assert halo.post("Tickets", [make_ticket(sandbox)]).status_code == 201
        assert time.monotonic() - started >= 0.3
    assert len(sandbox.tickets()) == 14


def test_a_slow_answer_does_not_hold_up_others(sandbox: Sandbox, halo: HaloCaller) -> None:
    order(sandbox, "slow", seconds=5, method="GET", path="/api/team")
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{sandbox.halo_url}/Team", timeout=0.1)
    started = time.monotonic()
    assert halo.get("Status").status_code == 200
    assert time.monotonic() - started < 1


def test_a_write_can_take_effect_after_its_error_was_answered(sandbox: Sandbox, halo: HaloCaller) -> None:
    order(sandbox, "late", seconds=0.2)
    assert halo.post("Tickets", [make_ticket(sandbox)]).status_code == 504
    assert len(sandbox.tickets()) == 12
    deadline = time.monotonic() + 5
    while len(sandbox.tickets()) == 12 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(sandbox.tickets()) == 13
    assert sandbox.halo.writes[-1].executed


def test_a_fault_strikes_as_often_as_ordered_and_where_ordered(sandbox: Sandbox, halo: HaloCaller) -> None:
    order(sandbox, "500", method="GET", path=r"/api/team$", skip=1, times=2)
    assert halo.get("Status").status_code == 200
    assert [halo.get("Team").status_code for _ in range(4)] == [200, 500, 500, 200]
    order(sandbox, "500", method="GET", path="returnall=true", times=None)
    assert [halo.get("Team", returnall=True).status_code for _ in range(3)] == [500] * 3
    assert halo.get("Team").status_code == 200
    sandbox.halo.faults.clear()
    assert halo.get("Team", returnall=True).status_code == 200


def test_faults_can_strike_the_console_too(sandbox: Sandbox) -> None:
    sandbox.msp360.faults.add(path="login", what="503")
    sandbox.rmm.faults.add(path=".", what="500")
    assert requests.post(f"{sandbox.msp360_url}/api/Provider/Login", json={}, timeout=5).status_code == 503
    assert requests.get(f"{sandbox.rmm_url}/api/v1", timeout=5).status_code == 500


@pytest.mark.parametrize(
    "wrong", [{"path": "(", "what": "500"}, {"path": "a", "what": "boom"}, {"what": "500"}]
)
def test_a_fault_that_cannot_be_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"fault|regular expression"):
        Faults().add(**wrong)


def test_every_kind_of_fault_says_what_it_does() -> None:
    assert all(KINDS.values())
