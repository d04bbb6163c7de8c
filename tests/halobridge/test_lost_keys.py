"""Encryption keys that are wrong or gone: everything opens, each connection says it, nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from halobridge.alarms.sending import ping
from integrations.access import open_connector, open_session
from integrations.choices import ConnectionState, Purpose, RunKind
from integrations.connections import mark_unreadable
from integrations.models import AlarmChannel, Console, HaloCredential, Run
from integrations.models.fields import UNREADABLE
from integrations.net.errors import NoSecret
from tests.integrations.admin.made import SECRET, make_console, make_credential, make_superuser
from tests.integrations.api.clients import make_caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(settings: Any) -> list[str]:
    """A credential, a console and a channel are stored; then another key takes the place of theirs, which is
    returned."""
    make_credential()
    make_console()
    AlarmChannel.objects.create(name="On call", kind="webhook", address=f"https://hooks.example.com/{SECRET}")
    keys: list[str] = settings.HALOBRIDGE_ENCRYPTION_KEYS
    settings.HALOBRIDGE_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    return keys


PAGES = ("halocredential", "console", "alarmchannel")


@pytest.mark.parametrize("name", PAGES)
def test_lists_and_rows_open(client: Client, lost: list[str], name: str) -> None:
    client.force_login(make_superuser())
    row = {"halocredential": HaloCredential, "console": Console, "alarmchannel": AlarmChannel}[name]
    for page in (
        reverse("admin:index"),
        reverse(f"admin:integrations_{name}_changelist"),
        reverse(f"admin:integrations_{name}_change", args=(row.objects.get().pk,)),  # type: ignore[attr-defined]
    ):
        assert client.get(page).status_code == 200, page


@pytest.mark.parametrize("path", ["halo-credentials", "consoles", "alarm-channels"])
def test_programs_can_read_them_too(lost: list[str], path: str) -> None:
    assert make_caller().get(f"/api/v1/{path}/").status_code == 200


def test_a_start_tells_each_connection_as_failed_and_why(lost: list[str]) -> None:
    assert mark_unreadable() == 2
    for row in (HaloCredential.objects.get(), Console.objects.get()):
        assert (row.state, row.state_reason) == (ConnectionState.FAILED, UNREADABLE)
        assert row.failing_since


def test_nothing_is_sent_without_a_secret(lost: list[str]) -> None:
    with pytest.raises(NoSecret, match="HALOBRIDGE_ENCRYPTION_KEYS"):
        open_session(HaloCredential.objects.get(), Purpose.MIRROR)
    with pytest.raises(NoSecret):
        open_connector(Console.objects.get())
    with pytest.raises(NoSecret):
        ping(AlarmChannel.objects.get())


def test_with_the_key_back_all_is_as_before_and_tested(lost: list[str], settings: Any) -> None:
    mark_unreadable()
    Console.objects.update(event_minutes=7)
    HaloCredential.objects.get().save()
    settings.HALOBRIDGE_ENCRYPTION_KEYS = lost

    assert mark_unreadable() == 0
    assert HaloCredential.objects.get().client_secret == SECRET
    assert Console.objects.get().credentials["password"] == SECRET
    assert {run.kind for run in Run.objects.all()} == {RunKind.TEST_HALO, RunKind.TEST_CONSOLE}
    assert HaloCredential.objects.get().state == ConnectionState.UNTESTED


def test_a_secret_that_is_gone_for_good_is_entered_again(client: Client, lost: list[str]) -> None:
    client.force_login(make_superuser())
    console = Console.objects.get()
    address = reverse("admin:integrations_console_change", args=(console.pk,))
    typed = {"name": "Backup", "credential_login": "api-login", "time_zone": "UTC", "enabled": "on"}
    form = client.post(address, typed).context["adminform"].form
    assert "credential_password" in form.errors
    assert client.post(address, {**typed, "credential_password": "new one"}).status_code == 302
    assert Console.objects.get().credentials["password"] == "new one"


def test_the_form_of_halopsa_asks_for_the_secret(client: Client, lost: list[str]) -> None:
    client.force_login(make_superuser())
    credential = HaloCredential.objects.get()
    address = reverse("admin:integrations_halocredential_change", args=(credential.pk,))
    page = client.get(address)
    assert "HALOBRIDGE_ENCRYPTION_KEYS" in page.content.decode()
    assert page.context["adminform"].form.fields["client_secret"].required
    assert User.objects.exists()
