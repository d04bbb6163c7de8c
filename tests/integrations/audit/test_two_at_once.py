"""Two who save the same row at once: each entry tells as *before* what its change has replaced."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from integrations.acting import Actor, AuditSource, acting
from integrations.models import AuditEntry
from tests.installation import wait_until
from ticketing.models import EventSet

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write after the other"),
]


def as_(name: str) -> Any:
    return acting(lambda: Actor(name, AuditSource.ADMIN))


def save(row: EventSet) -> None:
    row.name = "Of Ben"
    row.save()


def update(row: EventSet) -> None:
    EventSet.objects.filter(pk=row.pk).update(name="Of Ben")


def update_rows(row: EventSet) -> None:
    row.name = "Of Ben"
    EventSet.objects.bulk_update([row], ["name"])


def delete(row: EventSet) -> None:
    EventSet.objects.filter(pk=row.pk).delete()


@pytest.mark.parametrize("change", [save, update, update_rows, delete])
def test_who_comes_second_replaces_what_the_first_has_stored(change: Callable[[EventSet], None]) -> None:
    row = EventSet.objects.create(name="Before")

    def ben() -> None:
        with as_("ben"):
            change(EventSet.objects.get(pk=row.pk))
        connection.close()

    second = threading.Thread(target=ben)
    with as_("anna"), transaction.atomic():
        EventSet.objects.filter(pk=row.pk).update(name="Of Anna")
        second.start()
        wait_until(somebody_waits, 20, "the second to wait for the first")
    second.join()
    told = {entry.who: entry.changes["name"]["before"] for entry in AuditEntry.objects.all()}
    assert told == {"anna": "Before", "ben": "Of Anna"}


def test_two_who_save_one_account_at_once_replace_one_after_the_other() -> None:
    """As on the pages, each in a transaction of its own."""
    account = User.objects.create_user("carol", email="before@example.com")

    def ben() -> None:
        with as_("ben"), transaction.atomic():
            row = User.objects.get(pk=account.pk)
            row.email = "ben@example.com"
            row.save()
        connection.close()

    second = threading.Thread(target=ben)
    with as_("anna"), transaction.atomic():
        account.email = "anna@example.com"
        account.save()
        second.start()
        wait_until(somebody_waits, 20, "the second to wait for the first")
    second.join()
    told = {entry.who: entry.changes["email"]["before"] for entry in AuditEntry.objects.all()}
    assert told == {"anna": "before@example.com", "ben": "anna@example.com"}


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_who_changes_a_row_does_not_hold_up_others_that_refer_to_it() -> None:
    """What a machine stores beside a row that staff are just saving must not wait for them."""
    row = EventSet.objects.create(name="Before")
    read = EventSet.objects.select_for_update(of=("self",), no_key=True).filter(pk=row.pk)
    with as_("anna"), transaction.atomic():
        EventSet.objects.get(pk=row.pk).save()
        with pytest.raises(AssertionError):
            in_another_transaction(lambda: list(read))
        refer = "SELECT 1 FROM ticketing_eventset WHERE id = %s FOR KEY SHARE"
        in_another_transaction(lambda: connection.cursor().execute(refer, [row.pk]))


def in_another_transaction(work: Callable[[], Any]) -> None:
    """Must be done without waiting."""
    problems: list[Exception] = []

    def run() -> None:
        try:
            with transaction.atomic():
                connection.cursor().execute("SET LOCAL lock_timeout = '300ms'")
                work()
        except Exception as problem:
            problems.append(problem)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert not problems, problems
