"""Which Halo site a location is."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from integrations.api.known_names import KnownNamesOnly
from integrations.api.problems import Conflict
from integrations.api.resources import WriteResource
from integrations.models import HaloSite, Location
from mappings.linking import map_locations
from mappings.models import CompanyMapping, LocationMapping


class LocationMappingSerializer(KnownNamesOnly, serializers.ModelSerializer[LocationMapping]):
    location = serializers.PrimaryKeyRelatedField(queryset=Location.objects.select_related("company"))
    halo_site = serializers.PrimaryKeyRelatedField(
        queryset=HaloSite.objects.select_related("client"), help_text="A site of the mapping's client."
    )

    class Meta:
        model = LocationMapping
        read_only_fields = ["id", "company_mapping", "mapped_at", "mapped_by"]
        fields = [*read_only_fields, "location", "halo_site"]
        validators: list[Any] = []  # judged below, in words

    def validate_location(self, location: Location) -> Location:
        if self.instance is not None and location.pk != self.instance.location_id:
            raise serializers.ValidationError("The location of a mapping stays; map the other location.")
        return location

    def create(self, validated_data: dict[str, Any]) -> LocationMapping:
        location, site = validated_data["location"], validated_data["halo_site"]
        mapping = _mapping_of(location, site)
        if found := LocationMapping.objects.filter(location=location, company_mapping=mapping).first():
            raise Conflict(f"{location} has a site in this HaloPSA credential already ({found.pk}).")
        return self._store(mapping, location, site)

    def update(self, instance: LocationMapping, validated_data: dict[str, Any]) -> LocationMapping:
        site = validated_data.get("halo_site", instance.halo_site)
        return self._store(instance.company_mapping, instance.location, site)

    def _store(self, mapping: CompanyMapping, location: Location, site: HaloSite) -> LocationMapping:
        map_locations(mapping, {location: site}, self.context["request"].user)
        return LocationMapping.objects.get(company_mapping=mapping, location=location)


def _mapping_of(location: Location, site: HaloSite) -> CompanyMapping:
    rows = CompanyMapping.objects.filter(company=location.company_id, halo_credential=site.halo_credential_id)
    found = rows.select_related("halo_client").first()
    if found is None:
        raise serializers.ValidationError(
            {"location": f"The company {location.company} is not mapped in the site's HaloPSA credential."}
        )
    return found


class LocationMappingViewSet(WriteResource):
    """Locations and the sites that their things go to. DELETE: back to the mapping's default site."""

    queryset = LocationMapping.objects.all()
    serializer_class = LocationMappingSerializer
    filterset_fields = {
        "location": ["exact"],
        "location__company": ["exact"],
        "company_mapping": ["exact"],
        "company_mapping__halo_credential": ["exact"],
        "halo_site": ["exact"],
    }
    search_fields = ["location__name", "halo_site__name"]
    ordering = ["id"]
    ordering_fields = ["id", "location__name", "mapped_at"]

    def perform_destroy(self, instance: LocationMapping) -> None:
        map_locations(instance.company_mapping, {instance.location: None}, self.request.user)
