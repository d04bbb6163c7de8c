"""What was changed in HaloPSA: renamed, moved, merged, made inactive, gone and back. Read only."""

from __future__ import annotations

from rest_framework import serializers

from integrations.api.resources import ReadResource
from integrations.models import HaloChange


class HaloChangeSerializer(serializers.ModelSerializer[HaloChange]):
    class Meta:
        model = HaloChange
        fields = ["id", "halo_credential", "resource", "halo_id", "kind", "before", "after", "noticed_at"]
        read_only_fields = fields


class HaloChangeViewSet(ReadResource):
    """Changes in HaloPSA that syncs have noticed. `resource` and `halo_id` tell of what."""

    queryset = HaloChange.objects.all()
    serializer_class = HaloChangeSerializer
    filterset_fields = {
        "halo_credential": ["exact"],
        "resource": ["exact", "in"],
        "halo_id": ["exact"],
        "kind": ["exact", "in"],
        "noticed_at": ["gte", "lt"],
    }
    search_fields = ["before", "after"]
    ordering_fields = ["id", "noticed_at", "resource", "kind", "halo_id"]
