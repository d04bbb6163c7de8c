"""`manage.py rotate_keys`: stored secrets move to the newest key, and the old key reads until it is done."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.models import Console, HaloCredential
from integrations.models.fields import is_unreadable
from integrations.models.rotation import rotate_secrets
from tests.builders import make_console, make_credential

pytestmark = pytest.mark.django_db
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SECRETS = {"key": "k\u00e9y-of-the-console", "empty": ""}


@pytest.fixture(autouse=True)
def _stored_with_the_old_key(settings: Any) -> None:
    settings.HALOBRIDGE_ENCRYPTION_KEYS = [OLD]
    make_credential(client_secret="secret-of-halo", access_token="")
    make_console(kind="push", credentials=SECRETS)


def run(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("rotate_keys", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def stored(column: str, table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM integrations_{table}")
        return str(cursor.fetchone()[0])


def ciphertexts() -> list[str]:
    return [stored("client_secret", "halocredential"), stored("credentials", "console")]


def opens(key: str, text: str) -> bool:
    try:
        Fernet(key).decrypt(text.encode())
    except InvalidToken:
        return False
    return True


def break_off_behind_the_first_renewed() -> None:
    next(field for field in rotate_secrets() if field.renewed)


def assert_secrets_are_whole() -> None:
    assert HaloCredential.objects.get().client_secret == "secret-of-halo"
    assert HaloCredential.objects.get().access_token == ""
    assert Console.objects.get().credentials == SECRETS


def test_afterwards_the_new_key_alone_reads_everything(settings: Any) -> None:
    settings.HALOBRIDGE_ENCRYPTION_KEYS = [NEW, OLD]
    run()
    assert [opens(NEW, text) for text in ciphertexts()] == [True, True]
    settings.HALOBRIDGE_ENCRYPTION_KEYS = [NEW]
    assert_secrets_are_whole()


def test_the_old_key_reads_before_and_between(settings: Any) -> None:
    settings.HALOBRIDGE_ENCRYPTION_KEYS = [NEW, OLD]
    assert_secrets_are_whole()
    break_off_behind_the_first_renewed()
    assert sorted(opens(NEW, text) for text in ciphertexts()) == [False, True]
    assert_secrets_are_whole()


def test_begun_again_it_goes_on_where_it_was_and_renews_nothing_twice(settings: Any) -> None:
    settings.HALOBRIDGE_ENCRYPTION_KEYS = [NEW, OLD]
    break_off_behind_the_first_renewed()
    before = stored("client_secret", "halocredential")
    rows = {row["secret"]: (row["renewed"], row["already"]) for row in json.loads(run("--json")[0])}
    assert rows["HaloPSA credential: client secret"] == (0, 1)
    assert rows["console: credentials"] == (1, 0)
    assert stored("client_secret", "halocredential") == before


def test_it_says_which_keys_can_go(settings: Any) -> None:
    assert "can be removed" not in run()[1]
    settings.HALOBRIDGE_ENCRYPTION_KEYS = [NEW, OLD]
    assert "The key behind it" in run()[1]


def test_a_secret_whose_key_is_missing_is_named_kept_and_fails_the_command(settings: Any) -> None:
    before = stored("credentials", "console")
    settings.HALOBRIDGE_ENCRYPTION_KEYS = [NEW]
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit):
        call_command("rotate_keys", stdout=out, stderr=err)
    assert f"id {HaloCredential.objects.values_list('pk', flat=True)[0]}" in out.getvalue()
    assert "can't be read" in err.getvalue()
    assert "can be removed" not in err.getvalue()
    assert stored("credentials", "console") == before
    assert is_unreadable(Console.objects.get().credentials)


def test_a_new_key_is_made_and_nothing_is_changed() -> None:
    before = ciphertexts()
    out, err = run("--new-key")
    Fernet(out.strip())
    assert "in front of HALOBRIDGE_ENCRYPTION_KEYS" in err
    assert ciphertexts() == before


def test_a_batch_costs_the_same_for_one_row_and_for_many(settings: Any) -> None:
    def cost() -> int:
        settings.HALOBRIDGE_ENCRYPTION_KEYS = [
            Fernet.generate_key().decode(),
            *settings.HALOBRIDGE_ENCRYPTION_KEYS,
        ]
        with CaptureQueriesContext(connection) as queries:
            list(rotate_secrets())
        return len(queries)

    few = cost()
    for _ in range(20):
        make_console(kind="push", credentials=SECRETS)
    assert cost() == few


def test_small_batches_reach_every_row(settings: Any) -> None:
    for _ in range(4):
        make_console(kind="push", credentials=SECRETS)
    settings.HALOBRIDGE_ENCRYPTION_KEYS = [NEW, OLD]
    rows = {row["secret"]: row["renewed"] for row in json.loads(run("--json", "--batch", "2")[0])}
    assert rows["console: credentials"] == 5


def test_no_output_holds_a_secret_or_a_key_in_use(settings: Any) -> None:
    settings.HALOBRIDGE_ENCRYPTION_KEYS = [NEW, OLD]
    told = "".join(run())
    assert not [secret for secret in ("secret-of-halo", SECRETS["key"], NEW, OLD) if secret in told]
