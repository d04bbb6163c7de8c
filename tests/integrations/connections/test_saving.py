"""Saving a connection: one spelling, one instance, untested until tested, secrets unreadable at rest."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import override_settings

from integrations.choices import ConnectionState, RunKind, WriteMode
from integrations.connections import fill_in, propose_marker_field, save_console, save_halo_credential
from integrations.models import Console, HaloCredential, HaloField, Instance, Run
from integrations.models.fields import is_unreadable
from tests.builders import make_credential

pytestmark = pytest.mark.django_db
OTHER_KEY = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="


def unsaved(**values: str) -> HaloCredential:
    defaults = {
        "name": "Acme",
        "resource_server": "acme.halopsa.com",
        "authorisation_server": "",
        "tenant": "acme",
        "client_id": "id",
        "client_secret": "s3cret-value",
    }
    return HaloCredential(**{**defaults, **values})


@pytest.mark.parametrize(
    "typed",
    [
        "acme.halopsa.com",
        "https://acme.halopsa.com",
        "https://acme.halopsa.com/api",
        " ACME.halopsa.com/api/ ",
    ],
)
def test_every_spelling_of_a_server_is_the_same_instance(typed: str) -> None:
    save_halo_credential(unsaved(resource_server=typed))
    save_halo_credential(unsaved(name="Second"))
    assert Instance.objects.get().resource_server == "https://acme.halopsa.com/api"


def test_a_new_credential_is_untested_observes_and_asks_for_a_test_with_a_sync() -> None:
    run = save_halo_credential(unsaved())
    credential = HaloCredential.objects.get()
    assert (credential.state, credential.write_mode) == (ConnectionState.UNTESTED, WriteMode.OBSERVE)
    assert (run.kind, run.parameters) == (RunKind.TEST_HALO, {"sync": True})


def test_a_server_that_makes_no_sense_is_a_sentence_at_its_field() -> None:
    with pytest.raises(ValidationError) as refused:
        save_halo_credential(unsaved(resource_server="https://user:pw@acme.halopsa.com"))
    assert "resource_server" in refused.value.message_dict
    assert not HaloCredential.objects.exists()
    assert not Run.objects.exists()


def test_another_tenant_is_another_instance() -> None:
    save_halo_credential(unsaved())
    save_halo_credential(unsaved(name="Other", tenant="other"))
    assert Instance.objects.count() == 2


def test_the_secret_is_not_readable_in_the_database() -> None:
    save_halo_credential(unsaved())
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_secret FROM integrations_halocredential")
        stored = cursor.fetchone()[0]
    assert "s3cret" not in stored
    assert HaloCredential.objects.get().client_secret == "s3cret-value"


def test_without_its_key_a_secret_is_empty_never_a_ciphertext_and_never_lost() -> None:
    save_halo_credential(unsaved())
    with override_settings(HALOBRIDGE_ENCRYPTION_KEYS=[OTHER_KEY]):
        credential = HaloCredential.objects.get()
        assert credential.client_secret == ""
        assert is_unreadable(credential.client_secret)
        credential.save()
    assert HaloCredential.objects.get().client_secret == "s3cret-value"


def test_a_new_key_in_front_leaves_old_secrets_readable() -> None:
    from django.conf import settings

    save_halo_credential(unsaved())
    with override_settings(HALOBRIDGE_ENCRYPTION_KEYS=[OTHER_KEY, *settings.HALOBRIDGE_ENCRYPTION_KEYS]):
        assert HaloCredential.objects.get().client_secret == "s3cret-value"


def test_a_console_needs_the_fields_of_its_kind() -> None:
    with pytest.raises(ValidationError) as refused:
        save_console(Console(name="Backup", kind="msp360", credentials={"login": "x", "colour": "red"}))
    text = " ".join(refused.value.messages)
    assert "API password is needed." in text
    assert "no field 'colour'" in text


def test_a_console_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="no kind of console"):
        save_console(Console(name="Odd", kind="abacus"))


def test_a_saved_console_is_tested_and_synced() -> None:
    run = save_console(
        Console(name="Backup", kind="msp360", credentials={"login": "x", "password": "long enough"})
    )
    assert (run.kind, run.parameters) == (RunKind.TEST_CONSOLE, {"sync": True})
    assert Console.objects.get().credentials == {"login": "x", "password": "long enough"}


def test_a_field_called_bridge_reference_becomes_the_place_of_the_marker_unless_one_is_chosen() -> None:
    credential = make_credential()
    for number, name in ((1, "Device Name"), (61, "Bridge Id")):
        HaloField.objects.create(halo_credential=credential, halo_id=number, name=name)
    propose_marker_field(credential)
    assert Instance.objects.get().marker_field_id == 61
    Instance.objects.update(marker_field_id=7)
    propose_marker_field(HaloCredential.objects.get())
    assert Instance.objects.get().marker_field_id == 7


def test_what_halo_tells_fills_in_only_what_nobody_typed() -> None:
    told = ("https://auth.haloservicedesk.com/auth", "acme")
    save_halo_credential(unsaved(tenant=""))
    credential = HaloCredential.objects.get()
    assert fill_in(credential, *told)
    credential.refresh_from_db()
    assert (credential.authorisation_server, credential.tenant) == told
    assert Instance.objects.get().tenant == "acme"
    assert not fill_in(credential, "https://elsewhere.example/auth", "other")
    credential.refresh_from_db()
    assert (credential.authorisation_server, credential.tenant) == told
