"""Which Halo agent a credential logs in as is kept with advice; what a later test can't see stays."""

from __future__ import annotations

import pytest

from integrations.management.reporting import execute_here
from integrations.runs.request import request_halo_test
from integrations.sandbox.server import Sandbox
from tests.connected import connect_halo

pytestmark = pytest.mark.django_db


def test_an_api_only_agent_needs_no_advice(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox)
    assert (credential.halo_agent, credential.halo_agent_id) == ("Bridge API", 24)
    assert (credential.agent_is_api_only, credential.agent_is_administrator) == (True, False)
    assert credential.advice == []


def test_a_person_who_is_an_administrator_is_advised_against(sandbox: Sandbox) -> None:
    sandbox.switches.change(agent_is_administrator=True)
    sandbox.world.halo.agents[24]["isapiagent"] = False
    credential = connect_halo(sandbox)
    assert (credential.agent_is_api_only, credential.agent_is_administrator) == (False, True)
    assert [("API-only" in words, "administrator" in words) for words in credential.advice] == [
        (True, False),
        (False, True),
    ]
    assert credential.state == "working", "advice stops nothing"
    sandbox.halo.faults.add(path="authinfo", what="503", times=1)
    execute_here(request_halo_test(credential))
    credential.refresh_from_db()
    assert (credential.state, len(credential.advice)) == ("failed", 2)
