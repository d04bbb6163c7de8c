"""A session: one token for all, one renewal, one limit for the whole call, no surprise."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from integrations.halo.session import HaloSession
from integrations.net import errors
from integrations.net.http import Limits
from integrations.sync.safety import BudgetExhausted, WritesStopped
from tests.integrations.halo.builders import (
    API,
    SECRET,
    TOKEN_URL,
    MemoryTokens,
    OpenGate,
    give_token,
    make_access,
    make_session,
    make_token,
    sent_params,
)
from tests.integrations.net.server import json_answer, serve


def urls() -> list[str]:
    return [str(call.request.url).partition("?")[0].rpartition("/")[2] for call in responses.calls]


def bearers() -> list[str]:
    return [call.request.headers.get("Authorization", "") for call in responses.calls]


# ---- token ----------------------------------------------------------------------------------


@responses.activate
def test_it_asks_for_a_token_once_and_keeps_it_for_all() -> None:
    give_token("abc")
    responses.get(f"{API}/Client", json=[])
    store = MemoryTokens()
    first = make_session(store)
    first.get("/Client")
    first.get("/Client")
    make_session(store).get("/Client")
    assert urls() == ["token", "Client", "Client", "Client"]
    assert bearers()[1:] == ["Bearer abc"] * 3
    assert store.saved == ["abc"]


@responses.activate
def test_a_stored_token_that_has_ended_is_not_used() -> None:
    give_token("new")
    responses.get(f"{API}/Client", json=[])
    make_session(MemoryTokens(make_token("old", seconds=-5))).get("/Client")
    assert bearers()[1:] == ["Bearer new"]


@responses.activate
def test_a_401_renews_the_token_once_and_repeats_the_call() -> None:
    responses.post(f"{API}/Tickets", status=401)
    give_token("second")
    responses.post(f"{API}/Tickets", json={"id": 1}, status=201)
    store = MemoryTokens(make_token("first"))
    assert make_session(store).post("/Tickets", [{"summary": "x"}]) == {"id": 1}
    assert urls() == ["Tickets", "token", "Tickets"]
    assert (store.dropped, store.saved) == (["first"], ["second"])
    assert bearers()[0] == "Bearer first"
    assert bearers()[2] == "Bearer second"


@responses.activate
def test_after_a_401_a_newer_stored_token_is_used_without_asking_for_one() -> None:
    store = MemoryTokens(make_token("first"))
    session = make_session(store)

    def renewed_elsewhere(request: Any) -> Any:
        store.token = make_token("from another process")
        return (401, {}, "")

    responses.add_callback(responses.GET, f"{API}/Client", renewed_elsewhere)
    responses.get(f"{API}/Client", json=[])
    session.get("/Client")
    assert urls() == ["Client", "Client"]
    assert bearers()[1] == "Bearer from another process"
    assert store.token is not None, "the newer token stays"


@responses.activate
def test_a_second_401_is_the_end_and_later_ones_renew_nothing() -> None:
    responses.get(f"{API}/Asset", status=401)
    give_token("second")
    session = make_session(MemoryTokens(make_token("first")))
    with pytest.raises(errors.Unauthorised, match="scope read:assets"):
        session.get("/Asset")
    assert urls() == ["Asset", "token", "Asset"]
    with pytest.raises(errors.Unauthorised):
        session.get("/Asset")
    assert urls() == ["Asset", "token", "Asset", "Asset"]


@responses.activate
def test_signing_in_always_asks_for_a_new_token() -> None:
    give_token("new")
    store = MemoryTokens(make_token("old"))
    assert make_session(store).sign_in().access_token == "new"
    assert store.token is not None
    assert store.token.access_token == "new"


# ---- permits --------------------------------------------------------------------------------


@responses.activate
def test_every_attempt_takes_a_permit_and_is_counted() -> None:
    responses.get(f"{API}/Client", status=401)
    give_token("second")
    responses.get(f"{API}/Client", json=[])
    gate = OpenGate()
    session = make_session(gate=gate)
    session.get("/Client")
    assert gate.taken == session.calls == len(responses.calls) == 3


@responses.activate
def test_a_full_budget_stops_the_call_and_the_request_for_a_token() -> None:
    class FullGate(OpenGate):
        def take(self) -> None:
            raise BudgetExhausted(12)

    for store in (MemoryTokens(), MemoryTokens(make_token())):
        session = make_session(store, FullGate())
        with pytest.raises(BudgetExhausted):
            session.get("/Client")
        assert session.calls == 0
    assert len(responses.calls) == 0


@pytest.mark.parametrize(("headers", "seconds"), [({}, None), ({"Retry-After": "17"}, 17.0)])
@pytest.mark.parametrize("at_token", [False, True])
@responses.activate
def test_a_429_blocks_the_instance(headers: dict[str, str], seconds: float | None, at_token: bool) -> None:
    words = "Rate Limit Reached - 300 Requests per rolling 5 minute window"
    url = TOKEN_URL if at_token else f"{API}/Client"
    responses.add(responses.POST if at_token else responses.GET, url, words, status=429, headers=headers)
    gate = OpenGate()
    with pytest.raises(errors.RateLimited, match="API limit is used up") as caught:
        make_session(MemoryTokens() if at_token else None, gate).get("/Client")
    assert gate.blocks == [seconds]
    assert caught.value.body_text == words


@responses.activate
def test_writing_is_asked_for_just_before_each_attempt_and_never_for_reading() -> None:
    gate = OpenGate()
    responses.get(f"{API}/Client", json=[])
    responses.post(f"{API}/Asset", status=401)
    give_token("second")
    responses.post(f"{API}/Asset", json={"id": 1})
    session = make_session(gate=gate)
    session.get("/Client")
    assert gate.asked == ["permit"]
    session.post("/Asset", [{}])
    assert gate.asked[1:] == ["writes", "permit", "permit", "writes", "permit"]


@responses.activate
def test_stopped_writes_send_nothing_and_use_no_permit() -> None:
    gate = OpenGate(stop="All writing has been stopped.")
    session = make_session(gate=gate)
    with pytest.raises(WritesStopped, match="All writing has been stopped"):
        session.post("/Asset", [{}])
    assert gate.taken == session.calls == len(responses.calls) == 0


# ---- what is sent ---------------------------------------------------------------------------


@responses.activate
def test_parameters_are_sent_as_halo_wants_them() -> None:
    responses.get(f"{API}/Tickets", json=[])
    since = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    make_session().get("/Tickets", ticketids=[1, 2], pageinate=True, since=since, deleted=None)
    assert sent_params() == {
        "ticketids": "1,2",
        "pageinate": "true",
        "since": "2026-01-02T03:04:05.000Z",
    }


@responses.activate
def test_one_object_is_written_as_an_array() -> None:
    responses.post(f"{API}/Tickets", json={"id": 1}, status=201)
    make_session().post("/Tickets", ({"summary": "x"},), returnall=True)
    assert json.loads(responses.calls[0].request.body) == [{"summary": "x"}]
    assert sent_params() == {"returnall": "true"}


@responses.activate
def test_the_tenant_and_the_scopes_are_sent_for_a_token() -> None:
    give_token()
    responses.get(f"{API}/Client", json=[])
    make_session(MemoryTokens(), tenant="acme").get("/Client")
    assert sent_params(0) == {"tenant": "acme"}
    assert "scope=edit%3Atickets+edit%3Aassets+read%3Acustomers" in responses.calls[0].request.body


# ---- sentences ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "tenant", "sentence"),
    [
        (401, '{"error":"invalid_client"}', "", "HaloPSA does not accept this client ID and secret"),
        (401, "", "", "HaloPSA does not accept this client ID and secret"),
        (400, '{"error":"invalid_scope"}', "", "scopes 'edit:tickets edit:assets read:customers'"),
        (400, '{"error":"unauthorized_client"}', "", "Client ID and Secret \\(Services\\)"),
        (400, '{"error":"odd","error_description":"Odd."}', "", "HaloPSA gave no token \\(Odd.; odd\\)"),
        (500, "", "acme", "check the tenant 'acme'"),
        (500, "", "", "failed with an error of its own"),
        (404, "", "", "gives no tokens: check the authorisation server"),
        (200, "<html>", "", "gives no tokens: check the authorisation server"),
        (503, "", "acme", "not available at the moment"),
    ],
)
@responses.activate
def test_each_way_of_not_getting_a_token_has_its_sentence(
    status: int, body: str, tenant: str, sentence: str
) -> None:
    responses.post(TOKEN_URL, body=body, status=status)
    with pytest.raises(errors.NetError, match=sentence) as caught:
        make_session(MemoryTokens(), tenant=tenant).post("/Tickets", [{}])
    assert caught.value.never_sent, "the write itself was not sent"
    assert SECRET not in caught.value.sentence


@pytest.mark.parametrize(
    ("method", "path", "status", "body", "sentence"),
    [
        ("GET", "/Asset/5", 403, "", "HaloPSA does not allow to read assets \\(403\\).*scope read:assets"),
        ("GET", "/Site", 403, "", "read clients, sites and users.*scope read:customers"),
        ("GET", "/Status", 403, "", "read tickets.*scope read:tickets"),
        ("GET", "/Team", 403, "", "scope all:teams"),
        ("POST", "/Asset", 403, "", "create and change assets.*scope edit:assets"),
        ("POST", "/Actions", 403, "", "add notes to tickets.*scope edit:tickets"),
        ("POST", "/Tickets", 401, "", "does not let it in \\(401\\).*scope edit:tickets"),
        (
            "POST",
            "/Actions",
            400,
            '{"ClassName":"System.Exception","Message":"An Outcome must be entered for this Action"}',
            "^HaloPSA refused it: An Outcome must be entered for this Action$",
        ),
        ("POST", "/Tickets", 503, "", "HaloPSA at acme.halopsa.example is not available"),
        ("POST", "/Tickets", 500, '"Odd value"', "error of its own \\(500\\): Odd value"),
    ],
)
@responses.activate
def test_each_refusal_of_a_call_has_its_sentence(
    method: str, path: str, status: int, body: str, sentence: str
) -> None:
    give_token()
    responses.add(method, f"{API}{path}", body=body, status=status)
    session = make_session()
    with pytest.raises(errors.NetError, match=sentence):
        session.get(path) if method == "GET" else session.post(path, [{}])


# ---- limits and secrets ---------------------------------------------------------------------


def test_the_limit_covers_the_token_and_the_call_together() -> None:
    """Each of the two alone would be in time. Whoever waits for a write may count on its end."""

    def respond(handler: Any) -> None:
        time.sleep(1.2)
        json_answer('{"access_token":"x","expires_in":3600}')(handler)

    with serve(respond) as server:
        access = make_access(resource_server=server.url, allow_private=("127.0.0.1",))
        session = HaloSession(
            access, tokens=MemoryTokens(), gate=OpenGate(), limits=Limits(connect=5, read=5, total=2.0)
        )
        with pytest.raises(errors.LostAnswer):
            session.post("/Tickets", [{}])
        assert [seen.path for seen in server.requests] == ["/auth/token", "/api/Tickets"]


def test_an_address_that_is_none_is_an_error_in_the_family() -> None:
    with pytest.raises(errors.Unreachable, match="valid address"):
        make_session(resource_server="not an address")


def test_nothing_shows_the_secret() -> None:
    access = make_access()
    assert SECRET not in f"{access!r}{access}{make_session()!r}{make_session()}"
