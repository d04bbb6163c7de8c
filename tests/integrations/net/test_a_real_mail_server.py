"""The same door at a real server: certificates, numbers, and that nothing in the mailbox changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from integrations.net import errors
from integrations.net.imap import Login, Mailbox
from tests.dovecot import PASSWORD, USER, Dovecot, needs_dovecot
from tests.integrations.sync.written import write

pytestmark = needs_dovecot


def open_mailbox(server: Dovecot, password: str = PASSWORD, ca_bundle: str | None = "own") -> Mailbox:
    bundle = str(server.certificate) if ca_bundle == "own" else ca_bundle
    return Mailbox(server.address, Login(USER, password), allow_private=("127.0.0.1",), ca_bundle=bundle)


def test_mails_are_read_and_stay_as_they_were(dovecot: Dovecot) -> None:
    raw = [write(f"Number {number}") for number in range(3)]
    for one in raw:
        dovecot.deliver(one)
    before = dovecot.files()
    with open_mailbox(dovecot) as mailbox:
        folder = mailbox.examine("INBOX")
        uids = mailbox.uids_after(0)
        whole = mailbox.whole(uids)

    assert (folder.count, folder.next_uid, uids) == (3, 4, [1, 2, 3])
    assert [whole[uid].replace(b"\r\n", b"\n") for uid in uids] == [
        one.replace(b"\r\n", b"\n") for one in raw
    ]
    assert dovecot.files() == before, "a flag or a file has changed"


def test_after_the_last_there_is_none(dovecot: Dovecot) -> None:
    dovecot.deliver(write())
    with open_mailbox(dovecot) as mailbox:
        mailbox.examine("INBOX")
        assert mailbox.uids_after(1) == []
        assert mailbox.envelopes([]) == {}


def test_the_server_tells_size_and_time_of_arrival(dovecot: Dovecot) -> None:
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
    dovecot.deliver(write(), received_at=at)
    with open_mailbox(dovecot) as mailbox:
        mailbox.examine("INBOX")
        envelope = mailbox.envelopes([1])[1]
        assert mailbox.uids_since((at - timedelta(days=1)).date()) == [1]
        assert mailbox.uids_since((at + timedelta(days=2)).date()) == []
    assert envelope.received_at == at
    assert envelope.size > 100


def test_a_certificate_that_is_not_trusted_is_told(dovecot: Dovecot) -> None:
    with pytest.raises(errors.Unreachable, match=r"certificate of 127.0.0.1.* is not accepted"):
        open_mailbox(dovecot, ca_bundle=None).__enter__()


def test_a_wrong_password_is_told(dovecot: Dovecot) -> None:
    with pytest.raises(errors.Unauthorised, match="does not accept the user name or password"):
        open_mailbox(dovecot, "wrong").__enter__()


def test_a_password_may_hold_any_letters() -> None:
    server = Dovecot(password="Schlüssel-für-alles")
    try:
        server.start()
        with open_mailbox(server, "Schlüssel-für-alles") as mailbox:
            assert mailbox.examine("INBOX").count == 0
        with pytest.raises(errors.Unauthorised):
            open_mailbox(server, "Schlüssel-für-nichts").__enter__()
    finally:
        server.remove()


def test_a_folder_that_is_not_there_is_told_with_those_that_are(dovecot: Dovecot) -> None:
    with open_mailbox(dovecot) as mailbox, pytest.raises(errors.NotFound, match=r"Alerts.*Folders: INBOX"):
        mailbox.examine("Alerts")
