"""Before and after side by side, for previews and results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from integrations.admin.display import NOTHING


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a change. An empty text stands for a value that is not there."""

    name: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


@admin.display(description="Before → after")
def changes_shown(_: Any, row: Any) -> SafeString:
    """A field of the page of a planned change or a result."""
    return render_to_string("bridge/differences.html", {"rows": differences(row.before, row.after)})


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Difference]:
    """Every field of either side, in the order it was stored, by name: ids that have a name are left out."""
    old, new = dict(_flat(before or {})), dict(_flat(after or {}))
    names = list(dict.fromkeys([*new, *old]))
    return [Difference(name, old.get(name, ""), new.get(name, "")) for name in names]


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if name.endswith("id") and (name in UNSPOKEN or f"{name.removesuffix('id')}name" in values):
            continue
        if isinstance(value, Mapping):
            yield from _inner(value)
        else:
            yield _spoken(name.removesuffix("_name") or name), _text(value)


def _inner(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Asset fields are stored as id → {name, value}; anything else as name → value."""
    for name, value in values.items():
        if isinstance(value, Mapping) and "value" in value:
            yield str(value.get("name") or f"Field {name}"), _text(value.get("shown", value["value"]))
        else:
            yield _spoken(str(name)), _text(value)


UNSPOKEN = ("halo_id", "mapping_id")
"""Ids of what the row is about anyway."""
SPOKEN = {"inventory_number": "Asset tag"}
"""What staff call it, where that differs from the API."""


def _spoken(name: str) -> str:
    if name in SPOKEN:
        return SPOKEN[name]
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _text(value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value) or NOTHING
    return str(value)
