"""Encrypted model fields. The keys come from `HALOBRIDGE_ENCRYPTION_KEYS`, the newest first."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final, Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


class WrongKey(ImproperlyConfigured):
    """A stored secret was encrypted with a key that is not in the list any more."""


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


UNREADABLE: Final = (
    "Its stored secret cannot be read with the keys in HALOBRIDGE_ENCRYPTION_KEYS. Add the key that it was "
    "stored with to the end of that list and restart, or enter the secret again."
)


class UnreadableText(str):
    """A secret whose key is missing: empty for whoever reads it, and saved again as it is `stored`."""

    stored: str

    def __new__(cls, stored: str) -> Self:
        text = super().__new__(cls, "")
        text.stored = stored
        return text


class UnreadableSecrets(dict[str, str]):
    """The same of several secrets that are stored together."""

    def __init__(self, stored: str) -> None:
        super().__init__()
        self.stored = stored


def is_unreadable(value: object) -> bool:
    return isinstance(value, UnreadableText | UnreadableSecrets)


def encrypt(text: str) -> str:
    return _box(tuple(settings.HALOBRIDGE_ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """Undo `encrypt`. Raises `WrongKey`; a ciphertext never comes back as if it were the value."""
    try:
        return _box(tuple(settings.HALOBRIDGE_ENCRYPTION_KEYS)).decrypt(stored.encode()).decode()
    except InvalidToken:
        raise WrongKey(
            "A stored secret cannot be read with the keys in HALOBRIDGE_ENCRYPTION_KEYS. "
            "Add the key it was stored with to the end of that list."
        ) from None


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is encrypted in the database. It can't be searched, filtered or ordered by.

    Without its key it is an `UnreadableText`: pages have to open, or nobody could enter it again.
    """

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        try:
            return decrypt(value) if value else value
        except WrongKey:
            return UnreadableText(value or "")

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, UnreadableText):
            return value.stored
        value = super().get_prep_value(value)
        return encrypt(value) if value else value


class EncryptedJSONField(models.TextField):  # type: ignore[type-arg]
    """A flat mapping of secrets (name to text), encrypted as one JSON text; see `EncryptedTextField`."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, *_: Any) -> dict[str, str]:
        try:
            return json.loads(decrypt(value)) if value else {}
        except WrongKey:
            return UnreadableSecrets(value or "")

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) and value else value or {}

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, UnreadableSecrets):
            return value.stored
        return encrypt(json.dumps(value)) if value else ""
