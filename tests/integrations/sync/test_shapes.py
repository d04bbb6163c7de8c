"""What data looks like is told without what it says."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.sync.shapes import MOST_KEYS, Shape, path_name


def described(*bodies: object, telling: tuple[str, ...] = ()) -> dict[str, str]:
    shape = Shape(telling)
    for body in bodies:
        shape.add(body)
    return shape.described()


def test_keys_types_and_counts_are_told() -> None:
    rows = [
        {"id": 1, "name": "Harbour"},
        {"id": 2, "name": None, "on": True},
        {"id": "3", "name": " "},
    ]
    assert described(rows) == {
        ".": "list ×1",
        "[]": "object ×3",
        "[].id": "number ×2, numeric text ×1",
        "[].name": "text ×1, null ×1, empty text ×1",
        "[].on": "true/false ×1",
    }


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("2026-03-04T06:11:30Z", "ISO time with zone"),
        ("2026-03-04T06:11:30.41+01:00", "ISO time with zone"),
        ("2026-03-04T06:11:30", "ISO time without zone"),
        ("2026-03-04 06:11", "ISO time without zone"),
        ("2026-03-04", "ISO date"),
        ("1772603700.0", "numeric text"),
        ("4 March", "text"),
    ],
)
def test_the_spelling_of_times_is_told(value: str, told: str) -> None:
    assert described({"at": value})["at"] == f"{told} ×1"


def test_values_are_told_of_keys_that_are_asked_for_and_only_if_they_look_like_codes() -> None:
    codes = ("Server", "Server", "Desktop", "Müller GmbH & Söhne", "x" * 50, "7f0c2d1e-8a44-4f0e-9d7c")
    bodies = [{"LicenceType": code, "other": code} for code in codes]
    told = described(*bodies, telling=("licencetype",))
    assert told["LicenceType"] == "text ×6: Server ×2, Desktop ×1"
    assert told["other"] == "text ×6"


@pytest.mark.parametrize("key", ["name", "HostName", "serialNumber", "userEmail", "macAddress", "message"])
def test_values_of_keys_that_may_be_personal_are_never_told(key: str) -> None:
    assert described({key: "SRV"}, telling=(key,))[key] == "text ×1"


def test_keys_that_are_data_are_not_told() -> None:
    many = {f"customer{number}": 1 for number in range(MOST_KEYS + 1)}
    told = described({"by_id": {"7f0c2d1e-8a44": 1}, "by_mail": {"ann@example.com": 1}, "many": many})
    assert set(told) == {".", "by_id", "by_id.<key>", "by_mail", "by_mail.<key>", "many", "many.<key>"}


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/api/v2/device/2204/alerts", "/api/v2/device/{id}/alerts"),
        ("/agents/qYbVtLkzPdRmXwNcHsGjFuTeAoIiKlMnOpQrStUv/", "/agents/{id}"),
        ("/r/company/companies", "/r/company/companies"),
        ("/Client/6f0c2d1e-8a44-4f0e-9d7c-1b2a3c4d5e6f", "/Client/{id}"),
    ],
)
def test_ids_in_paths_are_not_told(path: str, told: str) -> None:
    assert path_name(path) == told


_secret = st.just("s3cret-of-a-customer")
_json = st.recursive(
    _secret | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "name"]), inner),
    max_leaves=20,
)


@given(_json)
def test_no_text_is_ever_in_the_description_unless_its_key_was_named(body: object) -> None:
    assert "s3cret" not in json.dumps(described(body, telling=("state",)))
