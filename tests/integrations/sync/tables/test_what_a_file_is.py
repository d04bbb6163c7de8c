"""A file is told by its content; what cannot be read gets a sentence that says what to do."""

from __future__ import annotations

import io
import zipfile

import pytest

from integrations.sync.tables.cells import BadFile
from integrations.sync.tables.files import open_file
from tests.integrations.sync.tables.sheets import csv_of, xlsx_of

ROWS = [["Company"], ["Pine"]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def zip_of(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return file.getvalue()


def kind_of(content: bytes) -> str:
    return open_file(io.BytesIO(content))[0]


def test_csv_and_xlsx_are_told_apart() -> None:
    assert kind_of(csv_of(ROWS)) == "csv"
    assert kind_of(xlsx_of(ROWS)) == "xlsx"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b" \r\n\t", "The file is empty"),
        (OLE, r"old Excel workbook \(.xls\)"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"%PDF-1.7\n", "This is a PDF"),
        (b"{\\rtf1 text}", "text document"),
        (b"\x1f\x8b\x08\x00", "compressed archive"),
        (b"\x89PNG\r\n", "a picture"),
        (b"<html><table></table></html>", "a web page or XML"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "a web page or XML"),
        (b'[{"external_id": "1"}]', "This is JSON"),
        (zip_of("mimetype", "content.xml"), "OpenDocument"),
        (zip_of("[Content_Types].xml", "xl/workbook.bin"), "binary workbook"),
        (zip_of("photo.jpg"), "ZIP archive without a workbook"),
        (b"PK\x03\x04 and nothing more", "damaged"),
        (bytes(range(256)) * 8, "neither text nor a workbook"),
        (xlsx_of(ROWS)[:2000], "damaged"),
    ],
)
def test_what_cannot_be_read_says_so(content: bytes, sentence: str) -> None:
    with pytest.raises(BadFile, match=sentence) as refused:
        open_file(io.BytesIO(content))
    assert refused.value.sentence.endswith(".")


def test_a_word_document_is_no_workbook() -> None:
    with pytest.raises(BadFile, match="ZIP archive without a workbook"):
        kind_of(zip_of("[Content_Types].xml", "word/document.xml"))
