"""Software of HaloPSA: licences, and what is installed on an asset. Read only."""

from __future__ import annotations

from rest_framework import serializers

from integrations.api.halo_data import COMMON, FILTERS, ORDER
from integrations.api.resources import NestedResource, ReadResource
from integrations.models import HaloLicence, HaloSoftware


class HaloLicenceSerializer(serializers.ModelSerializer[HaloLicence]):
    class Meta:
        model = HaloLicence
        fields = [
            *COMMON,
            *["client", "site", "licence_type", "vendor", "manufacturer", "product_sku"],
            *["count", "in_use", "starts_on", "ends_on"],
        ]
        read_only_fields = fields


class HaloSoftwareSerializer(serializers.ModelSerializer[HaloSoftware]):
    class Meta:
        model = HaloSoftware
        fields = ["id", "halo_id", "name", "version", "licence_id", "installed_on", "last_used_on"]
        read_only_fields = fields


class HaloLicenceViewSet(ReadResource):
    """Software licences [software assets] of HaloPSA."""

    queryset = HaloLicence.objects.all()
    serializer_class = HaloLicenceSerializer
    filterset_fields = {
        **{key: ["exact"] for key in [*FILTERS, "name", "client", "site", "vendor", "product_sku"]},
        "ends_on": ["exact", "gte", "lt", "isnull"],
    }
    search_fields = ["name", "vendor", "manufacturer", "product_sku"]
    ordering_fields = [*ORDER, "vendor", "count", "in_use", "starts_on", "ends_on"]


class HaloSoftwareViewSet(NestedResource):
    """What is installed on an asset, as last read; the asset's `software_read_at` tells when."""

    queryset = HaloSoftware.objects.all()
    parent = "asset"
    serializer_class = HaloSoftwareSerializer
    filterset_fields = ["name", "version"]
    search_fields = ["name"]
    ordering_fields = ["id", "name", "version", "installed_on", "last_used_on"]
