"""The permission table read and brought up to date, without a database."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import IntentionKind, OptionKind, Resource
from integrations.halo.permissions import NEEDS
from integrations.sync.rights import (
    FEATURES,
    FIELD_NEEDS,
    INTENTION_NEEDS,
    MOST_FORBIDDEN,
    OPTION_NEEDS,
    RESOURCE_NEEDS,
    WRITE_KEYS,
    after_test,
    after_write,
    is_asked,
    key_of_write,
    missed,
    switched_off,
    why_refused,
)


def make_row(key: str = "edit_assets", state: str = "unknown", **more: Any) -> dict[str, Any]:
    scope = key.replace("_", ":")
    return {"key": key, "name": key, "state": state, "grant": f"scope {scope}", "scope": scope, **more}


def test_every_need_of_code_is_a_row_of_the_table() -> None:
    rows = {need.key for need in NEEDS}
    named = [
        *RESOURCE_NEEDS.values(),
        *FIELD_NEEDS.values(),
        *OPTION_NEEDS.values(),
        *INTENTION_NEEDS.values(),
    ]
    named += [key for feature in FEATURES for key in feature.needs]
    assert set(named) | set(WRITE_KEYS) == rows
    assert (set(RESOURCE_NEEDS), set(OPTION_NEEDS)) == (set(Resource), set(OptionKind))
    assert set(INTENTION_NEEDS) == set(IntentionKind)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/Asset", "edit_assets"),
        ("/Tickets", "edit_tickets"),
        ("/tickets/12", "edit_tickets"),
        ("/Actions", "add_notes"),
        ("/Client", ""),
        ("", ""),
    ],
)
def test_a_path_that_is_written_to_stands_for_a_right(path: str, key: str) -> None:
    assert key_of_write(path) == key


def test_the_first_answer_tells_what_the_right_is() -> None:
    assert after_write(make_row(), 201)["state"] == "works"
    refused = after_write(make_row(), 403)
    assert refused["state"] == "refused"
    assert "403" in why_refused([refused], "edit_assets")


def test_a_right_that_has_worked_is_taken_away_by_several_403_in_a_row_only() -> None:
    row = make_row(state="works")
    for _ in range(MOST_FORBIDDEN - 1):
        row = after_write(row, 403)
        assert row["state"] == "works"
    assert after_write(row, 403)["state"] == "refused"
    assert after_write(after_write(row, 201), 403)["state"] == "works", "a success begins the count anew"


@pytest.mark.parametrize(
    ("known", "found", "after"),
    [
        ("refused", "unknown", "unknown"),
        ("works", "unknown", "works"),
        ("works", "refused", "refused"),
        ("unknown", "unknown", "unknown"),
    ],
)
def test_a_test_opens_again_what_a_403_has_closed_and_keeps_what_is_proven(
    known: str, found: str, after: str
) -> None:
    assert after_test([make_row(state=known)], [make_row(state=found)]) == [make_row(state=after)]


def test_a_test_that_could_say_nothing_about_a_right_leaves_it() -> None:
    rows = after_test([make_row(state="refused")], [make_row("reachable", "refused")])
    assert {row["key"]: row["state"] for row in rows} == {"reachable": "refused", "edit_assets": "refused"}


def test_a_right_to_read_is_never_kept_against_the_test() -> None:
    [row] = after_test([make_row("read_assets", "works")], [make_row("read_assets", "unknown")])
    assert row["state"] == "unknown"


def test_a_feature_is_off_where_one_of_its_needs_is_refused() -> None:
    rows = [make_row("read_tickets", "refused"), make_row("edit_tickets", "works")]
    names = [name for name, _ in switched_off(rows)]
    assert names == [
        "Tickets of alerts",
        "Notes on tickets, closing and reopening",
        "Choices of integration profiles and ticket rules",
    ]
    assert switched_off([make_row(state="works")]) == []


@pytest.mark.parametrize(
    ("scope", "scopes", "asked"),
    [
        ("read:assets", "edit:assets", True),
        ("edit:assets", "read:assets", False),
        ("edit:assets", "all", True),
        ("", "read:assets", True),
    ],
)
def test_what_scopes_ask_for(scope: str, scopes: str, asked: bool) -> None:
    assert is_asked({"scope": scope}, scopes) is asked


def test_only_what_was_asked_for_is_missed_and_extras_never() -> None:
    rows = [
        make_row(state="refused"),
        make_row("edit_tickets", "refused"),
        make_row("read_software", "refused"),
    ]
    assert len(missed(rows, "edit:assets read:software")) == 1
    assert missed(rows, "read:customers") == []
