"""What is posted: arrays, types of values, several objects at once."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from integrations.sandbox.server import Sandbox
from tests.integrations.sandbox.callers import HaloCaller, make_asset, make_note, make_ticket


def test_an_unwrapped_object_is_refused(sandbox: Sandbox, halo: HaloCaller) -> None:
    answer = halo.post("Asset", make_asset(sandbox))
    assert answer.status_code == 400
    assert "could not be converted" in answer.text


def test_a_decimal_is_no_id_but_a_string_may_be_one(sandbox: Sandbox, halo: HaloCaller) -> None:
    answer = halo.post("Asset", [make_asset(sandbox, client_id=12.0)])
    assert answer.status_code == 400
    assert answer.json() == {"[0].client_id": ["The JSON value could not be converted to System.Int32."]}
    assert halo.write("Asset", make_asset(sandbox, client_id="12"))["client_id"] == 12


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"client_id": "twelve"}, "[0].client_id"),
        ({"client_id": True}, "[0].client_id"),
        ({"inactive": "true"}, "[0].inactive"),
        ({"notes": {}}, "[0].notes"),
        ({"warranty_end": "soon"}, "[0].warranty_end"),
        ({"fields": {"id": 1}}, "[0].fields"),
        ({"fields": [{"id": 1.0, "value": "x"}]}, "[0].fields[0].id"),
    ],
)
def test_a_value_of_another_type_names_its_place(
    sandbox: Sandbox, halo: HaloCaller, wrong: dict[str, Any], path: str
) -> None:
    answer = halo.post("Asset", [make_asset(sandbox, **wrong)])
    assert (answer.status_code, list(answer.json())) == (400, [path])


def test_null_counts_as_not_sent(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("Asset", make_asset(sandbox, notes="Keep"))
    assert halo.write("Asset", {"id": made["id"], "notes": None})["notes"] == "Keep"


@pytest.mark.parametrize("body", ["", "[{", "[1]", "[]"])
def test_a_body_that_is_no_array_of_objects_is_refused(sandbox: Sandbox, halo: HaloCaller, body: str) -> None:
    headers = {"Authorization": f"Bearer {halo.token}", "Content-Type": "application/json"}
    answer = requests.post(f"{sandbox.halo_url}/Asset", data=body, headers=headers, timeout=5)
    assert answer.status_code == 400


def test_a_body_of_another_kind_is_not_read(sandbox: Sandbox, halo: HaloCaller) -> None:
    headers = {"Authorization": f"Bearer {halo.token}"}
    answer = requests.post(f"{sandbox.halo_url}/Asset", data={"a": "b"}, headers=headers, timeout=5)
    assert answer.status_code == 415


def make_batch(sandbox: Sandbox, *tags: str, **values: Any) -> list[dict[str, Any]]:
    return [make_asset(sandbox, inventory_number=tag, **values) for tag in tags]


def test_several_objects_are_answered_by_the_last_alone(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("Asset", *make_batch(sandbox, "A", "B"))
    assert made["inventory_number"] == "B"
    assert halo.read("Asset", inventory_number="A")["record_count"] == 1


def test_all_of_them_are_answered_when_asked_for(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("Asset", *make_batch(sandbox, "A", "B"), returnall=True)
    assert [row["inventory_number"] for row in made] == ["A", "B"]
    assert [row["id"] for row in halo.write("Asset", make_asset(sandbox), returnall=True)] == [
        made[1]["id"] + 1
    ]


def test_the_order_of_the_answers_is_not_promised(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(returnall_shuffled=True)
    made = halo.write("Asset", *make_batch(sandbox, "A", "B", "C"), returnall=True)
    assert [row["inventory_number"] for row in made] == ["B", "C", "A"]


def test_a_tenant_may_ignore_returnall(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(returnall_works=False)
    assert halo.write("Asset", *make_batch(sandbox, "A", "B"), returnall=True)["inventory_number"] == "B"


def test_objects_before_a_refused_one_stay_written(sandbox: Sandbox, halo: HaloCaller) -> None:
    batch = [
        *make_batch(sandbox, "A"),
        *make_batch(sandbox, "B", assettype_id=999),
        *make_batch(sandbox, "C"),
    ]
    assert halo.post("Asset", batch, returnall=True).status_code == 400
    assert [halo.read("Asset", inventory_number=tag)["record_count"] for tag in "ABC"] == [1, 0, 0]


def test_or_none_of_them_where_the_tenant_is_atomic(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(batch_atomic=True)
    batch = [*make_batch(sandbox, "A"), *make_batch(sandbox, "B", assettype_id=999)]
    assert halo.post("Asset", batch).status_code == 400
    assert halo.read("Asset", inventory_number="A")["record_count"] == 0
    assert sandbox.assets() == [row for row in sandbox.assets() if row["inventory_number"] != "A"]


def test_a_wrong_type_anywhere_executes_nothing(sandbox: Sandbox, halo: HaloCaller) -> None:
    batch = [*make_batch(sandbox, "A"), *make_batch(sandbox, "B", client_id=1.5)]
    answer = halo.post("Asset", batch)
    assert (answer.status_code, list(answer.json())) == (400, ["[1].client_id"])
    assert halo.read("Asset", inventory_number="A")["record_count"] == 0


def test_every_write_is_kept_with_its_body_and_answer(sandbox: Sandbox, halo: HaloCaller) -> None:
    ticket = halo.write("Tickets", make_ticket(sandbox))
    halo.post("Actions", [make_note(ticket["id"], outcome_id=None)])
    created, refused = sandbox.halo.writes
    assert (created.method, created.path, created.status, created.executed) == (
        "POST",
        "/api/Tickets",
        201,
        True,
    )
    assert created.body == [make_ticket(sandbox)]
    assert created.answer["id"] == ticket["id"]
    assert (refused.status, refused.executed) == (400, False)


def test_the_log_of_requests_holds_no_secret(sandbox: Sandbox, halo: HaloCaller) -> None:
    halo.read("Client")
    token, read = sandbox.halo.requests
    assert (token.path, token.body, token.answer) == ("/auth/token", None, None)
    assert (read.method, read.path, read.status) == ("GET", "/api/Client", 200)
    assert 0 < read.seconds < 5
