"""Own alarms, and the channels that they are sent to. The address of a channel only goes in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.resources import ReadResource, WriteResource
from integrations.api.runs import RunSerializer, accepted
from integrations.choices import AlarmKind
from integrations.models import Alarm, AlarmChannel, AlarmNotice
from integrations.runs.request import request_alarm_test


class AlarmChannelSerializer(KnownNamesOnly, serializers.ModelSerializer[AlarmChannel]):
    address = serializers.CharField(
        write_only=True,
        required=False,
        allow_blank=True,
        max_length=2000,
        style={"input_type": "password"},
        help_text="Only goes in: stored encrypted, never answered. Absent in a change: stays as it is.",
    )
    alarms = serializers.ListField(
        child=serializers.ChoiceField(choices=AlarmKind.choices),
        required=False,
        help_text="Kinds of alarms that it is told; empty: all of them.",
    )
    address_set = serializers.SerializerMethodField(help_text="Whether an address is stored.")

    class Meta:
        model = AlarmChannel
        read_only_fields = ["id", "address_set", "sent_at", "problem"]
        fields = [
            *read_only_fields,
            *["name", "kind", "recipients", "address", "heartbeat_minutes", "alarms", "enabled"],
        ]

    def get_address_set(self, channel: AlarmChannel) -> bool:
        return bool(channel.address)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        names = ("kind", "recipients", "address")
        kept = {name: getattr(self.instance, name) for name in names} if self.instance else {}
        try:
            AlarmChannel(**kept | {name: attrs[name] for name in names if name in attrs}).clean()
        except ValidationError as problem:
            raise serializers.ValidationError(problem.message_dict) from None
        return attrs


class AlarmChannelViewSet(WriteResource):
    """Who is told when the bridge itself fails."""

    queryset = AlarmChannel.objects.all()
    serializer_class = AlarmChannelSerializer
    filterset_fields = ["name", "kind", "enabled"]
    search_fields = ["name"]
    ordering_fields = ["id", "name", "sent_at"]

    @extend_schema(request=None, responses={202: RunSerializer})
    @action(detail=True, methods=["post"], takes_nothing=True)
    def test(self, request: Request, pk: str) -> Response:
        """Send a test message, or call the heartbeat; the run tells what became of it."""
        return accepted(request_alarm_test(self.get_object(), requested_by=request.user), request)


class AlarmNoticeSerializer(serializers.ModelSerializer[AlarmNotice]):
    class Meta:
        model = AlarmNotice
        fields = ["channel", "over", "state", "tries", "problem"]
        read_only_fields = fields


class AlarmSerializer(serializers.ModelSerializer[Alarm]):
    notices = AlarmNoticeSerializer(many=True, read_only=True, help_text="What was told to whom.")

    class Meta:
        model = Alarm
        fields = ["id", "kind", "key", "title", "text", "page", "began_at", "ended_at", "notices"]
        read_only_fields = fields


class AlarmViewSet(ReadResource):
    """What failed, from its beginning to its end (null: it lasts)."""

    queryset = Alarm.objects.prefetch_related("notices")
    serializer_class = AlarmSerializer
    filterset_fields = {
        "kind": ["exact"],
        "key": ["exact"],
        "began_at": ["gte", "lt"],
        "ended_at": ["gte", "lt", "isnull"],
    }
    search_fields = ["title", "text"]
    ordering_fields = ["id", "began_at", "ended_at"]
