"""The form that a value takes in HaloPSA: dates, pick lists, check boxes, lengths."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.models import DayFormat
from mappings.targets import Form, Target, Unwritable, apart, same, to_mirror, to_send

STAGES = {"1": "In use", "2": "To replace"}
ENDS = Target("property:warranty_end", "End of warranty", Form.DAY)
STAGE = Target("custom:311", "Lifecycle stage", Form.CHOICE, choices=STAGES)
ENVIRONMENT = Target("24", "Environment", Form.CHOICE, choices=STAGES, by_id=True)
STATUS = Target("property:status_id", "Asset status", Form.CHOICE, choices=STAGES, by_id=True)
BOX = Target("custom:313", "Encrypted", Form.YES_NO)
TEXT = Target("12", "Lease ends", limit=10)


def test_a_date_is_sent_with_a_time_and_without_a_zone() -> None:
    assert ENDS.row("2027-03-31") == {
        "name": "End of warranty",
        "value": "2027-03-31",
        "sent": "2027-03-31T00:00:00",
        "kind": "day",
    }


def test_a_day_in_a_text_is_written_as_chosen() -> None:
    written = {style: TEXT.row("2027-03-31", style, is_day=True)["value"] for style in DayFormat.values}
    assert written == {"": "2027-03-31", "british": "31/03/2027", "american": "03/31/2027"}


@pytest.mark.parametrize("present", ["2027-03-31", "31/03/2027", "2027-03-31T00:00:00Z"])
def test_one_day_in_two_spellings_is_no_difference(present: str) -> None:
    assert same(ENDS.row("2027-03-31"), present)
    assert same(TEXT.row("2027-03-31", is_day=True), present)


def test_american_days_are_compared_as_they_are_written() -> None:
    row = TEXT.row("2027-03-04", DayFormat.AMERICAN, is_day=True)
    assert row["value"] == "03/04/2027"
    assert not same(row, "2027-04-03")


def test_a_pick_list_takes_the_id_of_the_choice_by_its_name_whatever_the_case() -> None:
    assert STAGE.row("to REPLACE") == {"name": "Lifecycle stage", "value": "To replace", "sent": 2}
    assert ENVIRONMENT.row("to replace") == {"name": "Environment", "value": "2", "shown": "To replace"}
    assert STATUS.row("In use") == {"name": "Asset status", "value": "1", "sent": 1, "shown": "In use"}


def test_a_check_box_takes_yes_and_no() -> None:
    assert BOX.row("Yes")["sent"] is True
    assert same(BOX.row("no"), "False")
    assert not same(BOX.row("no"), "")


@pytest.mark.parametrize(
    ("target", "value", "words"),
    [
        (ENDS, "soon", "X: “soon” is no day, and “End of warranty” is a date in HaloPSA."),
        (STAGE, "Lost", "X: HaloPSA's pick list “Lifecycle stage” has no choice “Lost”."),
        (BOX, "maybe", "X: “maybe” is neither yes nor no, and “Encrypted” is a check box in HaloPSA."),
        (TEXT, "12345678901", "X has 11 characters; Halo's field “Lease ends” takes 10."),
        (
            Target("custom:1", "Colours", Form.UNKNOWN, told="a list of several choices"),
            "red",
            "“Colours” is a list of several choices in HaloPSA, which is not filled from here.",
        ),
    ],
)
def test_what_a_place_does_not_take_is_told_in_words(target: Target, value: str, words: str) -> None:
    with pytest.raises(Unwritable) as problem:
        target.row(value, label="X")
    assert str(problem.value) == words


def test_values_are_taken_apart_by_where_they_go() -> None:
    rows = {
        target.key: target.row(value)
        for target, value in ((TEXT, "a"), (STAGE, "In use"), (ENDS, "2027-03-31"))
    }
    sent, kept = apart(rows, to_send), apart(rows, to_mirror)
    assert (sent.fields, sent.custom_fields) == ({12: "a"}, {311: 1})
    assert sent.properties == {"warranty_end": "2027-03-31T00:00:00"}
    assert (kept.custom_fields, kept.properties) == ({311: "In use"}, {"warranty_end": "2027-03-31"})


_targets = st.sampled_from([ENDS, STAGE, ENVIRONMENT, STATUS, BOX, TEXT])


@given(_targets, st.sampled_from(["2027-03-31", "In use", "2", "yes", "false", "text", " x "]), st.booleans())
def test_what_was_written_is_the_same_when_it_is_read_again(target: Target, value: str, is_day: bool) -> None:
    try:
        row: dict[str, Any] = target.row(value, is_day=is_day)
    except Unwritable:
        return
    assert same(row, row["value"])
    before = target.existing(row["value"], is_day)
    assert to_send(before) == to_send(row)
