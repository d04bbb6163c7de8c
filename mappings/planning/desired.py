"""Desired against existing for one asset: which field values follow from its computers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from mappings.attributes import ComputerFacts
from mappings.models import FieldOwner
from mappings.planning.world import Rule

FieldValues = dict[str, dict[str, str]]
"""Halo's field id as text → {"name": …, "value": …}: to be shown and to be applied."""

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Difference:
    """Changed fields only, before and after with the same keys."""

    before: FieldValues
    after: FieldValues


class TooLong(ValueError):
    """A value that Halo's field does not hold; the text is a sentence for staff."""


def in_order(computers: Sequence[ComputerFacts]) -> list[ComputerFacts]:
    """The computers of one asset, whose word counts first in front: the one that was seen last."""
    return sorted(computers, key=lambda facts: (facts.last_seen or _NEVER, -facts.id), reverse=True)


def wanted_value(rule: Rule, computers: Sequence[ComputerFacts], existing: str = "") -> str:
    """The value that the field should have; "" where no computer tells one. Raises `TooLong`.

    What any of the computers says is right: two consoles that spell one thing differently would
    otherwise overwrite each other with every read.
    """
    told = [value for facts in computers if (value := rule.attribute.value(facts, rule.limit))]
    if not told or existing in told:
        return existing if told else ""
    value = told[0]
    if rule.limit and len(value) > rule.limit:
        raise TooLong(
            f"{rule.attribute.label} has {len(value)} characters; "
            f"Halo's field “{rule.name}” takes {rule.limit}."
        )
    return value


def new_fields(rules: Sequence[Rule], computers: Sequence[ComputerFacts]) -> FieldValues:
    """The fields of an asset that is to be created."""
    return {
        str(rule.field_id): {"name": rule.name, "value": value}
        for rule in rules
        if rule.owner != FieldOwner.HALO and (value := wanted_value(rule, computers))
    }


def difference(
    rules: Sequence[Rule],
    computers: Sequence[ComputerFacts],
    existing: Mapping[str, str],
    *,
    created_by_us: bool,
) -> Difference:
    """The fields of an existing asset that are ours to change and differ. Nothing is ever blanked."""
    found = Difference({}, {})
    for rule in rules:
        number = str(rule.field_id)
        present = str(existing.get(number) or "").strip()
        if not _may_write(rule, present, created_by_us):
            continue
        value = wanted_value(rule, computers, present)
        if value and value != present:
            found.before[number] = {"name": rule.name, "value": present}
            found.after[number] = {"name": rule.name, "value": value}
    return found


def _may_write(rule: Rule, present: str, created_by_us: bool) -> bool:
    if rule.owner == FieldOwner.HALO:
        return False
    # Without a table of their own, staff have not said that we may rename an asset which was there before.
    gentle = rule.derived and rule.attribute.names_the_asset and not created_by_us
    return not present or not (gentle or rule.owner == FieldOwner.FILL)
