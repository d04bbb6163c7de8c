"""Consoles. What a kind needs as credentials is declared by its connector."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

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
from integrations.api.uploads import ConsoleUploads
from integrations.connections import (
    check_console_credentials,
    problems_of_console,
    save_console,
    take_as_same_account,
)
from integrations.models import Console
from integrations.net.hosts import AddressError
from integrations.registry import connector_class, console_kinds
from integrations.runs.request import request_console_sync, request_console_test, request_events

CONNECTION_FIELDS = frozenset({"base_url", "credentials"})
"""A change of any of these makes the console *untested* and asks for a test."""


class ConsoleSerializer(KnownNamesOnly, serializers.ModelSerializer[Console]):
    kind = serializers.ChoiceField(choices=console_kinds())
    credentials = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=20_000, trim_whitespace=False),
        write_only=True,
        required=False,
        help_text="By the names that the kind declares. Only goes in: stored encrypted, never answered. "
        "A change may hold some of them; the others stay as they are.",
    )
    credentials_set = serializers.SerializerMethodField(help_text="Names of the credentials that are stored.")
    test_run = serializers.SerializerMethodField(
        help_text="The run that tests what was just saved; null where nothing was saved."
    )

    class Meta:
        model = Console
        read_only_fields = [
            "id",
            "state",
            "state_reason",
            "tested_at",
            "failing_since",
            "synced_at",
            "events_read_at",
            "account_unproven",
            "credentials_set",
            "test_run",
        ]
        fields = [
            *read_only_fields,
            *["name", "kind", "base_url", "credentials", "time_zone", "event_minutes", "enabled"],
        ]

    def get_credentials_set(self, console: Console) -> list[str]:
        return sorted(name for name, value in console.credentials.items() if value)

    def get_test_run(self, console: Console) -> int | None:
        return getattr(console, "test_run_id", None)

    def validate_kind(self, kind: str) -> str:
        if self.instance is not None and kind != self.instance.kind:
            raise serializers.ValidationError(
                "The kind of a console cannot be changed; make another console."
            )
        return kind

    def validate_time_zone(self, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise serializers.ValidationError(f"There is no time zone called {name!r}.") from None
        return name

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        kind = attrs["kind"] if self.instance is None else self.instance.kind
        if attrs.get("base_url"):
            attrs["base_url"] = _address(kind, attrs["base_url"])
        given = attrs.get("credentials", {})
        if self.partial and self.instance is not None:
            given = {**self.instance.credentials, **given}
        if self.instance is not None:
            typed = {name for name, value in attrs.get("credentials", {}).items() if value}
            base_url = attrs.get("base_url", self.instance.base_url)
            # Without secrets of its own a PUT forgets the stored ones, which then go nowhere.
            wanted = given if self.partial or "credentials" in attrs else self.instance.credentials
            if problems := problems_of_console(self.instance, base_url, wanted, typed):
                raise serializers.ValidationError({"credentials": problems})
        if self.instance is None or "credentials" in attrs:
            if problems := check_console_credentials(kind, given):
                raise serializers.ValidationError({"credentials": problems})
            attrs["credentials"] = {name: value for name, value in given.items() if value}
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Console:
        return self._save(Console(**validated_data))

    def update(self, instance: Console, validated_data: dict[str, Any]) -> Console:
        changed = changed_fields(instance, validated_data)
        if changed & CONNECTION_FIELDS:
            return self._save(instance)
        instance.save(update_fields=changed)
        return instance

    def _save(self, console: Console) -> Console:
        run = save_console(console, requested_by=self.context["request"].user)
        console.test_run_id = run.pk if run else None  # type: ignore[attr-defined]
        return console


def _address(kind: str, typed: str) -> str:
    """Refuses what is no address, and one that holds a password: addresses are readable."""
    try:
        return connector_class(kind).normalise_address(typed)
    except AddressError as problem:
        raise serializers.ValidationError({"base_url": str(problem)}) from None


class ConsoleViewSet(HookTokenAction, ConsoleUploads, WriteResource):
    """Connections to management consoles."""

    queryset = Console.objects.all()
    serializer_class = ConsoleSerializer
    hook_route = "console-hook"
    filterset_fields = ["name", "kind", "state", "enabled"]
    search_fields = ["name", "kind", "base_url"]
    ordering_fields = ["id", "name", "kind", "state", "tested_at", "synced_at"]

    @extend_schema(request=None, responses={202: RunSerializer})
    @action(detail=True, methods=["post"], post_permissions=("sync",), takes_nothing=True)
    def test(self, request: Request, pk: str) -> Response:
        """Log in and look at each list once."""
        return accepted(request_console_test(self.get_object(), requested_by=request.user), request)

    @extend_schema(request=None, responses={202: RunSerializer})
    @action(
        detail=True,
        methods=["post"],
        url_path="same-account",
        post_permissions=("change",),
        takes_nothing=True,
    )
    def same_account(self, request: Request, pk: str) -> Response:
        """Take what a test called another account for the known one; it is tested and read again."""
        console = self.get_object()
        if not console.account_unproven:
            raise Conflict("Nothing is in doubt: its address and keys lead to the known account.")
        return accepted(take_as_same_account(console, requested_by=request.user), request)

    @extend_schema(request=None, responses={202: RunSerializer})
    @action(detail=True, methods=["post"], post_permissions=("sync",), takes_nothing=True)
    def sync(self, request: Request, pk: str) -> Response:
        """Read companies and computers anew."""
        console = self._readable("companies", "computers")
        return accepted(request_console_sync(console, requested_by=request.user), request)

    @extend_schema(request=None, responses={202: RunSerializer})
    @action(detail=True, methods=["post"], post_permissions=("sync",), takes_nothing=True)
    def events(self, request: Request, pk: str) -> Response:
        """Fetch events now instead of at the next interval."""
        return accepted(request_events(self._readable("events", "mails"), requested_by=request.user), request)

    def _readable(self, *abilities: str) -> Console:
        """The console, if it is on and can be read for any of `abilities`."""
        console: Console = self.get_object()
        if not console.enabled:
            raise Conflict("This console is switched off.")
        connector = connector_class(console.kind)
        if not any(getattr(connector.abilities, ability) for ability in abilities):
            raise Conflict(f"{connector.label} gives no {' or '.join(abilities)} that could be read.")
        return console
