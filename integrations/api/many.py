"""What is done to many rows in one call: a body of ids, and an answer that counts."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers
from rest_framework.request import Request

from integrations.api.known_names import KnownNamesOnly
from integrations.api.numbers import OurId

MOST_ROWS: Final = 1000


class ManySerializer(KnownNamesOnly, serializers.Serializer[Any]):
    """Repeating is safe: what is done already is left alone."""

    ids = serializers.ListField(child=OurId(), min_length=1, max_length=MOST_ROWS, help_text="Our ids.")


class DoneSerializer(serializers.Serializer[Any]):
    done = serializers.IntegerField()
    left = serializers.IntegerField(help_text="Done already, not fitting, or not there.")


def asked_of(request: Request, kind: type[ManySerializer] = ManySerializer) -> dict[str, Any]:
    """The values of the body, each id once. Raises `ValidationError`."""
    wanted = kind(data=request.data)
    wanted.is_valid(raise_exception=True)
    values: dict[str, Any] = wanted.validated_data
    return {**values, "ids": list(dict.fromkeys(values["ids"]))}


def told(done: int, ids: list[int]) -> dict[str, int]:
    return {"done": done, "left": len(ids) - done}
