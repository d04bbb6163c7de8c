"""Stored secrets under the newest key: what an older one has encrypted is encrypted anew, in batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Cast

from integrations.models.fields import EncryptedJSONField, EncryptedTextField

BATCH: Final = 100
ENCRYPTED: Final = (EncryptedTextField, EncryptedJSONField)


@dataclass(slots=True)
class Rotated:
    """What became of the secrets of one field; `unreadable`: ids of rows whose key is missing."""

    what: str
    renewed: int
    already: int
    unreadable: list[int]


def rotate_secrets(batch: int = BATCH) -> Iterator[Rotated]:
    """Renew all encrypted fields of all models. Broken off it is simply begun again: what is new is skipped.

    Readers need no pause: both keys read until the old one is taken out of the list.
    """
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, ENCRYPTED):
                yield _rotate(model, field, batch)


def _rotate(model: type[models.Model], field: models.Field[Any, Any], batch: int) -> Rotated:
    found = Rotated(f"{model._meta.verbose_name}: {field.verbose_name}", 0, 0, [])
    rows = model._default_manager.exclude(**{field.name: ""}).order_by("pk")
    last: Any = 0
    while pks := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:batch]):
        last = pks[-1]
        with transaction.atomic():  # locked, so that nothing that is saved meanwhile gets lost
            _rotate_batch(model, field, pks, found)
    return found


def _rotate_batch(
    model: type[models.Model], field: models.Field[Any, Any], pks: list[int], found: Rotated
) -> None:
    """Two statements: the ciphertexts as they are stored, and the new ones."""
    newest, all_keys = _boxes()
    locked = model._default_manager.select_for_update(of=("self",)).filter(pk__in=pks)
    stored = locked.annotate(raw=Cast(field.name, models.TextField())).values_list("pk", "raw")
    changed = []
    for pk, raw in stored:
        if _opens(newest, raw):
            found.already += 1
        elif not _opens(all_keys, raw):
            found.unreadable.append(pk)
        else:
            renewed = models.Value(all_keys.rotate(raw.encode()).decode(), output_field=models.TextField())
            changed.append(model(pk=pk, **{field.attname: renewed}))
    found.renewed += len(changed)
    model._default_manager.bulk_update(changed, [field.name])


def _boxes() -> tuple[Fernet, MultiFernet]:
    keys = [Fernet(key) for key in settings.HALOBRIDGE_ENCRYPTION_KEYS]
    return keys[0], MultiFernet(keys)


def _opens(box: Fernet | MultiFernet, raw: str) -> bool:
    try:
        box.decrypt(raw.encode())
    except InvalidToken:
        return False
    return True
