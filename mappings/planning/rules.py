"""Which values go into the assets of a type: the common table, overridden per place by the type's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mappings.attributes import usual_fields
from mappings.definitions import AssetType, Definitions, problem_of
from mappings.models import FieldMapping, FieldOwner, TargetKind
from mappings.sources import Source, of_attribute, source_of
from mappings.targets import Target, is_field, key_of


@dataclass(frozen=True, slots=True)
class Rule:
    """One place of an asset that a value goes into."""

    target: Target
    source: Source
    owner: str
    consoles: tuple[int, ...] = ()
    """Whose word counts first, where several consoles see the computer."""
    day_format: str = ""
    derived: bool = False
    """From the field's usual name, not from a table that staff made."""
    is_key: bool = False
    """An asset without it can't be told from others."""
    gentle: bool = field(init=False)
    """Staff have not said that we may rename an asset which was there before."""
    is_day: bool = field(init=False)

    def __post_init__(self) -> None:
        attribute = self.source.attribute
        gentle = self.derived and attribute is not None and attribute.names_the_asset
        object.__setattr__(self, "gentle", gentle)
        object.__setattr__(self, "is_day", attribute is not None and attribute.is_day)


class RuleBook:
    """The tables of one credential. Rows with a problem do nothing; their page says why."""

    def __init__(self, mappings: Sequence[FieldMapping], known: Definitions) -> None:
        self._known = known
        self._tables: dict[int | None, dict[str, FieldMapping]] = defaultdict(dict)
        for row in mappings:
            self._tables[row.asset_type][key_of(row.target, row.field_id, row.property)] = row
        self._broken = {row.pk for row in mappings if problem_of(row, known)}
        self._rules: dict[int, list[Rule]] = {}

    def of(self, asset_type: AssetType) -> list[Rule]:
        if asset_type.halo_id not in self._rules:
            table = {**self._tables.get(None, {}), **self._tables.get(asset_type.halo_id, {})}
            rules = [*self._stated(asset_type, table), *self._derived(asset_type, table)]
            self._rules[asset_type.halo_id] = sorted(rules, key=_place)
        return self._rules[asset_type.halo_id]

    def _stated(self, asset_type: AssetType, table: dict[str, FieldMapping]) -> Iterator[Rule]:
        for key, row in table.items():
            target = self._known.targets.get(key)
            # A field that the type does not have would be lost in Halo without a word.
            absent = row.target == TargetKind.FIELD and row.field_id not in asset_type.field_ids
            if row.pk in self._broken or target is None or absent:
                continue
            yield Rule(
                target,
                source_of(row),
                row.owner,
                consoles=tuple(row.console_order),
                day_format=row.day_format,
                is_key=row.field_id in asset_type.key_field_ids and is_field(key),
            )

    def _derived(self, asset_type: AssetType, table: dict[str, FieldMapping]) -> Iterator[Rule]:
        """Without any table the well-known fields by name; with one, key fields that no row speaks of."""
        wanted: Iterable[int] = asset_type.key_field_ids if self._tables else asset_type.field_ids
        named = [
            (number, self._known.targets[str(number)].name)
            for number in set(wanted) & asset_type.field_ids
            if str(number) in self._known.targets and str(number) not in table
        ]
        for number, attribute in usual_fields(named).items():
            if number != self._known.marker_field_id:
                yield Rule(
                    self._known.targets[str(number)],
                    of_attribute(attribute),
                    FieldOwner.CONSOLE,
                    derived=True,
                    is_key=number in asset_type.key_field_ids,
                )


def _place(rule: Rule) -> tuple[bool, int, str]:
    """Asset fields by number, then the others."""
    key = rule.target.key
    return not is_field(key), int(key) if is_field(key) else 0, key
