"""XLSX, read only and in one pass: values without macros, links, entities and surprises."""

from __future__ import annotations

import lzma
import re
import struct
import tempfile
import warnings
import weakref
import zlib
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Final
from xml.etree.ElementTree import ParseError, iterparse
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from openpyxl.reader.excel import ExcelReader, apply_stylesheet
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from integrations.sync.tables.cells import BadFile, Line
from integrations.sync.tables.sheet_xml import Looks, sheet_lines, spoken

MOST_UNPACKED: Final = 256 * 1024 * 1024
MOST_PARTS: Final = 2_000
HIGHEST_RATIO: Final = 200
"""How much smaller packing makes a sheet at most; a bomb is thousands of times smaller."""
REMEMBERED: Final = 4096
"""Texts of cells that are kept in memory: those of a column repeat."""
SMALL: Final = 4 * 1024 * 1024
"""Parts below it may be as dense as they like."""

BLOCK: Final = 256 * 1024
LONGEST_TAG: Final = 200
_MERGED: Final = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^>]{0,100}?ref=["']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})["']"""
)
_DAMAGED: Final = "The workbook is damaged: {what}. Open it in a spreadsheet program and save it again."
_BEFORE_XML: Final = b"\xef\xbb\xbf\xff\xfe\x00 \r\n\t"
_BROKEN: Final = (
    BadZipFile,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    RuntimeError,
    EOFError,
    ArithmeticError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
)
"""What the library raises for a workbook that is none."""


class Book:
    """An open workbook. Raises `BadFile` where it is too large, protected, damaged or hostile."""

    def __init__(self, file: IO[bytes]) -> None:
        try:
            with ZipFile(file) as archive:
                _refuse_bombs(archive)
                _refuse_entities(archive)
            with warnings.catch_warnings():
                # What the library finds odd about styles and links is not about the rows.
                warnings.simplefilter("ignore")
                reader = _opened(file)
                self._looks, self._paths = Looks.of(reader.wb), _sheets(reader)
            self._archive, self._strings = reader.archive, reader.shared_strings
        except BadFile:
            raise
        except _BROKEN as problem:
            raise BadFile(_DAMAGED.format(what="a part is missing or unreadable")) from problem
        if not self._paths:
            raise BadFile("The workbook has no visible sheet with cells.")
        self.sheets = tuple(self._paths)
        self.described = "XLSX workbook"

    def lines(self, sheet: str = "") -> Iterator[Line]:
        with self._opened(sheet) as source:
            yield from sheet_lines(source, self._strings, self._looks)

    def merged(self, sheet: str = "") -> Iterator[str]:
        with self._opened(sheet) as source:
            rest = b""
            while block := source.read(BLOCK):
                text, end = rest + block, 0
                for found in _MERGED.finditer(text):
                    yield found[1].decode()
                    end = found.end()
                # A tag that is cut in two is found with the next block.
                rest = text[max(end, len(text) - LONGEST_TAG) :]

    @contextmanager
    def _opened(self, sheet: str) -> Iterator[IO[bytes]]:
        """The XML of a sheet. Whatever is wrong with it is a `BadFile`."""
        path = self._paths.get(sheet or self.sheets[0])
        if path is None:
            raise BadFile(f"The workbook has no sheet called {sheet[:100]!r}.")
        try:
            with self._archive.open(path) as source:
                yield source
        except BadFile:
            raise
        except _BROKEN as problem:
            raise BadFile(_DAMAGED.format(what="a sheet breaks off or cannot be read")) from problem


def _sheets(reader: Any) -> dict[str, str]:
    """Name → part of each sheet that has cells and is not hidden."""
    return {
        str(sheet.name): rel.target
        for sheet, rel in reader.parser.find_sheets()
        if rel.target in reader.valid_files and "/worksheet" in rel.Type and sheet.state == "visible"
    }


def _refuse_bombs(archive: ZipFile) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise BadFile("The workbook is protected by a password. Save it without one.")
    total = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or total > MOST_UNPACKED or any(map(_is_bomb, parts)):
        raise BadFile(
            f"The workbook would take {total / 2**20:,.0f} MiB when unpacked, which is too much. "
            "Save only the list itself, without pictures and empty formatted rows, or as CSV."
        )


def _is_bomb(part: ZipInfo) -> bool:
    return part.file_size > SMALL and part.file_size > HIGHEST_RATIO * max(1, part.compress_size)


def _refuse_entities(archive: ZipFile) -> None:
    """No workbook declares entities; whoever does wants to have something unfolded or fetched."""
    for part in archive.infolist():
        with archive.open(part) as source:
            is_xml = source.read(64).lstrip(_BEFORE_XML).startswith(b"<")
        if is_xml:
            parser = expat.ParserCreate()
            parser.StartDoctypeDeclHandler = _refuse_declaration
            parser.EntityDeclHandler = _refuse_declaration
            with archive.open(part) as source:
                _parse(parser, source)


def _parse(parser: expat.XMLParserType, source: IO[bytes]) -> None:
    try:
        parser.ParseFile(source)
    except expat.ExpatError as problem:
        raise BadFile(_DAMAGED.format(what="it holds something that is no XML")) from problem


def _refuse_declaration(*_: Any) -> None:
    raise BadFile("The workbook declares XML entities, which no spreadsheet program does. It is not read.")


def _opened(file: IO[bytes]) -> Any:
    """The library's own reader, told to leave out what is not needed: links, macros, themes, properties."""
    file.seek(0)
    reader = _Reader(file, read_only=True, keep_vba=False, data_only=True, keep_links=False)
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    return reader


class _Reader(ExcelReader):  # type: ignore[misc]
    def read_strings(self) -> None:
        """Shared strings stay on disk: a list of 100,000 computers has a million of them."""
        self.shared_strings = StringsOnDisk()
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings.read(source)


class StringsOnDisk:
    """The texts that a workbook's cells point at, by number."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed with the object
        self._ends = array("Q", [0])
        self._lately: dict[int, str] = {}
        # Closed as soon as nobody reads the workbook any more.
        weakref.finalize(self, self._file.close)

    def read(self, source: IO[bytes]) -> None:
        tag = f"{{{SHEET_MAIN_NS}}}si"
        parents: list[Any] = []
        for event, node in iterparse(source, events=("start", "end")):  # noqa: S314  entities were refused
            if event == "start":
                parents.append(node)
                continue
            parents.pop()
            if node.tag == tag:
                self._add(spoken(node))
                parents[-1].clear()

    def _add(self, text: str) -> None:
        self._ends.append(self._ends[-1] + self._file.write(text.encode("utf-8", "replace")))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> str:
        if number < 0:
            raise IndexError(number)
        if number not in self._lately:
            if len(self._lately) >= REMEMBERED:
                self._lately.clear()
            self._lately[number] = self._read_one(number)
        return self._lately[number]

    def _read_one(self, number: int) -> str:
        start, end = self._ends[number], self._ends[number + 1]
        self._file.seek(start)
        return self._file.read(end - start).decode()
