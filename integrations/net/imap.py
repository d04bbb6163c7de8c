"""The door to mail servers: one connection to one folder, which is only ever looked at.

It sees to the same things as `Client` in `http`: where a connection may go, time limits, the size of an
answer, and errors that say what to do. A folder is opened with EXAMINE and read with BODY.PEEK: nothing
in the mailbox changes.
"""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import TracebackType
from typing import Final, Self, TypeVar

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from integrations.net.attempt import Attempt
from integrations.net.errors import (
    BadAnswer,
    LostAnswer,
    NetError,
    NotFound,
    Refused,
    Unauthorised,
    Unavailable,
    Unreachable,
)
from integrations.net.failures import unreachable_sentence
from integrations.net.hosts import MAIL, AddressError, HostPolicy, origin_of
from integrations.net.http import Limits
from integrations.net.imap_connection import GuardedClient
from integrations.net.mail_structure import first_text_of
from integrations.net.redact import redact

UIDS_AT_ONCE: Final = 200
MOST_FOLDERS_NAMED: Final = 8

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Login:
    """A password, or an access token of OAuth 2.0 (then it is XOAUTH2)."""

    user: str
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Folder:
    """`uid_validity` names the numbering: numbers of another one mean nothing."""

    uid_validity: int
    next_uid: int
    count: int


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of a mail before it is read."""

    size: int
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class TextPart:
    """The first text of a mail that is too large to be read whole, still encoded, and the mail's header."""

    header: bytes
    content_type: str
    charset: str
    encoding: str
    content: bytes


class Mailbox:
    """Connects and logs in when it is entered. Raises subclasses of NetError."""

    def __init__(
        self,
        address: str,
        login: Login,
        *,
        allow_private: Sequence[str] = (),
        ca_bundle: str | None = None,
        limits: Limits | None = None,
    ) -> None:
        try:
            self._origin = origin_of(address, MAIL)
        except AddressError as error:
            raise Unreachable(str(error)) from None
        self.host = self._origin.shown
        self._login = login
        self._policy = HostPolicy.of(allow_private)
        self._ca_bundle = ca_bundle
        self._limits = limits or Limits()
        self._client: GuardedClient | None = None

    def __enter__(self) -> Self:
        self._policy.check(self._origin)
        self._client = self._connected()
        try:
            self._do(self._log_in)
        except NetError:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye if the other side still listens."""
        client, self._client = self._client, None
        if client is None:
            return
        with Attempt(self._policy, min(5.0, self._limits.total)) as attempt:
            attempt.watch(client.socket())
            client.__exit__()

    # ---- what it can be asked -----------------------------------------------------------------

    def examine(self, folder: str) -> Folder:
        """Open a folder for looking only. Raises NotFound with the names of those that there are."""
        try:
            told = self._do(lambda client: client.select_folder(folder, readonly=True))
        except Refused as problem:
            there = ", ".join(self.folders()[:MOST_FOLDERS_NAMED]) or "none"
            raise NotFound(
                f"{self.host} does not open the folder “{folder}” ({problem.body_text}). Folders: {there}."
            ) from None
        validity = told.get(b"UIDVALIDITY")
        if not validity:
            raise BadAnswer(f"{self.host} gives the mails of “{folder}” no lasting numbers (UIDVALIDITY).")
        return Folder(int(validity), int(told.get(b"UIDNEXT") or 0), int(told.get(b"EXISTS") or 0))

    def folders(self) -> list[str]:
        rows = self._do(lambda client: client.list_folders())
        return [str(name) for flags, _, name in rows if b"\\Noselect" not in flags]

    def uids_since(self, day: date) -> list[int]:
        """Numbers of the mails that came on this day (of the server's clock) or later, in ascending order."""
        return sorted(self._do(lambda client: client.search(["SINCE", day])))

    def uids_after(self, uid: int) -> list[int]:
        """A server answers with its last mail where there is none after `uid`: that one is left out."""
        found = self._do(lambda client: client.search(["UID", f"{uid + 1}:*"]))
        return sorted(number for number in found if number > uid)

    def envelopes(self, uids: Sequence[int]) -> dict[int, Envelope]:
        """Mails that are gone meanwhile are missing from the answer."""
        found: dict[int, Envelope] = {}
        for start in range(0, len(uids), UIDS_AT_ONCE):
            part = list(uids[start : start + UIDS_AT_ONCE])
            rows = self._do(lambda client, part=part: client.fetch(part, ["RFC822.SIZE", "INTERNALDATE"]))  # type: ignore[misc]
            for uid, row in rows.items():
                found[uid] = Envelope(int(row.get(b"RFC822.SIZE") or 0), row.get(b"INTERNALDATE"))
        return found

    def whole(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The mails as they are. The caller sees to their size."""
        rows = self._do(lambda client: client.fetch(list(uids), ["BODY.PEEK[]"]))
        return {uid: row[b"BODY[]"] for uid, row in rows.items() if row.get(b"BODY[]") is not None}

    def first_text(self, uid: int, *, most_header: int, most_text: int) -> TextPart | None:
        """The header and the first text of a large mail, each cut; None where the mail is gone."""
        header_wanted = f"BODY.PEEK[HEADER]<0.{most_header}>"
        told = self._do(lambda client: client.fetch([uid], ["BODYSTRUCTURE", header_wanted])).get(uid)
        if told is None:
            return None
        number, kind, charset, encoding = first_text_of(told.get(b"BODYSTRUCTURE"))
        header = bytes(told.get(b"BODY[HEADER]<0>") or told.get(b"BODY[HEADER]") or b"")
        if not number:
            return TextPart(header, "", "", "", b"")
        wanted = f"BODY.PEEK[{number}]<0.{most_text}>"
        texts = self._do(lambda client: client.fetch([uid], [wanted])).get(uid) or {}
        content = texts.get(f"BODY[{number}]<0>".encode()) or texts.get(f"BODY[{number}]".encode()) or b""
        return TextPart(header, kind, charset, encoding, bytes(content)[:most_text])

    # ---- one command after the other, each with a hard end ------------------------------------

    def _connected(self) -> GuardedClient:
        with Attempt(self._policy, self._limits.total) as attempt:
            try:
                return GuardedClient(self._origin, self._context(), self._limits)
            except NetError:
                raise
            except (OSError, imaplib.IMAP4.error, UnicodeError) as error:
                if attempt.cut:
                    raise Unreachable(
                        f"{self.host} did not greet within {self._limits.total:.0f} s."
                    ) from None
                raise Unreachable(unreachable_sentence(error, self.host, self._origin.scheme)) from None

    def _context(self) -> ssl.SSLContext | None:
        if self._origin.scheme == "imap":
            return None
        try:
            return ssl.create_default_context(cafile=self._ca_bundle)
        except OSError:
            raise Unreachable(f"The certificates in {self._ca_bundle} can't be read.") from None

    def _log_in(self, client: GuardedClient) -> None:
        user, password = self._login.user, self._login.password
        if self._login.token:
            client.oauth2_login(user, self._login.token)
        elif (user + password).isascii() and not client.has_capability("LOGINDISABLED"):
            client.login(user, password)
        else:
            # LOGIN knows ASCII only.
            client.plain_login(user, password)

    def _do(self, command: Callable[[GuardedClient], Found]) -> Found:
        client = self._client
        if client is None:
            raise LostAnswer(f"The connection to {self.host} was closed.")
        with Attempt(self._policy, self._limits.total) as attempt:
            try:
                attempt.watch(client.socket())
                return command(client)
            except LoginError as error:
                raise self._refused_login(error) from None
            except (IMAPClientAbortError, OSError) as error:
                raise self._lost(error, attempt) from None
            except IMAPClientError as error:
                words = self._words(error)
                raise Refused(f"{self.host} refuses a command: {words}", body_text=words) from None
            except (ValueError, TypeError, KeyError, IndexError, AssertionError, UnicodeError):
                # The library's parser on an answer that is no IMAP.
                raise BadAnswer(f"{self.host} sent an answer that can't be read as IMAP.") from None

    def _refused_login(self, error: Exception) -> NetError:
        what = "the access token" if self._login.token else "the user name or password"
        words = self._words(error)
        if "[UNAVAILABLE]" in words.upper():
            return Unavailable(f"{self.host} can't check log-ins at present: {words}", body_text=words)
        return Unauthorised(f"{self.host} does not accept {what}: {words}", body_text=words)

    def _lost(self, error: Exception, attempt: Attempt) -> NetError:
        if isinstance(error, TimeoutError) or attempt.cut:
            return LostAnswer(f"{self.host} did not give a whole answer within {attempt.seconds:.0f} s.")
        words = self._words(error)
        return LostAnswer(f"The connection to {self.host} broke: {words}", body_text=words)

    def _words(self, error: Exception) -> str:
        words = redact(str(error), (self._login.password, self._login.token))
        return words.removeprefix("b'").removesuffix("'")[:200] or type(error).__name__
