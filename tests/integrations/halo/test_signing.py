"""Which scopes HaloPSA gives: asked for together, and one by one only where it blames them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
import responses

from integrations.halo.signing import Signed, sign_in
from integrations.net.errors import TokenRefused
from tests.integrations.halo.builders import TOKEN_URL, MemoryTokens, give_token, make_session


def give_scopes(*known: str, code: int = 400, body: Any = None) -> list[str]:
    """A token endpoint that knows these scopes only; the scopes it was asked for, call by call."""
    asked: list[str] = []

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        scopes = parse_qs(request.body)["scope"][0]
        asked.append(scopes)
        if not set(scopes.split()) <= set(known):
            return code, {}, '{"error": "invalid_scope"}' if body is None else body
        token = {"access_token": f"for {scopes}", "token_type": "Bearer", "expires_in": 3600, "scope": scopes}
        return 200, {"Content-Type": "application/json"}, json.dumps(token)

    responses.add_callback(responses.POST, TOKEN_URL, callback=answer)
    return asked


@pytest.mark.parametrize(("code", "body"), [(400, None), (401, None), (400, ""), (400, "Bad Request")])
@responses.activate
def test_on_a_refusal_each_scope_is_tried_alone(code: int, body: str | None) -> None:
    asked = give_scopes("read:a", "read:c", code=code, body=body)
    tokens = MemoryTokens()
    session = make_session(tokens, scopes="read:a read:b read:c")
    assert sign_in(session) == Signed("read:a read:c", "read:b")
    assert asked == ["read:a read:b read:c", "read:a", "read:b", "read:c", "read:a read:c"]
    assert tokens.saved == ["for read:a read:c"], "a token for one scope would fail others"


@responses.activate
def test_where_none_is_valid_the_first_refusal_stands_and_no_token_is_kept() -> None:
    give_scopes()
    tokens = MemoryTokens()
    with pytest.raises(TokenRefused, match="one of the scopes 'read:a read:b'"):
        sign_in(make_session(tokens, scopes="read:a read:b"))
    assert tokens.saved == []


@responses.activate
def test_a_wrong_secret_is_not_blamed_on_scopes() -> None:
    responses.post(TOKEN_URL, json={"error": "invalid_client"}, status=401)
    with pytest.raises(TokenRefused, match="client ID and secret"):
        sign_in(make_session(MemoryTokens(), scopes="read:a read:b"))
    assert len(responses.calls) == 1


@responses.activate
def test_fewer_scopes_than_asked_for_are_told() -> None:
    give_token(scope="read:a")
    signed = sign_in(make_session(MemoryTokens(), scopes="read:a read:b"))
    assert signed == Signed("read:a", "read:b")


@responses.activate
def test_scopes_by_other_names_are_taken_as_they_come() -> None:
    give_token(scope="all")
    assert sign_in(make_session(MemoryTokens(), scopes="read:a read:b")) == Signed("all", "")


@responses.activate
def test_known_refusals_are_left_out_unless_nothing_would_be_left() -> None:
    asked = give_scopes("read:a", "read:b")
    make_session(MemoryTokens(), scopes="read:a read:b", refused_scopes="read:b").sign_in()
    make_session(MemoryTokens(), scopes="read:a", refused_scopes="read:a").sign_in()
    assert asked == ["read:a", "read:a"]
