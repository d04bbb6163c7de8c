"""Mailboxes, mail rules and mails for the tests of the admin pages and of the REST API."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from integrations.models import Console, Mail, MailRule, RawDelivery
from tests.integrations.admin.made import SECRET, make_console, number


def make_mailbox(**more: Any) -> Console:
    values: dict[str, Any] = {
        "name": f"Mailbox {number()}",
        "kind": "email",
        "base_url": "imaps://mail.example",
        "credentials": {"user": "alerts", "password": SECRET},
        "synced_at": None,
    }
    return make_console(**{**values, **more})


def make_mail_rule(console: Console | None = None, **more: Any) -> MailRule:
    values: dict[str, Any] = {
        "name": f"Rule {number()}",
        "sender": "vendor.example",
        "subject": r"Backup (failed|succeeded): (?P<computer>\S+)",
        "event_type": "backup.failed",
    }
    return MailRule.objects.create(console=console or make_mailbox(), **{**values, **more})


def make_mail(rule: MailRule | None = None, text: str = "It failed.", **more: Any) -> Mail:
    """A mail of the rule's mailbox, made an event by it unless the test says otherwise."""
    console = more.pop("console", None) or (rule.console if rule else make_mailbox())
    values: dict[str, Any] = {
        "key": f"k{number()}",
        "sender": "alerts@vendor.example",
        "subject": f"Backup failed: PC-{number()}",
        "state": "event" if rule else "untaken",
        "reason": "" if rule else "No rule is for mails from alerts@vendor.example.",
        "rule": rule,
        **more,
    }
    body = f"From: Alerts <{values['sender']}>\r\nSubject: {values['subject']}\r\n\r\n{text}\r\n"
    delivery = RawDelivery.objects.create(
        console=console, door="mail", body=body, processed_at=timezone.now()
    )
    return Mail.objects.create(console=console, delivery=delivery, **values)
