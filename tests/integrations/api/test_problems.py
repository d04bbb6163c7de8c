"""Every error is a problem document."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError as ModelError
from django.db import IntegrityError
from rest_framework.test import APIClient

from integrations.api import event_types
from integrations.api.problems import flatten
from integrations.models import Console, HaloCredential
from mappings.models import CompanyMapping
from tests.builders import make_console, make_credential
from tests.integrations.api.clients import make_caller, make_company, make_halo_client

pytestmark = pytest.mark.django_db


def assert_problem(answer: object, status: int) -> dict[str, object]:
    assert answer.status_code == status  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/problem+json"  # type: ignore[index]
    body = answer.json()  # type: ignore[attr-defined]
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["status"] == status
    assert body["detail"]
    return body


def test_a_bad_field_is_named() -> None:
    body = assert_problem(make_caller().post("/api/v1/event-sets/", {"event_types": []}, format="json"), 400)
    assert list(body["errors"]) == ["name"]
    assert "name" in str(body["detail"])


def test_broken_json_is_a_bad_request() -> None:
    answer = make_caller().post("/api/v1/event-sets/", "{", content_type="application/json")
    assert_problem(answer, 400)


def test_json_nested_beyond_reason_is_a_bad_request() -> None:
    deep = "[" * 100_000
    answer = make_caller().post("/api/v1/event-sets/", deep, content_type="application/json")
    assert_problem(answer, 400)


def test_an_array_where_an_object_belongs_is_a_bad_request() -> None:
    assert_problem(make_caller().post("/api/v1/event-sets/", [1], format="json"), 400)


def test_a_missing_permission_is_forbidden() -> None:
    assert_problem(make_caller("integrations.view_run").get("/api/v1/consoles/"), 403)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/consoles/4711/",
        "/api/v1/consoles/99999999999999999999999999/",
        "/api/v1/consoles/word/",
        "/api/v1/nothing/",
        "/api/v1/runs/4711/entries/",
        "/api/v1/runs/99999999999999999999999999/entries/",
        "/api/v1/consoles/?page=2",
        "/api/v1/consoles/?page=0",
        "/api/v1/consoles/?page=x",
        "/api/v1/consoles/?page=9999999999999999999",
        "/api/v1/event-types/no.such/",
    ],
)
def test_what_is_not_there_is_not_found(path: str) -> None:
    assert_problem(make_caller().get(path), 404)


def test_an_unknown_method_is_told() -> None:
    answer = make_caller().delete("/api/v1/events/")
    assert_problem(answer, 405)
    assert "GET" in answer["Allow"]


def test_what_is_sent_to_an_address_without_its_slash_is_refused_and_not_lost_in_a_redirect() -> None:
    caller = make_caller()
    body = assert_problem(caller.post("/api/v1/events", {"external_id": "1"}, format="json"), 404)
    assert "slash" in str(body["detail"])
    assert caller.get("/api/v1/events").status_code == 301


def test_a_host_that_is_not_ours_is_told() -> None:
    assert_problem(make_caller().get("/api/v1/events/", HTTP_HOST="elsewhere.example"), 400)


def test_an_unknown_media_type_is_told() -> None:
    caller = make_caller()
    assert_problem(caller.post("/api/v1/event-sets/", "a=b", content_type="text/plain"), 415)
    assert_problem(caller.get("/api/v1/event-sets/", HTTP_ACCEPT="text/csv"), 406)


def test_a_body_that_is_too_large_is_refused(settings: object) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000  # type: ignore[attr-defined]
    answer = make_caller().post("/api/v1/event-sets/", {"name": "x" * 2000}, format="json")
    assert "1,000 bytes" in str(assert_problem(answer, 413)["detail"])


@pytest.mark.parametrize(
    "query",
    [
        "console=word",
        "console=99999999999999999999999",
        "active=%00",
        "name=%00",
        "search=%00",
        "console=4711",
    ],
)
def test_a_filter_that_makes_no_sense_is_a_bad_request(query: str) -> None:
    answer = make_caller().get(f"/api/v1/companies/?{query}")
    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        assert_problem(answer, 400)


@pytest.mark.parametrize(
    "query", ["halo_id=1e400", "halo_id=NaN", "halo_id=99999999999999999999", "asset_type=1e300"]
)
def test_numbers_beyond_every_range_do_no_harm(query: str) -> None:
    answer = make_caller().get(f"/api/v1/halo-assets/?{query}")
    assert answer.status_code in (200, 400), answer.content


def test_what_is_in_use_is_not_deleted() -> None:
    credential, console = make_credential(), make_console()
    company, client = make_company(console), make_halo_client(credential)
    CompanyMapping.objects.create(company=company, halo_credential=credential, halo_client=client)
    body = assert_problem(make_caller().delete(f"/api/v1/halo-credentials/{credential.pk}/"), 409)
    assert "still in use" in str(body["detail"])
    assert HaloCredential.objects.filter(pk=credential.pk).exists()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ModelError({"name": ["Too long."]}), 400),
        (ModelError("Just no."), 400),
        (IntegrityError("UNIQUE constraint failed: secret_table.column"), 409),
    ],
)
def test_errors_of_the_lower_floors_are_translated(
    error: Exception, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(request: object) -> None:
        raise error

    monkeypatch.setattr(event_types, "_chosen", fail)
    answer = make_caller().get("/api/v1/event-types/")
    assert_problem(answer, status)
    assert "secret_table" not in answer.content.decode()


def test_what_nobody_foresaw_is_a_500_without_details(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(request: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(event_types, "_chosen", fail)
    caller: APIClient = make_caller()
    caller.raise_request_exception = False
    answer = caller.get("/api/v1/event-types/")
    assert "log of the server" in str(assert_problem(answer, 500)["detail"])
    assert "swordfish" not in answer.content.decode()


def test_an_address_outside_of_the_api_keeps_its_page() -> None:
    answer = APIClient().get("/no-such-page/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_nested_errors_become_paths() -> None:
    assert flatten(
        {"credentials": {"key": ["Missing."]}, "list": [{}, {"name": ["Bad."]}], "plain": ["A", "B"]}
    ) == {
        "credentials.key": ["Missing."],
        "list.1.name": ["Bad."],
        "plain": ["A", "B"],
    }
    assert flatten(["Alone."]) == {"non_field_errors": ["Alone."]}


def test_a_name_that_is_taken_is_told_by_field() -> None:
    make_console(name="Backup")
    answer = make_caller().post("/api/v1/consoles/", {"name": "Backup", "kind": "push"}, format="json")
    assert "name" in assert_problem(answer, 400)["errors"]
    assert Console.objects.count() == 1


def test_half_a_character_in_a_sentence_does_not_break_the_answer() -> None:
    body = '{"name": "N", "kind": "\\ud800", "credentials": {"\\ud800": "x"}}'
    answer = make_caller().post("/api/v1/consoles/", body, content_type="application/json")
    assert "kind" in assert_problem(answer, 400)["errors"]
