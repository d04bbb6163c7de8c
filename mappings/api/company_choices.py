"""Suggestions, pairs of fields to suggest by, and companies that are left alone."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.many import DoneSerializer, ManySerializer, asked_of, told
from integrations.api.problems import Conflict
from integrations.api.resources import ReadResource, WriteResource
from integrations.models import Company, Console, HaloCredential
from mappings.linking import ignore_companies, suggest_companies_for, unignore_companies
from mappings.models import (
    ClientField,
    CompanyField,
    CompanyMapping,
    CompanySuggestion,
    IgnoredCompany,
    SuggestionFields,
    client_fields,
)


class CompanySuggestionSerializer(serializers.ModelSerializer[CompanySuggestion]):
    class Meta:
        model = CompanySuggestion
        fields = [
            "id",
            "company",
            "halo_credential",
            "halo_client",
            "score",
            "evidence",
            "reason",
            "ambiguous",
        ]


class CompanySuggestionViewSet(ReadResource):
    """Clients that a company may be, with score and reason. POST /company-mappings/accept/ takes them."""

    queryset = CompanySuggestion.objects.all()
    serializer_class = CompanySuggestionSerializer
    filterset_fields = [
        "company",
        "company__console",
        "halo_credential",
        "halo_client",
        "score",
        "evidence",
        "ambiguous",
    ]
    search_fields = ["company__name", "halo_client__name"]
    ordering = ["id"]
    ordering_fields = ["id", "company__name", "score"]


# ---- pairs of fields ------------------------------------------------------------------------


class SuggestionFieldsSerializer(KnownNamesOnly, serializers.ModelSerializer[SuggestionFields]):
    console = serializers.PrimaryKeyRelatedField(queryset=Console.objects.all())
    halo_credential = serializers.PrimaryKeyRelatedField(queryset=HaloCredential.objects.all())
    company_field = serializers.ChoiceField(choices=CompanyField.choices)
    client_field = serializers.CharField(
        max_length=60,
        help_text=f"One of {', '.join(ClientField.values)}, or CF with the id of a custom field of clients.",
    )

    class Meta:
        model = SuggestionFields
        fields = ["id", "console", "halo_credential", "company_field", "client_field"]
        validators: list[Any] = []  # judged below, in words

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        row = self.instance or SuggestionFields()
        console = attrs.get("console") or row.console
        credential = attrs.get("halo_credential") or row.halo_credential
        taken = SuggestionFields.objects.filter(console=console, halo_credential=credential)
        if found := taken.exclude(pk=row.pk).first():
            raise Conflict(f"{console} has a pair of fields in this HaloPSA credential already ({found.pk}).")
        known, wanted = client_fields(credential.pk), attrs.get("client_field") or row.client_field
        if wanted not in known:
            raise serializers.ValidationError({"client_field": f"Choose one of: {', '.join(known)}."})
        attrs["client_field_name"] = known[wanted]
        return attrs

    def save(self, **kwargs: Any) -> SuggestionFields:
        row: SuggestionFields = super().save(**kwargs)
        suggest_companies_for(row.halo_credential)
        return row


class SuggestionFieldsViewSet(WriteResource):
    """Of a console and credential: the fields that hold the same, unique value on both sides."""

    queryset = SuggestionFields.objects.all()
    serializer_class = SuggestionFieldsSerializer
    filterset_fields = ["console", "halo_credential"]
    search_fields = ["console__name"]
    ordering = ["id"]
    ordering_fields = ["id", "console"]

    def perform_destroy(self, instance: SuggestionFields) -> None:
        credential = instance.halo_credential
        instance.delete()
        suggest_companies_for(credential)


# ---- left alone -----------------------------------------------------------------------------


class IgnoredCompanySerializer(KnownNamesOnly, serializers.ModelSerializer[IgnoredCompany]):
    company = serializers.PrimaryKeyRelatedField(queryset=Company.objects.all())
    halo_credential = serializers.PrimaryKeyRelatedField(queryset=HaloCredential.objects.all())

    class Meta:
        model = IgnoredCompany
        read_only_fields = ["id", "ignored_at", "ignored_by"]
        fields = [*read_only_fields, "company", "halo_credential", "reason"]
        validators: list[Any] = []  # a company that is ignored already stays ignored

    def create(self, validated_data: dict[str, Any]) -> IgnoredCompany:
        company, credential = validated_data["company"], validated_data["halo_credential"]
        if CompanyMapping.objects.filter(company=company, halo_credential=credential).exists():
            raise Conflict(f"{company} is mapped; remove its mapping first.")
        ignore_companies(
            [company.pk],
            credential,
            reason=validated_data.get("reason", ""),
            staff=self.context["request"].user,
        )
        return IgnoredCompany.objects.get(company=company, halo_credential=credential)


class ManyCompaniesSerializer(ManySerializer):
    halo_credential = serializers.PrimaryKeyRelatedField(queryset=HaloCredential.objects.all())


class ManyIgnoredCompaniesSerializer(ManyCompaniesSerializer):
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=255)


class IgnoredCompanyViewSet(mixins.CreateModelMixin, mixins.DestroyModelMixin, ReadResource):
    """Companies without suggestions and to-dos. DELETE takes one back."""

    queryset = IgnoredCompany.objects.all()
    serializer_class = IgnoredCompanySerializer
    filterset_fields = ["company", "company__console", "halo_credential"]
    search_fields = ["company__name", "reason"]
    ordering = ["id"]
    ordering_fields = ["id", "company__name", "ignored_at"]

    @extend_schema(request=ManyIgnoredCompaniesSerializer, responses=DoneSerializer)
    @action(detail=False, methods=["post"], url_path="ignore", filter_backends=[])
    def ignore_many(self, request: Request) -> Response:
        """Ignore companies, named by their own ids; a mapped one is left alone."""
        wanted = asked_of(request, ManyIgnoredCompaniesSerializer)
        credential, ids = wanted["halo_credential"], wanted["ids"]
        done = ignore_companies(ids, credential, reason=wanted["reason"], staff=request.user)
        return Response(told(done, ids))

    @extend_schema(request=ManyCompaniesSerializer, responses=DoneSerializer)
    @action(detail=False, methods=["post"], url_path="stop", filter_backends=[], post_permissions=("delete",))
    def stop_many(self, request: Request) -> Response:
        """Stop ignoring companies, named by their own ids; they get suggestions and to-dos again."""
        wanted = asked_of(request, ManyCompaniesSerializer)
        credential, ids = wanted["halo_credential"], wanted["ids"]
        done = unignore_companies(ids, credential, staff=request.user)
        suggest_companies_for(credential)
        return Response(told(done, ids))

    def perform_destroy(self, instance: IgnoredCompany) -> None:
        unignore_companies([instance.company_id], instance.halo_credential, staff=self.request.user)
        suggest_companies_for(instance.halo_credential)
