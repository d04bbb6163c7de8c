"""Addresses of webhook doors. The address is the secret: it is answered once, and only its digest stored."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.connections.hook_addresses import new_hook_token


class HookAddressSerializer(serializers.Serializer[Any]):
    url = serializers.URLField(read_only=True, help_text="Answered this once; it cannot be shown again.")


class HookTokenAction:
    """For resources whose rows have a `hook_token_digest`; `hook_route` names the door."""

    hook_route: str

    @extend_schema(request=None, responses={201: HookAddressSerializer})
    @action(detail=True, methods=["post"], url_path="hook-address", takes_nothing=True)
    def hook_address(self, request: Request, pk: str) -> Response:
        """Make a new webhook address; an earlier one stops working at once."""
        token = new_hook_token(self.get_object())  # type: ignore[attr-defined]
        url = request.build_absolute_uri(reverse(self.hook_route, args=[token]))
        return Response({"url": url}, status.HTTP_201_CREATED)
