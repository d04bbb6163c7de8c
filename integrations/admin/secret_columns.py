"""Which columns nobody may filter by, on whatever way through other models."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field

from integrations.models.audit import changes

SESSION: Final = "session_key"
"""Who knows it is logged in; of a table that is not ours, and told by its name alone."""


def is_secret(model: type[Any], lookup: str) -> bool:
    """Whether a lookup such as `console__credentials__startswith` ends at something secret."""
    for part in lookup.split("__"):
        if part == SESSION:
            return True
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return False
        if isinstance(field, Field) and changes.is_secret(field):
            return True
        if field.related_model is None or isinstance(field.related_model, str):
            return False
        model = field.related_model
    return False
