"""The columns of imported mappings: how they are called, and how a row of them is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from integrations.sync.cells import cell as harmless
from integrations.sync.tables.cells import Cell, Line, Mistake
from integrations.sync.tables.fields import Field, Kind, Table, words
from integrations.sync.tables.grid import at, letters
from integrations.sync.tables.guessing import squashed
from integrations.sync.tables.reading import Lost, Unusable, read, text
from integrations.sync.tables.times import Evidence, Order

LONGEST_SHOWN: Final = 80

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
_COMPUTER: Final = words("computer name, device, device name, hostname")
COMPUTERS: Final = Table(
    "computer mappings",
    "computer",
    (
        Field("console", "Console", sample="Backup"),
        Field("computer_id", "Computer ID", Kind.ID, words("external id"), "d-9"),
        Field("computer", "Computer", called=_COMPUTER, sample="PINE-PC02"),
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


def fields_called(header: str, table: Table) -> list[str]:
    """The names of the fields that a header means; none, or several that an export calls alike.

    What an export calls a field goes before what else people say: HaloPSA may have a field called Client.
    """
    wanted = squashed(header)
    if not wanted:
        return []
    labelled = [known.name for known in table.fields if squashed(known.label) == wanted]
    if labelled:
        return labelled
    called = (known for known in table.fields if wanted in map(squashed, (known.name, *known.called)))
    return [known.name for known in called][:1]


def columns_of(headers: Sequence[str], table: Table) -> list[str]:
    """For each column the field that it was taken for, or ''. Several may be for one: see `read_line`."""
    found: list[str] = []
    for header in headers:
        names = fields_called(header, table)
        free = [name for name in names if name not in found]
        found.append(next(iter(free or names), ""))
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


def read_line(
    line: Line, columns: Sequence[str], headers: Sequence[str], table: Table, order: Order | None = None
) -> SheetLine:
    """An empty cell says nothing: what it is about stays as it is. Of several columns that were taken for one
    field the others may be empty, or say the same. `order`: of the days in the file, where it tells one."""
    number, cells = line
    found = SheetLine(number)
    for position, name in enumerate(columns):
        value: Cell = at(cells, position)
        if not name or value is None:
            continue
        try:
            told = _read(table.by_name[name], value, order)
        except (Unusable, Lost) as problem:
            found.problems.append((name, f"This cell {problem}."))
            continue
        known = found.told.setdefault(name, told) if told not in ("", None) else None
        if known is not None and alike(known) != alike(told):
            other = f"{headers[position]} (column {letters(position)})"
            sentence = f"It says {short(known)}, but {other} says {short(told)}: keep one of the two columns."
            found.problems.append((name, sentence))
    return found


_QUOTED: Final = re.compile(r'^="(.*)"$', re.S)
"""How programs keep a spreadsheet from turning a text into a number."""
_FORMULA: Final = re.compile(r"^=\s*(?:[A-Z][A-Z0-9.]*\(|\$?[A-Z]{1,3}\$?\d+\b)", re.I)
_WHOLE: Final = re.compile(r"^(\d+)\.0+$")
_HALO_IDS: Final = frozenset({"client_id", "site_id", "type_id", "asset_id"})
"""Whole numbers, which other programs write as 77.0 where a column has gaps."""


def _read(known: Field, value: Cell, order: Order | None) -> Any:
    """Raises `Unusable` and `Lost`."""
    if isinstance(value, Mistake):
        return text(value)
    if isinstance(value, str):
        quoted = _QUOTED.match(value.strip())
        value = quoted[1].replace('""', '"') if quoted else value
        if not quoted and _FORMULA.match(value.strip()):
            raise Unusable(f"is a formula, {short(value)}; put its value in its place")
    if known.kind == Kind.DAY:
        order = order or _order_of(value)
    told = read(known, value, order)
    whole = _WHOLE.match(told) if known.name in _HALO_IDS else None
    return whole[1] if whole else told


def _order_of(value: Cell) -> Order | None:
    """Of a day by itself. Raises `Unusable` where it could be another day as well."""
    evidence = Evidence()
    evidence.look(1, [value])
    if evidence.either_row:
        raise Unusable(
            f"{value!r} may be one day or another, as the file does not tell whether the day or the month "
            "comes first; write it as 2027-03-31"
        )
    return evidence.order


def short(text: object) -> str:
    """A value in a sentence: as it was told, in quotes, cut where it is long."""
    told = str(text)
    words = " ".join(told.split())
    shown = repr(words if len(words) <= LONGEST_SHOWN else f"{words[:LONGEST_SHOWN]}…")
    lines = "\n" in told.strip()
    return f"{shown} (over several lines: a quotation mark may be missing)" if lines else shown


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
