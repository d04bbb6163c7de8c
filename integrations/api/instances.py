"""HaloPSA instances: where all writing is stopped, and what each has proven that it can do."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.numbers import HaloId
from integrations.api.resources import ReadResource, changed_fields
from integrations.connections.writing import allow_writing, prove_again, stop_all_writing, stop_writing
from integrations.models import HaloField, Instance


class InstanceSerializer(KnownNamesOnly, serializers.ModelSerializer[Instance]):
    name = serializers.CharField(source="__str__", read_only=True, help_text="Tenant, or else the server.")
    marker_field_id = HaloId(
        required=False,
        allow_null=True,
        help_text="Halo's id of the asset field that may hold the bridge reference of assets that we create.",
    )

    class Meta:
        model = Instance
        read_only_fields = [
            *["id", "name", "resource_server", "tenant", "writes_stopped"],
            *["blocked_until", "paused_since", "paused_until", "pause_reason"],
            *["batch_size", "list_fields_proven", "learned_calls", "learned_at", "rate_limit_answers"],
        ]
        fields = [*read_only_fields, "batches_allowed", "list_reads_allowed", "marker_field_id"]

    def validate_marker_field_id(self, number: int | None) -> int | None:
        if number is None or (self.instance and number == self.instance.marker_field_id):
            return number
        fields = HaloField.objects.filter(kind="asset", active=True, halo_id=number)
        if not fields.filter(halo_credential__instance=self.instance).exists():
            raise serializers.ValidationError("There is no asset field with this id in this HaloPSA.")
        return number

    def update(self, instance: Instance, validated_data: dict[str, Any]) -> Instance:
        """Only what was sent: a stop in the same moment must not be overwritten."""
        instance.save(update_fields=changed_fields(instance, validated_data))
        return instance


class StoppedSerializer(serializers.Serializer[Any]):
    stopped = serializers.ListField(
        child=serializers.IntegerField(), help_text="Our ids of the instances that were not stopped before."
    )


class InstanceViewSet(mixins.UpdateModelMixin, ReadResource):
    """Each HaloPSA that credentials lead to. The API limit and every pause belong to it."""

    queryset = Instance.objects.all()
    serializer_class = InstanceSerializer
    filterset_fields = ["resource_server", "tenant", "writes_stopped"]
    search_fields = ["resource_server", "tenant"]
    ordering_fields = ["id", "resource_server", "tenant"]

    @extend_schema(request=None, responses=InstanceSerializer)
    @action(detail=True, methods=["post"], post_permissions=("stop",), takes_nothing=True)
    def stop(self, request: Request, pk: str) -> Response:
        """Stop all writing to this HaloPSA at once, also in mid-run. Repeating is safe."""
        instance = self.get_object()
        stop_writing(instance)
        return self._as_it_is(instance)

    @extend_schema(request=None, responses=InstanceSerializer)
    @action(detail=True, methods=["post"], post_permissions=("allow",), takes_nothing=True)
    def allow(self, request: Request, pk: str) -> Response:
        """Allow writing again; what is planned there goes out at once. Repeating is safe."""
        instance = self.get_object()
        allow_writing(instance)
        return self._as_it_is(instance)

    @extend_schema(request=None, responses=InstanceSerializer)
    @action(detail=True, methods=["post"], url_path="prove-again", takes_nothing=True)
    def prove_again(self, request: Request, pk: str) -> Response:
        """Forget what was proven; the next sync and the next export try it anew."""
        instance = self.get_object()
        prove_again(instance)
        return self._as_it_is(instance)

    @extend_schema(request=None, responses=StoppedSerializer)
    @action(
        detail=False, methods=["post"], url_path="stop-all", post_permissions=("stop",), takes_nothing=True
    )
    def stop_all(self, request: Request) -> Response:
        """Stop all writing to every HaloPSA. Repeating is safe."""
        return Response({"stopped": [row.pk for row in stop_all_writing()]})

    def _as_it_is(self, instance: Instance) -> Response:
        instance.refresh_from_db()
        return Response(self.get_serializer(instance).data)
