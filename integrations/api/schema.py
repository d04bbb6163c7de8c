"""The OpenAPI description: how to log in, and what every operation may answer when something is wrong."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from integrations.api.problems import MEDIA_TYPE


class ProblemSerializer(serializers.Serializer[Any]):
    """Problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="One or more sentences for a person.")
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Sentences by field; `non_field_errors` for what concerns none alone.",
    )


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "integrations.api.authentication.ApiTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Authorization: Token <key>`; `manage.py create_token` makes a key.",
        }


class ProblemSchema(AutoSchema):
    """Adds the problems that each operation may answer."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for code in self._problem_codes():
            bodies.setdefault(str(code), self._problem_body(code))
        return bodies

    def _problem_codes(self) -> list[int]:
        codes = [400, 401, 403, 404, 405, 406]
        if self.method in ("POST", "PUT", "PATCH"):
            codes += [409, 413, 415]
        elif self.method == "DELETE":
            codes += [409]
        return [*codes, 429, 500]

    def _problem_body(self, code: int) -> dict[str, Any]:
        component = self.resolve_serializer(ProblemSerializer, "response")
        return {
            "description": HTTPStatus(code).phrase,
            "content": {MEDIA_TYPE: {"schema": component.ref}},
        }


def one_or_many(name: str, serializer: type[serializers.Serializer[Any]]) -> PolymorphicProxySerializer:
    """A body that is one object or an array of them."""
    return PolymorphicProxySerializer(
        component_name=name,
        serializers=[serializer, serializer(many=True)],
        resource_type_field_name=None,
        many=False,
    )
