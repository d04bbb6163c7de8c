"""From what came back to data or to an error with one clear sentence."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from integrations.net.errors import (
    BODY_TEXT_LIMIT,
    BadAnswer,
    Forbidden,
    NetError,
    NotFound,
    RateLimited,
    Refused,
    ServerFailed,
    Unauthorised,
    Unavailable,
    error_class,
)
from integrations.net.redact import cut, redact

LONGEST_WAIT = 3600.0
"""Seconds; a longer `Retry-After` is not believed."""

_TELLING_KEYS = (
    "error_description",
    "errorMessage",
    "Message",
    "message",
    "detail",
    "_error",
    "title",
    "error",
)

_SENTENCES: dict[type[NetError], str] = {
    Unauthorised: "{host} does not accept the credential (401){words}",
    Forbidden: "{host} refuses access (403): the credential lacks a permission{words}",
    NotFound: "{host} has nothing at this address (404){words}",
    RateLimited: "{host} asks to call less often (429){words}",
    Refused: "{host} refused the request ({status}){words}",
    Unavailable: "{host} is not available at the moment (503){words}",
    ServerFailed: "{host} failed with an error of its own ({status}){words}",
    BadAnswer: "{host} answered with status {status} where data was expected{words}",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer. `data` is the parsed JSON (None if none was asked for), `text` the body."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    data: Any = field(repr=False)
    text: str = field(repr=False)


def read_answer(
    host: str, status: int, headers: Mapping[str, str], body: bytes, *, expect_json: bool
) -> Answer:
    """A 2xx answer as data. Raises BadAnswer for anything but JSON where JSON is expected."""
    data = decode_json(host, status, headers, body) if expect_json else None
    return Answer(status, headers, data, decode_text(body))


def decode_json(host: str, status: int, headers: Mapping[str, str], body: bytes) -> Any:
    if not body.strip():
        raise BadAnswer(f"{host} sent an empty answer where data was expected.", status=status)
    if is_web_page(headers, body):
        raise BadAnswer(
            f"{host} answered with a web page instead of data: check that the address is that of the API.",
            status=status,
        )
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadAnswer(f"{host} sent data that is broken or cut short.", status=status) from None


def error_for(
    host: str, status: int, headers: Mapping[str, str], body: bytes, secrets: Iterable[str] = ()
) -> NetError:
    """The error that a status which is not 2xx stands for."""
    words = cut(redact(error_text(headers, body), secrets), BODY_TEXT_LIMIT)
    kind = error_class(status)
    if 300 <= status < 400:
        sentence = f"{host} sends callers on to another address ({status}): enter the final address."
        return BadAnswer(sentence, status=status, body_text=words)
    sentence = _SENTENCES[kind].format(host=host, status=status, words=f": {words}" if words else ".")
    if kind is RateLimited:
        return RateLimited(sentence, status=status, body_text=words, retry_after=retry_after(headers))
    return kind(sentence, status=status, body_text=words)


def error_text(headers: Mapping[str, str], body: bytes) -> str:
    """The words in an error body of any shape: JSON of several kinds, plain text, a web page, nothing."""
    text = decode_text(body).strip()
    if not text:
        return ""
    if is_web_page(headers, body):
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        return _one_line(html.unescape(title[1])) if title else "a web page"
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return _one_line(text)
    return _one_line("; ".join(dict.fromkeys(_words(data))))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of a `Retry-After` header, which may hold seconds or a date. None if there is none."""
    value = headers.get("Retry-After", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_until(value)
    return min(max(seconds, 0.0), LONGEST_WAIT) if seconds == seconds else None


def decode_text(body: bytes) -> str:
    return body.decode("utf-8", errors="replace")


def is_web_page(headers: Mapping[str, str], body: bytes) -> bool:
    return "html" in headers.get("Content-Type", "").lower() or body.lstrip()[:1] == b"<"


def _seconds_until(date: str) -> float:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError):
        return float("nan")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - datetime.now(UTC)).total_seconds()


def _words(data: Any, name: str = "") -> Iterable[str]:
    """All telling texts of an error body, depth first; a model state's key is put before its texts."""
    if isinstance(data, str | int | float) and not isinstance(data, bool):
        if str(data).strip():
            yield f"{name}: {data}" if name else str(data)
    elif isinstance(data, list):
        for item in data[:5]:
            yield from _words(item, name)
    elif isinstance(data, dict):
        yield from _words_of_object(data)


def _words_of_object(data: Mapping[str, Any]) -> Iterable[str]:
    told = [data[key] for key in _TELLING_KEYS if data.get(key)]
    for value in told[:2]:
        yield from _words(value)
    errors = data.get("errors")
    if isinstance(errors, dict):
        yield from _named(errors)
    elif errors:
        yield from _words(errors)
    elif not told:
        yield from _named(data)


def _named(state: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    for key, value in list(state.items())[:5]:
        if isinstance(value, list | str):
            found.extend(_words(value, str(key)))
    return found


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
