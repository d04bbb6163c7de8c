"""Which Halo client a company is, and the switches of that pair."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from integrations.api.problems import Conflict
from integrations.api.resources import WriteResource
from integrations.choices import RunKind
from integrations.models import Company, HaloClient, HaloCredential, HaloSite
from integrations.runs.request import request_delivery, request_routing, request_run
from mappings.linking import map_company, set_switches
from mappings.models import CompanyMapping

SWITCHES = ("create_tickets", "no_notification", "enable_configuration")


class CompanyMappingSerializer(serializers.ModelSerializer[CompanyMapping]):
    company = serializers.PrimaryKeyRelatedField(queryset=Company.objects.all())
    halo_client = serializers.PrimaryKeyRelatedField(
        queryset=HaloClient.objects.select_related("halo_credential")
    )
    halo_site = serializers.PrimaryKeyRelatedField(
        queryset=HaloSite.objects.all(),
        required=False,
        allow_null=True,
        help_text="A site of the client. Absent or null: the client's main site.",
    )

    class Meta:
        model = CompanyMapping
        read_only_fields = ["id", "halo_credential", "tickets_since", "reason", "mapped_at"]
        fields = [*read_only_fields, "company", "halo_client", "halo_site", *SWITCHES]
        validators: list[Any] = []  # the pair is judged below, in words

    def validate_company(self, company: Company) -> Company:
        if self.instance is not None and company.pk != self.instance.company_id:
            raise serializers.ValidationError("The company of a mapping stays; map the other company.")
        return company

    def validate_halo_client(self, client: HaloClient) -> HaloClient:
        if self.instance is not None and client.halo_credential_id != self.instance.halo_credential_id:
            raise serializers.ValidationError(
                "This client belongs to another HaloPSA credential; make a mapping of its own."
            )
        return client

    def create(self, validated_data: dict[str, Any]) -> CompanyMapping:
        company, client = validated_data["company"], validated_data["halo_client"]
        present = CompanyMapping.objects.filter(
            company=company, halo_credential=client.halo_credential_id
        ).select_related("halo_client")
        if found := present.first():
            raise Conflict(
                f"{company} is mapped to {found.halo_client} in this HaloPSA credential already "
                f"(mapping {found.pk})."
            )
        return self._map(company, client, validated_data)

    def update(self, instance: CompanyMapping, validated_data: dict[str, Any]) -> CompanyMapping:
        if {"halo_client", "halo_site"} & set(validated_data):
            client = validated_data.get("halo_client", instance.halo_client)
            return self._map(instance.company, client, validated_data)
        mapping = set_switches(instance, **_switches(validated_data))
        _look_again(mapping.halo_credential)
        return mapping

    def _map(self, company: Company, client: HaloClient, values: dict[str, Any]) -> CompanyMapping:
        mapping = map_company(
            company,
            client,
            halo_site=values.get("halo_site"),
            staff=self.context["request"].user,
            **_switches(values),
        )
        # Its computers may stand for assets that are there.
        credential = client.halo_credential
        request_run(RunKind.MATCH, halo_credential=credential, slot=f"match:{credential.pk}")
        _look_again(credential)
        return mapping


def _look_again(credential: HaloCredential) -> None:
    """Events and alerts of the company may have been waiting for this."""
    request_routing()
    request_delivery(credential.instance)


def _switches(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in SWITCHES if name in values}


class CompanyMappingViewSet(WriteResource):
    """Companies and the Halo clients [customers] that they are."""

    queryset: QuerySet[CompanyMapping] = CompanyMapping.objects.all()
    serializer_class = CompanyMappingSerializer
    filterset_fields = {
        "company": ["exact"],
        "company__console": ["exact"],
        "halo_credential": ["exact"],
        "halo_client": ["exact"],
        "create_tickets": ["exact"],
        "no_notification": ["exact"],
        "enable_configuration": ["exact"],
    }
    search_fields = ["company__name", "halo_client__name"]
    ordering = ["id"]
    ordering_fields = ["id", "company__name", "halo_client__name", "mapped_at"]
