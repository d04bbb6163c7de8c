"""What is read of a real mailbox, from which place on, and what of a mail that is too large."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from integrations.records import MailRecord
from integrations.sync.mails import parse_mail
from tests.dovecot import Dovecot, needs_dovecot
from tests.integrations.connectors.email.access import connector_of
from tests.integrations.sync.written import write

pytestmark = needs_dovecot


def read(server: Dovecot, position: object = None) -> tuple[list[MailRecord], dict[str, object]]:
    connector = connector_of(server)
    found = list(connector.fetch_mails(position or {}))  # type: ignore[arg-type]
    return found, dict(connector.mails_read_to)


def subjects(records: list[MailRecord]) -> list[str]:
    return [parse_mail(record.raw).subject for record in records]


def test_the_test_tells_the_folder_and_changes_nothing(dovecot: Dovecot) -> None:
    dovecot.deliver(write())
    before = dovecot.files()
    result = connector_of(dovecot).check()
    assert result.ok
    assert result.message == f"Logged in at 127.0.0.1:{dovecot.port}; “INBOX” holds 1 mails."
    assert dovecot.files() == before


def test_a_wrong_password_and_a_wrong_folder_are_told(dovecot: Dovecot) -> None:
    assert "does not accept" in connector_of(dovecot, password="wrong").check().message
    assert "Folders: INBOX" in connector_of(dovecot, folder="Alerts").check().message


def test_the_first_read_takes_the_mails_of_the_last_day(dovecot: Dovecot) -> None:
    now = datetime.now(UTC)
    for hours in (240, 25, 23, 1):
        dovecot.deliver(write(f"{hours} hours old"), received_at=now - timedelta(hours=hours))
    records, position = read(dovecot)
    assert subjects(records) == ["23 hours old", "1 hours old"]
    assert position["uid"] == 4


def test_the_next_read_takes_what_came_since(dovecot: Dovecot) -> None:
    dovecot.deliver(write("first"))
    _, position = read(dovecot)
    assert read(dovecot, position) == ([], position)
    dovecot.deliver(write("second"), received_at=datetime.now(UTC) - timedelta(days=9))
    records, position = read(dovecot, position)
    assert subjects(records) == ["second"], "what a server lets come late is news as well"
    assert read(dovecot, position)[0] == []


def test_an_empty_mailbox_has_a_place_to_go_on_from(dovecot: Dovecot) -> None:
    records, position = read(dovecot)
    assert records == []
    dovecot.deliver(write("first"), received_at=datetime.now(UTC) - timedelta(days=3))
    assert subjects(read(dovecot, position)[0]) == ["first"]


def test_every_mail_is_a_place_to_go_on_from(dovecot: Dovecot) -> None:
    for number in range(5):
        dovecot.deliver(write(f"number {number}"))
    records, _ = read(dovecot)
    again, _ = read(dovecot, records[2].position)
    assert subjects(again) == ["number 3", "number 4"]


def test_other_numbers_of_the_server_begin_anew_with_the_last_day(dovecot: Dovecot) -> None:
    dovecot.deliver(write("old"), received_at=datetime.now(UTC) - timedelta(days=3))
    dovecot.deliver(write("new"))
    _, position = read(dovecot)
    dovecot.number_anew()
    records, after = read(dovecot, position)
    assert subjects(records) == ["new"]
    assert after["uid_validity"] != position["uid_validity"]


def test_the_place_in_one_folder_means_nothing_in_another(dovecot: Dovecot) -> None:
    dovecot.deliver(write("here"))
    _, position = read(dovecot)
    elsewhere = {**position, "mailbox": "another@vendor.example at 127.0.0.1, INBOX"}
    assert subjects(read(dovecot, elsewhere)[0]) == ["here"]


def test_of_a_large_mail_only_its_first_text_is_read(dovecot: Dovecot) -> None:
    large = (
        b"From: a@vendor.example\r\nSubject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=\r\nMessage-ID: <large@x>\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=outer\r\n\r\n"
        b"--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n"
        b"--inner\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\nComputer: PC=2D01, gr=FCn\r\n"
        b"--inner\r\nContent-Type: text/html\r\n\r\n<p>html</p>\r\n--inner--\r\n"
        b"--outer\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + b"QUJD" * 18
        + b"\r\n"
        + (b"QUJD" * 18 + b"\r\n") * 140_000
        + b"--outer--\r\n"
    )
    assert len(large) > 10_000_000
    dovecot.deliver(write("before"))
    dovecot.deliver(large)
    dovecot.deliver(write("after"))
    records, _ = read(dovecot)

    mail = parse_mail(records[1].raw)
    assert subjects(records) == ["before", "Größe", "after"]
    assert (mail.text, mail.message_id) == ("Computer: PC-01, grün", "large@x")
    assert len(records[1].raw) < 2000
    assert records[1].note == "The mail has 9.9 MiB; only its first text was read."
    assert records[0].note == ""


def test_of_a_large_mail_without_text_the_header_is_read(dovecot: Dovecot) -> None:
    header = b"From: a@vendor.example\r\nSubject: zip\r\nContent-Type: application/zip\r\n\r\n"
    dovecot.deliver(header + b"x" * 70 + (b"\r\n" + b"x" * 70) * 20_000)
    records, _ = read(dovecot)
    assert subjects(records) == ["zip"]
    assert records[0].note.endswith("only its header was read.")


def test_a_large_text_is_cut(dovecot: Dovecot) -> None:
    dovecot.deliver(b"Subject: long\r\n\r\n" + (b"y" * 70 + b"\r\n") * 50_000)
    records, _ = read(dovecot)
    assert 200_000 < len(records[0].raw) < 300_000
