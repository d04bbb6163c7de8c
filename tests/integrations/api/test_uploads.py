"""Spreadsheets by REST: the file in, the preview out, applied by checksum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from integrations.api import uploads, waiting
from integrations.choices import RunKind, RunState
from integrations.management.reporting import execute_here
from integrations.models import Company, Console, Run, Upload
from tests.builders import make_console
from tests.integrations.api.clients import make_caller
from tests.integrations.sync.tables.sheets import csv_of

pytestmark = pytest.mark.django_db
ROWS = [["Company ID", "Company"], ["c1", "Pine"], ["", "Nameless"]]
LIST = "/api/v1/uploads/"


@pytest.fixture
def console() -> Console:
    return make_console(kind="spreadsheet")


@pytest.fixture(autouse=True)
def queue_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue has done its work before anybody looks."""
    real: Callable[..., Run] = uploads.request_look

    def and_done(upload: Upload, **more: Any) -> Run:
        run = execute_here(real(upload, **more))
        upload.refresh_from_db()
        return run

    monkeypatch.setattr(uploads, "request_look", and_done)


def send(caller: APIClient, console: Console, content: bytes = csv_of(ROWS), **values: Any) -> Any:
    file = SimpleUploadedFile("list.csv", content)
    return caller.post(
        f"/api/v1/consoles/{console.pk}/uploads/", {"what": "companies", "file": file, **values}
    )


def test_a_file_is_answered_with_its_preview_and_stores_nothing(console: Console) -> None:
    answer = send(make_caller(), console, complete="true")
    told = answer.json()

    assert answer.status_code == 201
    assert answer["Location"].endswith(f"{LIST}{told['id']}/")
    assert (told["state"], told["complete"], told["rows"]) == ("ready", True, 2)
    assert told["columns"] == ["external_id", "name"]
    assert told["counts"]["new"] == 1
    assert told["counts"]["not usable"] == 1
    assert len(told["checksum"]) == 64
    assert "content" not in told
    assert not Company.objects.exists()


def test_bad_rows_are_the_results_of_the_look(console: Console) -> None:
    caller = make_caller()
    run = send(caller, console).json()["look_run"]
    (row,) = caller.get(f"/api/v1/runs/{run}/entries/?outcome=failed").json()["results"]

    assert (row["subject"], row["reason"]) == ("Row 3", "Company ID: empty, and rows are told apart by it.")


def test_it_is_applied_by_its_checksum_once(console: Console) -> None:
    caller = make_caller()
    told = send(caller, console).json()
    address = f"{LIST}{told['id']}/apply/"
    first = caller.post(address, {"checksum": told["checksum"]}, format="json")
    again = caller.post(address, {"checksum": told["checksum"]}, format="json")

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    run = execute_here(Run.objects.get(kind=RunKind.APPLY_UPLOAD))
    assert run.state == RunState.PARTIAL
    assert Company.objects.get().external_id == "c1"
    assert caller.get(f"{LIST}{told['id']}/").json()["state"] == "applied"


def test_another_checksum_is_a_conflict(console: Console) -> None:
    caller = make_caller()
    told = send(caller, console).json()
    answer = caller.post(f"{LIST}{told['id']}/apply/", {"checksum": "0" * 64}, format="json")

    assert answer.status_code == 409
    assert "look at it again" in answer.json()["detail"]


def test_columns_are_corrected_and_looked_at_again(console: Console) -> None:
    caller = make_caller()
    told = send(caller, console, csv_of([["Thing"], ["Pine"], ["Oak"]])).json()
    assert (told["state"], told["reason"]) == ("asks", "No column is taken for “Company”; choose one.")

    wanted = {"columns": ["name"], "keys": ["name"]}
    answer = caller.patch(f"{LIST}{told['id']}/", wanted, format="json")
    assert answer.status_code == 200
    assert answer.json()["counts"]["new"] == 2
    assert caller.put(f"{LIST}{told['id']}/", wanted, format="json").status_code == 405


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"columns": ["name", "name", "name"]}, "The sheet has 2 columns"),
        ({"columns": ["name", "colour"]}, "no field 'colour'"),
        ({"order": "year"}, "not a valid choice"),
        ({"columns": "name"}, "Expected a list"),
    ],
)
def test_what_cannot_be_chosen_is_a_bad_request(console: Console, wanted: Any, sentence: str) -> None:
    caller = make_caller()
    told = send(caller, console).json()
    answer = caller.patch(f"{LIST}{told['id']}/", wanted, format="json")

    assert answer.status_code == 400
    assert sentence in answer.json()["detail"]


def test_what_was_applied_is_not_changed(console: Console) -> None:
    caller = make_caller()
    told = send(caller, console).json()
    caller.post(f"{LIST}{told['id']}/apply/", {"checksum": told["checksum"]}, format="json")

    assert caller.patch(f"{LIST}{told['id']}/", {"complete": True}, format="json").status_code == 409


@pytest.mark.parametrize(
    ("values", "name"),
    [({"what": "printers"}, "what"), ({"file": ""}, "file"), ({"complete": "perhaps"}, "complete")],
)
def test_bad_input_is_told_by_field(console: Console, values: dict[str, str], name: str) -> None:
    answer = send(make_caller(), console, **values)
    assert answer.status_code == 400
    assert name in answer.json()["errors"]


def test_a_file_that_cannot_be_read_is_a_bad_request(console: Console) -> None:
    answer = send(make_caller(), console, b"%PDF-1.4")
    assert answer.status_code == 400
    assert answer.json()["errors"]["file"][0].startswith("This is a PDF.")
    assert not Upload.objects.exists()


def test_only_such_consoles_take_files() -> None:
    assert send(make_caller(), make_console(kind="push")).status_code == 409
    assert send(make_caller(), make_console(kind="spreadsheet", enabled=False)).status_code == 409


def test_uploading_needs_a_right_of_its_own(console: Console) -> None:
    looker = make_caller("integrations.view_console", "integrations.view_upload")
    assert send(looker, console).status_code == 403
    mover = make_caller("integrations.upload_console")
    told = send(mover, console).json()
    assert mover.get(f"{LIST}{told['id']}/").status_code == 200
    assert looker.get(f"{LIST}{told['id']}/").status_code == 200
    checksum = {"checksum": told["checksum"]}
    assert looker.post(f"{LIST}{told['id']}/apply/", checksum, format="json").status_code == 403
    assert looker.patch(f"{LIST}{told['id']}/", {}, format="json").status_code == 403
    assert make_caller("integrations.view_run").get(LIST).status_code == 403


def test_json_is_no_file(console: Console) -> None:
    answer = make_caller().post(
        f"/api/v1/consoles/{console.pk}/uploads/", {"what": "companies"}, format="json"
    )
    assert answer.status_code == 415


def test_a_preview_that_is_not_there_in_time_is_asked_for_later(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    from integrations.runs.uploads import request_look

    monkeypatch.setattr(uploads, "request_look", request_look)
    monkeypatch.setattr(waiting, "LONGEST_WAIT", 0.0)
    answer = send(make_caller(), console)

    assert answer.status_code == 202
    assert (answer.json()["state"], answer.json()["checksum"]) == ("looking", "")
