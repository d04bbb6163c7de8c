"""API tokens. The key is answered once, where it is made; a token is revoked, not deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone
from django_filters import ModelChoiceFilter
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.queries import Filters
from integrations.api.resources import ReadResource
from integrations.models import ApiToken
from integrations.models.tokens import MANAGE_TOKENS, tokens_seen_by

ENDS_WITH: Final = "What a token makes ends with it at the latest."


class ApiTokenSerializer(KnownNamesOnly, serializers.ModelSerializer[ApiToken]):
    class Meta:
        model = ApiToken
        read_only_fields = ["id", "prefix", "created_at", "last_used_at", "revoked_at"]
        fields = [*read_only_fields, "name", "account", "scope", "expires_at"]
        extra_kwargs = {
            "account": {
                "source": "user",
                "required": False,
                "help_text": "It acts for this staff account, and may never do more than it. Absent: your "
                "own; only who looks after tokens makes one for somebody else.",
            },
            "scope": {"required": True, "help_text": "The least that suffices."},
            "expires_at": {"help_text": f"Absent or null: until it is revoked. {ENDS_WITH}"},
        }

    def validate_expires_at(self, ends: datetime | None) -> datetime | None:
        if ends is not None and ends <= timezone.now():
            raise serializers.ValidationError("This is over already.")
        return ends

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        request = self.context["request"]
        attrs.setdefault("user", request.user)
        if attrs["user"] != request.user and not request.user.has_perm(MANAGE_TOKENS):
            raise PermissionDenied("Only who looks after tokens makes one for another account.")
        last = getattr(request.auth, "expires_at", None)
        attrs["expires_at"] = attrs.get("expires_at") or last
        if last is not None and attrs["expires_at"] > last:
            raise serializers.ValidationError({"expires_at": ENDS_WITH})
        return attrs


class MadeTokenSerializer(ApiTokenSerializer):
    key = serializers.SerializerMethodField(
        help_text="For `Authorization: Token <key>`. Answered this once: only its digest is stored."
    )

    class Meta(ApiTokenSerializer.Meta):
        read_only_fields = [*ApiTokenSerializer.Meta.read_only_fields, "key"]
        fields = [*ApiTokenSerializer.Meta.fields, "key"]

    def get_key(self, token: ApiToken) -> str:
        return str(self.context["key"])


class ApiTokenFilters(Filters):
    account = ModelChoiceFilter(field_name="user", queryset=get_user_model().objects.all())

    class Meta:
        model = ApiToken
        fields = {
            "scope": ["exact", "in"],
            "revoked_at": ["isnull"],
            "expires_at": ["isnull", "lt"],
            "last_used_at": ["isnull", "lt"],
        }


class ApiTokenViewSet(mixins.CreateModelMixin, ReadResource):
    """Keys of this API: one's own, and for who looks after tokens or staff accounts those of all."""

    queryset = ApiToken.objects.all()
    serializer_class = ApiTokenSerializer
    filterset_class = ApiTokenFilters
    search_fields = ["name", "prefix"]
    ordering_fields = ["id", "name", "created_at", "expires_at", "last_used_at"]

    def get_queryset(self) -> QuerySet[ApiToken]:
        return tokens_seen_by(self.request.user)

    @extend_schema(responses={201: MadeTokenSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make a token; the answer has its key, this once."""
        wanted = self.get_serializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        token = ApiToken(**wanted.validated_data)
        key = token.set_new_key()
        token.save()
        made = MadeTokenSerializer(token, context={**self.get_serializer_context(), "key": key})
        return Response(made.data, 201, headers={"Cache-Control": "no-store"})

    @extend_schema(request=None, responses=ApiTokenSerializer)
    @action(detail=True, methods=["post"], takes_nothing=True)
    def revoke(self, request: Request, pk: str) -> Response:
        """Refuse it from now on; this cannot be undone. Repeating is safe."""
        token: ApiToken = self.get_object()
        if token.user_id != request.user.pk and not request.user.has_perm(MANAGE_TOKENS):
            raise PermissionDenied("Only who looks after tokens revokes one of another account.")
        token.revoke()
        token.refresh_from_db()
        return Response(self.get_serializer(token).data)
