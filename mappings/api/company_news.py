"""The state of each company, what is new, and what was changed."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.functional import cached_property
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.resources import ReadResource, Resource
from integrations.models import Company, HaloCredential
from mappings.linking import CompanyState, companies_of, dismiss_todos, open_todos, with_company_state
from mappings.models import CompanyChange, CompanyMapping, Newcomer, NewcomerState

# ---- states ---------------------------------------------------------------------------------


class CompanyStateSerializer(serializers.ModelSerializer[Company]):
    state = serializers.ChoiceField(choices=CompanyState.choices)
    reason = serializers.SerializerMethodField(help_text="Why it is broken.")

    class Meta:
        model = Company
        fields = ["id", "console", "external_id", "name", "active", "state", "reason"]
        read_only_fields = fields

    def get_reason(self, company: Any) -> str:
        return str(company.mapped[0].why_broken()) if company.mapped else ""


STATE = OpenApiParameter("state", OpenApiTypes.STR, enum=CompanyState.values)
CREDENTIAL = OpenApiParameter(
    "halo_credential", OpenApiTypes.INT, description="Absent: the first that was synced."
)


class CompanyStateViewSet(mixins.ListModelMixin, Resource):
    """Companies as the mapping page lists them: unmapped, suggested, mapped, broken or ignored in one HaloPSA
    credential."""

    queryset = Company.objects.all()
    serializer_class = CompanyStateSerializer
    filterset_fields = ["console", "active"]
    search_fields = ["name"]
    ordering = ["id"]
    ordering_fields = ["id", "name"]
    parameters = {"list": ("state", "halo_credential")}

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return Company.objects.none()
        credential = self._credential
        pairs = CompanyMapping.objects.filter(halo_credential=credential)
        found = with_company_state(companies_of(credential), credential).prefetch_related(
            Prefetch(
                "mappings",
                queryset=pairs.select_related("halo_client__merged_into", "halo_site"),
                to_attr="mapped",
            )
        )
        state = self.request.query_params.get("state")
        if state and state not in CompanyState.values:
            raise serializers.ValidationError({"state": f"Choose one of: {', '.join(CompanyState.values)}."})
        return found.filter(state=state) if state else found

    @cached_property
    def _credential(self) -> HaloCredential | None:
        wanted = self.request.query_params.get("halo_credential", "")
        rows = list(HaloCredential.objects.order_by("name", "pk"))
        if not wanted:
            in_use = [row for row in rows if row.enabled and row.synced_at]
            return next(iter([*in_use, *rows]), None)
        found = next((row for row in rows if str(row.pk) == wanted), None)
        if found is None:
            raise serializers.ValidationError({"halo_credential": "There is no such HaloPSA credential."})
        return found

    @extend_schema(parameters=[STATE, CREDENTIAL])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Companies with their state and, of a broken one, what has happened to its client or site."""
        return super().list(request, *args, **kwargs)


# ---- to-dos ---------------------------------------------------------------------------------


class NewcomerSerializer(serializers.ModelSerializer[Newcomer]):
    class Meta:
        model = Newcomer
        fields = ["id", "halo_credential", "company", "halo_client", "noticed_at"]
        read_only_fields = fields


class NewcomerViewSet(ReadResource):
    """New companies and new Halo clients that wait for staff. Nothing is created for them by itself."""

    queryset = Newcomer.objects.filter(state=NewcomerState.OPEN)
    serializer_class = NewcomerSerializer
    filterset_fields = {
        "halo_credential": ["exact"],
        "company": ["exact", "isnull"],
        "company__console": ["exact"],
        "halo_client": ["exact", "isnull"],
    }
    search_fields = ["company__name", "halo_client__name"]
    ordering = ["id"]
    ordering_fields = ["id", "noticed_at"]

    def get_queryset(self) -> QuerySet[Newcomer]:
        return open_todos()

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"], takes_nothing=True)
    def dismiss(self, request: Request, pk: str) -> Response:
        """Take it off the list; the company or client stays as it is."""
        dismiss_todos([self.get_object().pk], request.user)
        return Response(status=204)


# ---- history --------------------------------------------------------------------------------


class CompanyChangeSerializer(serializers.ModelSerializer[CompanyChange]):
    class Meta:
        model = CompanyChange
        fields = ["id", "company", "halo_credential", "text", "changed_at", "changed_by"]
        read_only_fields = fields


class CompanyChangeViewSet(ReadResource):
    """Every change of a company mapping: by whom, when and what; also of mappings that were removed."""

    queryset = CompanyChange.objects.all()
    serializer_class = CompanyChangeSerializer
    filterset_fields = {
        "company": ["exact"],
        "halo_credential": ["exact"],
        "changed_by": ["exact", "isnull"],
        "changed_at": ["gte", "lte"],
    }
    search_fields = ["company__name", "text"]
    ordering = ["-id"]
    ordering_fields = ["id", "changed_at"]
