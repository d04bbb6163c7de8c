"""Computers that are left out: by rule, by hand, and what a rule would catch."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.many import DoneSerializer, ManySerializer, asked_of, told
from integrations.api.problems import Conflict
from integrations.api.resources import ReadResource, WriteResource
from integrations.models import Computer
from mappings.linking import caught_by, ignore_computers, match_again, refresh_ignored, stop_ignoring
from mappings.models import IgnoredComputer, IgnoreRule

# ---- rules ----------------------------------------------------------------------------------


class IgnoreRuleSerializer(KnownNamesOnly, serializers.ModelSerializer[IgnoreRule]):
    class Meta:
        model = IgnoreRule
        read_only_fields = ["id", "created_at", "created_by"]
        fields = [*read_only_fields, "name", "enabled", *IgnoreRule.CONDITIONS]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What the model itself refuses is told at its field."""
        row = self.instance or IgnoreRule()
        for name, value in attrs.items():
            setattr(row, name, value)
        try:
            row.full_clean(exclude=["created_by"], validate_unique=False, validate_constraints=False)
        except ValidationError as problem:
            raise serializers.ValidationError(problem.message_dict) from None
        return attrs


class CaughtByRuleSerializer(serializers.Serializer[Any]):
    computers = serializers.IntegerField(help_text="How many active computers it catches.")
    mapped = serializers.IntegerField(help_text="How many of them have an asset.")
    sample = serializers.ListField(child=serializers.CharField(), help_text="The names of the first.")


class IgnoreRuleViewSet(WriteResource):
    """Computers that fit every condition of a rule get no export, sync, tickets or gaps."""

    queryset = IgnoreRule.objects.all()
    serializer_class = IgnoreRuleSerializer
    filterset_fields = ["console", "company", "enabled"]
    search_fields = ["name", "name_pattern", "product", "tag"]
    ordering = ["id"]
    ordering_fields = ["id", "name", "created_at"]

    def perform_create(self, serializer: serializers.BaseSerializer[IgnoreRule]) -> None:
        _follow(serializer.save(created_by=self.request.user))

    def perform_update(self, serializer: serializers.BaseSerializer[IgnoreRule]) -> None:
        _follow(serializer.save())

    def perform_destroy(self, instance: IgnoreRule) -> None:
        instance.delete()
        match_again()

    @extend_schema(request=IgnoreRuleSerializer, responses={200: CaughtByRuleSerializer})
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """What a rule with these conditions would catch; nothing is stored."""
        wanted = IgnoreRuleSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        return Response(CaughtByRuleSerializer(caught_by(IgnoreRule(**wanted.validated_data))).data)


def _follow(rule: IgnoreRule) -> None:
    refresh_ignored(rule=rule)
    match_again()


# ---- computers ------------------------------------------------------------------------------


class IgnoredComputerSerializer(KnownNamesOnly, serializers.ModelSerializer[IgnoredComputer]):
    computer = serializers.PrimaryKeyRelatedField(queryset=Computer.objects.all())

    class Meta:
        model = IgnoredComputer
        read_only_fields = ["id", "rule", "ignored_at", "ignored_by"]
        fields = [*read_only_fields, "computer", "reason"]
        validators: list[Any] = []  # by hand each computer once: told in words

    def create(self, validated_data: dict[str, Any]) -> IgnoredComputer:
        computer = validated_data["computer"]
        staff = self.context["request"].user
        if not ignore_computers([computer.pk], validated_data.get("reason", ""), staff):
            raise Conflict(f"{computer} is ignored by hand already.")
        return IgnoredComputer.objects.get(computer=computer, rule__isnull=True)


class ManyIgnoredSerializer(ManySerializer):
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=255)


class IgnoredComputerViewSet(mixins.CreateModelMixin, mixins.DestroyModelMixin, ReadResource):
    """Who is ignored, by hand (`rule` null) or by a rule. What a rule catches is changed by the rule."""

    queryset = IgnoredComputer.objects.all()
    serializer_class = IgnoredComputerSerializer
    filterset_fields = {
        "computer": ["exact"],
        "computer__console": ["exact"],
        "computer__company": ["exact"],
        "rule": ["exact", "isnull"],
    }
    search_fields = ["computer__name", "reason"]
    ordering = ["id"]
    ordering_fields = ["id", "ignored_at"]

    @extend_schema(request=ManyIgnoredSerializer, responses=DoneSerializer)
    @action(detail=False, methods=["post"], url_path="ignore", filter_backends=[])
    def ignore_many(self, request: Request) -> Response:
        """Ignore computers, named by their own ids. Their assets in HaloPSA stay as they are."""
        wanted = asked_of(request, ManyIgnoredSerializer)
        return Response(told(ignore_computers(wanted["ids"], wanted["reason"], request.user), wanted["ids"]))

    @extend_schema(request=ManySerializer, responses=DoneSerializer)
    @action(detail=False, methods=["post"], url_path="stop", filter_backends=[], post_permissions=("delete",))
    def stop_many(self, request: Request) -> Response:
        """Stop ignoring computers, named by their own ids; what a rule catches stays ignored."""
        ids = asked_of(request)["ids"]
        stopped = stop_ignoring(ids)
        if stopped:
            match_again()
        return Response(told(stopped, ids))

    def perform_destroy(self, instance: IgnoredComputer) -> None:
        if instance.rule_id:
            raise Conflict(f"The rule “{instance.rule}” catches it: change the rule.")
        stop_ignoring([instance.computer_id])
        match_again()
