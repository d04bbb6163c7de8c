"""Bodies whose names are not known are refused: what they say would be dropped unsaid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rest_framework import serializers

from integrations.sync.storable import storable_text

LONGEST_NAME: Final = 100
"""Characters of an unknown name that are repeated to the sender."""


class KnownNamesOnly(serializers.Serializer[Any]):
    """Refuses an item with names that are not known, at any depth.

    Names that are only read are known: what was read may be changed and sent back as it is.
    """

    def run_validation(self, data: Any = serializers.empty) -> Any:
        # What is inside of another is judged with it, by the whole path.
        unknown = {} if isinstance(self.parent, KnownNamesOnly) else dict(_unknown_names(self, data))
        if unknown:
            raise serializers.ValidationError(unknown)
        return super().run_validation(data)


def _unknown_names(serializer: Any, data: Any) -> Iterator[tuple[str, list[str]]]:
    for name, value in data.items() if isinstance(data, Mapping) else ():
        field = serializer.fields.get(name)
        if field is None:
            known = ", ".join(serializer.fields)
            yield storable_text(str(name), LONGEST_NAME), [f"There is no such name; known are: {known}."]
        elif isinstance(field, serializers.ListSerializer) and isinstance(value, list):
            for position, row in enumerate(value):
                for inner, sentences in _unknown_names(field.child, row):
                    yield f"{name}.{position}.{inner}", sentences
        elif isinstance(field, serializers.Serializer):
            for inner, sentences in _unknown_names(field, value):
                yield f"{name}.{inner}", sentences


def refuse_body(data: Any) -> None:
    """Raise where something was sent to what takes nothing; an empty object is nothing."""
    if isinstance(data, Mapping) and data:
        sentence = ["There is no such name; this takes no body."]
        raise serializers.ValidationError({storable_text(str(name), LONGEST_NAME): sentence for name in data})
    if data:
        raise serializers.ValidationError(["This takes no body."])
