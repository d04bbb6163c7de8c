"""Which attribute of a computer goes into which Halo asset field."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from integrations.api.halo_choices import asset_type_problem
from integrations.api.problems import Conflict
from integrations.api.resources import WriteResource, changed_fields
from integrations.models import HaloCredential, HaloField
from mappings.attributes import ATTRIBUTE_CHOICES
from mappings.models import FieldMapping


class FieldMappingSerializer(serializers.ModelSerializer[FieldMapping]):
    attribute = serializers.ChoiceField(choices=ATTRIBUTE_CHOICES)

    class Meta:
        model = FieldMapping
        fields = ["id", "halo_credential", "asset_type", "attribute", "field_id", "owner"]
        validators: list[Any] = []  # judged below, in words

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        row = self.instance or FieldMapping()
        credential = attrs.get("halo_credential") or row.halo_credential
        asset_type = attrs.get("asset_type", row.asset_type)
        field_id = attrs.get("field_id", row.field_id)
        problems = {
            "asset_type": asset_type_problem(credential, asset_type) if asset_type is not None else None,
            "field_id": _field_problem(credential, field_id),
        }
        if told := {name: sentence for name, sentence in problems.items() if sentence}:
            raise serializers.ValidationError(told)
        taken = FieldMapping.objects.filter(
            halo_credential=credential, asset_type=asset_type, field_id=field_id
        ).exclude(pk=row.pk)
        if found := taken.first():
            raise Conflict(
                f"The Halo field {field_id} is filled from {found.attribute} already "
                f"(field mapping {found.pk})."
            )
        return attrs

    def update(self, instance: FieldMapping, validated_data: dict[str, Any]) -> FieldMapping:
        instance.save(update_fields=changed_fields(instance, validated_data))
        return instance


def _field_problem(credential: HaloCredential, field_id: int) -> str | None:
    """A sentence if HaloPSA has no such asset field, as far as its fields have been read."""
    rows = HaloField.objects.filter(halo_credential=credential, kind="asset", active=True)
    known = set(rows.values_list("halo_id", flat=True))
    if not known or field_id in known:
        return None
    return f"HaloPSA has no asset field with the ID {field_id} (credential {credential})."


class FieldMappingViewSet(WriteResource):
    """Where attributes of computers go; `asset_type` empty: the common table for all types."""

    queryset = FieldMapping.objects.all()
    serializer_class = FieldMappingSerializer
    filterset_fields = {
        "halo_credential": ["exact"],
        "asset_type": ["exact", "isnull"],
        "attribute": ["exact"],
        "field_id": ["exact"],
        "owner": ["exact"],
    }
    search_fields = ["attribute"]
    ordering = ["id"]
    ordering_fields = ["id", "attribute", "field_id", "asset_type"]
