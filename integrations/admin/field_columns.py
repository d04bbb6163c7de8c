"""Asset fields and custom fields as further columns of an export: those that some row has a value for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import QuerySet

from integrations.models import HaloField

PATHS: Final = ("halo_credential_id", "fields", "custom_fields")
KINDS: Final = ("asset", "custom")
"""As HaloField names them, in the order of `fields` and `custom_fields`."""
KIND_NAMES: Final = {"asset": "asset field", "custom": "custom field"}
BATCH: Final = 2000

Key = tuple[int, str, str]
"""Credential, kind, Halo's id of the field (text, as the mirror stores it)."""


class FieldColumns:
    """One column for each name of a field; the same name in several HaloPSA is one column.

    `named`: (name, kind in words) in the order of the columns; `of(values)`: the values of one row, whose
    last three values are those of PATHS.
    """

    def __init__(self, rows: QuerySet[Any]) -> None:
        self._place: dict[Key, int] = {}
        self.named: list[tuple[str, str]] = []
        keys = _occurring(rows)
        names = _names(keys)
        for kind in KINDS:
            self._add(kind, {key: names[key] for key in keys if key[1] == kind})

    def _add(self, kind: str, names: Mapping[Key, str]) -> None:
        wanted = sorted(set(names.values()), key=str.lower)
        places = {name: len(self.named) + number for number, name in enumerate(wanted)}
        self.named += [(name, KIND_NAMES[kind]) for name in wanted]
        self._place |= {key: places[name] for key, name in names.items()}

    def of(self, values: Sequence[Any]) -> list[Any]:
        found: list[Any] = [None] * len(self.named)
        credential, *held = values
        for kind, fields in zip(KINDS, held, strict=True):
            for number, value in (fields or {}).items():
                place = self._place.get((credential, kind, number))
                if place is not None:
                    found[place] = value
        return found


def _occurring(rows: QuerySet[Any]) -> set[Key]:
    """The fields that any of the rows has a value for: a definition alone fills nothing. One pass."""
    found: set[Key] = set()
    for credential, *held in rows.order_by().values_list(*PATHS).iterator(chunk_size=BATCH):
        for kind, fields in zip(KINDS, held, strict=True):
            found.update((credential, kind, number) for number, value in (fields or {}).items() if value)
    return found


def _names(keys: set[Key]) -> dict[Key, str]:
    """Each field's name, with its id where its HaloPSA has two of that name, or none. One query."""
    rows = HaloField.objects.filter(
        halo_credential_id__in={credential for credential, _, _ in keys}, kind__in=KINDS
    ).values_list("halo_credential_id", "kind", "halo_id", "name")
    known = {(credential, kind, str(number)): name for credential, kind, number, name in rows}
    told = {key: known.get(key) or f"Field {key[2]}" for key in keys}
    taken = Counter((credential, kind, name) for (credential, kind, _), name in told.items())
    return {
        key: f"{name} [{key[2]}]" if taken[key[0], key[1], name] > 1 else name for key, name in told.items()
    }
