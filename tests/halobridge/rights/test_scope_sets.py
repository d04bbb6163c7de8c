"""The permission table of a credential, row by row, for every set of scopes that staff may enter.

Effective right = scopes of the token and ticks on the application; the sandbox's application has all ticks
that are asked for here, so the scopes decide.
"""

from __future__ import annotations

import pytest

from integrations.access import open_reader, open_session
from integrations.choices import ConnectionState, Purpose
from integrations.connections import save_halo_credential
from integrations.management.reporting import execute_here
from integrations.models import HaloCredential
from integrations.runs.request import request_halo_test
from integrations.sandbox.server import Sandbox
from tests.connected import connect_halo

pytestmark = pytest.mark.django_db

ROWS = (
    "reachable",
    "token",
    "read_customers",
    "read_assets",
    "read_tickets",
    "read_teams",
    "read_custom_fields",
    "read_licences",
    "read_software",
    "edit_assets",
    "edit_tickets",
    "add_notes",
)
LEAST = "edit:tickets edit:assets read:customers"
READ_ONLY = "read:customers read:assets"
SETS: dict[str, tuple[str, str, str]] = {
    # scopes as entered, state of each row (w works, r refused, u unknown), scopes that Halo refuses
    "the least that suffices": (LEAST, "ww wwwwwrr uuu", ""),
    "read-only": (READ_ONLY, "ww wwrwwrr rrr", ""),
    "everything": ("all", "ww wwwwwww uuu", ""),
    "with software": (f"{LEAST} read:software read:softwarelicensing", "ww wwwwwww uuu", ""),
    "tickets without assets": ("edit:tickets read:customers", "ww wrwwwru ruu", ""),
    "tickets only": ("edit:tickets", "ww rrwwwru ruu", ""),
    "assets only": ("edit:assets", "ww rwrwwrr urr", ""),
    "customers only": ("read:customers", "ww wrrwwru rrr", ""),
    "one that Halo does not know": (f"{LEAST} read:agents", "ww wwwwwrr uuu", "read:agents"),
    "some that Halo does not know": (
        "read:teams read:customers edit:notes read:assets",
        "ww wwrwwrr rrr",
        "read:teams edit:notes",
    ),
}
STATES = {"w": "works", "r": "refused", "u": "unknown"}
WORKING = {name for name in SETS if name not in ("tickets only", "assets only", "customers only")}


@pytest.mark.parametrize("name", SETS)
def test_the_table_tells_each_right_by_itself(sandbox: Sandbox, name: str) -> None:
    scopes, states, refused = SETS[name]
    sandbox.switches.change(hidden_teams=())
    credential = connect_halo(sandbox, scopes=scopes)
    table = {row["key"]: row["state"] for row in credential.permissions}
    assert table == dict(zip(ROWS, (STATES[letter] for letter in states.replace(" ", "")), strict=True))
    assert credential.refused_scopes == refused
    assert set(credential.granted_scopes.split()) == set(scopes.split()) - set(refused.split())
    works = ConnectionState.WORKING if name in WORKING else ConnectionState.FAILED
    assert credential.state == works, credential.state_reason
    assert not sandbox.halo.writes, "a right to write is never probed by writing"


def test_every_row_that_does_not_work_says_what_to_grant_where(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox, scopes=READ_ONLY)
    refused = [row for row in credential.permissions if row["state"] == "refused"]
    assert refused
    for row in refused:
        assert row["needed_for"]
        assert row["scope"] == row["application_permission"] != ""
        assert row["agent_permission"]
        assert row["reason"] == f"The scope {row['scope']} is not among the scopes of this credential."


def test_where_no_scope_is_valid_it_says_so_and_keeps_what_was_known(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox, scopes=f"{LEAST} read:agents")
    credential.scopes = "read:agents edit:notes"
    execute_here(save_halo_credential(credential))
    failed = HaloCredential.objects.get()
    assert failed.state == ConnectionState.FAILED
    assert "does not know or allow one of the scopes 'read:agents edit:notes'" in failed.state_reason
    states = {row["key"]: row["state"] for row in failed.permissions}
    kept = ("token", "read_customers", "edit_assets")
    assert [states[key] for key in kept] == ["refused", "works", "unknown"]
    assert (failed.granted_scopes, failed.refused_scopes) == (LEAST, "read:agents")
    assert failed.halo_agent == "Bridge API"


def test_scopes_are_asked_for_one_by_one_only_where_they_are_refused_together(sandbox: Sandbox) -> None:
    connect_halo(sandbox)
    assert _token_calls(sandbox) == 1
    sandbox.halo.requests.clear()
    connect_halo(sandbox, scopes=f"{LEAST} read:agents", name="Second")
    assert _token_calls(sandbox) == 1 + 4 + 1, "together, each alone, the good ones"


def test_later_tokens_are_asked_for_with_the_granted_scopes_only(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox, scopes=f"{LEAST} read:agents")
    sandbox.halo_application.tokens.revoke_all()
    sandbox.halo.requests.clear()
    session = open_session(credential, Purpose.MIRROR)
    open_reader(session).probe()
    assert (_token_calls(sandbox), session.granted_scopes) == (1, LEAST)


def test_a_scope_that_halo_knows_by_now_is_found_by_the_next_test(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox)
    HaloCredential.objects.update(refused_scopes="edit:assets", granted_scopes="edit:tickets read:customers")
    execute_here(request_halo_test(credential))
    credential.refresh_from_db()
    assert (credential.granted_scopes, credential.refused_scopes) == (LEAST, "")


def _token_calls(sandbox: Sandbox) -> int:
    return sum(exchange.path.endswith("/token") for exchange in sandbox.halo.requests)
