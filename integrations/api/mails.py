"""Mails of mailboxes and the rules that make events of them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.many import ManySerializer, asked_of
from integrations.api.problems import Conflict
from integrations.api.resources import ReadResource, WriteResource
from integrations.api.runs import AskedRunsSerializer, RunSerializer, accepted
from integrations.ingest.deliveries import read_again
from integrations.ingest.mail_rules import behind_the_last, told_twice, with_own_events
from integrations.models import Console, Mail, MailRule, RawDelivery
from integrations.registry import CONNECTORS, connector_class
from integrations.runs.request import request_deliveries


class MailRuleSerializer(KnownNamesOnly, serializers.ModelSerializer[MailRule]):
    warning = serializers.SerializerMethodField(
        help_text="A sentence where the console that it speaks for delivers events itself; else ''."
    )

    class Meta:
        model = MailRule
        fields = [
            "id",
            "console",
            "name",
            "position",
            "enabled",
            "speaks_for",
            "sender",
            "authenticated_by",
            "subject",
            "body",
            "event_type",
            "severity",
            "state",
            "resolved_pattern",
            "series",
            "warning",
        ]
        extra_kwargs = {"position": {"help_text": "The lowest is tried first. Absent: behind the others."}}

    def get_warning(self, rule: MailRule) -> str:
        return told_twice(rule)

    def validate_console(self, console: Console) -> Console:
        if console.kind not in CONNECTORS or not connector_class(console.kind).abilities.mails:
            raise serializers.ValidationError(f"{console} is no mailbox.")
        return console

    def validate_speaks_for(self, console: Console | None) -> Console | None:
        if console and console.kind in CONNECTORS and connector_class(console.kind).abilities.mails:
            raise serializers.ValidationError(f"{console} is a mailbox; it knows no companies or computers.")
        return console

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        kept = {
            field.attname: getattr(self.instance, field.attname)
            for field in MailRule._meta.concrete_fields
            if self.instance is not None
        }
        rule = MailRule(**kept)
        for name, value in attrs.items():
            setattr(rule, name, value)
        try:
            rule.clean()
        except ValidationError as problem:
            raise serializers.ValidationError(problem.message_dict) from None
        if self.instance is None and "position" not in attrs:
            attrs["position"] = behind_the_last(attrs["console"])
        return attrs


class MailRuleViewSet(WriteResource):
    """Which mails of a mailbox tell of what; the first rule that takes a mail wins."""

    queryset = with_own_events(MailRule.objects.select_related("console", "speaks_for"))
    serializer_class = MailRuleSerializer
    filterset_fields = ["console", "speaks_for", "enabled", "event_type"]
    search_fields = ["name", "sender"]
    ordering_fields = ["id", "console", "position"]


class MailSerializer(serializers.ModelSerializer[Mail]):
    class Meta:
        model = Mail
        fields = [
            "id",
            "console",
            "delivery",
            "sender",
            "subject",
            "received_at",
            "note",
            "state",
            "reason",
            "rule",
            "event",
        ]
        read_only_fields = fields


class MailViewSet(ReadResource):
    """Mails as they came; the whole of one is the body of its raw delivery."""

    queryset = Mail.objects.all()
    serializer_class = MailSerializer
    filterset_fields = {
        "console": ["exact"],
        "state": ["exact"],
        "rule": ["exact"],
        "event": ["exact"],
        "received_at": ["gte", "lt"],
    }
    search_fields = ["subject", "sender"]
    ordering_fields = ["id", "received_at"]

    @extend_schema(request=ManySerializer, responses={202: AskedRunsSerializer})
    @action(
        detail=False, methods=["post"], url_path="replay", filter_backends=[], post_permissions=("change",)
    )
    def replay_many(self, request: Request) -> Response:
        """Judge mails again by the rules as they are now; events that they made before are recognised."""
        chosen = Mail.objects.filter(pk__in=asked_of(request)["ids"]).order_by()
        consoles = read_again(RawDelivery.objects.filter(pk__in=chosen.values("delivery")))
        if not consoles:
            raise Conflict("Only mails of a mailbox that is switched on can be read again.")
        runs = [request_deliveries(console, requested_by=request.user).pk for console in consoles]
        return Response({"runs": runs}, status.HTTP_202_ACCEPTED)

    @extend_schema(request=None, responses={202: RunSerializer})
    @action(detail=True, methods=["post"], takes_nothing=True)
    def replay(self, request: Request, pk: str) -> Response:
        """Judge this mail again by the rules as they are now; an event that it made before is recognised."""
        mail: Mail = self.get_object()
        consoles = read_again(RawDelivery.objects.filter(pk=mail.delivery_id))
        if not consoles:
            raise Conflict("Only mails of a mailbox that is switched on can be read again.")
        return accepted(request_deliveries(consoles[0], requested_by=request.user), request)
