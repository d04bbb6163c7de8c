"""A mail may name any charset: what mails use is read, what is only slow is not tried."""

from __future__ import annotations

import time

import pytest

from integrations.sync.mails import parse_mail


def mail(charset: str, body: bytes) -> bytes:
    head = f"From: a@example.com\r\nSubject: S\r\nContent-Type: text/plain; charset={charset}\r\n\r\n"
    return head.encode() + body


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "unicode_escape", "raw_unicode_escape", "rot13", "zip"]
)
def test_a_charset_that_no_mail_uses_costs_no_time(charset: str) -> None:
    started = time.process_time()
    found = parse_mail(mail(charset, b"backup-failed" * 60_000))
    assert time.process_time() - started < 5
    assert "backup-failed" in found.text


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("utf-8", "Füße"),
        ("iso-8859-1", "Füße"),
        ("windows-1252", "Füße €"),
        ("koi8-r", "Ошибка"),
        ("shift_jis", "エラー"),
        ("gb2312", "失败"),
        ("us-ascii", "Failed"),
        ("unknown-8bit", "Failed"),
    ],
)
def test_charsets_that_mails_use_are_read(charset: str, text: str) -> None:
    encoding = "ascii" if charset == "unknown-8bit" else charset
    assert text in parse_mail(mail(charset, text.encode(encoding))).text
