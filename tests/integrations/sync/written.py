"""Mails of tests, written as a mail program writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count

MORNING = datetime(2026, 3, 1, 9, tzinfo=UTC)
_numbers = count(1)


def write(
    subject: str = "Backup failed: PC-01",
    text: str = "It failed.",
    *,
    sender: str = "Alerts <alerts@vendor.example>",
    sent_at: datetime | None = MORNING,
    message_id: str = "",
    html: str = "",
    headers: tuple[tuple[str, str], ...] = (),
) -> bytes:
    mail = EmailMessage()
    for name, value in headers:
        mail[name] = value
    mail["From"] = sender
    mail["To"] = "bridge@msp.example"
    mail["Subject"] = subject
    if sent_at:
        mail["Date"] = format_datetime(sent_at)
    mail["Message-ID"] = message_id or f"<m{next(_numbers)}@vendor.example>"
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail.as_bytes()
