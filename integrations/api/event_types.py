"""The catalogue of event types, readable by everybody who is logged in."""

from __future__ import annotations

from dataclasses import asdict
from operator import attrgetter
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from integrations.api.pagination import ListPagination
from integrations.api.queries import KnownParametersOnly
from integrations.api.schema import ProblemSchema
from integrations.catalogue import CATEGORIES, CERTAINTIES, EVENT_TYPES, EventTypeInfo

ORDERS = ("key", "category", "name")


class EventTypeSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    category = serializers.CharField()
    name = serializers.CharField()
    certainty = serializers.ChoiceField(choices=sorted(CERTAINTIES.items()))


class EventTypeViewSet(KnownParametersOnly, GenericViewSet[Any]):
    """What an event set can select."""

    schema = ProblemSchema()
    permission_classes = [IsAuthenticated]
    pagination_class = ListPagination
    filter_backends = []
    serializer_class = EventTypeSerializer
    lookup_field = "key"
    lookup_value_regex = "[^/]+"
    parameters = {"list": ("category", "search", "ordering")}

    @extend_schema(
        parameters=[
            OpenApiParameter("category", str, enum=CATEGORIES),
            OpenApiParameter("search", str, description="Part of the key or the name."),
            OpenApiParameter("ordering", str, enum=[*ORDERS, *(f"-{name}" for name in ORDERS)]),
        ]
    )
    def list(self, request: Request) -> Response:
        """In the catalogue's own order unless `ordering` says otherwise."""
        rows: Any = _chosen(request)
        found: Any = self.paginate_queryset(rows)
        return self.get_paginated_response([asdict(info) for info in found])

    @extend_schema(parameters=[OpenApiParameter("key", OpenApiTypes.STR, OpenApiParameter.PATH)])
    def retrieve(self, request: Request, key: str) -> Response:
        if key not in EVENT_TYPES:
            raise NotFound("There is no such event type.")
        return Response(asdict(EVENT_TYPES[key]))


def _chosen(request: Request) -> list[EventTypeInfo]:
    category = request.query_params.get("category")
    search = request.query_params.get("search", "").strip().lower()
    found = [
        info
        for info in EVENT_TYPES.values()
        if (not category or info.category == category) and (search in info.key or search in info.name.lower())
    ]
    order = request.query_params.get("ordering", "")
    if order.removeprefix("-") in ORDERS:
        found.sort(key=attrgetter(order.removeprefix("-"), "key"), reverse=order.startswith("-"))
    return found
