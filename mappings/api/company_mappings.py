"""Which Halo client a company is, and the switches of that pair."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.many import DoneSerializer, ManySerializer, asked_of, told
from integrations.api.problems import Conflict
from integrations.api.resources import WriteResource
from integrations.choices import RunKind
from integrations.models import Company, HaloClient, HaloCredential, HaloSite
from integrations.runs.request import request_delivery, request_routing, request_run
from mappings.api.company_bulk import (
    AcceptedSerializer,
    AcceptSerializer,
    ImportedSerializer,
    ImportSerializer,
    SwitchedSerializer,
    SwitchManySerializer,
)
from mappings.linking import (
    NEEDS_PREVIEW,
    SWITCHES,
    Above,
    accept_suggestions,
    attached_companies,
    bring_back,
    confirm_name,
    exact_suggestions,
    import_clients,
    importable_clients,
    is_elsewhere,
    map_company,
    matching_clients,
    nothing_above,
    set_switches,
    set_switches_of,
    suggest_companies_for,
    unmap_companies,
    unmap_company,
)
from mappings.models import CompanyMapping, CompanySuggestion

_BRING_BACK = "POST /api/v1/company-mappings/{}/bring_back/"
_WAY = (
    'POST {{"kind": "move", "company_mapping": {}}} with "halo_client" or "halo_site" to /api/v1/plans/, '
    "look at its changes, and apply it."
)


class CompanyMappingSerializer(KnownNamesOnly, serializers.ModelSerializer[CompanyMapping]):
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

    broken = serializers.CharField(
        source="why_broken", read_only=True, help_text="What became of client or site; empty: all is well."
    )

    class Meta:
        model = CompanyMapping
        read_only_fields = [
            "id",
            "halo_credential",
            "tickets_since",
            "reason",
            "broken",
            "archived_at",
            "mapped_at",
            "mapped_by",
        ]
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
        if instance.archived_at is not None:
            raise Conflict(
                f"{instance.company} is offboarded: {_BRING_BACK.format(instance.pk)} comes first."
            )
        if {"halo_client", "halo_site"} & set(validated_data):
            client = validated_data.get("halo_client", instance.halo_client)
            self._refuse_move(instance, client, validated_data.get("halo_site"))
            return self._map(instance.company, client, validated_data)
        mapping = set_switches(instance, staff=self.context["request"].user, **_switches(validated_data))
        _look_again(mapping.halo_credential)
        return mapping

    def _refuse_move(self, mapping: CompanyMapping, client: HaloClient, site: HaloSite | None) -> None:
        if not is_elsewhere(mapping, client, site):
            return
        above = getattr(self.context["view"], "above", nothing_above)
        if attached_companies([mapping.company_id], mapping.halo_credential, above):
            raise Conflict(f"{NEEDS_PREVIEW}: {_WAY.format(mapping.pk)}")

    def _map(self, company: Company, client: HaloClient, values: dict[str, Any]) -> CompanyMapping:
        mapping = map_company(
            company,
            client,
            halo_site=values.get("halo_site"),
            staff=self.context["request"].user,
            **_switches(values),
        )
        _after_mapping(client.halo_credential)
        return mapping


def _after_mapping(credential: HaloCredential) -> None:
    """Computers of the companies may stand for assets that are there."""
    request_run(RunKind.MATCH, halo_credential=credential, slot=f"match:{credential.pk}")
    _look_again(credential)


def _look_again(credential: HaloCredential) -> None:
    """Events and alerts of the company may have been waiting for this."""
    request_routing()
    request_delivery(credential.instance)


def _switches(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in SWITCHES if name in values}


class CompanyMappingViewSet(WriteResource):
    """Companies and the Halo clients [customers] that they are.

    Another client or site is set here while nothing hangs on the mapping. Once it has assets or open tickets
    that is 409, and a plan of kind *move*, which takes them along."""

    above: Above = staticmethod(nothing_above)

    queryset: QuerySet[CompanyMapping] = CompanyMapping.objects.select_related(
        "halo_client__merged_into", "halo_site"
    )
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
    post_permissions = ("add",)

    def perform_destroy(self, instance: CompanyMapping) -> None:
        """Its computers become unmapped; assets and tickets stay as they are."""
        credential = instance.halo_credential
        try:
            unmap_company(instance, self.request.user)
        except ValidationError as problem:
            raise Conflict(" ".join(problem.messages)) from None
        suggest_companies_for(credential)

    @extend_schema(request=None, responses={200: CompanyMappingSerializer})
    @action(detail=True, methods=["post"], post_permissions=("change",), takes_nothing=True)
    def confirm(self, request: Request, pk: str) -> Response:
        """The client was renamed and still is this company."""
        mapping = self.get_object()
        confirm_name(mapping, request.user)
        return Response(self.get_serializer(mapping).data)

    @extend_schema(request=None, responses={200: CompanyMappingSerializer})
    @action(detail=True, methods=["post"], post_permissions=("change",), takes_nothing=True)
    def bring_back(self, request: Request, pk: str) -> Response:
        """An offboarded company is looked after again, with the switches that it had."""
        mapping = self.get_object()
        if not bring_back(mapping, request.user):
            raise Conflict(f"{mapping.company} is not offboarded.")
        _look_again(mapping.halo_credential)
        return Response(self.get_serializer(mapping).data)

    @extend_schema(request=AcceptSerializer, responses={200: AcceptedSerializer})
    @action(detail=False, methods=["post"], post_permissions=("add",))
    def accept(self, request: Request) -> Response:
        """Map the companies of suggestions; what is mapped already is never changed."""
        wanted = AcceptSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        rows = _suggestions(wanted.validated_data)
        credentials = list(HaloCredential.objects.filter(pk__in=rows.values("halo_credential")))
        chosen = list(rows.values_list("pk", flat=True))
        number = accept_suggestions(chosen, staff=request.user)
        for credential in credentials if number else ():
            _after_mapping(credential)
        asked = len(set(wanted.validated_data.get("suggestions", chosen)))
        return Response({"mapped": number, "left": asked - number})

    @extend_schema(request=SwitchManySerializer, responses={200: SwitchedSerializer})
    @action(detail=False, methods=["post"], post_permissions=("change",))
    def switches(self, request: Request) -> Response:
        """Set switches of many mappings; those that have the value already are not touched."""
        wanted = SwitchManySerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        numbers = wanted.validated_data.pop("mappings")
        changed = set_switches_of(numbers, wanted.validated_data, request.user)
        for credential in HaloCredential.objects.filter(company_mappings__in=numbers).distinct():
            _look_again(credential)
        return Response(changed)

    @extend_schema(request=ManySerializer, responses={200: DoneSerializer})
    @action(detail=False, methods=["post"], filter_backends=[], post_permissions=("delete",))
    def remove(self, request: Request) -> Response:
        """Take many mappings apart; assets and tickets stay as they are. One is left while HaloPSA has not
        told whether it made an asset for a computer of it."""
        ids = asked_of(request)["ids"]
        done = 0
        rows = CompanyMapping.objects.filter(pk__in=ids)
        for credential in HaloCredential.objects.filter(company_mappings__in=rows).distinct():
            companies = rows.filter(halo_credential=credential).values_list("company", flat=True)
            done += unmap_companies(list(companies), credential, request.user).companies
            suggest_companies_for(credential)
        return Response(told(done, ids))

    @extend_schema(request=ImportSerializer, responses={200: ImportedSerializer})
    @action(detail=False, methods=["post"], url_path="import", post_permissions=("add", "change"))
    def import_clients(self, request: Request) -> Response:
        """Make Halo clients companies of a console that has none of its own, mapped at once."""
        wanted = ImportSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        console, credential = wanted.validated_data["console"], wanted.validated_data["halo_credential"]
        chosen = wanted.validated_data.get("halo_clients")
        if chosen is None:
            clients = matching_clients(
                importable_clients(console, credential), wanted.validated_data["search"]
            )
            chosen = list(clients.order_by().values_list("pk", flat=True))
        found = import_clients(console, credential, chosen, request.user)
        if found.made or found.reused:
            _after_mapping(credential)
        return Response(ImportedSerializer(found).data)


def _suggestions(wanted: dict[str, Any]) -> QuerySet[CompanySuggestion]:
    if not wanted["exact"]:
        return CompanySuggestion.objects.filter(pk__in=wanted["suggestions"])
    rows = exact_suggestions(wanted["halo_credential"])
    return rows.filter(company__console=wanted["console"]) if "console" in wanted else rows
