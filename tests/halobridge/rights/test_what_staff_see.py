"""What is refused is told wherever somebody would wonder why nothing happens, and nothing looks broken."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from halobridge.dashboard import read_facts
from halobridge.dashboard.attention import attention
from integrations.connections import save_halo_credential
from integrations.management.reporting import execute_here
from integrations.models import HaloCredential
from integrations.sandbox.server import Sandbox
from tests.connected import connect_halo, read_halo
from tests.exported import preview, push_computers
from tests.integrations.api.clients import make_caller
from tests.scene import Scene

pytestmark = pytest.mark.django_db
READ_ONLY = "read:customers read:assets"


def text_of(browser: Client, name: str, number: int) -> str:
    answer = browser.get(reverse(f"admin:{name}", args=(number,)))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def refuse(*keys: str) -> HaloCredential:
    """As a 403 of a write leaves it."""
    credential = HaloCredential.objects.get()
    for row in credential.permissions:
        if row["key"] in keys:
            row["state"] = "refused"
    credential.save()
    return credential


def test_the_credential_page_names_scope_tick_and_permission_of_each_right(
    sandbox: Sandbox, browser: Client
) -> None:
    credential = connect_halo(sandbox)
    page = text_of(browser, "integrations_halocredential_change", credential.pk)
    for row in credential.permissions:
        assert row["name"] in page
        assert row["agent_permission"] in page
        assert row["scope"] in page
    assert "Bridge API" in page
    assert "(ID 24, API-only)" in page


def test_a_credential_that_only_reads_looks_whole(sandbox: Sandbox, browser: Client) -> None:
    credential = connect_halo(sandbox, scopes=READ_ONLY)
    page = text_of(browser, "integrations_halocredential_change", credential.pk)
    assert "Not asked for" in page
    assert ">Refused<" not in page
    assert "Switched off" in page
    assert "Tickets of alerts" in page
    assert not [item for item in attention(read_facts()) if "is refused by HaloPSA" in item.text]


def test_advice_and_refused_scopes_are_shown(sandbox: Sandbox, browser: Client) -> None:
    sandbox.switches.change(agent_is_administrator=True)
    credential = connect_halo(sandbox, scopes=f"{READ_ONLY} read:agents")
    page = text_of(browser, "integrations_halocredential_change", credential.pk)
    assert credential.advice[0] in page
    assert "Scopes refused" in page
    assert "read:agents" in page


def test_a_write_that_was_refused_is_told_on_the_dashboard(sandbox: Sandbox) -> None:
    connect_halo(sandbox)
    refuse("edit_assets")
    told = [item.text for item in attention(read_facts())]
    assert sum("'Create and change assets' is refused by HaloPSA." in words for words in told) == 1


def test_a_preview_of_assets_says_why_it_would_write_nothing(sandbox: Sandbox, browser: Client) -> None:
    credential = connect_halo(sandbox)
    read_halo(credential)
    plan = preview(push_computers(2), credential)
    assert "are switched off" not in text_of(browser, "integrations_plan_change", plan.pk)
    refuse("edit_assets")
    page = text_of(browser, "integrations_plan_change", plan.pk)
    assert "Export and update of assets are switched off: 'Create and change assets' is refused" in page


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("edit_tickets", "Tickets are switched off for Sandbox and wait: 'Create, change and close tickets'"),
        ("add_notes", "Notes, closing and reopening are switched off for Sandbox and wait: 'Add notes"),
        ("read_tickets", "Choices and tickets of Sandbox can't be read: 'Read tickets' is refused"),
    ],
)
def test_routing_and_profile_say_why_tickets_wait(
    sandbox: Sandbox, browser: Client, key: str, words: str
) -> None:
    scene = Scene(sandbox)
    pages = [
        ("mappings_companymapping_change", scene.mapping.pk),
        ("ticketing_integrationprofile_change", scene.profile.pk),
    ]
    assert all(words not in text_of(browser, name, number) for name, number in pages)
    refuse(key)
    assert all(words in text_of(browser, name, number) for name, number in pages)


def test_the_rest_api_tells_the_same(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox, scopes=f"{READ_ONLY} read:agents")
    body = make_caller().get(f"/api/v1/halo-credentials/{credential.pk}/").json()
    assert body["granted_scopes"] == READ_ONLY
    assert body["refused_scopes"] == "read:agents"
    assert (body["can_edit_assets"], body["can_edit_tickets"]) == (False, False)
    assert (body["halo_agent"], body["halo_agent_id"]) == ("Bridge API", 24)
    assert (body["agent_is_api_only"], body["agent_is_administrator"], body["advice"]) == (True, False, [])
    states = {row["key"]: row["state"] for row in body["permissions"]}
    assert (states["read_assets"], states["edit_assets"]) == ("works", "refused")


def test_what_a_test_finds_can_t_be_set_by_a_caller(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox)
    answer = make_caller().patch(
        f"/api/v1/halo-credentials/{credential.pk}/",
        {"can_edit_assets": True, "advice": ["x"], "refused_scopes": "edit:assets", "permissions": []},
        format="json",
    )
    assert answer.status_code == 200
    stored = HaloCredential.objects.get()
    assert (stored.can_edit_assets, stored.advice, stored.refused_scopes) == (None, [], "")
    assert stored.permissions


def test_a_credential_that_stops_working_says_since_when_and_why(sandbox: Sandbox, browser: Client) -> None:
    credential = connect_halo(sandbox)
    credential.client_secret = "gone"
    execute_here(save_halo_credential(credential))
    failed = HaloCredential.objects.get()
    assert failed.failing_since
    why = "HaloPSA does not accept this client ID and secret"
    told = next(item.text for item in attention(read_facts()) if why in item.text)
    assert told.startswith(f"Sandbox (failing since {failed.failing_since:%Y-%m-%d}")
    [row] = Client().get("/readyz").json()["failing_connections"]
    assert (row["kind"], row["name"]) == ("halo_credential", "Sandbox")
    assert row["reason"].startswith(why)
    assert row["failing_since"]
    assert "gone" not in str(row)
    page = text_of(browser, "integrations_halocredential_change", credential.pk)
    assert "Failing since" in page
    assert why in page
