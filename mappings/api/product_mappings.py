"""Which asset type the computers of a product become [default asset types]."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from integrations.api.halo_choices import asset_type_problem
from integrations.api.known_names import KnownNamesOnly
from integrations.api.numbers import HaloId
from integrations.api.problems import Conflict
from integrations.api.resources import WriteResource
from integrations.models import Console, Product
from mappings.models import ProductMapping


class ProductMappingSerializer(KnownNamesOnly, serializers.ModelSerializer[ProductMapping]):
    product = serializers.CharField(
        max_length=200,
        source="product.name",
        help_text="The product as the console spells it in `products` of its computers.",
    )
    asset_type = HaloId(help_text="Halo's id of the asset type.")

    class Meta:
        model = ProductMapping
        fields = ["id", "console", "product", "halo_credential", "asset_type"]
        validators: list[Any] = []  # the pair is judged below, in words

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        row = self.instance or ProductMapping()
        credential = attrs.get("halo_credential") or row.halo_credential
        asset_type = attrs.get("asset_type", row.asset_type)
        if sentence := asset_type_problem(credential, asset_type):
            raise serializers.ValidationError({"asset_type": sentence})
        return attrs

    def create(self, validated_data: dict[str, Any]) -> ProductMapping:
        return self._store(ProductMapping(), validated_data)

    def update(self, instance: ProductMapping, validated_data: dict[str, Any]) -> ProductMapping:
        return self._store(instance, validated_data)

    def _store(self, mapping: ProductMapping, values: dict[str, Any]) -> ProductMapping:
        name = values.pop("product", {}).get("name") or mapping.product.name
        for field, value in values.items():
            setattr(mapping, field, value)
        mapping.product = _product(mapping.console, name)
        taken = ProductMapping.objects.filter(
            product=mapping.product, halo_credential=mapping.halo_credential
        ).exclude(pk=mapping.pk)
        if found := taken.first():
            raise Conflict(
                f"The product {name} has the asset type {found.asset_type} in this HaloPSA credential "
                f"already (product mapping {found.pk})."
            )
        mapping.save()
        return mapping


def _product(console: Console, name: str) -> Product:
    """The console's product of this name; one that no computer has shown yet is made."""
    return Product.objects.get_or_create(console=console, name=name)[0]


class ProductMappingViewSet(WriteResource):
    """Products and licences of consoles, and the asset types of HaloPSA that they decide."""

    queryset = ProductMapping.objects.select_related("product")
    serializer_class = ProductMappingSerializer
    filterset_fields = {
        "console": ["exact"],
        "product__name": ["exact"],
        "halo_credential": ["exact"],
        "asset_type": ["exact"],
    }
    search_fields = ["product__name"]
    ordering = ["id"]
    ordering_fields = ["id", "product__name", "asset_type"]
