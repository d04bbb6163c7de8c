"""The span of days that statistics are asked for."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

DAYS = OpenApiParameter(
    "days",
    {"type": "integer", "minimum": 1, "maximum": 365, "default": 30},
    description="1 to 365; 30 where it is absent.",
)


def asked_days(request: Request) -> int:
    """The days of the query. Raises ValidationError."""
    asked = request.query_params.get("days", "30")
    if not asked.isascii() or not asked.isdigit() or len(asked) > 3 or not 1 <= int(asked) <= 365:
        raise serializers.ValidationError({"days": "Between 1 and 365."})
    return int(asked)
