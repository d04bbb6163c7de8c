"""Which profile serves which events of a company [ticket routing]."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from rest_framework import serializers

from integrations.api.problems import Conflict
from integrations.api.resources import WriteResource
from mappings.models import CompanyMapping
from ticketing.api.effects import look_again
from ticketing.models import EventSet, TicketRule


class TicketRuleSerializer(serializers.ModelSerializer[TicketRule]):
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


class TicketRuleViewSet(WriteResource):
    """Pairs of event set and profile on a company mapping; the first that matches wins."""

    queryset = TicketRule.objects.all()
    serializer_class = TicketRuleSerializer
    filterset_fields = ["company_mapping", "company_mapping__company", "event_set", "profile"]
    search_fields = ["event_set__name", "profile__name"]
    ordering_fields = ["id", "company_mapping", "position"]
