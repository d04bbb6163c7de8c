"""A stored secret is sent to the host that it was entered for, and to no other."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.models import Console, HaloCredential, Run
from tests.integrations.admin.made import SECRET, make_console, make_credential
from tests.integrations.api.clients import make_caller

pytestmark = pytest.mark.django_db

ELSEWHERE = "https://collector.example.net"


def change(row: Any, **values: Any) -> Any:
    kind = "consoles" if isinstance(row, Console) else "halo-credentials"
    return make_caller().patch(f"/api/v1/{kind}/{row.pk}/", values, format="json")


def stored(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


@pytest.mark.parametrize("address", ["resource_server", "authorisation_server"])
def test_a_program_cannot_have_the_secret_of_halopsa_sent_elsewhere(address: str) -> None:
    credential = make_credential()
    answer = change(credential, **{address: f"{ELSEWHERE}/{'api' if address[0] == 'r' else 'auth'}"})

    assert answer.status_code == 400
    assert "enter the client secret again" in answer.json()["errors"]["client_secret"][0]
    assert getattr(stored(credential), address) == getattr(credential, address)
    assert not Run.objects.exists()


def test_whoever_knows_the_secret_may_move_it() -> None:
    credential = make_credential()
    assert change(credential, resource_server=f"{ELSEWHERE}/api", client_secret=SECRET).status_code == 200


def test_the_same_servers_in_another_spelling_ask_for_nothing() -> None:
    credential = make_credential()
    host = credential.resource_server.removeprefix("https://").removesuffix("/api").upper()
    assert change(credential, resource_server=host, name="Renamed").status_code == 200


def test_a_program_cannot_have_the_keys_of_a_console_sent_elsewhere() -> None:
    console = make_console()
    answer = change(console, base_url=ELSEWHERE)

    assert answer.status_code == 400
    assert "enter the API password again" in str(answer.json()["errors"])
    assert stored(console).base_url == console.base_url
    assert not Run.objects.exists()


def test_a_second_address_of_a_console_counts_as_well() -> None:
    console = make_console(credentials={"login": "a", "password": SECRET, "rmm_token": SECRET})
    assert change(console, credentials={"rmm_base_url": ELSEWHERE}).status_code == 400
    typed = {"rmm_base_url": ELSEWHERE, "rmm_token": SECRET, "password": SECRET}
    assert change(console, credentials=typed).status_code == 200


def test_all_keys_have_to_be_entered_not_only_one() -> None:
    console = make_console(credentials={"login": "a", "password": SECRET, "rmm_token": SECRET})
    answer = change(console, base_url=ELSEWHERE, credentials={"password": SECRET})
    assert answer.status_code == 400
    assert "RMM API token" in str(answer.json()["errors"])


def test_a_key_that_is_taken_away_need_not_be_known() -> None:
    console = make_console(credentials={"login": "a", "password": SECRET, "rmm_token": SECRET})
    answer = change(console, base_url=ELSEWHERE, credentials={"password": SECRET, "rmm_token": ""})
    assert answer.status_code == 200
    assert "rmm_token" not in stored(console).credentials


def test_the_form_of_a_console_says_it_at_the_key(browser: Client) -> None:
    console = make_console()
    typed = {"name": "Backup", "base_url": ELSEWHERE, "credential_login": "a", "time_zone": "UTC"}
    page = browser.post(reverse("admin:integrations_console_change", args=(console.pk,)), typed)

    assert "enter the API password again" in page.content.decode()
    assert stored(console).base_url == console.base_url


def test_the_form_of_halopsa_says_it_at_the_secret(browser: Client) -> None:
    credential = make_credential()
    names = ("name", "client_id", "budget_calls", "budget_seconds", "write_mode")
    typed = {name: getattr(credential, name) for name in names}
    typed |= {"resource_server": f"{ELSEWHERE}/api", "scopes": "all", "enabled": "on"}
    address = reverse("admin:integrations_halocredential_change", args=(credential.pk,))
    page = browser.post(address, typed)

    assert "enter the client secret again" in page.content.decode()
    assert HaloCredential.objects.get().resource_server == credential.resource_server
