"""Bodies that hold one object or an array of them: each item is judged alone, none hurts the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Q
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.ingest.sent.items import Item
from integrations.models import Console

MOST_ITEMS: Final = 1000


def posted_items(data: Any) -> list[Item]:
    """The items of a body. Raises `ValidationError` for what is neither an object nor a fair array."""
    items = data if isinstance(data, list) else [data]
    if len(items) > MOST_ITEMS:
        raise serializers.ValidationError(
            f"The array has {len(items)} items; {MOST_ITEMS} are allowed in one request."
        )
    if not isinstance(data, list | Mapping):
        raise serializers.ValidationError("Send one object or an array of objects.")
    return [Item(item) for item in items]


# ---- consoles -------------------------------------------------------------------------------


class ConsoleIndex:
    """The consoles that a body names, by id and by name, from one query."""

    def __init__(self, items: Sequence[Item]) -> None:
        named = {
            item.sent["console"]
            for item in items
            if isinstance(item.sent, Mapping) and isinstance(item.sent.get("console"), str | int)
        }
        ids = {int(value) for value in named if str(value).isascii() and str(value).isdigit()}
        names = {value for value in named if isinstance(value, str) and "\x00" not in value}
        wanted = Q(pk__in=[value for value in ids if value < 2**63]) | Q(name__in=names)
        rows = Console.objects.filter(wanted).defer("credentials")
        self._by_id = {console.pk: console for console in rows}
        self._by_name = {console.name: console for console in rows}

    def find(self, reference: Any) -> Console | None:
        """A name goes before an id, so that a console called "12" can be named."""
        if isinstance(reference, str) and reference in self._by_name:
            return self._by_name[reference]
        text = str(reference)
        return self._by_id.get(int(text)) if text.isascii() and text.isdigit() else None


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string"}]})
class ConsoleReference(serializers.Field[Any, Any, Any, Any]):
    """A console by id or by name; the serializer's context holds `consoles`, a `ConsoleIndex`."""

    default_error_messages = {
        "unknown": "There is no console {reference!r}.",
        "invalid": "Name the console by its id or its name.",
        "disabled": "The console {reference!r} is switched off.",
    }

    def to_internal_value(self, data: Any) -> Console:
        if isinstance(data, bool) or not isinstance(data, str | int):
            self.fail("invalid")
        shown = data[:100] if isinstance(data, str) else data
        console: Console | None = self.context["consoles"].find(data)
        if console is None:
            self.fail("unknown", reference=shown)
        if not console.enabled:
            self.fail("disabled", reference=shown)
        return console

    def to_representation(self, value: Console) -> int:
        return value.pk
