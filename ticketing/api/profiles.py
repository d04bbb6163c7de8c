"""What a ticket looks like: integration profiles."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.numbers import HaloId
from integrations.api.problems import Conflict
from integrations.api.resources import WriteResource
from integrations.models import HaloClient, HaloCredential, HaloUser
from integrations.runs.request import request_preflight
from ticketing.api.effects import look_again
from ticketing.api.preflights import PreflightActions
from ticketing.api.profile_choices import KIND_OF, SEVERAL, choice_problems
from ticketing.api.profile_preview import PreviewRequestSerializer, PreviewSerializer, preview_of
from ticketing.api.replacing import REPLACEMENT, delete_or_replace
from ticketing.models import IntegrationProfile
from ticketing.profile_copies import CannotCopy, copy_profile
from ticketing.replacing import replace_profile, use_of_profile

JUDGED = (*KIND_OF, "priority")


class _WontFix(serializers.ListField):
    """Halo's own ids of several choices, each once."""

    child = HaloId()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=100, **kwargs)

    def to_internal_value(self, data: Any) -> list[int]:
        return list(dict.fromkeys(super().to_internal_value(data)))


class IntegrationProfileSerializer(KnownNamesOnly, serializers.ModelSerializer[IntegrationProfile]):
    wont_fix_statuses = _WontFix(
        help_text="Halo's ids of statuses: a ticket closed with one keeps its alert quiet."
    )
    wont_fix_categories = _WontFix(help_text="Halo's ids of categories that do the same.")
    # Declared, so that the constraint on defaults does not turn into "a credential has one profile".
    halo_credential = serializers.PrimaryKeyRelatedField(queryset=HaloCredential.objects.all())

    class Meta:
        model = IntegrationProfile
        fields = [
            "id",
            "name",
            "halo_credential",
            "ticket_type",
            "status_open",
            "status_closed",
            "sla",
            "priority",
            "team",
            "agent",
            "client",
            "user",
            "category",
            "urgency",
            "impact",
            "event_set",
            "note_action",
            "closing_action",
            "mail_end_user",
            "run_halo_rules",
            "wait_minutes",
            "grouping",
            "public_notes",
            "public_closing",
            "note_minutes",
            "closing_policy",
            "quiet_minutes",
            "reopen_hours",
            "after_person",
            "after_person_hours",
            "wont_fix_statuses",
            "wont_fix_categories",
            "summary_template",
            "body_template",
            "is_default",
        ]
        validators: list[Any] = []  # names and defaults are judged below, in words

    def validate_halo_credential(self, credential: HaloCredential) -> HaloCredential:
        if self.instance is not None and credential.pk != self.instance.halo_credential_id:
            raise serializers.ValidationError(
                "A profile stays with its HaloPSA credential; make another profile."
            )
        return credential

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        credential = attrs.get("halo_credential") or self.instance.halo_credential  # type: ignore[union-attr]
        values = {name: self._value(attrs, name) for name in JUDGED}
        values |= {name: self._value(attrs, name) or [] for name in SEVERAL}
        judged = {*JUDGED, *SEVERAL} & set(attrs)
        problems = choice_problems(credential, values) if judged else {}
        for name in ("client", "user"):
            row: HaloClient | HaloUser | None = attrs.get(name)
            if row is not None and row.halo_credential_id != credential.pk:
                problems[name] = "It belongs to another HaloPSA credential."
        if problems:
            raise serializers.ValidationError(problems)
        self._refuse_taken_name(credential, attrs)
        return attrs

    def _value(self, attrs: dict[str, Any], name: str) -> Any:
        return attrs[name] if name in attrs else getattr(self.instance, name, None)

    def _refuse_taken_name(self, credential: HaloCredential, attrs: dict[str, Any]) -> None:
        same = IntegrationProfile.objects.filter(halo_credential=credential, name=attrs.get("name"))
        if self.instance is not None:
            same = same.exclude(pk=self.instance.pk)
        if same.exists():
            raise Conflict(f"This HaloPSA credential has a profile called {attrs['name']} already.")

    def save(self, **kwargs: Any) -> IntegrationProfile:
        profile: IntegrationProfile = super().save(**kwargs)
        request_preflight(profile.halo_credential)
        look_again(profile.halo_credential)
        return profile

    def create(self, validated_data: dict[str, Any]) -> IntegrationProfile:
        with transaction.atomic():
            _make_room(validated_data["halo_credential"], validated_data)
            return super().create(validated_data)

    def update(self, instance: IntegrationProfile, validated_data: dict[str, Any]) -> IntegrationProfile:
        with transaction.atomic():
            _make_room(instance.halo_credential, validated_data)
            if set(validated_data) == {"is_default"}:
                # Nothing of its tickets changes, so what is known about them stays true.
                IntegrationProfile.objects.filter(pk=instance.pk).update(**validated_data)
                instance.refresh_from_db()
                return instance
            return super().update(instance, validated_data)


class CopySerializer(KnownNamesOnly, serializers.Serializer[Any]):
    halo_credential = serializers.PrimaryKeyRelatedField(queryset=HaloCredential.objects.all())
    name = serializers.CharField(max_length=100)

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        return {"credential": values["halo_credential"], "name": values["name"]}


class CopiedSerializer(serializers.Serializer[Any]):
    profile = serializers.IntegerField(help_text="Our id of the copy.")
    left_out = serializers.ListField(
        child=serializers.CharField(), help_text="Choices that the other HaloPSA does not have: empty now."
    )


def _make_room(credential: HaloCredential, values: dict[str, Any]) -> None:
    """Only one is the credential's default: the new one takes over from the one before."""
    if values.get("is_default"):
        IntegrationProfile.objects.filter(halo_credential=credential, is_default=True).update(
            is_default=False
        )


class IntegrationProfileViewSet(PreflightActions, WriteResource):
    """What tickets look like. Choices that live in HaloPSA go by Halo's own id, see /halo-options/."""

    queryset = IntegrationProfile.objects.all()
    serializer_class = IntegrationProfileSerializer
    filterset_fields = ["name", "halo_credential", "event_set", "ticket_type", "is_default"]
    search_fields = ["name"]
    ordering_fields = ["id", "name", "halo_credential"]
    parameters = {"destroy": ("replacement",)}

    @extend_schema(request=PreviewRequestSerializer, responses={200: PreviewSerializer})
    @action(detail=True, methods=["post"], filter_backends=[])
    def preview(self, request: Request, pk: str) -> Response:
        """The texts that a ticket would have, by the templates sent or the profile's own. Writes nothing."""
        return Response(PreviewSerializer(preview_of(self.get_object(), request.data)).data)

    @extend_schema(parameters=[REPLACEMENT])
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One that is in use needs another of its credential that takes its place, tickets included."""
        row = self.get_object()
        others = IntegrationProfile.objects.exclude(pk=row.pk)
        delete_or_replace(request, row, use_of_profile(row), others, replace_profile)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=CopySerializer, responses={201: CopiedSerializer})
    @action(detail=True, methods=["post"], filter_backends=[])
    def copy(self, request: Request, pk: str) -> Response:
        """The same profile once more; in another HaloPSA the choices are looked for by their names."""
        sent = CopySerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            copied = copy_profile(self.get_object(), **sent.validated_data)
        except CannotCopy as problem:
            raise Conflict(str(problem)) from None
        told = {"profile": copied.profile.pk, "left_out": copied.left_out}
        return Response(CopiedSerializer(told).data, status.HTTP_201_CREATED)
