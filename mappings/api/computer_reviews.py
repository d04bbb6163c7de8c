"""Computers to review: what matching leaves to staff, with the evidence, decided by a call."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.many import DoneSerializer, ManySerializer, asked_of, told
from integrations.api.problems import Conflict
from integrations.api.resources import ReadResource
from integrations.models import HaloAsset, HaloSite
from mappings.linking import NothingToDecide, decide, decisions_for, match_again
from mappings.linking.comparing import Comparison, Thing, compare
from mappings.linking.deciding_many import FOR_MANY, decide_many
from mappings.models import ComputerReview, ReviewDecision


class ComputerReviewSerializer(serializers.ModelSerializer[ComputerReview]):
    decisions = serializers.SerializerMethodField(help_text="What can be decided; none once it is.")

    class Meta:
        model = ComputerReview
        fields = [
            "id",
            "halo_credential",
            "computer",
            "kind",
            "reason",
            "candidates",
            "rivals",
            "found_at",
            "decisions",
            "decision",
            "decided_at",
            "decided_by",
        ]
        read_only_fields = fields

    def get_decisions(self, row: ComputerReview) -> list[str]:
        return [one.value for one in decisions_for(row)] if row.is_open else []


class DecisionSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    decision = serializers.ChoiceField(choices=ReviewDecision.choices)
    halo_asset = serializers.PrimaryKeyRelatedField(
        queryset=HaloAsset.objects.all(),
        required=False,
        allow_null=True,
        help_text="With `link`: one of the candidates (our id).",
    )
    halo_site = serializers.PrimaryKeyRelatedField(
        queryset=HaloSite.objects.all(),
        required=False,
        allow_null=True,
        help_text="With `move`: a site of the new client; absent: its default site.",
    )


class DecideManySerializer(ManySerializer):
    decision = serializers.ChoiceField(
        choices=[(one.value, str(one.label)) for one in FOR_MANY],
        help_text="What needs no asset and no site to be chosen.",
    )


class EvidenceSerializer(serializers.Serializer[Any]):
    """One computer or asset beside the computer that is asked about."""

    kind = serializers.ChoiceField(choices=["computer", "rival", "asset"])
    id = serializers.IntegerField(help_text="Ours.")
    name = serializers.CharField()
    agrees = serializers.ListField(child=serializers.CharField(), help_text="Keys that are the same.")
    differs = serializers.ListField(child=serializers.CharField(), help_text="Keys that speak against it.")
    values = serializers.DictField(child=serializers.CharField(), help_text="By kind of key.")


class ComputerReviewViewSet(ReadResource):
    """What matching does not decide: several computers for one asset, several assets for one computer,
    evidence that disagrees, computers that moved to another company. `decided_at__isnull=true`: open ones."""

    queryset = ComputerReview.objects.all()
    serializer_class = ComputerReviewSerializer
    post_permissions = ("decide",)
    filterset_fields = {
        "halo_credential": ["exact"],
        "computer": ["exact"],
        "computer__console": ["exact"],
        "computer__company": ["exact"],
        "kind": ["exact"],
        "decision": ["exact"],
        "decided_at": ["isnull"],
    }
    search_fields = ["computer__name", "reason"]
    ordering = ["id"]
    ordering_fields = ["id", "found_at", "decided_at"]

    @extend_schema(responses={200: EvidenceSerializer(many=True)})
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def evidence(self, request: Request, pk: str) -> Response:
        """Side by side, as the facts are now: the computer, its rivals, the assets."""
        return Response(EvidenceSerializer(_evidence(compare(self.get_object())), many=True).data)

    @extend_schema(request=DecisionSerializer, responses={200: ComputerReviewSerializer})
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Settle it. Nothing is sent to HaloPSA: the next plan shows what has to be. 409 if it is settled."""
        wanted = DecisionSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            review = decide(self.get_object(), staff=request.user, **wanted.validated_data)
        except NothingToDecide as problem:
            raise Conflict(str(problem)) from None
        match_again(review.halo_credential)
        return Response(ComputerReviewSerializer(review).data)

    @extend_schema(request=DecideManySerializer, responses={200: DoneSerializer})
    @action(
        detail=False, methods=["post"], url_path="decide", filter_backends=[], post_permissions=("decide",)
    )
    def decide_many(self, request: Request) -> Response:
        """Settle many in one way; what is settled already, or cannot be decided so, is left alone."""
        wanted = asked_of(request, DecideManySerializer)
        outcomes = decide_many(wanted["ids"], wanted["decision"], request.user)
        done = [one.review for one in outcomes if not one.problem]
        for credential in {review.halo_credential for review in done}:
            match_again(credential)
        return Response(told(len(done), wanted["ids"]))


def _evidence(found: Comparison) -> list[dict[str, Any]]:
    return [
        _thing("computer", found.computer),
        *(_thing("rival", thing) for thing in found.rivals),
        *(_thing("asset", thing) for thing in found.assets),
    ]


def _thing(kind: str, thing: Thing) -> dict[str, Any]:
    return {
        "kind": kind,
        "id": thing.row.pk,
        "name": thing.row.name,
        "agrees": thing.agreeing,
        "differs": thing.contradicting,
        "values": {one.name: one.value for one in thing.evidence if one.value},
    }
