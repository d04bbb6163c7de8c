"""A sheet that arrives: refused with a sentence, or kept to be looked at."""

from __future__ import annotations

from typing import IO, Any

from integrations.ingest.uploads.taking import MOST_SHEETS, compressed, refuse_size
from integrations.models import HaloCredential
from integrations.sync.storable import storable_text
from integrations.sync.tables.cells import BadFile
from integrations.sync.tables.fields import Table
from integrations.sync.tables.files import Source, open_file
from integrations.sync.tables.grid import find_heads
from mappings.models import MappingSheet
from mappings.spreadsheets.columns import columns_of, field_called, missing_columns
from mappings.spreadsheets.kinds import table_of


def take_sheet(
    credential: HaloCredential, what: str, file: IO[bytes], name: str, by: Any = None
) -> MappingSheet:
    """Store the file; of its rows only the first are read. Raises `BadFile`."""
    file.seek(0, 2)
    size = file.tell()
    refuse_size(size)
    kind, source = open_file(file)
    found = described(source, table_of(what, credential))
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


def described(source: Source, table: Table) -> dict[str, Any]:
    """The sheet whose headers are known best, and what each column was taken for. Raises `BadFile`."""
    sheets = source.sheets[:MOST_SHEETS]
    heads = find_heads(source, sheets, lambda header: bool(field_called(header, table)))
    chosen = max(heads, key=lambda name: sum(map(bool, columns_of(heads[name].names, table))))
    head = heads[chosen]
    columns = columns_of(head.names, table)
    if sentence := missing_columns(columns, table):
        read = ", ".join(name for name in head.names[:10])
        raise BadFile(f"{sentence} The columns in row {head.row} are: {read[:300]}.")
    return {
        "described": source.described,
        "sheet": chosen,
        "head_row": head.row,
        "headers": [storable_text(name, 200) for name in head.names],
        "columns": columns,
    }
