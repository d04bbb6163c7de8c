"""What HaloPSA holds, as last read [Halo data]. Read only: HaloPSA is changed through plans and tickets."""

from __future__ import annotations

from django_filters import ModelChoiceFilter, NumberFilter
from rest_framework import serializers

from integrations.api.queries import Filters
from integrations.api.resources import ReadResource
from integrations.models import HaloAsset, HaloClient, HaloField, HaloOption, HaloSite, HaloUser

COMMON = ["id", "halo_credential", "halo_id", "name", "active", "gone_since", "changed_at"]
FILTERS = ["halo_credential", "halo_id", "active"]
DAYS = ["purchased_on", "warranty_starts_on", "warranty_ends_on"]
ORDER = ["id", "halo_id", "name", "changed_at"]


class HaloClientSerializer(serializers.ModelSerializer[HaloClient]):
    class Meta:
        model = HaloClient
        fields = [*COMMON, "updated_at", "main_site_id", "domain", "reference", "links", "merged_into"]
        read_only_fields = fields


class HaloSiteSerializer(serializers.ModelSerializer[HaloSite]):
    class Meta:
        model = HaloSite
        fields = [*COMMON, "updated_at", "client", "general_user_id"]
        read_only_fields = fields


class HaloUserSerializer(serializers.ModelSerializer[HaloUser]):
    client = serializers.IntegerField(source="site.client_id", default=None, allow_null=True, read_only=True)

    class Meta:
        model = HaloUser
        fields = [*COMMON, "updated_at", "client", "site", "email"]
        read_only_fields = fields


class HaloAssetSerializer(serializers.ModelSerializer[HaloAsset]):
    asset_type = serializers.IntegerField(
        source="asset_type.halo_id",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="Halo's id of the asset type.",
    )

    class Meta:
        model = HaloAsset
        fields = [
            *COMMON,
            *[
                "updated_at",
                "client",
                "site",
                "asset_type",
                "inventory_number",
                "key_field2",
                "key_field3",
                "status_id",
            ],
            *["serial_number", "manufacturer", "model"],
            *["purchased_on", "warranty_starts_on", "warranty_ends_on"],
            *["fields", "custom_fields", "properties", "users", "links", "software_read_at"],
        ]
        read_only_fields = fields


class HaloFieldSerializer(serializers.ModelSerializer[HaloField]):
    class Meta:
        model = HaloField
        fields = [*COMMON, "kind", "data_type", "values", "data_length", "lookup_id", "mandatory"]
        read_only_fields = fields


class HaloOptionSerializer(serializers.ModelSerializer[HaloOption]):
    class Meta:
        model = HaloOption
        fields = [*COMMON, "kind", "parent", "extra"]
        read_only_fields = fields
        extra_kwargs = {"parent": {"help_text": "E.g. the SLA of a priority."}}


class HaloUserFilters(Filters):
    client = ModelChoiceFilter(field_name="site__client", queryset=HaloClient.objects.all())

    class Meta:
        model = HaloUser
        fields = [*FILTERS, "name", "email", "site", "client"]


class HaloAssetFilters(Filters):
    asset_type = NumberFilter(field_name="asset_type__halo_id", label="Halo's id of the asset type.")

    class Meta:
        model = HaloAsset
        fields = {
            **{key: ["exact"] for key in FILTERS},
            **{key: ["exact"] for key in ["name", "client", "site", "inventory_number"]},
            **{key: ["exact"] for key in ["serial_number", "manufacturer", "model"]},
            **{key: ["exact", "gte", "lt", "isnull"] for key in DAYS},
        }


class HaloClientViewSet(ReadResource):
    """Clients [customers] of HaloPSA."""

    queryset = HaloClient.objects.all()
    serializer_class = HaloClientSerializer
    filterset_fields = [*FILTERS, "name", "merged_into"]
    search_fields = ["name", "domain", "reference"]
    ordering_fields = ORDER


class HaloSiteViewSet(ReadResource):
    """Sites of Halo clients."""

    queryset = HaloSite.objects.all()
    serializer_class = HaloSiteSerializer
    filterset_fields = [*FILTERS, "name", "client"]
    search_fields = ["name"]
    ordering_fields = [*ORDER, "client"]


class HaloUserViewSet(ReadResource):
    """Halo users (end users)."""

    queryset = HaloUser.objects.select_related("site")
    serializer_class = HaloUserSerializer
    filterset_class = HaloUserFilters
    search_fields = ["name", "email"]
    ordering_fields = [*ORDER, "email"]


class HaloAssetViewSet(ReadResource):
    """Assets of HaloPSA. `fields` and `custom_fields` map a field's id to its value."""

    queryset = HaloAsset.objects.select_related("asset_type")
    serializer_class = HaloAssetSerializer
    filterset_class = HaloAssetFilters
    search_fields = ["name", "inventory_number", "serial_number", "key_field2", "key_field3"]
    ordering_fields = [*ORDER, "inventory_number", "serial_number", "updated_at", *DAYS]


class HaloFieldViewSet(ReadResource):
    """Definitions of asset fields and custom fields."""

    queryset = HaloField.objects.all()
    serializer_class = HaloFieldSerializer
    filterset_fields = [*FILTERS, "name", "kind", "mandatory"]
    search_fields = ["name"]
    ordering_fields = [*ORDER, "kind"]


class HaloOptionViewSet(ReadResource):
    """Choices that live in HaloPSA: ticket types, statuses, priorities, teams and so on."""

    queryset = HaloOption.objects.all()
    serializer_class = HaloOptionSerializer
    filterset_fields = [*FILTERS, "kind", "name", "parent"]
    search_fields = ["name"]
    ordering_fields = [*ORDER, "kind", "parent"]
