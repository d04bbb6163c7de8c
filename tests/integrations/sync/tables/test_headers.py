"""Headers are found where they stand, and understood in the spellings that people use."""

from __future__ import annotations

import pytest

from integrations.sync.tables.cells import BadFile
from integrations.sync.tables.grid import find_head
from integrations.sync.tables.guessing import field_called, guess, guess_keys
from integrations.sync.tables.known import COMPUTERS, EVENTS, TABLES
from integrations.sync.tables.samples import headers_of
from tests.integrations.sync.tables.sheets import csv_of, layout_of, lines_of, rows_of, xlsx_of


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Serial Number", "serial_number"),
        ("serial_number", "serial_number"),
        ("SERIALNUMBER", "serial_number"),
        ("S/N", "serial_number"),
        ("Seriennummer", "serial_number"),
        ("N° de série", "serial_number"),
        ("Device serial number", "serial_number"),
        ("Serial No.", "serial_number"),
        ("Hostname", "name"),
        ("Nom de l'ordinateur", "name"),
        ("IP Address (v4)", "ip_addresses"),
        ("IP address 2", "ip_addresses"),
        ("Última conexión", "last_seen"),
        ("Kunde", "company"),
        ("Warranty Expiration", "warranty_ends_on"),
        ("Colour", ""),
        ("", ""),
    ],
)
def test_a_header_is_understood(header: str, field: str) -> None:
    assert field_called(header, "computers") == field


@pytest.mark.parametrize("what", TABLES)
def test_the_headers_of_the_samples_are_understood(what: str) -> None:
    assert guess(headers_of(what), what) == [field.name for field in TABLES[what].fields]


@pytest.mark.parametrize("what", TABLES)
def test_no_word_names_two_fields_of_a_list(what: str) -> None:
    from integrations.sync.tables.guessing import squashed

    owner: dict[str, str] = {}
    for field in TABLES[what].fields:
        for word in {squashed(word) for word in field.called}:
            assert owner.setdefault(word, field.name) == field.name


def test_a_field_is_taken_once_and_addresses_any_number_of_times() -> None:
    headers = ["Name", "Hostname", "IP address 1", "IP address 2"]
    assert guess(headers, "computers") == ["name", "", "ip_addresses", "ip_addresses"]


def test_without_an_id_rows_are_told_apart_by_what_is_there() -> None:
    assert guess_keys(["name", "serial_number"], COMPUTERS) == ["serial_number"]
    assert guess_keys(["name", "company"], COMPUTERS) == ["company", "name"]
    assert guess_keys(["name"], COMPUTERS) == ["name"]
    assert guess_keys(["external_id", "name"], COMPUTERS) == []
    assert guess_keys(["title", "computer", "occurred_at"], EVENTS) == ["computer", "title"]


TABLE = [["Computer ID", "Computer", "Serial number"], ["1", "PC-1", "A1"], ["2", "PC-2", ""]]


def test_titles_above_the_headers_are_no_headers() -> None:
    rows = [["All our computers"], [], ["As of March", "", "page 1"], *TABLE]
    assert [row.sent["name"] for row in rows_of(csv_of(rows))] == ["PC-1", "PC-2"]


def test_headers_in_two_rows_are_read_as_merged_cells_leave_them() -> None:
    rows = [
        ["Computer ID", "Computer", "Network", ""],
        ["", "", "IP", "MAC"],
        ["1", "PC-1", "10.0.0.1", "aa"],
    ]

    (row,) = rows_of(xlsx_of(rows))
    assert (row.sent["name"], row.sent["ip_addresses"]) == ("PC-1", ["10.0.0.1"])
    assert row.sent["mac_addresses"] == ["aa"]


def test_headers_that_are_repeated_on_every_page_are_no_rows() -> None:
    assert [row.number for row in rows_of(csv_of([*TABLE, TABLE[0], ["3", "PC-3", "C3"]]))] == [2, 3, 5]


def test_empty_columns_in_front_and_between_do_no_harm() -> None:
    rows = [["", *row[:1], "", *row[1:]] for row in TABLE]
    assert [row.sent["serial_number"] for row in rows_of(csv_of(rows))] == ["A1", ""]


def test_a_column_without_a_header_is_called_by_its_letter() -> None:
    layout, _ = layout_of(
        lines_of(csv_of([["Computer ID", "Computer"], ["1", "PC-1", "a remark"]])), "computers"
    )
    assert layout.headers == ("Computer ID", "Computer", "Column C")


def test_a_sheet_without_rows_is_told() -> None:
    with pytest.raises(BadFile, match="no rows"):
        find_head([], bool)


def test_the_sheet_that_holds_the_list_is_found_by_its_headers() -> None:
    import io

    from integrations.ingest.uploads.taking import describe
    from integrations.sync.tables.files import open_file

    source = open_file(io.BytesIO(xlsx_of([["Read me"], ["hello"]], "Notes", Machines=TABLE)))[1]
    found = describe(source, "computers")
    assert (found["sheets"], found["sheet"]) == (["Notes", "Machines"], "Machines")


@pytest.mark.parametrize("what", TABLES)
def test_the_examples_are_values_that_are_taken(what: str) -> None:
    fields = [field for field in TABLES[what].fields if field.sample]
    (row,) = rows_of(csv_of([[field.label for field in fields], [field.sample for field in fields]]), what)
    assert (row.problem, row.notes) == ("", [])
    assert all(row.sent[field.name] not in ("", None, []) for field in fields)
