"""The OpenAPI description: how to log in, and what every operation may answer when something is wrong."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final, Literal

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

    def get_operation_id(self) -> str:
        """What is done to many has a name of its own beside what is done to one."""
        name: str = super().get_operation_id()
        many = str(getattr(self.view, "action", "")).endswith("_many")
        return f"{name}_many" if many else name

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """A choice that is only read may be blank where its column may: DRF asks that of input alone."""
        if isinstance(field, serializers.ChoiceField) and field.read_only:
            field.allow_blank = field.allow_blank or _may_be_blank(field)
        return super()._map_serializer_field(field, direction, bypass_extensions)

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


def _may_be_blank(field: Any) -> bool:
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    columns = {one.name: one for one in model._meta.get_fields()} if model else {}
    return bool(getattr(columns.get(field.source), "blank", False))


# ---- hooks of drf-spectacular ---------------------------------------------------------------

TIME_OF_DAY: Final = "^[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?$"


def exact_schemas(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Times of day have no zone, JSON may be null, and no other names are taken than these."""
    for name, component in result["components"]["schemas"].items():
        if name.endswith("Request") and "properties" in component:
            component["additionalProperties"] = False
    _make_exact(result)
    return result


def _make_exact(part: Any) -> None:
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _make_exact(inner)
    if not isinstance(part, dict):
        return
    if part.get("type") == "string" and part.get("format") == "time":
        del part["format"]
        part["pattern"] = TIME_OF_DAY
    if {} in (part.get("oneOf") or ()):
        del part["oneOf"]


def one_or_many(name: str, serializer: type[serializers.Serializer[Any]]) -> PolymorphicProxySerializer:
    """A body that is one object or an array of them."""
    return PolymorphicProxySerializer(
        component_name=name,
        serializers=[serializer, serializer(many=True)],
        resource_type_field_name=None,
        many=False,
    )
