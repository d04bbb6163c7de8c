"""Which encryption keys a backup needs, proven without naming one: a known text, encrypted with each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import connection

from integrations.models.rotation import ENCRYPTED

KNOWN_TEXT: Final = b"HaloBridge backup"


def proofs(cursor: Any, tables: Collection[str]) -> tuple[list[str], int]:
    """The known text under each key that a stored secret needs, and how many secrets no key opens."""
    boxes = [Fernet(key) for key in settings.HALOBRIDGE_ENCRYPTION_KEYS]
    needed: set[int] = set()
    unreadable = 0
    for secret in _stored(cursor, tables):
        number = next((at for at, box in enumerate(boxes) if _opens(box, secret)), None)
        if number is None:
            unreadable += 1
        else:
            needed.add(number)
    return [boxes[number].encrypt(KNOWN_TEXT).decode() for number in sorted(needed)], unreadable


def missing(tokens: Sequence[str]) -> int:
    """How many of the keys that a backup needs are not among ours."""
    boxes = [Fernet(key) for key in settings.HALOBRIDGE_ENCRYPTION_KEYS]
    return sum(1 for token in tokens if not any(_opens(box, token) for box in boxes))


def _opens(box: Fernet, token: str) -> bool:
    try:
        box.decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def _stored(cursor: Any, tables: Collection[str]) -> Iterator[str]:
    """Ciphertexts as they are stored. Before an upgrade some tables and columns may not be there yet."""
    quote = connection.ops.quote_name
    for model in apps.get_models():
        columns = [field.column for field in model._meta.concrete_fields if isinstance(field, ENCRYPTED)]
        name = model._meta.db_table
        if not columns or name not in tables:
            continue
        cursor.execute(f"SELECT * FROM {quote(name)} LIMIT 0")  # noqa: S608
        there = {column[0] for column in cursor.description}
        for column in filter(there.__contains__, columns):
            cursor.execute(f"SELECT {quote(column)} FROM {quote(name)} WHERE {quote(column)} <> ''")  # noqa: S608
            yield from (row[0] for row in cursor.fetchall())
