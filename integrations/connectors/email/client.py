"""Logging in to a mailbox, and a folder → its new mails, in the order of their numbers, a few at a time.

A position is (mailbox, UIDVALIDITY, last UID). Another mailbox or UIDVALIDITY means that the numbers mean
something else: then, as at the first read, the mails of the last day are taken, and whoever stores them tells
repeats.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from integrations.connectors.base import ConsoleAccess, CredentialField
from integrations.connectors.email.parse import put_together
from integrations.net.auth import ClientCredentials, fetch_client_token
from integrations.net.imap import Envelope, Login, Mailbox
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

OAUTH_FIELDS: Final = (
    CredentialField(
        name="token_url",
        label="OAuth 2.0: token address",
        help_text="Optional. Microsoft 365: "
        "https://login.microsoftonline.com/your-tenant-id/oauth2/v2.0/token .",
        secret=False,
        required=False,
        address=True,
    ),
    CredentialField(
        name="client_id",
        label="OAuth 2.0: client ID",
        help_text="Optional. Microsoft Entra admin centre > App registrations > your app > Application ID.",
        secret=False,
        required=False,
    ),
    CredentialField(
        name="client_secret",
        label="OAuth 2.0: client secret",
        help_text="Optional. Same app: Certificates & secrets > New client secret > Value (shown once).",
        secret=True,
        required=False,
    ),
    CredentialField(
        name="scope",
        label="OAuth 2.0: scope",
        help_text="Optional. Microsoft 365: https://outlook.office365.com/.default .",
        secret=False,
        required=False,
    ),
)
_OAUTH: Final = {item.name: item.label for item in OAUTH_FIELDS}


def missing_for_login(credentials: Mapping[str, str]) -> dict[str, str]:
    """Problems by field name: one way to log in has to be whole, and there must not be two."""
    typed = {name for name in ("password", *_OAUTH) if str(credentials.get(name) or "").strip()}
    oauth = typed - {"password"}
    if "password" in typed and oauth:
        return {"password": "Give either a password or the four OAuth 2.0 fields; forget the other one."}
    if not typed:
        return {"password": "Give a password, or the four OAuth 2.0 fields."}
    if not oauth:
        return {}
    return {name: f"{label} is needed." for name, label in _OAUTH.items() if name not in oauth}


def login_of(access: ConsoleAccess) -> Login:
    """Asks for an access token where there is no password. Raises `NetError`."""
    user = access.value("user")
    # A password may begin or end with what pasting brings along: it is taken as it was stored.
    if password := str(access.credentials.get("password") or ""):
        return Login(user, password=password)
    token = fetch_client_token(
        ClientCredentials(
            token_url=access.value("token_url"),
            client_id=access.value("client_id"),
            client_secret=access.value("client_secret"),
            scopes=access.value("scope"),
        ),
        allow_private=access.allow_private,
        ca_bundle=access.ca_bundle,
    )
    return Login(user, token=token.access_token)


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
