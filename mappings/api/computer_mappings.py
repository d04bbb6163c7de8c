"""Which Halo asset a computer is, or that it is to be exported."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.many import DoneSerializer, ManySerializer, asked_of, told
from integrations.api.numbers import HaloId
from integrations.api.problems import Conflict
from integrations.api.resources import WriteResource
from integrations.models import Computer, HaloAsset, HaloCredential, HaloSite
from mappings.apply.lost import retry_lost
from mappings.keeping import release
from mappings.linking import edit_computer_mapping, remove_computer_mapping
from mappings.models import ComputerMapping

CHOSEN = ("halo_asset", "halo_site", "asset_type", "wanted_site", "wanted_type")
_PLACED = ("halo_asset", "halo_site", "wanted_site")


class ComputerMappingSerializer(KnownNamesOnly, serializers.ModelSerializer[ComputerMapping]):
    computer = serializers.PrimaryKeyRelatedField(queryset=Computer.objects.select_related("company"))
    halo_credential = serializers.PrimaryKeyRelatedField(
        queryset=HaloCredential.objects.all(),
        required=False,
        help_text="Only needed where asset, site and company do not tell it.",
    )
    halo_asset = serializers.PrimaryKeyRelatedField(
        queryset=HaloAsset.objects.select_related("halo_credential"),
        required=False,
        allow_null=True,
        help_text="Absent or null: to be exported.",
    )
    halo_site = serializers.PrimaryKeyRelatedField(
        queryset=HaloSite.objects.select_related("halo_credential"), required=False, allow_null=True
    )
    asset_type = HaloId(
        required=False, allow_null=True, help_text="Halo's id of the asset type, for a new asset."
    )

    wanted_site = serializers.PrimaryKeyRelatedField(
        queryset=HaloSite.objects.select_related("halo_credential"),
        required=False,
        allow_null=True,
        help_text="The next export moves the asset to this site. Absent or null: it keeps its own.",
    )
    wanted_type = HaloId(
        required=False,
        allow_null=True,
        help_text="Halo's id of the asset type that the next export gives to the asset.",
    )

    class Meta:
        model = ComputerMapping
        read_only_fields = [
            "id",
            "console",
            "origin",
            "created_by_us",
            "held",
            "held_by",
            "retired_at",
            "reason",
            "mapped_at",
        ]
        fields = [*read_only_fields, "computer", "halo_credential", *CHOSEN]
        validators: list[Any] = []  # the pair is judged below, in words

    def validate_computer(self, computer: Computer) -> Computer:
        if self.instance is not None and computer.pk != self.instance.computer_id:
            raise serializers.ValidationError("The computer of a mapping stays; map the other computer.")
        return computer

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance is not None:
            attrs["computer"] = self.instance.computer
            attrs.setdefault("halo_credential", self.instance.halo_credential)
            if self.partial:
                attrs = self._present(attrs) | attrs
        attrs["halo_credential"] = _credential(attrs)
        return attrs

    def _present(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What stays where it is not named; a wish is about the asset that it was made for."""
        mapping = self.instance
        assert mapping is not None  # noqa: S101  only a row is changed in part
        same = attrs.get("halo_asset", mapping.halo_asset) == mapping.halo_asset
        names = CHOSEN if same else CHOSEN[:3]
        return {name: getattr(mapping, name) for name in names}

    def create(self, validated_data: dict[str, Any]) -> ComputerMapping:
        computer, credential = validated_data["computer"], validated_data["halo_credential"]
        present = ComputerMapping.objects.filter(computer=computer, halo_credential=credential)
        if found := present.first():
            raise Conflict(f"{computer} has a mapping in this HaloPSA credential already ({found.pk}).")
        return self._store(validated_data)

    def update(self, instance: ComputerMapping, validated_data: dict[str, Any]) -> ComputerMapping:
        return self._store(validated_data)

    def _store(self, values: dict[str, Any]) -> ComputerMapping:
        return edit_computer_mapping(
            values["computer"],
            values["halo_credential"],
            halo_asset=values.get("halo_asset"),
            halo_site=values.get("halo_site"),
            asset_type=values.get("asset_type"),
            wanted_site=values.get("wanted_site"),
            wanted_type=values.get("wanted_type"),
            staff=self.context["request"].user,
        )


def _credential(values: dict[str, Any]) -> HaloCredential:
    """The credential that is named, or that asset, site or company tell. Raises if they disagree."""
    told = {name: values[name].halo_credential for name in _PLACED if values.get(name)}
    named = values.get("halo_credential") or next(iter(told.values()), None) or _of_company(values)
    for name, credential in told.items():
        if credential.pk != named.pk:
            raise serializers.ValidationError({name: "It belongs to another HaloPSA credential."})
    return named


def _of_company(values: dict[str, Any]) -> HaloCredential:
    fitting = HaloCredential.objects.filter(company_mappings__company=values["computer"].company_id)
    found = list(fitting[:2])
    if not found:
        raise serializers.ValidationError(
            {"computer": "Its company is not mapped; only computers of mapped companies can be."}
        )
    if len(found) > 1:
        raise serializers.ValidationError(
            {"halo_credential": "Its company is mapped in more than one HaloPSA credential; name one."}
        )
    return found[0]


class ComputerMappingViewSet(WriteResource):
    """Computers and their Halo assets. Taking a pair apart remembers it: it is not matched again."""

    queryset = ComputerMapping.objects.all()
    serializer_class = ComputerMappingSerializer
    filterset_fields = {
        "computer": ["exact"],
        "computer__company": ["exact"],
        "console": ["exact"],
        "halo_credential": ["exact"],
        "halo_asset": ["exact", "isnull"],
        "origin": ["exact"],
        "created_by_us": ["exact"],
        "held": ["exact"],
    }
    search_fields = ["computer__name", "halo_asset__name", "halo_asset__inventory_number"]
    ordering = ["id"]
    ordering_fields = ["id", "computer__name", "mapped_at"]

    @extend_schema(request=None, responses={200: ComputerMappingSerializer})
    @action(detail=True, methods=["post"], takes_nothing=True)
    def release(self, request: Request, pk: str) -> Response:
        """Let go of a held mapping: the next export looks after it again."""
        mapping = self.get_object()
        release(ComputerMapping.objects.filter(pk=mapping.pk))
        mapping.refresh_from_db()
        return Response(ComputerMappingSerializer(mapping, context={"request": request}).data)

    @extend_schema(request=ManySerializer, responses=DoneSerializer)
    @action(
        detail=False, methods=["post"], url_path="release", filter_backends=[], post_permissions=("change",)
    )
    def release_many(self, request: Request) -> Response:
        """Let go of held mappings: the next export looks after them again."""
        ids = asked_of(request)["ids"]
        return Response(told(release(ComputerMapping.objects.filter(pk__in=ids)), ids))

    @extend_schema(request=None, responses={200: ComputerMappingSerializer})
    @action(detail=True, methods=["post"], takes_nothing=True)
    def retry(self, request: Request, pk: str) -> Response:
        """Let the next export take up a create whose fate nobody knows: it is looked up before it is sent
        again. 409 if none waits for staff."""
        mapping = self.get_object()
        if not retry_lost(mapping):
            raise Conflict(f"Nothing of {mapping.computer} waits for staff (any more).")
        return Response(ComputerMappingSerializer(mapping, context={"request": request}).data)

    def perform_destroy(self, instance: ComputerMapping) -> None:
        """The asset stays as it is, and the pair is not matched again; 409 while its create is unanswered."""
        try:
            remove_computer_mapping(instance, staff=self.request.user)
        except ValidationError as problem:
            raise Conflict(" ".join(problem.messages)) from None
