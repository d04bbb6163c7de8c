"""The OpenAPI description."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import jsonschema
import pytest
import yaml
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from halobridge import openapi_view
from halobridge.openapi_examples import EXAMPLES

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    found: dict[str, Any] = yaml.safe_load(out.getvalue())
    return found


def test_it_is_made_without_a_warning_and_valid(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1")
    assert "/api/v1/events/" in schema["paths"]


def test_secrets_are_only_in_what_is_sent(schema: dict[str, Any]) -> None:
    components = schema["components"]["schemas"]
    secrets = (("HaloCredential", "client_secret"), ("Console", "credentials"), ("AlarmChannel", "address"))
    for name, field in secrets:
        assert field not in components[name]["properties"]
        for sent in (f"{name}Request", f"Patched{name}Request"):
            assert components[sent]["properties"][field]["writeOnly"] is True
    for name, component in components.items():
        for field in component.get("properties", {}):
            assert field not in {"access_token", "hook_token_digest", "digest"}, name


def test_every_operation_tells_its_problems_and_how_to_log_in(schema: dict[str, Any]) -> None:
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            responses = operation["responses"]
            assert {"400", "401", "403", "404", "429", "500"} <= set(responses), path
            assert list(responses["401"]["content"]) == ["application/problem+json"]
            assert operation["description"], (method, path)
            assert {"token": []} in operation["security"]


def test_events_and_pushes_are_one_or_many(schema: dict[str, Any]) -> None:
    components = schema["components"]["schemas"]
    for name in ("PostedEventsRequest", "PushedCompaniesRequest", "PushedComputersRequest"):
        assert [option.get("type", "object") for option in components[name]["oneOf"]] == ["object", "array"]


def test_examples_of_the_main_resources_fit_what_is_described(schema: dict[str, Any]) -> None:
    for name, example in EXAMPLES.items():
        jsonschema.Draft202012Validator({**schema, "$ref": f"#/components/schemas/{name}"}).validate(example)


def test_bodies_take_no_other_names_than_those_described(schema: dict[str, Any]) -> None:
    for name, component in schema["components"]["schemas"].items():
        if name.endswith("Request") and "properties" in component:
            assert component["additionalProperties"] is False, name


def test_lists_tell_whether_their_count_is_exact(schema: dict[str, Any]) -> None:
    page = schema["components"]["schemas"]["PaginatedCompanyList"]
    assert {"count", "count_exact", "next", "previous", "results"} == set(page["properties"])


def test_the_schema_is_served_as_it_is_made(schema: dict[str, Any]) -> None:
    answer = APIClient().get("/api/v1/schema/")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/vnd.oai.openapi")
    assert yaml.safe_load(answer.content) == schema
    told = APIClient().get("/api/v1/schema/?format=json")
    assert told["Content-Type"].startswith("application/vnd.oai.openapi+json")
    assert told.json() == schema
    assert answer["ETag"] != told["ETag"]


def test_it_is_made_once_by_each_process(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    make = SchemaGenerator.get_schema

    def counted(self: SchemaGenerator, *args: Any, **kwargs: Any) -> Any:
        made.append(self)
        return make(self, *args, **kwargs)

    monkeypatch.setattr(SchemaGenerator, "get_schema", counted)
    monkeypatch.setattr(openapi_view, "_made", {})
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: APIClient().get("/api/v1/schema/"), range(3)))
    assert len(made) == 1
    assert len({answer.content for answer in answers}) == 1


def test_who_has_it_is_told_that_it_has_not_changed() -> None:
    first = APIClient().get("/api/v1/schema/")
    assert first["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in first["Vary"]
    again = APIClient(headers={"If-None-Match": first["ETag"]}).get("/api/v1/schema/")
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


def test_the_documentation_has_no_script_of_others_and_none_inside_the_page() -> None:
    page = APIClient().get("/api/v1/docs/").content.decode()
    scripts = [part.split(">", 1) for part in page.split("<script")[1:]]
    assert scripts
    for opening, rest in scripts:
        assert "src=" in opening
        assert "//" not in opening
        assert rest.split("</script>")[0].strip() == ""
    assert "http://" not in page
    assert "https://" not in page
