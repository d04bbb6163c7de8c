"""Looking tells what applying would do, and stores nothing."""

from __future__ import annotations

import pytest

from integrations.choices import UploadState
from integrations.ingest.uploads.choosing import choose
from integrations.models import Computer, Event, Product
from integrations.sync.tables.cells import BadFile
from tests.integrations.ingest.uploads.flow import (
    COMPANIES,
    applied,
    apply,
    look,
    looked_at,
    make_spreadsheet_console,
    take,
    told,
)
from tests.integrations.sync.tables.sheets import xlsx_of

pytestmark = pytest.mark.django_db
COMPUTERS = [
    ["Computer ID", "Computer", "Company", "Products"],
    ["pc1", "PC-1", "Pine Dental Ltd", "Desktop"],
    ["pc2", "PC-2", "c2", ""],
]


def test_nothing_is_stored() -> None:
    console = make_spreadsheet_console()
    applied(console, "companies", COMPANIES)
    upload = looked_at(console, "computers", COMPUTERS)

    assert upload.state == UploadState.READY
    assert (Computer.objects.count(), Product.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_new_changed_and_unchanged_rows_are_counted() -> None:
    console = make_spreadsheet_console()
    applied(console, "companies", COMPANIES)
    upload = looked_at(
        console, "companies", [*COMPANIES[:2], ["c2", "Oak AG"], ["c3", "Elm"], ["c3", "Elm"], ["", "x"]]
    )

    assert upload.counts == {"new": 1, "changed": 1, "unchanged": 1, "not usable": 1, "repeated": 1}


def test_what_was_counted_is_what_applying_does() -> None:
    console = make_spreadsheet_console()
    applied(console, "companies", COMPANIES)
    applied(console, "computers", COMPUTERS)
    rows = [*COMPUTERS[:2], ["pc2", "PC-2", "c2", "Server"], ["pc3", "PC-3", "", ""]]
    upload = looked_at(console, "computers", rows)
    run = applied(console, "computers", rows)

    assert [upload.counts[name] for name in ("new", "changed", "unchanged")] == [1, 1, 1]
    assert {name: run.totals[f"computers {name}"] for name in ("created", "updated", "unchanged")} == {
        "created": 1,
        "updated": 1,
        "unchanged": 1,
    }


def test_each_bad_row_is_told_with_its_number_and_one_reason() -> None:
    console = make_spreadsheet_console()
    applied(console, "companies", [*COMPANIES, ["c9", "OAK G.m.b.H."]])
    rows = [
        ["Computer ID", "Computer", "Company", "Online", "Last seen", "Link", "Serial number"],
        ["pc1", "PC-1", "Nobody", "perhaps", "", "", ""],
        ["", "PC-2", "", "", "", "", ""],
        ["pc3", "", "", "", "", "", ""],
        ["pc4", "PC-4", "Oak", "", "", "", ""],
        ["pc5", "PC-5", "", "", "soon", "", ""],
        ["pc6", "PC-6", "", "", "", "javascript:alert(1)", ""],
        ["pc7", "x" * 300, "", "", "", "", ""],
        ["pc8", "PC-8", "", "", "", "", "1.2E+11"],
        ["pc8", "PC-8b", "", "", "", "", ""],
        ["pc9", "PC-9", "Gone", "", "", "", ""],
    ]
    upload = looked_at(console, "computers", rows)

    assert dict(told(upload.look_run)) == {
        "Row 2": "Online: 'perhaps' is neither yes nor no.",
        "Row 3": "Computer ID: empty, and rows are told apart by it.",
        "Row 4": "Computer is empty.",
        "Row 5": "Several companies are called 'Oak': use the company's id.",
        "Row 6": "Last seen: 'soon' is not a time.",
        "Row 7": "Link: Enter a valid URL.",
        "Row 8": "Computer: Ensure this field has no more than 255 characters.",
        "Row 9": "Serial number has been turned into 1.2E+11 by the spreadsheet program, so digits are "
        "missing: left out.",
        "Row 10": "Row 9 has the same id ('pc8'); the first one counts.",
        "Row 11": "The console has no company 'Gone': upload the companies first, or correct the name.",
    }
    assert upload.counts["not usable"] == 9
    assert upload.counts["new"] == 1


def test_a_last_contact_in_the_future_is_left_out_with_a_note() -> None:
    console = make_spreadsheet_console()
    rows = [
        ["Computer ID", "Computer", "Last seen"],
        ["pc1", "PC-1", "2100-01-31 12:00"],
        ["pc2", "PC-2", ""],
    ]
    upload = looked_at(console, "computers", rows)

    (row, note), *others = told(upload.look_run)
    assert not others
    assert row == "Row 2"
    assert note.startswith("The last contact (2100-01-31")
    assert note.endswith("is in the future, so it is left out.")
    apply(upload)
    assert Computer.objects.get(external_id="pc1").last_seen is None


def test_a_list_without_ids_says_what_tells_its_rows_apart() -> None:
    upload = looked_at(make_spreadsheet_console(), "companies", [["Company"], ["Pine"]])

    assert upload.choices["keys"] == ["name"]
    assert upload.facts == [
        "No column is an id, so rows are told apart by Company. Where that changes, the row counts as "
        "another company."
    ]


def test_numbers_where_names_are_expected_are_told_once() -> None:
    rows = [
        ["Computer ID", "Computer", "Serial number"],
        ["1", "PC-1", "A"],
        ["2", "PC-2", 123],
        ["3", "PC-3", 5],
    ]
    upload = looked_at(make_spreadsheet_console(), "computers", xlsx_of(rows))

    assert upload.facts[0].startswith("Serial number: some cells are numbers (the first in row 3).")


def test_an_open_question_about_dates_is_asked_and_the_answer_counts_for_all_rows() -> None:
    rows = [
        ["Computer ID", "Computer", "Purchased"],
        ["1", "PC-1", "03/04/2026"],
        ["2", "PC-2", "05/06/2026"],
    ]
    console = make_spreadsheet_console()
    upload = looked_at(console, "computers", rows)
    assert upload.state == UploadState.ASKS
    assert "(row 2: 03/04/2026): choose whether the day or the month comes first." in upload.reason
    assert upload.checksum == ""

    choose(upload, {"order": "month"})
    assert look(upload).state == UploadState.READY


def test_an_order_that_a_row_proves_is_taken_and_told() -> None:
    rows = [
        ["Computer ID", "Computer", "Purchased"],
        ["1", "PC-1", "03/04/2026"],
        ["2", "PC-2", "25/06/2026"],
    ]
    upload = looked_at(make_spreadsheet_console(), "computers", rows)

    assert upload.facts[0] == "Dates were read with the day first: row 3 can be read in no other way."


def test_a_column_that_is_needed_has_to_be_chosen() -> None:
    upload = looked_at(make_spreadsheet_console(), "computers", [["Thing", "Colour"], ["a", "red"]])
    assert upload.state == UploadState.ASKS
    assert upload.reason == "No column is taken for “Computer”; choose one."

    choose(upload, {"columns": ["name", ""], "keys": ["name"]})
    assert look(upload).counts["new"] == 1


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"columns": ["name"]}, "The sheet has 2 columns"),
        ({"columns": ["name", "colour"]}, "There is no field 'colour' of companies"),
        ({"order": "year"}, "Either the day or the month"),
        ({"sheet": "Sheet9"}, "no sheet called 'Sheet9'"),
    ],
)
def test_what_cannot_be_chosen_says_so(wanted: dict[str, object], sentence: str) -> None:
    upload = take(make_spreadsheet_console(), "companies", COMPANIES)
    with pytest.raises(BadFile, match=sentence):
        choose(upload, wanted)


def test_another_sheet_has_other_columns() -> None:
    content = xlsx_of(
        [["Company ID", "Company"], ["1", "Pine"]], "First", Second=[["Kunde"], ["Oak"], ["Elm"]]
    )
    upload = looked_at(make_spreadsheet_console(), "companies", content)
    assert upload.counts["new"] == 1

    choose(upload, {"sheet": "Second"})
    assert look(upload).counts["new"] == 2
    assert upload.choices["columns"] == ["name"]


def test_a_file_of_headers_only_is_told() -> None:
    upload = looked_at(make_spreadsheet_console(), "companies", COMPANIES[:1])
    assert (upload.state, upload.reason) == (UploadState.FAILED, "There are no rows below the headers.")
