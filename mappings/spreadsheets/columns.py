"""The columns of imported mappings: how they are called, and how a row of them is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from integrations.sync.cells import cell as harmless
from integrations.sync.tables.cells import Cell, Line
from integrations.sync.tables.fields import Field, Kind, Table, words
from integrations.sync.tables.grid import at, letters
from integrations.sync.tables.guessing import squashed
from integrations.sync.tables.reading import Lost, Unusable, read

_CLIENT: Final = (
    Field("client_id", "Halo client ID", Kind.CODE, words("client id, customer id"), "12"),
    Field("client", "Halo client", called=words("client, customer, halo customer"), sample="Pine Dental Ltd"),
)
COMPANIES: Final = Table(
    "company mappings",
    "company",
    (
        Field("console", "Console", sample="Backup"),
        Field("company_id", "Company ID", Kind.ID, words("external id"), "c-417"),
        Field("company", "Company", called=words("company name"), sample="Pine Dental"),
        *_CLIENT,
        Field("site_id", "Default site ID", Kind.CODE, words("site id"), "31"),
        Field("site", "Default site", called=words("site"), sample="Main"),
        Field("create_tickets", "Create tickets", Kind.FLAG, sample="Yes"),
        Field("no_notification", "No notification", Kind.FLAG, sample="No"),
        Field("enable_configuration", "Enable configuration", Kind.FLAG, sample="No"),
    ),
    (),
    (("company_id",), ("company",)),
)
"""`keys`: the columns of which one has to be there."""
_TYPE: Final = (
    Field("type_id", "Asset type ID", Kind.CODE, sample="113"),
    Field("type", "Asset type", called=words("type"), sample="Server"),
)
PRODUCTS: Final = Table(
    "default asset types",
    "product",
    (
        Field("console", "Console", sample="Backup"),
        Field("product", "Product", called=words("product name, licence"), sample="Server Backup"),
        *_TYPE,
    ),
    (),
    (("product",),),
)
COMPUTERS: Final = Table(
    "computer mappings",
    "computer",
    (
        Field("console", "Console", sample="Backup"),
        Field("computer_id", "Computer ID", Kind.ID, words("external id"), "d-9"),
        Field("computer", "Computer", called=words("computer name, device"), sample="PINE-PC02"),
        Field("company", "Company", sample="Pine Dental"),
        Field("asset_id", "Asset ID", Kind.CODE, sample="501"),
        Field("asset", "Asset", called=words("asset name"), sample="PINE-PC02"),
        Field("asset_tag", "Asset tag", Kind.CODE, words("tag, inventory number"), "TAG-501"),
        Field("site_id", "Site ID", Kind.CODE, sample="31"),
        Field("site", "Site", sample="Main"),
        *_TYPE,
    ),
    (),
    (("computer_id",), ("computer",)),
)


def field_called(header: str, table: Table) -> str:
    """The name of the field that a header means; '' for none. What an export calls it always counts."""
    wanted = squashed(header)
    for known in table.fields:
        if wanted in {squashed(word) for word in (known.name, known.label, *known.called)}:
            return known.name
    return ""


def columns_of(headers: Sequence[str], table: Table) -> list[str]:
    """For each column the field that it was taken for, or ''; the first column of a field counts."""
    found: list[str] = []
    for header in headers:
        name = field_called(header, table)
        found.append("" if name in found else name)
    return found


def missing_columns(columns: Sequence[str], table: Table) -> str:
    """Why no row can be read; '' if they can."""
    for name in table.needed:
        if name not in columns:
            return f"There is no column “{table.by_name[name].label}”."
    if not any(set(names) <= set(columns) for names in table.keys):
        labels = " or ".join(f"“{table.by_name[names[0]].label}”" for names in table.keys)
        return f"No column says which {table.one} a row is about: {labels} has to be there."
    return ""


@dataclass(slots=True)
class SheetLine:
    """A row as it was read: only the cells that say something. `problems`: fields whose cell says nonsense,
    each with a sentence."""

    number: int
    told: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)


def read_line(line: Line, columns: Sequence[str], table: Table) -> SheetLine:
    """An empty cell says nothing: what it is about stays as it is."""
    number, cells = line
    found = SheetLine(number)
    for position, name in enumerate(columns):
        value: Cell = at(cells, position)
        if not name or value is None:
            continue
        try:
            told = read(table.by_name[name], value, None)
        except (Unusable, Lost) as problem:
            found.problems.append((name, f"This cell {problem}."))
        else:
            if told not in ("", None):
                found.told[name] = told
    return found


def where(name: str, columns: Sequence[str], headers: Sequence[str], table: Table) -> str:
    """A column as staff find it in their sheet; its usual name where the sheet does not have it."""
    if name not in table.by_name:
        return name
    if name not in columns:
        return table.by_name[name].label
    position = columns.index(name)
    return f"{headers[position]} (column {letters(position)})"


def alike(text: object) -> str:
    """Texts that are alike name the same thing: without case and spaces, and as an export spells them."""
    return " ".join(str(harmless(str(text)) or "").split()).casefold().lstrip("'")
