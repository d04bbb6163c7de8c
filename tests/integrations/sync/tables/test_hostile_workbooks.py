"""A workbook that wants to hurt the server is refused before it is unpacked."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from integrations.sync.tables.cells import BadFile
from integrations.sync.tables.files import open_file
from tests.integrations.sync.tables.sheets import lines_of, part_of, rows_of, saved, with_part, xlsx_of

ROWS = [["Computer ID", "Computer"], ["1", "PC-1"]]
SHEET = "xl/worksheets/sheet1.xml"
BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;">'
    b'<!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;">]>'
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'


def without_declaration(xml: bytes) -> bytes:
    return xml.split(b"?>", 1)[1] if xml.startswith(b"<?xml") else xml


@pytest.mark.parametrize("declared", [BILLION_LAUGHS, OUTSIDE, b"<!DOCTYPE x>"])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_declared_entities_are_refused(part: str, declared: bytes) -> None:
    workbook = xlsx_of(ROWS)
    hostile = with_part(workbook, part, declared + without_declaration(part_of(workbook, part)))
    with pytest.raises(BadFile, match="declares XML entities"):
        open_file(io.BytesIO(hostile))


def test_entities_hide_in_no_other_encoding_and_under_no_other_name() -> None:
    workbook = xlsx_of(ROWS)
    sheet = without_declaration(part_of(workbook, SHEET)).decode()
    wide = ("<!DOCTYPE x [<!ENTITY a 'b'>]>" + sheet).encode("utf-16")
    with pytest.raises(BadFile, match="declares XML entities"):
        open_file(io.BytesIO(with_part(workbook, SHEET, wide)))
    with pytest.raises(BadFile, match="declares XML entities"):
        open_file(io.BytesIO(with_part(workbook, "xl/worksheets/sheet.dat", OUTSIDE + b"<x/>")))


def test_a_bomb_is_refused_by_what_it_would_unpack_to() -> None:
    bomb = with_part(xlsx_of(ROWS), "xl/media/bomb.xml", b"<a>" + bytes(60 * 1024 * 1024))
    with pytest.raises(BadFile, match="when unpacked, which is too much"):
        open_file(io.BytesIO(bomb))


def test_very_many_parts_are_refused() -> None:
    import zipfile

    file = io.BytesIO(xlsx_of(ROWS))
    with zipfile.ZipFile(file, "a") as archive:
        for number in range(2_100):
            archive.writestr(f"xl/media/{number}.png", b"")
    with pytest.raises(BadFile, match="too much"):
        open_file(file)


def test_a_cell_at_the_end_of_the_sheet_costs_nothing() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Computer ID", "Computer"])
    sheet.cell(1_048_576, 1, "1")
    sheet.cell(1_048_576, 2, "PC-1")
    assert [row.number for row in rows_of(saved(book))] == [1_048_576]


def test_a_cell_at_the_far_right_is_too_wide() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.cell(1, 16_384, "x")
    with pytest.raises(BadFile, match="columns; 200 can be read"):
        lines_of(saved(book))


@pytest.mark.parametrize(
    "sheet",
    [
        b"<worksheet",
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="s"><v>99</v></c></row></sheetData></worksheet>',
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="??1"><v>1</v></c></row></sheetData></worksheet>',
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>one</v></c></row></sheetData></worksheet>',
    ],
    ids=["broken off", "unknown text", "no place", "no number"],
)
def test_a_damaged_sheet_is_told_as_such(sheet: bytes) -> None:
    with pytest.raises(BadFile, match="damaged"):
        lines_of(with_part(xlsx_of(ROWS), SHEET, sheet))


def test_macros_and_links_to_elsewhere_are_never_looked_at() -> None:
    workbook = with_part(xlsx_of(ROWS), "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 macros")
    workbook = with_part(workbook, "xl/externalLinks/externalLink1.xml", b"<externalLink/>")
    assert [row.sent["name"] for row in rows_of(workbook)] == ["PC-1"]


def test_a_formula_counts_with_the_value_that_was_computed() -> None:
    workbook = xlsx_of(ROWS)
    sheet = part_of(workbook, SHEET)
    cell = b'<c r="B2" t="str"><f>HYPERLINK("http://example.com","x")</f><v>PC-9</v></c>'
    start, end = sheet.index(b'<c r="B2"'), sheet.index(b"</c>", sheet.index(b'<c r="B2"')) + 4
    assert rows_of(with_part(workbook, SHEET, sheet[:start] + cell + sheet[end:]))[0].sent["name"] == "PC-9"


def sheet_of(*rows: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{"".join(rows)}</sheetData></worksheet>'.encode()


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400, "1.5", "-7"])
def test_no_number_is_too_large_to_be_told(number: str) -> None:
    headers = "".join(f'<c t="str"><v>{name}</v></c>' for name in ("Computer ID", "Computer", "Last seen"))
    head = f"<row>{headers}</row>"
    row = f'<row><c><v>{number}</v></c><c t="str"><v>PC-1</v></c><c><v>{number}</v></c></row>'
    (found,) = rows_of(with_part(xlsx_of(ROWS), SHEET, sheet_of(head, row)))
    assert found.problem


def test_rows_whose_numbers_go_backwards_still_count_upwards() -> None:
    rows = [f'<row r="{number}"><c t="str"><v>x</v></c></row>' for number in (5, 3, 3, 9)]
    found = lines_of(with_part(xlsx_of(ROWS), SHEET, sheet_of(*rows)))
    assert [number for number, _ in found] == [5, 6, 7, 9]


def test_letters_that_xml_has_no_sign_for_are_read_and_how_a_text_is_spoken_is_not() -> None:
    text = "<si><t>a_x000D_b</t></si>"
    rich = '<is><r><t>to</t></r><r><t>kyo</t></r><rPh sb="0" eb="1"><t>spoken</t></rPh></is>'
    row = f'<row><c t="inlineStr"><is>{text[4:-5]}</is></c><c t="inlineStr">{rich}</c></row>'
    assert lines_of(with_part(xlsx_of(ROWS), SHEET, sheet_of(row))) == [(1, ["a\rb", "tokyo"])]


def test_more_rows_than_a_list_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from integrations.sync.tables import files

    monkeypatch.setattr(files, "MOST_ROWS", 3)
    rows = [["Company"], *([f"Company {number}"] for number in range(4))]
    assert len(lines_of(xlsx_of(rows[:4]))) == 4
    with pytest.raises(BadFile, match="more than 3 rows"):
        lines_of(xlsx_of(rows))


def test_hidden_sheets_are_not_read() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Company"])
    hidden = book.create_sheet("Secret")
    hidden.append(["Company"])
    hidden.sheet_state = "hidden"
    assert open_file(io.BytesIO(saved(book)))[1].sheets == ("Sheet",)
