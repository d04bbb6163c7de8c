"""Whatever comes as a mail is read as far as it goes; nothing of it raises or takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.sync.html_text import html_to_text
from integrations.sync.mails import MOST_TEXT, parse_mail
from tests.integrations.sync.written import MORNING, write


def test_an_ordinary_mail_is_read() -> None:
    mail = parse_mail(write("Grüße", "Zeile 1\r\nZeile 2", message_id="<id@x>"))
    assert (mail.message_id, mail.sender, mail.sender_name) == ("id@x", "alerts@vendor.example", "Alerts")
    assert (mail.subject, mail.text, mail.sent_at) == ("Grüße", "Zeile 1\nZeile 2", MORNING)


def test_an_empty_mail_is_a_mail_that_says_nothing() -> None:
    mail = parse_mail(b"")
    assert (mail.sender, mail.subject, mail.text, mail.sent_at, mail.message_id) == ("", "", "", None, "")
    assert len(mail.key) == 32


def test_a_mail_without_date_and_message_id_has_a_key_of_its_own_content() -> None:
    first, same, other = (
        parse_mail(b"From: a@b.example\r\nSubject: x\r\n\r\n" + text) for text in (b"one", b"one", b"two")
    )
    assert first.key == same.key != other.key


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?iso-8859-1?Q?Gr=FC=DFe?= aus Wien", "Grüße aus Wien"),
        ("=?utf-8?b?R3LDvMOfZQ?=", "Grüße"),
        ("=?x-unknown?q?abc?=", "abc"),
        ("=?utf-8?b?!!!!?= rest", "rest"),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
        ("a\r\n b", "a b"),
    ],
)
def test_subjects_are_decoded_as_far_as_they_can_be(header: str, expected: str) -> None:
    assert parse_mail(f"Subject: {header}\r\n\r\n".encode()).subject == expected


@pytest.mark.parametrize(("encoding"), ["utf-8", "latin-1"])
def test_headers_with_raw_bytes_are_read(encoding: str) -> None:
    assert parse_mail("Subject: Größe\r\n\r\n".encode(encoding)).subject == "Größe"


@pytest.mark.parametrize(
    ("charset", "content", "expected"),
    [
        ("utf-8", "Größe".encode(), "Größe"),
        ("x-unknown", "Größe".encode(), "Größe"),
        ("utf-8", "Größe".encode("latin-1"), "Gr"),
        ("", "Größe".encode("cp1252"), "Größe"),
        ("unicode_escape", b"a\\", "a\\"),
        ("idna", b"xn--", "xn--"),
        ("rot13", b"abc", "abc"),
        ("utf-16", b"\xff", "\ufffd"),
    ],
)
def test_texts_of_any_charset_become_text(charset: str, content: bytes, expected: str) -> None:
    named = f"; charset={charset}" if charset else ""
    mail = parse_mail(f"Content-Type: text/plain{named}\r\n\r\n".encode() + content)
    assert mail.text.startswith(expected)


@pytest.mark.parametrize(
    "date",
    ["yesterday", "Thu, 99 Foo 2026", "Sun, 1 Mar 2026 99:99:99 +9999", "0"],
)
def test_a_date_that_is_none_is_left_out(date: str) -> None:
    assert parse_mail(f"Date: {date}\r\n\r\n".encode()).sent_at is None


def test_html_is_read_where_there_is_no_plain_text() -> None:
    raw = (
        b"Content-Type: text/html; charset=utf-8\r\n\r\n"
        b"<html><head><title>no</title><style>p{}</style></head><body><!-- no --><h1>Failed</h1>"
        b"<table><tr><td>Computer</td><td>PC-01</td></tr></table><script>no()</script>"
        b"<p>A &amp; B<br>two</p><img src='http://tracker.example/x'></body></html>"
    )
    assert parse_mail(raw).text == "Failed\n\nComputer PC-01\n\nA & B\ntwo"


def test_plain_text_is_preferred_and_attachments_do_not_count() -> None:
    assert parse_mail(write(text="plain", html="<p>html</p>")).text == "plain"
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n"
        b"Content-Disposition: attachment; filename=a.log\r\n\r\nlog\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n"
        b"<b>seen</b>\r\n--b--\r\n"
    )
    assert parse_mail(raw).text == "seen"


def _nested(depth: int) -> bytes:
    raw = b"Subject: deep\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n"
    for number in range(depth):
        raw += b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (number, number + 1)
    return raw


@pytest.mark.parametrize(
    "raw",
    [
        _nested(5000),
        b"Subject: deep\r\nContent-Type: text/plain;" + b";" * 1_000_000 + b"\r\n\r\ntext",
        b"Subject: deep\r\n" + b"X: y\r\n" * 100_000 + b"\r\ntext",
        b"Subject: deep\r\n\r\n" + b"x" * 10_000_000,
        b"Subject: deep\r\nContent-Type: text/html\r\n\r\n" + b"<a " * 300_000,
        b"Subject: deep\r\nFrom: " + b"a@b.example," * 50_000 + b"\r\n\r\n",
        b"Subject: deep\r\nFrom: " + b"(" * 100_000 + b"\r\n\r\n",
        b"Subject: deep\r\nDate: " + b"1 " * 100_000 + b"\r\n\r\n",
        b"Subject: deep\r\nAuthentication-Results: " + b"(" * 100_000 + b"\r\n\r\n",
    ],
    ids=["nested", "parameters", "headers", "10 MB", "tags", "senders", "comments", "date", "results"],
)
def test_what_is_made_to_hurt_is_read_in_moments(raw: bytes) -> None:
    began = time.process_time()
    mail = parse_mail(raw)
    assert time.process_time() - began < 5
    assert mail.subject == "deep"
    assert len(mail.text) <= MOST_TEXT


@pytest.mark.parametrize("piece", ["<", "<!--", "<a ", "</", "<![CDATA[", "<script>", "&", "&amp", "<style"])
def test_broken_html_is_read_in_one_pass(piece: str) -> None:
    began = time.process_time()
    html_to_text(piece * (500_000 // len(piece)))
    assert time.process_time() - began < 5


@given(st.binary(max_size=400))
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    mail = parse_mail(raw)
    assert "\x00" not in mail.subject + mail.text + mail.sender + mail.message_id
    mail.key.encode("ascii")


_PIECES = st.sampled_from(
    (
        *(b"From: ", b"Subject: ", b"Date: ", b"Content-Type: ", b"multipart/mixed; boundary=x", b"\r\n"),
        *(b"\r\n\r\n", b"--x", b"--x--", b"=?utf-8?b?", b"?=", b"text/html", b"; charset=", b"=?", b"\xe9"),
        *(b"message/rfc822", b"Content-Transfer-Encoding: ", b"base64", b"quoted-printable", b"x-uuencode"),
        *(b"begin 666 a\n", b"=", b"\t", b"a@b.example", b"<", b">", b"(", b'"', b",", b"Message-ID: "),
        *(b"*0*=", b"''%", b"filename"),
    )
)


@given(st.lists(_PIECES, max_size=40))
def test_any_pieces_of_mails_are_a_mail(pieces: list[bytes]) -> None:
    assert len(parse_mail(b"".join(pieces)).key) == 32
