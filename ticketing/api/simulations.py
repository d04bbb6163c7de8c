"""The rule simulator by REST."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import mixins, serializers

from integrations.api.known_names import KnownNamesOnly
from integrations.api.resources import ReadResource
from ticketing.models import Simulation
from ticketing.simulate.starting import check, start


class SimulationSerializer(KnownNamesOnly, serializers.ModelSerializer[Simulation]):
    event_set_changes = serializers.DictField(
        required=False, help_text="Columns of the event set that are different in the draft."
    )
    profile_changes = serializers.DictField(
        required=False, help_text="Columns of the profile that are different in the draft."
    )
    result = serializers.DictField(
        read_only=True,
        help_text="Empty until the run has ended: `events`, `forecast`, `really`, `by_day`, `by_company`; "
        "each with `created`, `noted`, `closed`, `reopened`.",
    )

    class Meta:
        model = Simulation
        fields = [
            "id",
            "days",
            "event_set",
            "profile",
            "company_mapping",
            "event_set_changes",
            "profile_changes",
            "run",
            "result",
            "created_at",
            "created_by",
        ]
        read_only_fields = ["run", "created_at", "created_by"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            check(Simulation(**attrs))
        except ValidationError as problem:
            raise serializers.ValidationError(problem.message_dict) from None
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Simulation:
        simulation = Simulation(**validated_data)
        start(simulation, self.context["request"].user)
        return simulation


class SimulationViewSet(mixins.CreateModelMixin, mixins.DestroyModelMixin, ReadResource):
    """The stored events of the last days replayed against a draft; its run tells how far it is."""

    queryset = Simulation.objects.all()
    serializer_class = SimulationSerializer
    filterset_fields = ["event_set", "profile", "company_mapping"]
    search_fields = ["event_set__name", "profile__name", "company_mapping__company__name"]
    ordering_fields = ["id", "created_at"]
