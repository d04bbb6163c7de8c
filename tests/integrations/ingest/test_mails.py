"""Mails are kept as they came, judged by the rules of their mailbox, and found again by staff."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from django.core.exceptions import ValidationError

from integrations.choices import EventState, MailState
from integrations.ingest import mails
from integrations.ingest.console_side import store_companies, store_computers
from integrations.ingest.deliveries import read_again
from integrations.ingest.events import derived_resolves
from integrations.models import Console, Event, Mail, RawDelivery
from integrations.records import CompanyRecord, ComputerRecord
from tests.builders import make_console
from tests.integrations.ingest.builders import captured_sql
from tests.integrations.ingest.mail_builders import keep_mail, make_mailbox, make_rule, record
from tests.integrations.sync.written import MORNING, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox() -> Console:
    return make_mailbox()


@pytest.fixture
def console() -> Console:
    found = make_console(name="Backup console")
    store_companies(found, [CompanyRecord("c1", "Baker & Sons Ltd"), CompanyRecord("c2", "Mill")])
    store_computers(
        found,
        [
            ComputerRecord("pc1", "PC-01", company_external_id="c1"),
            ComputerRecord("pc2", "PC-02", company_external_id="c2"),
        ],
    )
    return found


def read(mailbox: Console) -> None:
    mails.read_some(mailbox)


# ---- keeping --------------------------------------------------------------------------------


def test_a_mail_is_kept_byte_by_byte_before_it_is_understood(mailbox: Console) -> None:
    raw = bytes(range(1, 256)) * 3
    assert mails.keep(mailbox, [record(raw)]) == 1
    delivery = RawDelivery.objects.get()
    assert mails.as_raw(delivery.body) == raw
    assert (delivery.door, delivery.console, delivery.processed_at) == ("mail", mailbox, None)
    assert Mail.objects.get().state == MailState.WAITING


def test_the_position_is_that_of_the_last_mail_that_is_stored(mailbox: Console) -> None:
    mails.keep(mailbox, [record(write(), uid=3), record(write(), uid=9)])
    mailbox.refresh_from_db()
    assert mailbox.mail_position["uid"] == 9


def test_a_copy_of_a_mail_is_not_kept_twice(mailbox: Console) -> None:
    raw = write()
    assert mails.keep(mailbox, [record(raw, 1), record(raw, 2)]) == 1
    assert mails.keep(mailbox, [record(b"Received: again\r\n" + raw, 1), record(write(), 2)]) == 1
    assert (Mail.objects.count(), RawDelivery.objects.count()) == (2, 2)


def test_two_mailboxes_have_a_copy_each(mailbox: Console) -> None:
    raw = write()
    assert [mails.keep(box, [record(raw)]) for box in (mailbox, make_mailbox())] == [1, 1]


def test_what_no_database_stores_is_left_out(mailbox: Console) -> None:
    mails.keep(mailbox, [record(b"Subject: a\x00b\xed\xa0\x80\r\n\r\n" + b"x\x00" * 600)])
    read(mailbox)
    assert Mail.objects.get().subject.startswith("ab")


# ---- judging --------------------------------------------------------------------------------


def test_a_mail_becomes_an_event_of_the_console_that_the_rule_speaks_for(
    mailbox: Console, console: Console
) -> None:
    rule = make_rule(mailbox, speaks_for=console)
    mail = keep_mail(mailbox, text="It failed.")
    read(mailbox)
    mail.refresh_from_db()

    event = Event.objects.get()
    assert (mail.state, mail.event, mail.rule, mail.reason) == (MailState.EVENT, event, rule, "")
    assert (event.console, event.title, event.message) == (console, "Backup failed: PC-01", "It failed.")
    assert (event.computer.name, event.company.name) == ("PC-01", "Baker & Sons Ltd")  # type: ignore[union-attr]
    assert (event.series_key, event.occurred_at) == ("backup.failed||pc-01", mail.received_at)


def test_a_list_of_the_console_ends_nothing_that_a_mail_has_told(mailbox: Console, console: Console) -> None:
    """The console lists its own series only: that a mail's is not among them means nothing."""
    make_rule(mailbox, speaks_for=console)
    keep_mail(mailbox)
    read(mailbox)
    assert [derived_resolves(console, {"its own"}) for _ in range(4)] == [[]] * 4


def test_a_rule_that_speaks_for_nobody_makes_events_of_the_mailbox(mailbox: Console) -> None:
    make_rule(mailbox)
    mail = keep_mail(mailbox)
    read(mailbox)
    mail.refresh_from_db()
    assert Event.objects.get().console == mailbox
    assert mail.reason == "The rule speaks for no console, so the names in the mail lead nowhere."
    assert Event.objects.get().reason == mail.reason


def test_a_mail_that_no_rule_takes_is_kept_and_listed(mailbox: Console) -> None:
    make_rule(mailbox)
    mail = keep_mail(mailbox, "Lunch on Friday?")
    read(mailbox)
    mail.refresh_from_db()
    assert (mail.state, mail.event) == (MailState.UNTAKEN, None)
    assert mail.reason.endswith("is for this sender: The pattern is not found in the subject.")
    assert mail.delivery.processed_at is not None
    assert mail.delivery.error == ""


def test_a_mail_from_somebody_unknown_says_so(mailbox: Console) -> None:
    make_rule(mailbox)
    mail = keep_mail(mailbox, sender="spam@evil.example")
    read(mailbox)
    mail.refresh_from_db()
    assert mail.reason == "No rule is for mails from spam@evil.example."


def test_a_mailbox_without_rules_says_so(mailbox: Console) -> None:
    make_rule(mailbox, enabled=False)
    mail = keep_mail(mailbox)
    read(mailbox)
    mail.refresh_from_db()
    assert mail.reason == mails.NO_RULES


def test_the_lowest_position_is_tried_first(mailbox: Console) -> None:
    make_rule(mailbox, position=5, severity="low")
    first = make_rule(mailbox, position=1, severity="critical")
    mail = keep_mail(mailbox)
    read(mailbox)
    mail.refresh_from_db()
    assert mail.rule == first
    assert Event.objects.get().severity == "critical"


def test_trigger_and_recovery_are_one_series(mailbox: Console, console: Console) -> None:
    make_rule(mailbox, speaks_for=console)
    keep_mail(mailbox, "Backup failed: PC-01")
    keep_mail(mailbox, "Backup succeeded: pc-01.corp.example", sent_at=MORNING + timedelta(minutes=1))
    make_rule(mailbox, position=1)
    read(mailbox)
    events = list(Event.objects.order_by("pk"))
    assert [event.state for event in events] == [EventState.OPEN, EventState.RESOLVED]
    assert [event.computer_external_id for event in events] == ["pc1", "pc1"]


def test_reading_again_brings_no_second_event(mailbox: Console) -> None:
    make_rule(mailbox)
    mail = keep_mail(mailbox)
    read(mailbox)
    assert read_again(RawDelivery.objects.all()) == [mailbox]
    mail.refresh_from_db()
    assert mail.state == MailState.WAITING
    read(mailbox)
    mail.refresh_from_db()
    assert (Event.objects.count(), mail.state, mail.event) == (1, MailState.EVENT, Event.objects.get())


def test_a_rule_made_later_takes_what_is_read_again(mailbox: Console) -> None:
    mail = keep_mail(mailbox)
    read(mailbox)
    make_rule(mailbox)
    read_again(RawDelivery.objects.all())
    read(mailbox)
    mail.refresh_from_db()
    assert mail.state == MailState.EVENT


def test_a_mail_that_the_patterns_can_not_be_held_against_is_refused_with_a_sentence(
    mailbox: Console,
) -> None:
    for number in range(60):
        make_rule(mailbox, name=f"Slow {number}", subject="", body=r"^(a|a)*$")
    slow = keep_mail(mailbox, text="a" * 5000 + "!")
    read(mailbox)
    slow.refresh_from_db()
    assert slow.state == MailState.REFUSED
    assert "took too long over this mail" in slow.reason
    assert slow.delivery.error == slow.reason


def test_a_batch_costs_the_same_statements_whatever_it_brings(mailbox: Console, console: Console) -> None:
    make_rule(mailbox, speaks_for=console)

    def cost(count: int) -> int:
        for number in range(count):
            keep_mail(mailbox, f"Backup failed: PC-{number:02}")
        with captured_sql() as statements:
            read(mailbox)
        return len(statements.statements)

    cost(1)
    assert cost(20) == cost(2)


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_coming_does_not_matter(
    mailbox: Console, order: tuple[int, ...], together: bool
) -> None:
    make_rule(mailbox)
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)
    words = ("failed", "succeeded", "failed")
    for number in order:
        sent_at = began + timedelta(minutes=number)
        keep_mail(mailbox, f"Backup {words[number]}: PC-01", sent_at=sent_at)
        if not together:
            read(mailbox)
    read(mailbox)
    told = list(Event.objects.order_by("occurred_at").values_list("state", "series_key", "occurred_at"))
    states = (EventState.OPEN, EventState.RESOLVED, EventState.OPEN)
    key = "backup.failed||pc-01"
    assert told == [(state, key, began + timedelta(minutes=minutes)) for minutes, state in enumerate(states)]


# ---- rules ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "field", "problem"),
    [
        ({"subject": "(("}, "subject", "This is no regular expression"),
        ({"body": r"(?P<host>.)"}, "body", "There is no part called host"),
        ({"sender": "Alerts <a@b.example>"}, "sender", "One address or one domain"),
        ({"sender": "localhost"}, "sender", "A domain has a dot"),
        ({"sender": ""}, "sender", "cannot be blank"),
        ({"event_type": "nothing.known"}, "event_type", "There is no event type"),
        ({"series": "{host}"}, "series", "{host} is not known"),
        ({"resolved_pattern": ""}, "resolved_pattern", "Say by which pattern"),
    ],
)
def test_a_rule_is_judged_in_sentences(
    mailbox: Console, values: dict[str, str], field: str, problem: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        make_rule(mailbox, **values)
    assert problem in " ".join(caught.value.message_dict[field])
