"""A sheet of assets: its columns by HaloPSA's conventions, and the plan that it becomes.

HaloPSA API: the import of assets names its columns as the API does; asset fields go by their names, custom
fields as `$CFname` or `CFname`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from django.db import transaction
from django.utils import timezone

from integrations.choices import UploadState
from integrations.ingest.batches import batches
from integrations.models import HaloCredential, Plan, Run
from integrations.sync.tables.fields import Field, Kind, Table, words
from integrations.sync.tables.grid import letters
from mappings.definitions import Definitions, definitions_of
from mappings.models import MappingSheet, SheetAsset
from mappings.planning import ASSET_SHEET, plan_assets
from mappings.spreadsheets.columns import SheetLine, alike, where
from mappings.spreadsheets.lines import lines_of, look_through
from mappings.spreadsheets.problems import packed
from mappings.targets import Form, Target, is_custom, is_field

_OWN: Final = (
    Field("asset_id", "id", Kind.CODE, words("asset id, halopsa id"), "501"),
    Field("asset_tag", "inventory_number", Kind.CODE, words("asset tag, tag"), "TAG-501"),
    Field("type_id", "assettype_id", Kind.CODE, words("asset type id"), "113"),
    Field("type", "assettype_name", called=words("asset type"), sample="Server"),
    Field("client_id", "client_id", Kind.CODE, words("customer_id"), "12"),
    Field("client", "client_name", called=words("client, customer, customer_name"), sample="Pine Dental Ltd"),
    Field("site_id", "site_id", Kind.CODE, sample="31"),
    Field("site", "site_name", called=words("site"), sample="Main"),
)
ROWS: Final = 1000


CUSTOM_PREFIXES: Final = ("$CF", "CF")
"""How a sheet may spell custom fields; both are read."""


def asset_table(credential: HaloCredential, prefix: str = "$CF") -> Table:
    """What a sheet for this HaloPSA may hold: also its own asset fields and custom fields."""
    known = definitions_of([credential])[credential.pk]
    return Table(
        "assets",
        "asset",
        (*_OWN, *_fields(known, prefix)),
        (),
        (("asset_id",), ("asset_tag",), ("client",), ("client_id",)),
    )


def _fields(known: Definitions, prefix: str) -> Iterator[Field]:
    """Without the bridge reference, which is ours, and without what cannot be filled from here."""
    for target in known.targets.values():
        if target.form == Form.UNKNOWN or target.key == str(known.marker_field_id):
            continue
        kind = Kind.DAY if target.form == Form.DAY else Kind.CODE
        sample = "2027-03-31" if target.form == Form.DAY else ""
        yield Field(target.key, _header(target, prefix), kind, (target.name,), sample)


def _header(target: Target, prefix: str) -> str:
    if is_custom(target.key):
        return prefix + target.name.removeprefix("CF")
    return target.name if is_field(target.key) else target.key.partition(":")[2]


# ---- from the file to a plan ----------------------------------------------------------------


def plan_of(sheet: MappingSheet, run: Run | None, told: Callable[[int], None]) -> Plan:
    """Read the file into the plan of this sheet and compute it. Repeated it begins anew. Raises `BadFile`."""
    table = asset_table(sheet.halo_credential)
    order = look_through(sheet, table, told)
    columns, headers = sheet.found["columns"], sheet.found["headers"]
    places = {name: where(name, columns, headers, table) for name in table.by_name}
    plan = sheet.plan or Plan.objects.create(
        kind=ASSET_SHEET,
        halo_credential=sheet.halo_credential,
        parameters={
            "sheet": sheet.file_name,
            "where": places,
            **_left_out(columns, headers, never_filled(sheet.halo_credential)),
        },
        created_by=sheet.created_by,
    )
    MappingSheet.objects.filter(pk=sheet.pk).update(plan=plan)
    SheetAsset.objects.filter(plan=plan).delete()
    rows = 0
    for part in batches(lines_of(sheet, table, order), ROWS):
        SheetAsset.objects.bulk_create(_rows(plan, part))
        rows += len(part)
        told(rows)
    plan_assets(plan)
    with transaction.atomic():
        MappingSheet.objects.filter(pk=sheet.pk).update(
            state=UploadState.READY, looked_at=timezone.now(), look_run=run, content=b""
        )
    return plan


def never_filled(credential: HaloCredential) -> dict[str, str]:
    """Names of places that an exported sheet has, but no sheet ever changes → why."""
    known = definitions_of([credential])[credential.pk]
    found: dict[str, str] = {}
    for target in known.targets.values():
        is_marker = target.key == str(known.marker_field_id)
        if is_marker or target.form == Form.UNKNOWN:
            why = "the bridge reference" if is_marker else "its values can't be read from a cell"
            found |= {alike(_header(target, prefix)): why for prefix in CUSTOM_PREFIXES}
    return found


def _left_out(
    columns: Sequence[str], headers: Sequence[str], never: Mapping[str, str]
) -> dict[str, list[str]]:
    """`kept`: headers of what a sheet never changes, each with the reason; `left_out`: those that mean
    nothing here. Columns without a header are left out as well, but nobody misses them."""
    named = zip(columns, headers, range(len(headers)), strict=False)
    others = [
        header for column, header, place in named if not column and header != f"Column {letters(place)}"
    ]
    kept = [f"{header} ({never[alike(header)]})" for header in others if alike(header) in never]
    return {"kept": kept, "left_out": [header for header in others if alike(header) not in never]}


def _rows(plan: Plan, lines: Iterable[SheetLine]) -> Iterator[SheetAsset]:
    for line in lines:
        columns, sentences = packed(line.problems)
        yield SheetAsset(plan=plan, number=line.number, told=line.told, column=columns, problem=sentences)
