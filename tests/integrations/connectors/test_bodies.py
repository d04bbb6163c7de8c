"""Values of a row whose keys are spelt in several ways, or which is another thing than an object."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from integrations.connectors import bodies
from integrations.connectors.base import BadDelivery
from integrations.ingest.deliveries import as_text


def test_keys_are_found_in_any_case() -> None:
    assert bodies.without_case({"MACAddress": 1, "Id": 2}) == {"macaddress": 1, "id": 2}


@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_the_first_that_says_something_is_taken(nothing: Any) -> None:
    assert bodies.first({"a": nothing, "b": 7, "c": 8}, "a", "b", "c") == 7
    assert bodies.first({"a": nothing}, "a", "b") is None


@pytest.mark.parametrize("said", [False, 0])
def test_no_and_zero_say_something(said: Any) -> None:
    assert bodies.first({"a": said, "b": True}, "a", "b") is said


@pytest.mark.parametrize("other", [None, "text", 7, ["x"]])
def test_a_block_of_another_shape_is_an_empty_one(other: Any) -> None:
    assert bodies.block({"system": {"Serial": "1"}}, "system") == {"serial": "1"}
    assert bodies.block({"system": other}, "system") == bodies.block({}, "system") == {}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400"])
def test_a_number_that_json_does_not_have_is_told(number: str) -> None:
    with pytest.raises(BadDelivery, match=f"^The body is not JSON: {number} is not a number in it.$"):
        bodies.posted(b'{"id": ' + number.encode() + b"}")


def test_ordinary_numbers_are_read() -> None:
    assert bodies.posted(b"[1, -2.5, 1e3]") == [1, -2.5, 1000]


def test_a_compressed_body_is_told_as_it_comes_and_as_it_is_kept() -> None:
    body = gzip.compress(b'{"id": 1}')
    for given in (body, as_text(body).encode()):
        with pytest.raises(BadDelivery, match="compressed"):
            bodies.posted(given)
