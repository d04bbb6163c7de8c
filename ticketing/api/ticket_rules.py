"""Which profile serves which events of a company [ticket routing]."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.numbers import OurId
from integrations.api.problems import Conflict
from integrations.api.resources import WriteResource
from mappings.models import CompanyMapping
from ticketing.api.effects import look_again
from ticketing.models import EventSet, IntegrationProfile, TicketRule
from ticketing.pairing import pair_mappings


class TicketRuleSerializer(KnownNamesOnly, serializers.ModelSerializer[TicketRule]):
    event_set = serializers.PrimaryKeyRelatedField(
        queryset=EventSet.objects.all(),
        required=False,
        help_text="Absent: the event set that the profile proposes.",
    )

    class Meta:
        model = TicketRule
        fields = ["id", "company_mapping", "event_set", "profile", "position"]
        extra_kwargs = {"position": {"help_text": "The lowest is tried first. Absent: behind the others."}}
        validators: list[Any] = []  # judged below, in words

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        row = self.instance or TicketRule()
        mapping = attrs.get("company_mapping") or row.company_mapping
        profile = attrs.get("profile") or row.profile
        if profile.halo_credential_id != mapping.halo_credential_id:
            raise serializers.ValidationError(
                {"profile": "Profile and mapping must share the HaloPSA credential."}
            )
        if self.instance is None and "event_set" not in attrs:
            attrs["event_set"] = _proposed(profile.event_set)
        if self.instance is None and "position" not in attrs:
            attrs["position"] = _behind_the_last(mapping)
        event_set = attrs.get("event_set") or row.event_set
        taken = TicketRule.objects.filter(company_mapping=mapping, event_set=event_set)
        if found := taken.exclude(pk=row.pk).first():
            raise Conflict(
                f"This mapping has a rule for the event set {event_set} already (rule {found.pk})."
            )
        return attrs

    def save(self, **kwargs: Any) -> TicketRule:
        rule: TicketRule = super().save(**kwargs)
        look_again(rule.profile.halo_credential)
        return rule


def _behind_the_last(mapping: CompanyMapping) -> int:
    last = TicketRule.objects.filter(company_mapping=mapping).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _proposed(event_set: EventSet | None) -> EventSet:
    if event_set is None:
        raise serializers.ValidationError({"event_set": "Name an event set; the profile proposes none."})
    return event_set


class PairSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    company_mappings = serializers.ListField(child=OurId(), max_length=1000)
    profile = serializers.PrimaryKeyRelatedField(
        queryset=IntegrationProfile.objects.select_related("event_set", "halo_credential")
    )
    event_set = serializers.PrimaryKeyRelatedField(
        queryset=EventSet.objects.all(),
        required=False,
        allow_null=True,
        help_text="Absent: the event set that the profile proposes.",
    )


class PairedSerializer(serializers.Serializer[Any]):
    added = serializers.IntegerField()
    changed = serializers.IntegerField(help_text="Rules for this event set that have the profile now.")


class TicketRuleViewSet(WriteResource):
    """Pairs of event set and profile on a company mapping; the first that matches wins."""

    queryset = TicketRule.objects.all()
    serializer_class = TicketRuleSerializer
    filterset_fields = ["company_mapping", "company_mapping__company", "event_set", "profile"]
    search_fields = ["event_set__name", "profile__name"]
    ordering_fields = ["id", "company_mapping", "position"]
    post_permissions = ("add",)

    @extend_schema(request=PairSerializer, responses={200: PairedSerializer})
    @action(detail=False, methods=["post"], post_permissions=("add", "change"))
    def pair(self, request: Request) -> Response:
        """Add one pair to many company mappings of the profile's credential, behind their rules."""
        wanted = PairSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        profile = wanted.validated_data["profile"]
        event_set = wanted.validated_data.get("event_set") or _proposed(profile.event_set)
        paired = pair_mappings(wanted.validated_data["company_mappings"], event_set, profile, request.user)
        look_again(profile.halo_credential)
        return Response({"added": paired.added, "changed": paired.changed})
