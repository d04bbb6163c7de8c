"""The Halo agent that an application logs in as: known by name and id, and judged only where Halo tells."""

from __future__ import annotations

from typing import Any

import pytest
import responses

from integrations.halo.agents import advice_about, fetch_agent
from integrations.records import AgentRecord
from tests.integrations.halo.builders import API, make_session

PERSON = "is a person's account, not an API-only agent"
ADMINISTRATOR = "is an administrator and may do more than the bridge needs"
UNKNOWN = "HaloPSA does not say which Halo agent"


@pytest.mark.parametrize(
    ("told", "wanted", "advice"),
    [
        ({"isapiagent": True, "is_admin": False}, (True, False), []),
        ({"isapiagent": "true"}, (True, None), []),
        ({}, (None, None), []),
        ({"isapiagent": False}, (False, None), [PERSON]),
        ({"isapiagent": True, "is_admin": True}, (True, True), [ADMINISTRATOR]),
        ({"isapiagent": False, "is_admin": True}, (False, True), [PERSON, ADMINISTRATOR]),
    ],
)
@responses.activate
def test_what_halo_tells_of_its_agent(
    told: dict[str, Any], wanted: tuple[bool | None, bool | None], advice: list[str]
) -> None:
    responses.get(f"{API}/Agent/me", json={"id": 24.0, "name": "Bridge API", **told})
    agent = fetch_agent(make_session())
    assert agent == AgentRecord(24, "Bridge API", *wanted)
    sentences = advice_about(agent)
    assert len(sentences) == len(advice)
    assert all(words in sentence for words, sentence in zip(advice, sentences, strict=True))


@pytest.mark.parametrize(
    "answer", [{"status": 403}, {"status": 404}, {"json": {}}, {"json": []}, {"body": "<html>"}]
)
@responses.activate
def test_an_agent_that_halo_does_not_tell_is_unknown(answer: dict[str, Any]) -> None:
    responses.get(f"{API}/Agent/me", **answer)
    agent = fetch_agent(make_session())
    assert agent is None
    assert UNKNOWN in advice_about(agent)[0]
