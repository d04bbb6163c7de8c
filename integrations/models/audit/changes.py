"""What has changed between two states of a row, as it may be read by an auditor: secrets never."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from integrations.models.fields import EncryptedJSONField, EncryptedTextField

Values = Mapping[str, Any]
Fields = Mapping[str, "models.Field[Any, Any]"]
Changes = dict[str, dict[str, Any]]

NEVER_TOLD: Final = frozenset(
    {"access_token", "token_expires_at", "last_login", "last_used_at", "prefix", "digest", "changed_at"}
)
"""What the machine keeps on rows of staff: it would be an entry for each call of a program."""
_SECRET: Final = re.compile(r"password|secret|token|digest|private_key")
_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {}, ())
LONGEST: Final = 2000
SECRET: Final = {"secret": True}
_NAMES: Final = {"auth.permission": ("content_type",)}
"""What names of rows that are not ours are made of."""


def told_fields(model: type[models.Model]) -> Fields:
    """The fields whose changes are told, by the name of their column's attribute."""
    also: frozenset[str] = getattr(model, "audit_also", frozenset())
    return {
        field.attname: field
        for field in model._meta.concrete_fields
        if not (field.primary_key or field.name in NEVER_TOLD or isinstance(field, models.BinaryField))
        and (field.editable or field.name in also or is_secret(field))
    }


def is_secret(field: models.Field[Any, Any]) -> bool:
    """Encrypted, or text whose name says so: better one too many than one told."""
    if isinstance(field, (EncryptedTextField, EncryptedJSONField)):
        return True
    is_text = isinstance(field, (models.CharField, models.TextField, models.JSONField))
    return is_text and bool(_SECRET.search(field.name))


def values_of(row: models.Model, only: Iterable[str] | None = None) -> dict[str, Any]:
    """What the row holds now of the fields that are told, or of those in `only` (names as in a save)."""
    wanted = None if only is None else set(only)
    unread = row.get_deferred_fields()
    return {
        attname: field.value_from_object(row)
        for attname, field in told_fields(type(row)).items()
        if attname not in unread and (wanted is None or wanted & {field.name, attname})
    }


def difference(fields: Fields, before: Values, after: Values) -> Changes:
    """By name of the field; only what both hold, or (of a row that is new or gone) what the one holds."""
    found: Changes = {}
    for attname in before.keys() & after.keys() if before and after else before.keys() | after.keys():
        field = fields.get(attname)
        old, new = before.get(attname), after.get(attname)
        if field is not None and not hasattr(new, "resolve_expression"):
            found |= _of_field(field, _plain(field, old), _plain(field, new))
    return {name: found[name] for name in sorted(found)}


def _plain(field: models.Field[Any, Any], value: Any) -> Any:
    """As the database would give it back."""
    if isinstance(field, models.JSONField):
        return json.loads(json.dumps(value, cls=DjangoJSONEncoder))
    try:
        return field.to_python(value)
    except (ValidationError, TypeError, ValueError):
        return value


def _of_field(field: models.Field[Any, Any], old: Any, new: Any) -> Changes:
    if old == new or (old in _EMPTY and new in _EMPTY):
        return {}
    if isinstance(field, EncryptedJSONField):
        keys = {
            str(key) for key in {*(old or {}), *(new or {})} if (old or {}).get(key) != (new or {}).get(key)
        }
        return {f"{field.name}.{key[:60]}": dict(SECRET) for key in keys}
    if is_secret(field):
        return {field.name: dict(SECRET)}
    if _is_list(old) and _is_list(new) and set(old) != set(new):
        removed, added = [item for item in old if item not in new], [item for item in new if item not in old]
        return {field.name: {"removed": removed, "added": added}}
    return {field.name: {"before": _short(old), "after": _short(new)}}


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, (str, int)) for item in value)


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]}…"
    return value


def name_relations(fields: Fields, found: Iterable[Changes]) -> None:
    """Put names beside the numbers of related rows, in place. One query per relation, whatever the rows."""
    changes = list(found)
    for field in fields.values():
        told = [one[field.name] for one in changes if field.name in one and field.is_relation]
        numbers = {pk for one in told for pk in one.values() if pk is not None}
        if not numbers:
            continue
        names = names_of(field.related_model, numbers)
        for one in told:
            one.update({side: names.get(pk, pk) for side, pk in one.items()})


def name_of(row: models.Model) -> str:
    """As on pages, unless the model has an `audit_name` without what does not belong into the log."""
    return str(getattr(row, "audit_name", row))


def names_of(model: Any, numbers: Iterable[Any]) -> dict[Any, str]:
    """`Name (number)` of these rows. One query."""
    return {row.pk: f"{name_of(row)} ({row.pk})" for row in with_names(model).filter(pk__in=list(numbers))}


def with_names(model: Any) -> models.QuerySet[Any]:
    """The model's rows with what their names are made of."""
    rows: models.QuerySet[Any] = model._base_manager.all()
    related: Any = _NAMES.get(model._meta.label_lower) or getattr(model, "audit_names", ())
    return rows.select_related(*related) if related else rows
