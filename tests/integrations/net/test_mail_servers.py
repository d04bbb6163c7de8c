"""The door to mail servers: where it may go, what it says when it can't, and that it never waits for ever."""

from __future__ import annotations

import logging
import socket
import time

import pytest

from integrations.net import errors
from integrations.net.hosts import MAIL, AddressError, normalise_host
from integrations.net.http import Limits
from integrations.net.imap import Login, Mailbox
from tests.integrations.net.imap_script import HANG_UP, polite, serve

LOGIN = Login("alerts", password="marked-secret-word")
HERE = ("127.0.0.1",)


def look(address: str, login: Login = LOGIN, folder: str = "INBOX", **options: object) -> int:
    with Mailbox(address, login, **{"allow_private": HERE, **options}) as mailbox:  # type: ignore[arg-type]
        return mailbox.examine(folder).uid_validity


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("imap.vendor.example", "imaps://imap.vendor.example"),
        ("IMAPS://imap.vendor.example:993/", "imaps://imap.vendor.example"),
        ("imap://10.0.0.5:1143", "imap://10.0.0.5:1143"),
    ],
)
def test_addresses_are_taken_as_people_write_them(typed: str, expected: str) -> None:
    assert normalise_host(typed, schemes=MAIL) == expected


def test_a_web_address_is_no_mail_server() -> None:
    with pytest.raises(AddressError, match="must begin with imaps://"):
        normalise_host("https://imap.vendor.example", schemes=MAIL)
    with pytest.raises(errors.Unreachable, match="must begin with imaps://"):
        Mailbox("https://imap.vendor.example", LOGIN)


def test_a_mail_address_is_no_web_server() -> None:
    with pytest.raises(AddressError, match="must begin with https://"):
        normalise_host("imaps://imap.vendor.example")


def test_a_connection_that_is_not_encrypted_is_refused_unless_listed() -> None:
    with serve(polite) as server:
        with pytest.raises(errors.HostNotAllowed, match="use imaps, or list it"):
            look(server.address, allow_private=())
        assert server.lines == []
        assert look(server.address) == 7


def test_a_private_server_is_refused_unless_listed() -> None:
    with pytest.raises(errors.HostNotAllowed, match="is a private address"):
        look("imaps://127.0.0.1", allow_private=())


def test_a_name_that_leads_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.5", 993))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [row])
    with pytest.raises(errors.HostNotAllowed, match=r"mail.vendor.example .10.0.0.5. is a private address"):
        look("imaps://mail.vendor.example", allow_private=())


def test_nobody_at_the_address_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(errors.Unreachable, match="refuses connections"):
        look(f"imap://127.0.0.1:{port}")


def test_an_encrypted_connection_to_a_plain_server_is_told() -> None:
    with serve(polite) as server, pytest.raises(errors.Unreachable, match="speaks imaps"):
        look(server.address.replace("imap:", "imaps:"))


def test_a_login_that_is_refused_tells_the_servers_words_and_no_secret() -> None:
    def refuse(tag: str, line: str) -> bytes:
        if line.startswith("LOGIN"):
            return f"{tag} NO [AUTHENTICATIONFAILED] no {LOGIN.password} here\r\n".encode()
        return polite(tag, line)

    with serve(refuse) as server, pytest.raises(errors.Unauthorised) as caught:
        look(server.address)
    assert "AUTHENTICATIONFAILED" in str(caught.value)
    assert "marked-secret" not in f"{caught.value} {caught.value.body_text} {LOGIN!r}"


def test_a_server_that_can_not_check_now_has_refused_nobody() -> None:
    def busy(tag: str, line: str) -> bytes:
        if line.startswith("LOGIN"):
            return f"{tag} NO [UNAVAILABLE] later\r\n".encode()
        return polite(tag, line)

    with serve(busy) as server, pytest.raises(errors.Unavailable):
        look(server.address)


def test_no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), serve(polite) as server:
        look(server.address)
    assert "marked-secret" not in caplog.text


def test_a_folder_without_lasting_numbers_is_refused() -> None:
    def forgetful(tag: str, line: str) -> bytes:
        return f"{tag} OK done\r\n".encode() if line.startswith("EXAMINE") else polite(tag, line)

    with serve(forgetful) as server, pytest.raises(errors.BadAnswer, match="UIDVALIDITY"):
        look(server.address)


@pytest.mark.parametrize(
    "answer",
    [
        HANG_UP,
        b"* 1 FETCH (UID 1 RFC822.SIZE 5 INTERNALDATE\r\nnonsense\r\n",
        b"* 1 FETCH (UID 1 RFC822.SIZE {999999999999}\r\n",
        b"* 1 FETCH (UID x RFC822.SIZE y)\r\n* OK\r\n" + b"\xff" * 50 + b"\r\n",
        b"\x00" * 2_000_000,
    ],
    ids=["hangs up", "nonsense", "far too large", "no numbers", "no end"],
)
def test_an_answer_that_is_none_ends_in_a_sentence(answer: bytes | None) -> None:
    def strange(tag: str, line: str) -> bytes | None:
        return answer if "FETCH" in line else polite(tag, line)

    began = time.monotonic()
    limits = Limits(connect=2, read=2, total=3)
    with serve(strange) as server:
        mailbox = Mailbox(server.address, LOGIN, allow_private=HERE, limits=limits)
        with mailbox, pytest.raises(errors.NetError) as caught:
            mailbox.envelopes([1])
    assert caught.value.sentence.endswith(".") or server.address[-5:] in caught.value.sentence
    assert time.monotonic() - began < 15


def test_a_server_that_sends_a_byte_now_and_then_holds_nobody() -> None:
    def slow(tag: str, line: str) -> bytes | None:
        if not line.startswith("EXAMINE"):
            return polite(tag, line)
        time.sleep(1.5)
        return b"* "

    began = time.monotonic()
    with serve(slow) as server, pytest.raises(errors.LostAnswer, match="did not give a whole answer"):
        look(server.address, limits=Limits(connect=1, read=30, total=1))
    assert time.monotonic() - began < 8


def test_a_server_that_does_not_greet_is_given_up() -> None:
    began = time.monotonic()
    with serve(polite, greeting=b"") as server, pytest.raises(errors.Unreachable):
        look(server.address, limits=Limits(connect=1, read=30, total=1))
    assert time.monotonic() - began < 8
