"""A file that arrives: refused with a sentence, or kept with a first guess of what its columns are."""

from __future__ import annotations

import hashlib
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, Final

from django.conf import settings

from integrations.models import Console, Upload
from integrations.sync.storable import storable_text
from integrations.sync.tables.cells import BadFile, shown
from integrations.sync.tables.files import Source, open_file
from integrations.sync.tables.grid import Head, find_heads, rows_below, widest
from integrations.sync.tables.guessing import field_called, guess, guess_keys
from integrations.sync.tables.known import TABLES

BLOCK: Final = 256 * 1024
IN_MEMORY: Final = 1024 * 1024
SHOWN_ROWS: Final = 8
SHOWN_TEXT: Final = 80
MOST_SHEETS: Final = 20
"""Sheets among which the list is looked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose list it is, what it holds, and whether it holds all of it."""

    console: Console
    what: str
    complete: bool = False


def most_bytes() -> int:
    return settings.HALOBRIDGE_UPLOAD_MIB * 1024 * 1024


def refuse_size(size: int) -> None:
    """Raises `BadFile` for a file over the limit."""
    if size > most_bytes():
        raise BadFile(
            f"The file has {size / 2**20:,.1f} MiB; {settings.HALOBRIDGE_UPLOAD_MIB} MiB are allowed. "
            "Upload it in parts, or only the columns that are needed."
        )


def take_file(wanted: Wanted, file: IO[bytes], name: str, by: Any = None) -> Upload:
    """Store the file; its rows are not read yet. Raises `BadFile`."""
    file.seek(0, 2)
    size = file.tell()
    refuse_size(size)
    kind, source = open_file(file)
    found = describe(source, wanted.what)
    columns = guess(found["headers"], wanted.what)
    digest, content = compressed(file)
    return Upload.objects.create(
        console=wanted.console,
        what=wanted.what,
        complete=wanted.complete,
        file_name=storable_text(name, 200) or f"list.{kind}",
        file_kind=kind,
        size=size,
        digest=digest,
        content=content,
        found=found,
        choices={
            "sheet": found["sheet"],
            "columns": columns,
            "keys": guess_keys(columns, TABLES[wanted.what]),
            "order": "",
        },
        created_by=by,
    )


def describe(source: Source, what: str, sheet: str = "") -> dict[str, Any]:
    """Sheets, headers and first rows. Without a sheet named: the one whose headers are known best."""
    sheets = [sheet] if sheet else source.sheets[:MOST_SHEETS]
    heads = find_heads(source, sheets, lambda header: bool(field_called(header, what)))
    chosen = max(heads, key=lambda name: _known(heads[name], what))
    head = heads[chosen]
    top = list(islice(rows_below(source.lines(chosen), head), SHOWN_ROWS))
    names = [*head.names, *(f"Column {number + 1}" for number in range(len(head.names), widest(top)))]
    return {
        "described": source.described,
        "sheets": list(source.sheets[:MOST_SHEETS]),
        "sheet": chosen,
        "head_row": head.row,
        "headers": [storable_text(name, 200) for name in names],
        "first_rows": [
            [number, [storable_text(shown(cell), SHOWN_TEXT) for cell in cells]] for number, cells in top
        ],
    }


def _known(head: Head, what: str) -> int:
    return sum(bool(name) for name in guess(head.names, what))


def head_of(upload: Upload) -> Head:
    return Head(upload.found["head_row"], tuple(upload.found["headers"]))


def compressed(file: IO[bytes]) -> tuple[str, bytes]:
    """(SHA-256, the compressed bytes)."""
    digest, packer, parts = hashlib.sha256(), zlib.compressobj(6), []
    file.seek(0)
    while block := file.read(BLOCK):
        digest.update(block)
        parts.append(packer.compress(block))
    return digest.hexdigest(), b"".join([*parts, packer.flush()])


@contextmanager
def opened(upload: Upload) -> Iterator[Source]:
    """The stored file, open for reading. Raises `BadFile`."""
    content = bytes(Upload.objects.values_list("content", flat=True).get(pk=upload.pk))
    with reopened(content) as source:
        yield source


@contextmanager
def reopened(content: bytes) -> Iterator[Source]:
    """What `compressed` made, open for reading. Raises `BadFile`."""
    if not content:
        raise BadFile("The file is not kept any more; upload it again.")
    unpacker = zlib.decompressobj()
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        for start in range(0, len(content), BLOCK):
            file.write(unpacker.decompress(content[start : start + BLOCK]))
        file.write(unpacker.flush())
        yield open_file(file)[1]
