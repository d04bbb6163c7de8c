"""Asset rules of a HaloPSA credential: grace days, status of gone assets, main sites, new asset types."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from integrations.api.halo_choices import no_such
from integrations.api.known_names import KnownNamesOnly
from integrations.api.problems import Conflict
from integrations.api.resources import WriteResource
from integrations.choices import OptionKind
from integrations.models import HaloCredential, HaloOption
from mappings.models import AssetRules

CHOICES = {
    "gone_status": (OptionKind.ASSET_STATUS, "asset status"),
    "asset_group": (OptionKind.ASSET_GROUP, "asset group"),
}


class AssetRulesSerializer(KnownNamesOnly, serializers.ModelSerializer[AssetRules]):
    halo_credential = serializers.PrimaryKeyRelatedField(queryset=HaloCredential.objects.all())

    class Meta:
        model = AssetRules
        fields = [
            *("id", "halo_credential", "grace_days", "gone_status", "reactivate", "main_site"),
            "asset_group",
        ]

    def validate_halo_credential(self, credential: HaloCredential) -> HaloCredential:
        taken = AssetRules.objects.filter(halo_credential=credential)
        if (found := taken.first()) and found != self.instance:
            raise Conflict(f"This credential has asset rules already ({found.pk}); change them.")
        return credential

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        credential = attrs.get("halo_credential") or self.instance.halo_credential  # type: ignore[union-attr]
        for name, (kind, words) in CHOICES.items():
            number = attrs.get(name)
            if number is None:
                continue
            known = HaloOption.objects.filter(halo_credential=credential, kind=kind, active=True)
            if known.exists() and not known.filter(halo_id=str(number)).exists():
                raise serializers.ValidationError({name: no_such(words, number, credential)})
        return attrs


class AssetRulesViewSet(WriteResource):
    """How long a computer has to be gone before its asset is made inactive, and what else happens then."""

    queryset = AssetRules.objects.all()
    serializer_class = AssetRulesSerializer
    filterset_fields = ["halo_credential"]
    search_fields = ["halo_credential__name"]
    ordering = ["id"]
    ordering_fields = ["id", "grace_days"]
