"""Keeps secrets out of every text that is stored, shown or logged."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

MASK = "***"
SHORTEST_SECRET = 4
"""Shorter values are not masked by value: they would turn ordinary words into stars."""

SENSITIVE_HEADERS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "client-auth-token",
        "cookie",
        "set-cookie",
        "x-api-key",
        "x-auth-token",
        "x-userid",
        "api-key",
        "token",
    }
)

_NAMES = "|".join(
    (
        "access_token",
        "refresh_token",
        "id_token",
        "client_secret",
        "client_assertion",
        "password",
        "passwd",
        "secret",
        "api_?key",
        "token",
    )
)
_PAIR = re.compile(rf"""(?i)(["']?\b(?:{_NAMES})["']?\s*[:=]\s*["']?)([^"'&\s,}}<]{{4,}})""")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Mask known secrets in every common spelling, and whatever looks like a token or a password."""
    for spelling in _spellings(secrets):
        text = text.replace(spelling, MASK)
    text = _BEARER.sub(lambda found: f"{found[1]} {MASK}", text)
    return _PAIR.sub(lambda found: f"{found[1]}{MASK}", text)


def mask_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers that may be shown."""
    return {
        name: MASK if name.lower() in SENSITIVE_HEADERS else redact(value) for name, value in headers.items()
    }


def cut(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, with an ellipsis where something is missing."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def silence_details(logger_name: str) -> None:
    """Drop what a library logs below WARNING, whatever level anybody sets: it holds URLs and bodies."""
    logging.getLogger(logger_name).addFilter(_is_warning)


def _is_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def _spellings(secrets: Iterable[str]) -> list[str]:
    found: set[str] = set()
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            encoded = base64.b64encode(secret.encode()).decode()
            found |= {secret, quote(secret, safe=""), quote_plus(secret), encoded}
    return sorted(found, key=len, reverse=True)
