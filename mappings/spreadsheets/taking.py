"""A sheet that arrives: refused with a sentence, or kept to be looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import IO, Any

from integrations.ingest.uploads.taking import MOST_SHEETS, compressed, refuse_size
from integrations.models import HaloCredential
from integrations.sync.storable import storable_text
from integrations.sync.tables.cells import BadFile
from integrations.sync.tables.fields import Table
from integrations.sync.tables.files import Source, open_file
from integrations.sync.tables.grid import find_heads
from mappings.models import MappingSheet, SheetKind
from mappings.spreadsheets.columns import columns_of, fields_called, missing_columns
from mappings.spreadsheets.kinds import table_of


def take_sheet(
    credential: HaloCredential, what: str, file: IO[bytes], name: str, by: Any = None
) -> MappingSheet:
    """Store the file; of its rows only the first are read. Raises `BadFile`."""
    file.seek(0, 2)
    size = file.tell()
    refuse_size(size)
    kind, source = open_file(file)
    others = (kind for kind in SheetKind if kind != what)
    found = described(
        source, table_of(what, credential), {kind: table_of(kind, credential) for kind in others}
    )
    _, content = compressed(file)
    return MappingSheet.objects.create(
        halo_credential=credential,
        what=what,
        file_name=storable_text(name, 200) or f"sheet.{kind}",
        size=size,
        content=content,
        found=found,
        created_by=by,
    )


def described(source: Source, table: Table, others: Mapping[SheetKind, Table]) -> dict[str, Any]:
    """The sheet whose headers are known best, and what each column was taken for. Raises `BadFile`, which
    tells if it looks like a sheet of one of the `others`."""
    sheets = source.sheets[:MOST_SHEETS]
    heads = find_heads(source, sheets, lambda header: bool(fields_called(header, table)))
    chosen = max(heads, key=lambda name: sum(map(bool, columns_of(heads[name].names, table))))
    head = heads[chosen]
    columns = columns_of(head.names, table)
    if sentence := missing_columns(columns, table):
        read = ", ".join(name for name in head.names[:10])
        told = f"{sentence} The columns in row {head.row} are: {read[:300]}."
        raise BadFile(f"{told}{_looks_like(head.names, columns, others)}")
    return {
        "described": source.described,
        "sheet": chosen,
        "head_row": head.row,
        "headers": [storable_text(name, 200) for name in head.names],
        "columns": columns,
    }


def _looks_like(names: Sequence[str], columns: Sequence[str], others: Mapping[SheetKind, Table]) -> str:
    """A hint for who chose another kind than the file holds."""
    best, most = "", max(1, sum(map(bool, columns)))
    for kind, table in others.items():
        known = columns_of(names, table)
        if sum(map(bool, known)) > most and not missing_columns(known, table):
            best, most = kind.label, sum(map(bool, known))
    return f" It looks like a sheet of “{best}”: choose that instead." if best else ""
