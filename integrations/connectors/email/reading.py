"""A folder → its new mails, in the order of their numbers, a few at a time.

A position is (mailbox, UIDVALIDITY, last UID). Another mailbox or UIDVALIDITY means that the numbers mean
something else: then, as at the first read, the mails of the last day are taken, and whoever stores them tells
repeats.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from integrations.net.imap import Envelope, Mailbox, TextPart
from integrations.records import MailRecord

FIRST_READ: Final = timedelta(days=1)
"""Older mails are no news when a mailbox is read for the first time."""

LARGEST: Final = 1024 * 1024
"""Bytes of a mail that is read whole."""
MOST_HEADER: Final = 64 * 1024
MOST_TEXT: Final = 256 * 1024
ENVELOPES_AT_ONCE: Final = 200
BYTES_AT_ONCE: Final = 2 * 1024 * 1024
MAILS_AT_ONCE: Final = 50


class MailReader:
    """Reads one folder once. `read_to` is the position after all that there was when it began."""

    def __init__(self, mailbox: Mailbox, name: str, folder: str, now: datetime) -> None:
        self._mailbox = mailbox
        self._name = name
        self._folder = mailbox.examine(folder)
        self._now = now
        self.read_to = self._position(max(0, self._folder.next_uid - 1))

    def mails_after(self, position: Mapping[str, Any]) -> Iterator[MailRecord]:
        """A mail that disappears while it is read is left out: its sender or owner took it back."""
        goes_on = {**position, "uid": 0} == self._position(0)
        last = int(position.get("uid") or 0) if goes_on else 0
        # The server cuts days by its own clock and zone, so a day more is asked for and cut here.
        since = self._now - FIRST_READ
        day = (since - timedelta(days=1)).date()
        uids = self._mailbox.uids_after(last) if goes_on else self._mailbox.uids_since(day)
        self.read_to = self._position(max([last, *uids, *([] if goes_on else [self._folder.next_uid - 1])]))
        for start in range(0, len(uids), ENVELOPES_AT_ONCE):
            envelopes = self._mailbox.envelopes(uids[start : start + ENVELOPES_AT_ONCE])
            wanted = {
                uid: envelopes[uid]
                for uid in sorted(envelopes)
                if goes_on or _came_since(envelopes[uid], since)
            }
            yield from self._read(wanted)

    def _position(self, uid: int) -> dict[str, Any]:
        return {"mailbox": self._name, "uid_validity": self._folder.uid_validity, "uid": uid}

    def _read(self, wanted: Mapping[int, Envelope]) -> Iterator[MailRecord]:
        for group in _groups(wanted):
            if len(group) == 1 and wanted[group[0]].size > LARGEST:
                yield from self._large(group[0], wanted[group[0]])
                continue
            found = self._mailbox.whole(group)
            for uid in group:
                if uid in found:
                    yield MailRecord(self._position(uid), found[uid], wanted[uid].received_at)

    def _large(self, uid: int, envelope: Envelope) -> Iterator[MailRecord]:
        part = self._mailbox.first_text(uid, most_header=MOST_HEADER, most_text=MOST_TEXT)
        if part is None:
            return
        size = f"{envelope.size / 1024**2:.1f} MiB"
        note = (
            f"The mail has {size}; only its first text was read."
            if part.content
            else f"The mail has {size}; only its header was read."
        )
        yield MailRecord(self._position(uid), put_together(part), envelope.received_at, note)


def _came_since(envelope: Envelope, since: datetime) -> bool:
    return envelope.received_at is None or envelope.received_at >= since


def _groups(wanted: Mapping[int, Envelope]) -> Iterator[list[int]]:
    """Numbers that are read with one command; a large mail stands alone."""
    group: list[int] = []
    size = 0
    for uid, envelope in wanted.items():
        is_large = envelope.size > LARGEST
        if group and (is_large or size + envelope.size > BYTES_AT_ONCE or len(group) >= MAILS_AT_ONCE):
            yield group
            group, size = [], 0
        group.append(uid)
        size += envelope.size
        if is_large:
            yield group
            group, size = [], 0
    if group:
        yield group


def put_together(part: TextPart) -> bytes:
    """A mail of one part: the header of the large one without what describes its content, and the text."""
    kept: list[bytes] = []
    keeps = True
    for line in part.header.replace(b"\r\n", b"\n").split(b"\n"):
        if not line:
            break
        if line[:1] not in b" \t":
            keeps = not line.lower().startswith((b"content-", b"mime-version"))
        if keeps:
            kept.append(line)
    charset = f"; charset={part.charset}" if part.charset else ""
    described = [
        f"Content-Type: {part.content_type or 'text/plain'}{charset}".encode("ascii", "replace"),
        f"Content-Transfer-Encoding: {part.encoding or '8bit'}".encode("ascii", "replace"),
    ]
    return b"\r\n".join([*kept, *described, b"", part.content])
