"""Mails of a mailbox: kept as they came, judged by its rules later, and any number of times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from integrations.choices import MailState
from integrations.ingest.deliveries import MAIL_DOOR, Read, to_read
from integrations.ingest.events import DUPLICATE, store_events
from integrations.ingest.mail_places import Named, find_places
from integrations.ingest.mail_rules import rules_of
from integrations.models import Console, Event, Mail, RawDelivery
from integrations.records import MailRecord
from integrations.sync.mail_rules import Rule, Taken, TooSlow, judge, with_ids
from integrations.sync.mails import Mail as Parsed
from integrations.sync.mails import parse_mail
from integrations.sync.storable import storable_key, storable_text

AT_ONCE: Final = 25
"""Mails that are judged together: some twenty statements, whatever they say, and few megabytes."""

LONGEST_EVENT_ID: Final = Event._meta.get_field("external_id").max_length or 300

NO_RULES: Final = "The mailbox has no rule that is switched on."


def as_body(raw: bytes) -> str:
    """A mail in a form that every database stores and `as_raw` undoes: one sign for each byte."""
    return raw.replace(b"\x00", b"").decode("latin-1")


def as_raw(body: str) -> bytes:
    return body.encode("latin-1", "replace")


# ---- keeping --------------------------------------------------------------------------------


def keep(console: Console, records: Sequence[MailRecord]) -> int:
    """Store the mails that are new, and with them the position after the last one; how many were new."""
    parsed = {(mail := parse_mail(record.raw)).key: (record, mail) for record in records}
    with transaction.atomic():
        rows = Mail.objects.filter(console=console, key__in=parsed).order_by()
        known = set(rows.values_list("key", flat=True))
        new = [(record, mail) for key, (record, mail) in parsed.items() if key not in known]
        deliveries = RawDelivery.objects.bulk_create(
            [RawDelivery(console=console, door=MAIL_DOOR, body=as_body(record.raw)) for record, _ in new]
        )
        Mail.objects.bulk_create(
            [
                _row(console, delivery, record, mail)
                for delivery, (record, mail) in zip(deliveries, new, strict=True)
            ]
        )
        if records:
            note_position(console, records[-1].position)
    return len(new)


def _row(console: Console, delivery: RawDelivery, record: MailRecord, mail: Parsed) -> Mail:
    now = timezone.now()
    return Mail(
        console=console,
        delivery=delivery,
        key=mail.key,
        sender=storable_text(mail.sender, 254),
        subject=storable_text(mail.subject, 500),
        received_at=min(record.received_at or now, now),
        note=record.note,
    )


def note_position(console: Console, position: Mapping[str, Any]) -> None:
    """Where the next read of the mailbox goes on."""
    Console.objects.filter(pk=console.pk).update(mail_position=dict(position))


# ---- judging --------------------------------------------------------------------------------


@dataclass(slots=True)
class _Judged:
    """One mail with what its rules say of it."""

    mail: Mail
    taken: Taken | None = None
    rule: int | None = None
    state: MailState = MailState.UNTAKEN
    reason: str = ""


def read_some(console: Console) -> Read:
    """Judge up to `AT_ONCE` mails that wait, oldest first, and store their events."""
    waiting = to_read(console).filter(mail__isnull=False).select_related("mail")
    rows = list(waiting[:AT_ONCE])
    rules = {rule.pk: rule for rule in rules_of(console).filter(enabled=True)}
    pure = [rule.as_rule() for rule in rules.values()]
    judged = [_judge(row, pure) for row in rows]
    by_target: dict[Console, list[_Judged]] = defaultdict(list)
    for one in judged:
        if one.rule is not None:
            by_target[rules[one.rule].target].append(one)
    outcomes = [outcome for target, mails in by_target.items() for outcome in _store(target, mails)]
    _note(rows, judged)
    known = outcomes.count(DUPLICATE)
    refused = sum(one.state == MailState.REFUSED for one in judged)
    return Read(len(rows), len(outcomes) - known, known, refused)


def _judge(row: RawDelivery, rules: Sequence[Rule]) -> _Judged:
    mail = row.mail
    if not rules:
        return _Judged(mail, reason=NO_RULES)
    try:
        word, why_none = judge(rules, parse_mail(as_raw(row.body)), mail.received_at)
    except TooSlow as problem:
        return _Judged(mail, state=MailState.REFUSED, reason=str(problem))
    if word is None:
        return _Judged(mail, reason=why_none)
    return _Judged(mail, word.taken, word.rule.key, MailState.EVENT)


def _store(target: Console, judged: Sequence[_Judged]) -> list[str]:
    """Look up what the mails name, store their events, and give each mail its event."""
    taken = [one.taken for one in judged if one.taken is not None]
    places = find_places(target, [Named(one.company, one.computer) for one in taken])
    records = [
        with_ids(one, place.company, place.computer, place.remark)
        for one, place in zip(taken, places, strict=True)
    ]
    outcomes = store_events(target, records)
    keys = [storable_key(record.external_id, LONGEST_EVENT_ID) for record in records]
    events = _newest_events(target, keys)
    for one, key, place in zip(judged, keys, places, strict=True):
        one.mail.event_id, one.reason = events.get(key), place.remark
    return outcomes


def _newest_events(target: Console, keys: Sequence[str]) -> dict[str, int]:
    rows = Event.objects.filter(console=target, external_id__in=keys).order_by().values("external_id")
    return dict(rows.annotate(newest=Max("pk")).values_list("external_id", "newest"))


def _note(rows: Sequence[RawDelivery], judged: Sequence[_Judged]) -> None:
    now = timezone.now()
    for row, one in zip(rows, judged, strict=True):
        one.mail.state, one.mail.reason, one.mail.rule_id = one.state, one.reason[:500], one.rule
        if one.rule is None:
            one.mail.event_id = None
        row.processed_at = now
        row.error = one.reason if one.state == MailState.REFUSED else ""
    RawDelivery.objects.bulk_update(rows, ["processed_at", "error"])
    Mail.objects.bulk_update([one.mail for one in judged], ["state", "reason", "rule", "event"])
