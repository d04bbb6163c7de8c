"""The OpenAPI description as schemathesis reads it, with the ids of a world in the places of ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import schemathesis
from django.contrib.auth.models import User
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.db.models import Model
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi import checks

from halobridge.urls import router
from integrations import models as integrations
from mappings import models as mappings
from ticketing import models as ticketing

NOT_THERE = 999_999_999
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
]
ROWS: dict[str, type[Model]] = {
    "account": User,
    "alert": ticketing.Alert,
    "asset": integrations.HaloAsset,
    "associated_company": integrations.Company,
    "client": integrations.HaloClient,
    "companies": integrations.Company,
    "company": integrations.Company,
    "company_mapping": mappings.CompanyMapping,
    "company_mappings": mappings.CompanyMapping,
    "computer": integrations.Computer,
    "computers": integrations.Computer,
    "console": integrations.Console,
    "event": integrations.Event,
    "event_set": ticketing.EventSet,
    "halo_asset": integrations.HaloAsset,
    "halo_client": integrations.HaloClient,
    "halo_clients": integrations.HaloClient,
    "halo_credential": integrations.HaloCredential,
    "halo_site": integrations.HaloSite,
    "location": integrations.Location,
    "mappings": mappings.CompanyMapping,
    "profile": ticketing.IntegrationProfile,
    "replacement": ticketing.EventSet,
    "run": integrations.Run,
    "speaks_for": integrations.Console,
    "suggestions": mappings.CompanySuggestion,
    "user": integrations.HaloUser,
    "wanted_site": integrations.HaloSite,
}
"""What the names of ids in bodies and queries are about."""


PARENTS: dict[str, Any] = {
    "asset": integrations.HaloSoftware,
    "plan": integrations.PlannedChange,
    "position": integrations.PlannedChange,
    "run": integrations.Entry,
    "sheet": mappings.SheetRow,
}
"""Rows below another row, by the name of the id in the path."""


def read_description() -> BaseSchema:
    """For the world that the database holds."""
    described = SchemaGenerator().get_schema(request=None, public=True)
    for path, operations in described["paths"].items():
        for parameter in (
            one for operation in operations.values() for one in operation.get("parameters", ())
        ):
            parameter["schema"] = _known(path, parameter)
    for called, component in described["components"]["schemas"].items():
        for name, place in component.get("properties", {}).items() if called.endswith("Request") else ():
            _offer(place, _newest(name))
    schema = schemathesis.openapi.from_dict(described)
    schema.app = get_wsgi_application()
    return schema


def _known(path: str, parameter: dict[str, Any]) -> dict[str, Any]:
    name, place = parameter["name"], parameter["schema"]
    if parameter["in"] != "path":
        _offer(place, _newest(name))
    elif name == "key":
        return {"type": "string", "enum": ["backup.failed", "no.such"]}
    else:
        before = path.split(f"/{{{name}}}")[0].removeprefix("/api/v1/")
        return {"type": "integer", "enum": [_row_of(before, name), NOT_THERE]}
    return place


@cache
def _viewsets() -> dict[str, Any]:
    return {prefix: viewset for prefix, viewset, _ in router.registry}


def _row_of(resource: str, name: str) -> int:
    if name in PARENTS:
        return int(
            getattr(PARENTS[name].objects.latest("pk"), "position" if name == "position" else f"{name}_id")
        )
    return int(_viewsets()[resource].queryset.latest("pk").pk)


def _newest(name: str) -> int | None:
    return ROWS[name]._default_manager.latest("pk").pk if name in ROWS else None


def _offer(place: dict[str, Any], number: int | None) -> None:
    """Where a row's id belongs, an id that is there."""
    for part in (place, place.get("items", {}), *place.get("oneOf", ())):
        if number is not None and part.get("type") in ("integer", ["integer", "null"]):
            part["enum"] = [number, NOT_THERE]


@contextmanager
def one_connection() -> Iterator[None]:
    """The end of a request leaves the database's connection open: the test's transaction belongs to it."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in ends:
            signal.connect(close_old_connections)


def path_of(path: str) -> str:
    """The path with the ids of the newest rows."""
    while "{" in path:
        before, _, rest = path.partition("/{")
        name, _, after = rest.partition("}")
        known = "backup.failed" if name == "key" else _row_of(before.removeprefix("/api/v1/"), name)
        path = f"{before}/{known}{after}"
    return path


def operations_of(schema: BaseSchema, part: int, parts: int) -> Iterator[APIOperation[Any, Any]]:
    for position, found in enumerate(schema.get_all_operations()):
        if position % parts == part:
            yield found.ok()


def call_each_way(
    operation: APIOperation[Any, Any], call: Callable[..., None], examples: int, boundaries: bool
) -> None:
    """`call` with cases that fit the description and cases that do not; the same ones each time."""
    load_all_checks()
    config = operation.schema.config
    config.phases.coverage.enabled = boundaries
    test = build_operation_test(
        config=config,
        operation=operation,
        test_func=call,
        given_kwargs={},
        feedback=FeedbackSources(),
        explicit_settings=settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
        ),
    )
    test()
