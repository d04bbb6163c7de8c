"""Which columns nobody may filter by, on whatever way through other models."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist

from integrations.models.rotation import ENCRYPTED

DIGESTS: Final = ("digest", "hook_token_digest", "password", "session_key")
"""By name: what stands for a secret without being encrypted."""


def is_secret(model: type[Any], lookup: str) -> bool:
    """Whether a lookup such as `console__credentials__startswith` ends at something secret."""
    for part in lookup.split("__"):
        if part in DIGESTS:
            return True
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return False
        if isinstance(field, ENCRYPTED):
            return True
        if field.related_model is None or isinstance(field.related_model, str):
            return False
        model = field.related_model
    return False
