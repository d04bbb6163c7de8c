"""HaloPSA credentials. Saving stores them untested and asks for a test; secrets only go in."""

from __future__ import annotations

from copy import copy
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.hook_tokens import HookTokenAction
from integrations.api.known_names import KnownNamesOnly
from integrations.api.problems import Conflict
from integrations.api.resources import WriteResource, changed_fields
from integrations.api.runs import RunSerializer, accepted
from integrations.api.sync_settings import SyncSettingsAction
from integrations.connections import (
    give_up_move,
    normalise_servers,
    problem_of_halo,
    save_halo_credential,
)
from integrations.models import HaloCredential
from integrations.runs.request import request_halo_sync, request_halo_test, request_release

CONNECTION_FIELDS = frozenset(
    {"resource_server", "authorisation_server", "tenant", "client_id", "client_secret", "scopes"}
)
"""A change of any of these makes the credential *untested* and asks for a test."""


class HaloCredentialSerializer(KnownNamesOnly, serializers.ModelSerializer[HaloCredential]):
    client_secret = serializers.CharField(
        write_only=True,
        max_length=1000,
        style={"input_type": "password"},
        help_text="Only goes in: stored encrypted, never answered. Absent in a change: stays as it is.",
    )
    test_run = serializers.SerializerMethodField(
        help_text="The run that tests what was just saved; null where nothing was saved."
    )

    class Meta:
        model = HaloCredential
        read_only_fields = [
            "id",
            "instance",
            "state",
            "state_reason",
            "tested_at",
            "failing_since",
            "synced_at",
            "halo_agent",
            "halo_agent_id",
            "agent_is_api_only",
            "agent_is_administrator",
            "advice",
            "granted_scopes",
            "refused_scopes",
            "permissions",
            "can_edit_assets",
            "can_edit_tickets",
            "held_since",
            "held_reason",
            "unknown_since",
            "other_integrations",
            "moving_to",
            "move_refused",
            "test_run",
        ]
        fields = [
            *read_only_fields,
            *[
                "name",
                "resource_server",
                "authorisation_server",
                "tenant",
                "client_id",
                "client_secret",
                "secret_expires",
                "scopes",
                "associated_company",
                "write_mode",
                "enabled",
                "budget_calls",
                "budget_seconds",
            ],
        ]

    def get_test_run(self, credential: HaloCredential) -> int | None:
        return getattr(credential, "test_run_id", None)

    def create(self, validated_data: dict[str, Any]) -> HaloCredential:
        return self._save(HaloCredential(**validated_data))

    def update(self, instance: HaloCredential, validated_data: dict[str, Any]) -> HaloCredential:
        stored = copy(instance)
        changed = changed_fields(instance, validated_data)
        if changed & CONNECTION_FIELDS:
            normalise_servers(instance)
            if problem := problem_of_halo(stored, instance, "client_secret" in validated_data):
                raise serializers.ValidationError({"client_secret": problem})
            return self._save(instance)
        instance.save(update_fields=changed)
        return instance

    def _save(self, credential: HaloCredential) -> HaloCredential:
        run = save_halo_credential(credential, requested_by=self.context["request"].user)
        credential.test_run_id = run.pk if run else None  # type: ignore[attr-defined]
        return credential


class HaloCredentialViewSet(SyncSettingsAction, HookTokenAction, WriteResource):
    """Logins to HaloPSA. A new one is in *observe*: everything is planned and recorded, nothing written."""

    queryset = HaloCredential.objects.select_related("instance")
    serializer_class = HaloCredentialSerializer
    hook_route = "halo-hook"
    filterset_fields = ["name", "instance", "state", "write_mode", "enabled", "associated_company"]
    search_fields = ["name", "resource_server", "tenant"]
    ordering_fields = ["id", "name", "state", "tested_at", "synced_at"]

    @extend_schema(request=None, responses={202: RunSerializer})
    @action(detail=True, methods=["post"], post_permissions=("sync",), takes_nothing=True)
    def test(self, request: Request, pk: str) -> Response:
        """Log in and try each permission; nothing is written to HaloPSA."""
        return accepted(request_halo_test(self.get_object(), requested_by=request.user), request)

    @extend_schema(request=None, responses={202: RunSerializer})
    @action(detail=True, methods=["post"], post_permissions=("sync",), takes_nothing=True)
    def sync(self, request: Request, pk: str) -> Response:
        """Read clients, sites, assets, fields and choices anew."""
        credential = self.get_object()
        if not credential.enabled:
            raise Conflict("This credential is switched off.")
        return accepted(request_halo_sync(credential, full=True, requested_by=request.user), request)

    @extend_schema(request=None, responses={202: RunSerializer})
    @action(detail=True, methods=["post"], post_permissions=("allow",), takes_nothing=True)
    def release(self, request: Request, pk: str) -> Response:
        """Let a credential that is held back write again, once HaloPSA has been read anew."""
        credential = self.get_object()
        if credential.held_since is None:
            raise Conflict("This credential is not held back.")
        if not credential.enabled:
            raise Conflict("This credential is switched off.")
        return accepted(request_release(credential, requested_by=request.user), request)

    @extend_schema(request=None, responses=HaloCredentialSerializer)
    @action(detail=True, methods=["post"], url_path="give-up-move", takes_nothing=True)
    def give_up_move(self, request: Request, pk: str) -> Response:
        """Keep the old address: what waits in `moving_to`, or was refused, is forgotten."""
        credential = self.get_object()
        if not (credential.moving_to or credential.move_refused):
            raise Conflict("No other address waits.")
        give_up_move(credential)
        credential.refresh_from_db()
        return Response(self.get_serializer(credential).data)
