"""What Halo's answer to a write means: done, refused, uncertain or pause."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
import responses

from integrations.choices import Answer
from integrations.halo.writer import HaloWriter
from integrations.records import WriteAnswer
from integrations.sync.safety import BudgetExhausted, WritesStopped
from tests.integrations.halo.builders import (
    API,
    TOKEN_URL,
    MemoryTokens,
    OpenGate,
    give_token,
    make_session,
)

DONE, REFUSED, UNCERTAIN, PAUSE = Answer.DONE, Answer.REFUSED, Answer.UNCERTAIN, Answer.PAUSE


def make_writer(gate: OpenGate | None = None, tokens: MemoryTokens | None = None) -> HaloWriter:
    return HaloWriter(make_session(tokens, gate))


@pytest.mark.parametrize(
    ("send", "path"),
    [
        ("send_asset", "/Asset"),
        ("send_asset_type", "/AssetType"),
        ("send_ticket", "/Tickets"),
        ("send_action", "/Actions"),
    ],
)
@pytest.mark.parametrize("status", [200, 201])
@responses.activate
def test_each_kind_goes_to_its_place_as_an_array(send: str, path: str, status: int) -> None:
    responses.post(f"{API}{path}", json={"id": 77, "key": "x"}, status=status)
    answer = getattr(make_writer(), send)({"summary": "x"})
    assert (answer.outcome, answer.halo_id) == (DONE, 77)
    assert json.loads(responses.calls[0].request.body) == [{"summary": "x"}]
    assert "returnall" not in responses.calls[0].request.params


ANSWERS: list[tuple[Any, Answer, bool]] = [
    ({"status": 400, "json": {"Message": "Asset tag must be unique"}}, REFUSED, False),
    ({"status": 403}, REFUSED, False),
    ({"status": 404}, REFUSED, False),
    ({"status": 405}, REFUSED, False),
    ({"status": 413}, REFUSED, False),
    ({"status": 401}, PAUSE, True),
    ({"status": 429}, PAUSE, True),
    ({"status": 503}, PAUSE, False),
    ({"status": 500}, UNCERTAIN, False),
    ({"status": 502}, UNCERTAIN, False),
    ({"status": 504}, UNCERTAIN, False),
    ({"status": 302, "headers": {"Location": "/elsewhere"}}, UNCERTAIN, False),
    ({"status": 200, "body": ""}, UNCERTAIN, False),
    ({"status": 201, "body": "<html>Welcome</html>"}, UNCERTAIN, False),
    ({"status": 201, "body": '{"id": 5'}, UNCERTAIN, False),
    ({"status": 201, "json": {}}, UNCERTAIN, False),
    ({"status": 201, "json": []}, UNCERTAIN, False),
    ({"status": 201, "json": {"id": 0}}, UNCERTAIN, False),
    ({"status": 201, "json": "ok"}, UNCERTAIN, False),
    ({"status": 201, "json": [{"id": 1}, {"id": 2}]}, UNCERTAIN, False),
    ({"status": 201, "json": {"_warning": "odd"}}, UNCERTAIN, False),
    ({"status": 201, "json": {"id": 0, "_error": "A field is missing"}}, REFUSED, False),
    ({"body": requests.ReadTimeout()}, UNCERTAIN, False),
    ({"body": requests.exceptions.ChunkedEncodingError()}, UNCERTAIN, False),
    ({"body": requests.ConnectTimeout()}, PAUSE, True),
    ({"body": requests.ConnectionError()}, PAUSE, True),
]


@pytest.mark.parametrize(("given", "outcome", "safe"), ANSWERS)
@responses.activate
def test_what_each_answer_means(given: dict[str, Any], outcome: Answer, safe: bool) -> None:
    responses.post(f"{API}/Tickets", **given)
    give_token("second")
    answer = make_writer().send_ticket({"summary": "x"})
    assert (answer.outcome, answer.safe_to_repeat) == (outcome, safe)
    assert answer.halo_id is None
    assert answer.message
    if given.get("status", 0) >= 300:
        assert answer.status == given["status"]


@responses.activate
def test_a_refusal_has_halos_own_words() -> None:
    responses.post(f"{API}/Asset", json={"Message": "Asset tag must be unique"}, status=400)
    assert make_writer().send_asset({}).message == "HaloPSA refused it: Asset tag must be unique"


@responses.activate
def test_an_object_that_was_taken_with_a_warning_is_done() -> None:
    responses.post(f"{API}/Asset", json={"id": 5, "_warning": "Site is unusual"})
    answer = make_writer().send_asset({})
    assert (answer.outcome, answer.halo_id, answer.message) == (DONE, 5, "Site is unusual")


@responses.activate
def test_an_array_of_one_is_the_object() -> None:
    responses.post(f"{API}/Asset", json=[{"id": 5.0}])
    assert make_writer().send_asset({}).halo_id == 5


@responses.activate
def test_an_update_that_is_answered_with_another_object_is_uncertain() -> None:
    responses.post(f"{API}/Asset", json={"id": 6})
    assert make_writer().send_asset({"id": 5}).outcome == UNCERTAIN
    responses.post(f"{API}/Asset", json={"id": 5})
    responses.replace(responses.POST, f"{API}/Asset", json={"id": 5})
    assert make_writer().send_asset({"id": 5}).outcome == DONE


@pytest.mark.parametrize(
    "given",
    [
        {"status": 401, "json": {"error": "invalid_client"}},
        {"status": 500},
        {"status": 404},
        {"status": 429},
        {"status": 200, "body": "<html>"},
        {"body": requests.ReadTimeout()},
    ],
)
@responses.activate
def test_whatever_fails_at_the_token_the_write_was_not_sent(given: dict[str, Any]) -> None:
    responses.post(TOKEN_URL, **given)
    answer = make_writer(tokens=MemoryTokens()).send_ticket({"summary": "x"})
    assert (answer.outcome, answer.safe_to_repeat) == (PAUSE, True)


# ---- stopped and full -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "send",
    [
        lambda writer: writer.send_asset({}),
        lambda writer: writer.send_assets([{}, {}]),
        lambda writer: writer.send_ticket({}),
        lambda writer: writer.send_action({}),
    ],
)
@responses.activate
def test_one_click_stops_every_kind_of_write(send: Callable[[HaloWriter], WriteAnswer]) -> None:
    with pytest.raises(WritesStopped, match="stopped by staff"):
        send(make_writer(OpenGate(stop="Writing was stopped by staff.")))
    assert len(responses.calls) == 0


@responses.activate
def test_writing_that_is_stopped_between_401_and_repeat_is_not_repeated() -> None:
    gate = OpenGate()

    def stop_meanwhile(request: Any) -> Any:
        gate.stop = "Writing was stopped by staff."
        return 401, {}, ""

    responses.add_callback(responses.POST, f"{API}/Tickets", stop_meanwhile)
    give_token("second")
    with pytest.raises(WritesStopped):
        make_writer(gate).send_ticket({})
    assert [call.request.method for call in responses.calls] == ["POST", "POST"]
    assert "token" in str(responses.calls[1].request.url)


@responses.activate
def test_a_full_budget_keeps_its_seconds() -> None:
    class FullGate(OpenGate):
        def take(self) -> None:
            raise BudgetExhausted(42)

    with pytest.raises(BudgetExhausted) as caught:
        make_writer(FullGate()).send_ticket({})
    assert caught.value.seconds == 42


# ---- batches --------------------------------------------------------------------------------


@responses.activate
def test_a_batch_is_done_when_as_many_objects_came_back() -> None:
    rows = [{"id": 2, "inventory_number": "B"}, {"id": 1, "inventory_number": "A", "fields": []}]
    responses.post(f"{API}/Asset", json=rows, status=201)
    answer = make_writer().send_assets([{"inventory_number": "A"}, {"inventory_number": "B"}])
    assert answer.outcome == DONE
    assert [row["inventory_number"] for row in answer.batch] == ["B", "A"]
    assert responses.calls[0].request.params == {"returnall": "true"}
    assert len(json.loads(responses.calls[0].request.body)) == 2


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([{"id": 1}], 1),
        ({"id": 2}, 1),
        ([{"id": 1}, {"inventory_number": "B"}], 2),
        ([], 0),
        ([{"id": 1}, {"id": 2}, {"id": 3}], 3),
    ],
)
@responses.activate
def test_a_batch_with_another_number_of_objects_is_uncertain(rows: Any, kept: int) -> None:
    responses.post(f"{API}/Asset", json=rows, status=201)
    answer = make_writer().send_assets([{}, {}])
    assert answer.outcome == UNCERTAIN
    assert len(answer.batch) == kept


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, UNCERTAIN),
        (404, UNCERTAIN),
        (422, UNCERTAIN),
        (500, UNCERTAIN),
        (504, UNCERTAIN),
        (403, REFUSED),
        (401, PAUSE),
        (429, PAUSE),
        (503, PAUSE),
    ],
)
@responses.activate
def test_what_a_failed_batch_means(status: int, outcome: Answer) -> None:
    """Objects before a refused one may have been written, so that a 400 leaves a question."""
    responses.post(f"{API}/Asset", status=status)
    give_token("second")
    answer = make_writer().send_assets([{}, {}])
    assert (answer.outcome, answer.status) == (outcome, status)
