"""Mailboxes, rules and mails to ingest."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from integrations.choices import ConnectionState
from integrations.ingest.mails import keep
from integrations.models import Console, Mail, MailRule
from integrations.records import MailRecord
from tests.integrations.sync.written import write

_numbers = count(1)


def make_mailbox(**values: Any) -> Console:
    defaults: dict[str, Any] = {
        "name": f"Mailbox {next(_numbers)}",
        "kind": "email",
        "base_url": "imaps://mail.vendor.example",
        "state": ConnectionState.WORKING,
    }
    return Console.objects.create(**{**defaults, **values})


def make_rule(mailbox: Console, **values: Any) -> MailRule:
    defaults: dict[str, Any] = {
        "name": f"Rule {next(_numbers)}",
        "sender": "vendor.example",
        "subject": r"Backup (?:failed|succeeded): (?P<computer>\S+)",
        "event_type": "backup.failed",
        "state": "by_pattern",
        "resolved_pattern": "succeeded",
    }
    rule = MailRule(console=mailbox, **{**defaults, **values})
    rule.full_clean()
    rule.save()
    return rule


def record(raw: bytes, uid: int = 1, **values: Any) -> MailRecord:
    position = {"mailbox": "x", "uid_validity": 7, "uid": uid}
    return MailRecord(position, raw, **{"received_at": datetime.now(UTC), **values})


def keep_mail(mailbox: Console, subject: str = "Backup failed: PC-01", text: str = "", **more: Any) -> Mail:
    before = set(Mail.objects.values_list("pk", flat=True))
    keep(mailbox, [record(write(subject, text, **more))])
    return Mail.objects.exclude(pk__in=before).get()
