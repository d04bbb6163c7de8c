"""A mail as it came → what rules look at: sender, subject, text, time. Nothing is loaded, nothing raises.

Mails are written by anything that can open a socket. What can't be read of one is left out; the rest counts.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import Compat32
from email.utils import getaddresses, parsedate_to_datetime
from typing import Final

from integrations.sync.html_text import html_to_text

MOST_TEXT: Final = 64 * 1024
"""Signs of a mail's text that are looked at."""
MOST_HTML: Final = 512 * 1024
MOST_HEADER: Final = 4000
MOST_PARTS: Final = 200
LONGEST_ON_THE_ROAD: Final = timedelta(days=5)
"""After so long senders give a mail up: an older date is that of a wrong clock."""


@dataclass(frozen=True, slots=True)
class Mail:
    """`sender` is the one address in From, in lower case; '' where there is none, or more than one."""

    message_id: str = ""
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    text: str = ""
    sent_at: datetime | None = None
    date_header: str = ""
    authentication_results: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Equal for every copy of this mail, whichever way it came; 32 hexadecimal digits.

        The message id alone is not enough: there are scripts that send each mail with the same one.
        """
        own = (self.message_id,) if self.message_id else (self.sender, self.text)
        content = "\x00".join((*own, self.date_header, self.subject))
        return hashlib.blake2b(content.encode("utf-8", "replace"), digest_size=16).hexdigest()

    def happened_at(self, received_at: datetime) -> datetime:
        """The time it speaks of: its date, unless that can't be true."""
        sent = self.sent_at
        if sent is None or not received_at - LONGEST_ON_THE_ROAD <= sent <= received_at:
            return received_at
        return sent


class _ShortHeaders(Compat32):
    """The library looks for parameters in a time that grows with the square of a header's length."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MOST_HEADER]


_POLICY: Final = _ShortHeaders()


def parse_mail(raw: bytes) -> Mail:
    message = _message(raw)
    senders = [pair for pair in _addresses(message, "From") if "@" in pair[1]]
    name, address = senders[0] if len(senders) == 1 else ("", "")
    date_header = header_text(message, "Date")
    return Mail(
        message_id=_one_line(header_text(message, "Message-ID")).strip("<> ")[:500],
        sender=address.strip().lower(),
        sender_name=name.strip(),
        subject=_one_line(header_text(message, "Subject")),
        text=_tidy(_text_of(message)[: 4 * MOST_TEXT])[:MOST_TEXT],
        sent_at=_moment(date_header),
        date_header=date_header,
        authentication_results=tuple(
            _one_line(_decoded(value)) for value in _all(message, "Authentication-Results")
        ),
    )


def _message(raw: bytes) -> Message:
    """The whole mail; only its header where the parts are nested beyond all reason."""
    try:
        return message_from_bytes(raw, policy=_POLICY)
    except (RecursionError, ValueError, TypeError, LookupError, AttributeError):
        return BytesHeaderParser(policy=_POLICY).parsebytes(raw[:MOST_TEXT])


# ---- headers --------------------------------------------------------------------------------


def header_text(message: Message, name: str) -> str:
    """A header in plain text; '' if absent."""
    return next((_decoded(value) for value in _all(message, name)), "")


def _all(message: Message, name: str) -> list[str]:
    """Bytes that are no ASCII come out of the parser as surrogates: they are UTF-8 or Latin-1."""
    found = []
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            text = value if isinstance(value, str) else str(value)
            found.append(_bytes_read(text.encode("utf-8", "surrogateescape")))
    return found


def _decoded(value: str) -> str:
    """Encoded words (RFC 2047) read; what is broken of them stays as it stands."""
    try:
        parts = decode_header(value)
    except (MessageError, ValueError, LookupError, AssertionError, TypeError):
        return value
    return "".join(
        part if isinstance(part, str) else _bytes_read(part, charset or "ascii") for part, charset in parts
    )


def _addresses(message: Message, name: str) -> list[tuple[str, str]]:
    """(name, address) pairs. Addresses are taken apart before encoded words are read, never after.

    A name such as `=?utf-8?q?a=40bank=2Eexample=2C?=` would otherwise turn into an address.
    """
    try:
        pairs = getaddresses([" ".join(value.split()) for value in _all(message, name)])
    except (ValueError, TypeError, IndexError, AttributeError, RecursionError):
        return []
    return [(_one_line(_decoded(shown)), address) for shown, address in pairs]


def _one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        # A date with the zone -0000 is UTC of a clock whose zone is not told.
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


# ---- text -----------------------------------------------------------------------------------


def _text_of(message: Message) -> str:
    """Plain text if there is any, else HTML turned into text; attachments do not count."""
    html = ""
    for part in _parts(message):
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html") or _is_attached(part):
            continue
        content = _content(part)
        if kind == "text/plain" and content.strip():
            return content
        html = html or (html_to_text(content[:MOST_HTML]) if kind == "text/html" else "")
    return html


def _parts(message: Message) -> list[Message]:
    """All parts from the first to the last, without recursion: mails may be nested without end."""
    found: list[Message] = []
    waiting: list[Message] = [message]
    while waiting and len(found) < MOST_PARTS:
        part = waiting.pop()
        found.append(part)
        inner = part.get_payload()
        if isinstance(inner, list):
            waiting.extend(row for row in reversed(inner) if isinstance(row, Message))
    return found


def _is_attached(part: Message) -> bool:
    return str(part.get("Content-Disposition") or "").strip().lower().startswith("attachment")


def _content(part: Message) -> str:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, TypeError, LookupError, AssertionError):
        payload = str(part.get_payload()).encode("utf-8", "surrogateescape")
    if not isinstance(payload, bytes):
        return ""
    return _bytes_read(payload[: 4 * MOST_HTML], _charset(part))


def _charset(part: Message) -> str:
    try:
        return str(part.get_content_charset() or "")
    except (ValueError, TypeError, LookupError, AttributeError):
        return ""


def _is_charset_of_mails(name: str) -> bool:
    """Python knows more encodings than mails use; some of them take minutes for what is long and hostile."""
    try:
        return codecs.lookup(name).name.replace("-", "").replace("_", "").startswith(_CHARSETS)
    except (LookupError, ValueError, TypeError):
        return False


def _bytes_read(content: bytes, charset: str = "") -> str:
    """In the charset that is named, else in UTF-8, else byte by byte: always some text."""
    charset = charset if _is_charset_of_mails(charset) else ""
    for name in (charset, "utf-8"):
        try:
            return content.decode(name or "utf-8")
        except (LookupError, ValueError, TypeError):
            continue
    # A named charset that fits almost everywhere is better than guessing.
    try:
        return content.decode(charset or "cp1252", "replace")
    except (LookupError, ValueError, TypeError):
        return content.decode("cp1252", "replace")


_CHARSETS: Final = (
    "ascii", "utf8", "utf16", "utf32", "iso", "cp", "windows", "latin", "koi8", "mac", "big5", "gb", "euc",
    "shiftjis", "hz", "johab", "tis620", "kz1048", "ptcp154",
)  # fmt: skip
_BLANKS: Final = re.compile(r"[ \t\u00a0]+")
_MANY_LINES: Final = re.compile(r"\n{3,}")


def _tidy(text: str) -> str:
    """Lines end alike, blanks are single, so that a pattern needs not know how a mail was set."""
    plain = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    lines = (_BLANKS.sub(" ", line).strip() for line in plain.split("\n"))
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip()
