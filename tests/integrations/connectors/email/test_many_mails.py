"""A mailbox that nobody has read for long is read mail by mail: memory does not grow with their number."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

from integrations.connectors.email.client import MailReader
from integrations.net.imap import Envelope, Folder, Mailbox

NOW = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
SIZE = 4_000


class Full:
    """A mailbox with so many mails of 4 kB."""

    def __init__(self, count: int) -> None:
        self.count = count

    def examine(self, folder: str) -> Folder:
        return Folder(uid_validity=7, next_uid=self.count + 1, count=self.count)

    def uids_after(self, last: int) -> list[int]:
        return list(range(last + 1, self.count + 1))

    def envelopes(self, uids: Sequence[int]) -> dict[int, Envelope]:
        return {uid: Envelope(SIZE, NOW) for uid in uids}

    def whole(self, uids: Sequence[int]) -> dict[int, bytes]:
        return dict.fromkeys(uids, b"m" * SIZE)


def peak_of(count: int) -> float:
    """Megabytes at the most while so many mails are read and thrown away."""
    tracemalloc.start()
    try:
        reader = MailReader(cast(Mailbox, Full(count)), "alerts", "INBOX", NOW)
        read = [mail.position["uid"] for mail in reader.mails_after({**reader.read_to, "uid": 0})]
        assert read == list(range(1, count + 1))
        return tracemalloc.get_traced_memory()[1] / 1024**2
    finally:
        tracemalloc.stop()


def test_ten_thousand_mails_take_little_memory() -> None:
    few, many = peak_of(1_000), peak_of(10_000)

    assert many < few + 4, f"{few:.1f} MB for 1,000 mails, {many:.1f} MB for 10,000"
