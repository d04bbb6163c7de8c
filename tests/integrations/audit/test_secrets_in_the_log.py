"""A secret is told as changed, and nothing else of it: neither value, nor length, nor digest."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import User

from integrations.acting import Actor, AuditSource, acting
from integrations.models import ApiToken, Audited, AuditEntry, Console, HaloCredential
from integrations.models.alarms import AlarmChannel
from integrations.models.audit.changes import is_secret, told_fields
from integrations.models.fields import EncryptedJSONField, EncryptedTextField
from tests.builders import make_console, make_credential
from tests.test_secrets import everything_stored

pytestmark = pytest.mark.django_db
ANNA = Actor("anna", AuditSource.ADMIN)
SECRET = "marked-secret-9f3b7c"
HIDDEN = {"secret": True}


def the_log() -> str:
    return repr(list(AuditEntry.objects.values_list()))


def test_secrets_of_connections_never_get_into_the_log() -> None:
    with acting(lambda: ANNA):
        credential = make_credential(client_secret=f"{SECRET}-1")
        credential.client_secret = f"{SECRET}-2"
        credential.save()
        HaloCredential.objects.filter(pk=credential.pk).update(
            client_secret=f"{SECRET}-3", hook_token_digest="d" * 64
        )
        console = make_console(credentials={"user": f"{SECRET}-4", "password": f"{SECRET}-5"})
        console.credentials = {"user": f"{SECRET}-4", "password": f"{SECRET}-6"}
        console.save()
        AlarmChannel.objects.create(name="Duty", kind="teams", address=f"https://hooks.example/{SECRET}")
        Console.objects.all().delete()
        HaloCredential.objects.all().delete()

    assert SECRET not in the_log()
    assert "d" * 64 not in the_log()
    changes = [entry.changes for entry in AuditEntry.objects.filter(action="change").order_by("pk")]
    assert changes == [
        {"client_secret": HIDDEN},
        {"client_secret": HIDDEN, "hook_token_digest": HIDDEN},
        {"credentials.password": HIDDEN},
    ]


def test_keys_and_passwords_of_accounts_never_get_into_the_log() -> None:
    with acting(lambda: ANNA):
        user = User.objects.create_user("bob", password=SECRET)
        stored = user.password
        user.set_password(f"{SECRET}-2")
        user.save()
        token = ApiToken(user=user, name="Robot")
        key = token.set_new_key()
        token.save()

    for secret in (SECRET, stored, user.password, key, token.digest, token.prefix):
        assert secret not in the_log()
    assert AuditEntry.objects.get(kind="auth.user", action="change").changes == {"password": HIDDEN}
    assert everything_stored().count(key) == 0


def test_every_encrypted_field_counts_as_a_secret() -> None:
    fields = [
        (model, field)
        for model in apps.get_models()
        if issubclass(model, Audited)
        for field in told_fields(model).values()
        if isinstance(field, (EncryptedTextField, EncryptedJSONField))
    ]
    assert len(fields) >= 3
    assert all(is_secret(field) for _, field in fields)
