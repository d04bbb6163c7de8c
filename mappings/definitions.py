"""What HaloPSA says of asset types, fields and statuses, and what is wrong with a field mapping.

Everything that can be known before anything is sent is told here, so that a row of the table says it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from integrations.choices import OptionKind
from integrations.models import HaloAssetType, HaloCredential, HaloField, HaloOption
from mappings.models import AssetProperty, FieldMapping, SourceKind, TargetKind
from mappings.sources import BadSource, Source, source_of
from mappings.targets import Form, Target, Unwritable, key_of

_FORMS: Final = {0: Form.TEXT, 1: Form.TEXT, 2: Form.CHOICE, 4: Form.DAY, 6: Form.YES_NO, 10: Form.TEXT}
"""HaloPSA API: `type` of a custom field."""
_TOLD: Final = {3: "a list of several choices", 5: "a time of day"}


@dataclass(frozen=True, slots=True)
class AssetType:
    halo_id: int
    name: str
    active: bool
    field_ids: frozenset[int]
    key_field_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Definitions:
    """Of one credential. `read`: kinds of places of which HaloPSA has told any."""

    targets: Mapping[str, Target] = field(default_factory=dict)
    types: Mapping[int, AssetType] = field(default_factory=dict)
    read: frozenset[str] = frozenset()
    marker_field_id: int | None = None
    statuses: Mapping[int, str] = field(default_factory=dict)
    """Names of asset statuses, of those that are no longer in use as well."""

    @property
    def read_types(self) -> bool:
        """Whether it is known which fields the asset types have."""
        return any(row.field_ids for row in self.types.values())

    def types_of(self, asset_type: int | None) -> list[AssetType]:
        """Active types that a row of this asset type (None: of the common table) is about."""
        wanted = [row for row in self.types.values() if asset_type in (None, row.halo_id)]
        return [row for row in wanted if row.active]

    def takers(self, mapping: FieldMapping) -> list[AssetType]:
        """Active types whose assets have the place."""
        types = self.types_of(mapping.asset_type)
        if mapping.target != TargetKind.FIELD:
            return types
        return [row for row in types if mapping.field_id in row.field_ids]


def definitions_of(credentials: Iterable[HaloCredential]) -> dict[int, Definitions]:
    """By the credential's id. Three statements, whatever the number of credentials and rows.

    The credentials' instances must have been selected with them.
    """
    wanted = list(credentials)
    targets: dict[int, dict[str, Target]] = defaultdict(dict)
    read: dict[int, set[str]] = defaultdict(set)
    rows = HaloField.objects.filter(halo_credential__in=wanted, kind__in=("asset", "custom"), active=True)
    for row in rows.only("halo_credential_id", "halo_id", "name", "kind", *_OF_FIELDS):
        kind = TargetKind.FIELD if row.kind == "asset" else TargetKind.CUSTOM
        target = _target(kind, row)
        targets[row.halo_credential_id][target.key] = target
        read[row.halo_credential_id].add(kind)
    types: dict[int, dict[int, AssetType]] = defaultdict(dict)
    stored = HaloAssetType.objects.filter(halo_credential__in=wanted)
    for owner, halo_id, name, active, fields, keys in stored.values_list(
        "halo_credential_id", "halo_id", "name", "active", "field_ids", "key_field_ids"
    ):
        types[owner][halo_id] = AssetType(halo_id, name, active, frozenset(fields), tuple(keys))
    statuses = _statuses(wanted)
    return {
        row.pk: Definitions(
            targets={**_properties(_in_use(statuses[row.pk])), **targets[row.pk]},
            types=types[row.pk],
            read=frozenset(read[row.pk]),
            marker_field_id=row.instance.marker_field_id,
            statuses={
                int(number): name for number, (name, _) in statuses[row.pk].items() if number.isdigit()
            },
        )
        for row in wanted
    }


_OF_FIELDS: Final = ("data_type", "data_length", "lookup_id", "values")


def _target(kind: str, row: HaloField) -> Target:
    if kind == TargetKind.FIELD:
        form = Form.CHOICE if row.lookup_id else Form.TEXT
    else:
        form = _FORMS.get(row.data_type or 0, Form.UNKNOWN)
    return Target(
        key_of(kind, row.halo_id),
        row.name,
        form,
        limit=row.data_length if form == Form.TEXT else None,
        choices={str(number): str(name) for number, name in row.values},
        by_id=kind == TargetKind.FIELD,
        told=_TOLD.get(row.data_type or 0, "of a kind"),
    )


_Statuses = dict[str, tuple[str, bool]]
"""Name, and whether it is in use, by HaloPSA's id."""


def _statuses(credentials: list[HaloCredential]) -> dict[int, _Statuses]:
    found: dict[int, _Statuses] = defaultdict(dict)
    rows = HaloOption.objects.filter(halo_credential__in=credentials, kind=OptionKind.ASSET_STATUS)
    for owner, number, name, active in rows.values_list("halo_credential_id", "halo_id", "name", "active"):
        found[owner][number] = name, active
    return found


def _in_use(statuses: _Statuses) -> dict[str, str]:
    return {number: name for number, (name, active) in statuses.items() if active}


def _properties(statuses: dict[str, str]) -> dict[str, Target]:
    found = {}
    for item in AssetProperty:
        key = key_of(TargetKind.PROPERTY, None, item)
        if item == AssetProperty.STATUS:
            found[key] = Target(key, str(item.label), Form.CHOICE, choices=statuses, by_id=True)
        else:
            found[key] = Target(key, str(item.label), Form.DAY)
    return found


# ---- what is wrong with a row ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row does nothing, as a sentence, and the column that has to be changed."""

    column: str
    words: str


def problem_of(mapping: FieldMapping, known: Definitions) -> Problem | None:
    """None where the row is right. Before the first sync nothing is known to be wrong."""
    try:
        source = source_of(mapping)
    except BadSource as problem:
        return Problem("attribute" if mapping.source == SourceKind.ATTRIBUTE else "text", str(problem))
    if of_type := _of_type(mapping, known):
        return of_type
    target = known.targets.get(key_of(mapping.target, mapping.field_id, mapping.property))
    place = "property" if mapping.target == TargetKind.PROPERTY else "field_id"
    words = _of_place(mapping, target, known) or (_of_value(source, target) if target else "")
    return Problem(place, words) if words else None


def _of_type(mapping: FieldMapping, known: Definitions) -> Problem | None:
    if mapping.asset_type is None or not known.types or known.types_of(mapping.asset_type):
        return None
    words = f"HaloPSA has no asset type with the ID {mapping.asset_type} (any more): choose another."
    return Problem("asset_type", words)


def _of_place(mapping: FieldMapping, target: Target | None, known: Definitions) -> str:
    if target is None:
        what = "custom field of assets" if mapping.target == TargetKind.CUSTOM else "asset field"
        words = f"HaloPSA has no {what} with the ID {mapping.field_id} (any more): choose another."
        return words if mapping.target in known.read else ""
    if mapping.target == TargetKind.FIELD and mapping.field_id == known.marker_field_id:
        return f"“{target.name}” holds the bridge reference; nothing else may go there."
    if known.takers(mapping) or not known.read_types:
        return ""
    if mapping.asset_type is None:
        return f"No asset type has the field “{target.name}”: add it to one in HaloPSA."
    name = known.types[mapping.asset_type].name
    return f"The asset type “{name}” has no field “{target.name}”: add it to the type in HaloPSA."


def _of_value(source: Source, target: Target) -> str:
    """The wrong kind, or too long."""
    if source.constant is not None or target.form == Form.UNKNOWN:
        try:
            target.row(source.literal, label=source.label)
        except Unwritable as problem:
            return str(problem)
        return ""
    attribute = source.attribute
    if target.form == Form.DAY and not (attribute and attribute.is_day):
        return f"“{target.name}” is a date in HaloPSA, and {_told(source)} is none."
    if target.form == Form.YES_NO:
        return f"“{target.name}” is a check box in HaloPSA: it takes the constant “yes” or “no”."
    if target.form == Form.CHOICE and not target.choices:
        return f"The choices of the pick list “{target.name}” have not been read: sync HaloPSA in full."
    if target.form == Form.CHOICE and attribute and attribute.is_link:
        return f"{_told(source)} is never a choice of the pick list “{target.name}”."
    if target.limit and len(source.literal) > target.limit:
        return (
            f"The template alone has {len(source.literal)} characters; Halo's field “{target.name}” takes "
            f"{target.limit}."
        )
    return ""


def _told(source: Source) -> str:
    return f"“{source.label}”" if source.attribute else "a template"


def reach_of(mapping: FieldMapping, known: Definitions) -> tuple[int, int]:
    """Asset types whose assets have the place, of those that the row is about."""
    return len(known.takers(mapping)), len(known.types_of(mapping.asset_type))


def problems_of(rows: Iterable[FieldMapping]) -> dict[int, str]:
    """By the row's id: what is wrong with it, "" if nothing is. Three statements.

    Credentials and their instances must have been selected with the rows.
    """
    listed = list(rows)
    credentials: dict[int, Any] = {row.halo_credential_id: row.halo_credential for row in listed}
    known = definitions_of(credentials.values()) if credentials else {}
    found = {row.pk: problem_of(row, known[row.halo_credential_id]) for row in listed}
    return {pk: problem.words if problem else "" for pk, problem in found.items()}
