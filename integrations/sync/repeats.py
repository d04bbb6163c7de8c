"""Telling a new message of a console from one that was stored before.

* With a time of its own, a message is known by console, external id, state and that time.
* Without one it is a repeat as long as its state is that of the last message with this external id; a change
  of state is new. Its fingerprint is then chained to that last message, so that two workers who see the same
  change at once make the same fingerprint, and a third change never looks like the first.
* A console whose list is complete may drop a series and bring it back. The bridge has called it ended at
  `ended_at` meanwhile, so the same open message is then news, and it speaks of a later moment.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Message:
    """What decides whether a message is a repeat. `sent_at` is aware, None where no usable time was sent."""

    external_id: str
    state: str
    sent_at: datetime | None = None
    ended_at: datetime | None = None
    """When the bridge concluded that the series of this (open) message had ended; None: it had not."""

    @property
    def happened_at(self) -> datetime | None:
        """The time it speaks of: what was sent, but after an end that it disproves."""
        if self.ended_at is None or self.sent_at is None or self.sent_at > self.ended_at:
            return self.sent_at
        return self.ended_at + timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Last:
    """The last stored message with an external id."""

    state: str
    fingerprint: str


def timed_fingerprint(console_id: int, external_id: str, state: str, sent_at: datetime) -> str:
    return _sha256(console_id, external_id, state, sent_at.astimezone(UTC).isoformat())


def chained_fingerprint(console_id: int, external_id: str, state: str, previous: str) -> str:
    return _sha256(console_id, external_id, state, "after", previous)


def back_fingerprint(console_id: int, external_id: str, state: str, ended_at: datetime) -> str:
    """Of an open message that disproves this end of its series: once for each end."""
    return _sha256(console_id, external_id, state, "back after", ended_at.astimezone(UTC).isoformat())


def _sha256(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class Repeats:
    """Judges messages in the order of their arrival and remembers what it has let through.

    `known` are the stored fingerprints among those of the timed messages and of those that came back;
    `last` the last stored message for each external id that comes without a time or whose series has ended.
    """

    def __init__(self, console_id: int, known: Iterable[str], last: Mapping[str, Last]) -> None:
        self._console_id = console_id
        self._known = set(known)
        self._last = dict(last)

    def fingerprint_of_new(self, message: Message) -> str | None:
        """The fingerprint to store the message under, or None for a repeat."""
        fingerprint = self._timed(message) if message.sent_at else self._chained(message)
        if fingerprint is None or fingerprint in self._known:
            return None
        self._known.add(fingerprint)
        self._last[message.external_id] = Last(message.state, fingerprint)
        return fingerprint

    def _timed(self, message: Message) -> str | None:
        assert message.sent_at is not None  # noqa: S101  the caller has looked
        fingerprint = timed_fingerprint(self._console_id, message.external_id, message.state, message.sent_at)
        if fingerprint in self._known and message.ended_at is not None:
            return self._back(message, message.ended_at)
        return fingerprint

    def _back(self, message: Message, ended_at: datetime) -> str:
        """Whatever was last said with this id: the resolve may have borne another id of the series."""
        return back_fingerprint(self._console_id, message.external_id, message.state, ended_at)

    def _chained(self, message: Message) -> str | None:
        last = self._last.get(message.external_id)
        if last is not None and message.ended_at is not None:
            return self._back(message, message.ended_at)
        if last is not None and last.state == message.state:
            return None
        previous = last.fingerprint if last else ""
        return chained_fingerprint(self._console_id, message.external_id, message.state, previous)
