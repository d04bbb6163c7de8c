"""What a call sends, and what becomes of its answer."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import responses
from responses import matchers

import halobridge
import integrations
from integrations.net import errors
from integrations.net.http import USER_AGENT, Client
from tests.integrations.net.server import json_answer, serve

API = "https://halo.example/api"
FLOORS = ("halobridge", "integrations", "mappings", "ticketing")


def make_client(**options: Any) -> Client:
    return Client(API, **options)


@responses.activate
def test_it_sends_json_and_reads_json() -> None:
    responses.post(f"{API}/Asset", json={"id": 5}, status=201)
    answer = make_client(headers={"X-Extra": "1"}).post("/Asset", json=[{"name": "é"}])
    sent = responses.calls[0].request
    assert (answer.status, answer.data) == (201, {"id": 5})
    assert json.loads(sent.body) == [{"name": "é"}]
    assert sent.headers["Content-Type"] == "application/json"
    assert sent.headers["User-Agent"] == USER_AGENT
    assert sent.headers["X-Extra"] == "1"


def test_the_user_agent_names_the_version_of_the_project() -> None:
    assert f"HaloBridge/{halobridge.__version__}" == USER_AGENT


def test_the_version_is_written_in_one_place() -> None:
    root = Path(__file__).parents[3]
    project = tomllib.loads((root / "pyproject.toml").read_text())
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "integrations.__version__"}
    assert halobridge.__version__ is integrations.__version__
    modules = [path for floor in FLOORS for path in (root / floor).rglob("*.py")]
    written = [
        path.relative_to(root) for path in modules if f'"{halobridge.__version__}"' in path.read_text()
    ]
    assert written == [Path("integrations/__init__.py")]


@responses.activate
def test_booleans_go_in_lower_case_and_nothing_is_left_out() -> None:
    wanted = {"a": "true", "b": "false", "d": "7"}
    responses.get(f"{API}/X", json=[], match=[matchers.query_param_matcher(wanted)])
    assert make_client().get("/X", params={"a": True, "b": False, "c": None, "d": 7}).data == []


@responses.activate
def test_a_form_is_sent_as_a_form_and_text_is_not_parsed() -> None:
    responses.post(f"{API}/login", body="plain words")
    answer = make_client().request("POST", "/login", data={"a": "b c"}, expect_json=False)
    assert answer.text == "plain words"
    assert answer.data is None
    assert responses.calls[0].request.body == "a=b+c"


@responses.activate
def test_the_budget_is_asked_before_every_attempt_and_may_stop_it() -> None:
    class Full(Exception):
        pass

    def stop() -> None:
        raise Full

    responses.get(f"{API}/X", json={})
    with pytest.raises(Full):
        make_client(before_attempt=stop).get("/X")
    assert len(responses.calls) == 0


@responses.activate
def test_the_authentication_is_put_on_each_request() -> None:
    def sign(request: Any) -> Any:
        request.headers["X-Signed"] = request.url
        return request

    responses.get(f"{API}/X", json={})
    make_client(auth=sign).get("/X")
    assert responses.calls[0].request.headers["X-Signed"] == f"{API}/X"


STATUSES = [
    (301, errors.BadAnswer),
    (400, errors.Refused),
    (401, errors.Unauthorised),
    (403, errors.Forbidden),
    (404, errors.NotFound),
    (405, errors.Refused),
    (409, errors.Refused),
    (413, errors.Refused),
    (422, errors.Refused),
    (429, errors.RateLimited),
    (499, errors.Refused),
    (500, errors.ServerFailed),
    (502, errors.ServerFailed),
    (503, errors.Unavailable),
    (504, errors.ServerFailed),
    (599, errors.ServerFailed),
]


@pytest.mark.parametrize(("status", "kind"), STATUSES)
@responses.activate
def test_each_status_has_its_error(status: int, kind: type[errors.NetError]) -> None:
    responses.post(f"{API}/Tickets", body="", status=status)
    with pytest.raises(errors.NetError) as caught:
        make_client().post("/Tickets", json=[])
    assert type(caught.value) is kind
    assert caught.value.status == status
    assert caught.value.sentence.endswith(".")
    assert not caught.value.never_sent
    assert len(responses.calls) == 1, "nothing is repeated"


BODIES = [
    ('"plain JSON string"', "plain JSON string"),
    ("plain text", "plain text"),
    ("", ""),
    ('{"error":"invalid_client"}', "invalid_client"),
    ('{"error":"invalid_client","error_description":"Wrong secret."}', "Wrong secret.; invalid_client"),
    ('{"ClassName":"System.Exception","Message":"An Outcome must be entered"}', "An Outcome must be entered"),
    ('{"Message":"Asset tag must be unique"}', "Asset tag must be unique"),
    ('{"resultCode":7,"errorMessage":"no"}', "no"),
    ('{"[0].client_id":["Could not be converted."]}', "[0].client_id: Could not be converted."),
    (
        '{"errors":{"summary":["is needed"]},"title":"Validation failed","status":400}',
        "Validation failed; summary: is needed",
    ),
    ('{"error":{"code":5,"message":"inner"}}', "inner"),
    ("<html><head><title>502 Bad\n Gateway</title></head><body>x</body></html>", "502 Bad Gateway"),
    ("<html><body>x</body></html>", "a web page"),
    ('[{"message":"first"},{"message":"second"}]', "first; second"),
    ("{broken", "{broken"),
    ("[" * 100_000, "[" * 100_000),
    ("\ufeff", "\ufeff"),
]


@pytest.mark.parametrize(("body", "words"), BODIES, ids=[str(number) for number in range(len(BODIES))])
@responses.activate
def test_the_words_of_every_shape_of_error_body_are_found(body: str, words: str) -> None:
    responses.get(f"{API}/X", body=body, status=400)
    with pytest.raises(errors.Refused) as caught:
        make_client().get("/X")
    expected = words if len(words) <= 500 else words[:499] + "…"
    assert caught.value.body_text == expected
    assert (words[:100] in caught.value.sentence) is True


@responses.activate
def test_a_web_page_is_no_data() -> None:
    responses.get(f"{API}/X", body="<!doctype html><p>Welcome", status=200)
    with pytest.raises(errors.BadAnswer, match="web page instead of data"):
        make_client().get("/X")


@pytest.mark.parametrize("body", ["", "  \n", "{", "[1,", "\xff\xfe"])
@responses.activate
def test_an_empty_or_broken_answer_is_bad(body: str) -> None:
    responses.get(f"{API}/X", body=body.encode("latin-1"), status=200)
    with pytest.raises(errors.BadAnswer):
        make_client().get("/X")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("1e12", 3600.0), ("soon", None), ("", None), ("nan", None)],
)
@responses.activate
def test_retry_after_is_read_in_seconds(header: str, seconds: float | None) -> None:
    responses.get(f"{API}/X", status=429, headers={"Retry-After": header})
    with pytest.raises(errors.RateLimited) as caught:
        make_client().get("/X")
    assert caught.value.retry_after == seconds


@responses.activate
def test_retry_after_may_be_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    responses.get(f"{API}/X", status=429, headers={"Retry-After": later})
    with pytest.raises(errors.RateLimited) as caught:
        make_client().get("/X")
    assert caught.value.retry_after == pytest.approx(90, abs=5)


# ---- redirects ------------------------------------------------------------------------------


def test_a_get_follows_a_redirect_within_the_server_only() -> None:
    def respond(handler: Any) -> None:
        if handler.path == "/api/X":
            return json_answer(status=307, headers={"Location": "/api/X/"})(handler)
        return json_answer('{"here": true}')(handler)

    attempts: list[int] = []
    with serve(respond) as server:
        client = Client(
            f"{server.url}/api", allow_private=["127.0.0.1"], before_attempt=lambda: attempts.append(1)
        )
        assert client.get("/X", headers={"Authorization": "Bearer t"}).data == {"here": True}
        assert len(server.requests) == len(attempts) == 2


def test_a_redirect_to_another_host_is_never_followed_and_gets_no_token() -> None:
    with serve(json_answer('{"stolen": 1}')) as other:
        away = json_answer(status=302, headers={"Location": f"{other.url}/api/X"})
        with serve(away) as server:
            client = Client(server.url, allow_private=["127.0.0.1"])
            with pytest.raises(errors.BadAnswer, match="another address"):
                client.get("/X", headers={"Authorization": "Bearer t"})
        assert other.requests == []


def test_a_write_is_never_redirected() -> None:
    with serve(json_answer(status=307, headers={"Location": "/elsewhere"})) as server:
        with pytest.raises(errors.BadAnswer):
            Client(server.url, allow_private=["127.0.0.1"]).post("/X", json=[{}])
        assert len(server.requests) == 1


def test_a_circle_of_redirects_ends() -> None:
    def respond(handler: Any) -> None:
        json_answer(status=302, headers={"Location": handler.path + "a"})(handler)

    with serve(respond) as server:
        with pytest.raises(errors.BadAnswer):
            Client(server.url, allow_private=["127.0.0.1"]).get("/X")
        assert len(server.requests) == 4


# ---- environment ----------------------------------------------------------------------------


def test_no_proxy_netrc_or_cookie_of_the_machine_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with serve(json_answer(headers={"Set-Cookie": "a=b; Path=/"})) as server:
        client = Client(server.url, allow_private=["127.0.0.1"])
        client.get("/X")
        client.get("/X")
        assert all("Authorization" not in seen.headers for seen in server.requests)
        assert all("Cookie" not in seen.headers for seen in server.requests)


@pytest.mark.parametrize("headers", [{"X-Key": "a\nb"}, {"X-Key": "€uro"}])
def test_a_key_that_cant_be_sent_says_so(headers: dict[str, str]) -> None:
    with serve(json_answer()) as server, pytest.raises(errors.Unreachable):
        Client(server.url, allow_private=["127.0.0.1"]).get("/X", headers=headers)


def test_an_address_that_is_none_is_told_at_once() -> None:
    with pytest.raises(errors.Unreachable, match="is not a valid address"):
        Client("https://not a host/api")
