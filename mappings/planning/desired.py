"""Desired against existing for one asset: which values follow from its computers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from mappings.attributes import ComputerFacts
from mappings.models import FieldOwner
from mappings.planning.rules import Rule
from mappings.targets import Form, Row, Unwritable, held, same

FieldValues = dict[str, Row]
"""The key of a place (see `targets`) → {"name": …, "value": …}: to be shown and to be applied."""

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Difference:
    """Changed values only, before and after with the same keys. `left_out`: sentences about what HaloPSA
    would not take."""

    before: FieldValues
    after: FieldValues
    left_out: list[str] = field(default_factory=list)

    def without(self, key: str) -> Difference:
        """The same but for one place."""
        before, after = (
            {k: row for k, row in side.items() if k != key} for side in (self.before, self.after)
        )
        return Difference(before, after, self.left_out)


def in_order(computers: Sequence[ComputerFacts], consoles: Sequence[int] = ()) -> list[ComputerFacts]:
    """The computers of one asset, whose word counts first in front: by console, then by who saw it last."""
    if len(computers) < 2:
        return list(computers)
    rank = {number: place for place, number in enumerate(consoles)}
    latest = sorted(computers, key=lambda facts: (facts.last_seen or _NEVER, -facts.id), reverse=True)
    return sorted(latest, key=lambda facts: rank.get(facts.console_id, len(rank)))


def wanted_row(rule: Rule, computers: Sequence[ComputerFacts], existing: str = "") -> Row | None:
    """The value that the place should have; None where no computer tells one, or where it has it.

    Without an order of consoles what any of the computers says is right: two consoles that spell one thing
    differently would otherwise overwrite each other with every read. Raises `Unwritable` where all that is
    told is something that the place does not take.
    """
    if len(computers) == 1 and _stands(rule, computers[0], existing):
        return None
    told, problem = _told(rule, computers)
    if not told and problem:
        raise problem
    if any(same(row, existing) for row in told):
        return None
    return told[0] if told else None


def _stands(rule: Rule, facts: ComputerFacts, existing: str) -> bool:
    """Whether plain text is there as it is told: so it is with nearly all places, and they are very many."""
    if rule.target.form != Form.TEXT or rule.is_day:
        return False
    return rule.source.value(facts, rule.target.limit) in ("", existing)


def _told(rule: Rule, computers: Sequence[ComputerFacts]) -> tuple[list[Row], Unwritable | None]:
    rows: list[Row] = []
    problem: Unwritable | None = None
    for facts in in_order(computers, rule.consoles):
        value = rule.source.value(facts, rule.target.limit)
        if not value:
            continue
        try:
            row = rule.target.row(value, rule.day_format, is_day=rule.is_day, label=rule.source.label)
        except Unwritable as found:
            problem = problem or found
        else:
            rows.append(row)
    return (rows[:1] if rule.consoles else rows), problem


def new_fields(rules: Sequence[Rule], computers: Sequence[ComputerFacts]) -> tuple[FieldValues, list[str]]:
    """The values of an asset that is to be created, and sentences about those that HaloPSA would not take.

    Raises `Unwritable` where that is a key field: the asset could not be told from others.
    """
    found: FieldValues = {}
    left_out = []
    for rule in _ours(rules):
        try:
            row = wanted_row(rule, computers)
        except Unwritable as problem:
            if rule.is_key:
                raise
            left_out.append(str(problem))
        else:
            found |= {rule.target.key: row} if row else {}
    return found, left_out


def _ours(rules: Sequence[Rule]) -> list[Rule]:
    return [rule for rule in rules if rule.owner != FieldOwner.HALO]


def difference(
    rules: Sequence[Rule],
    computers: Sequence[ComputerFacts],
    existing: Mapping[str, str],
    *,
    created_by_us: bool,
    custom_read: bool = True,
) -> Difference:
    """The values of an existing asset that are ours to change and differ. Nothing is ever blanked.

    `existing`: by key (see `targets.together`).
    """
    found = Difference({}, {})
    for rule in _ours(rules):
        key = rule.target.key
        present = held(existing, key, custom_read=custom_read)
        if present is None:
            found.left_out.append(f"“{rule.target.name}” has not been read yet: sync HaloPSA in full.")
            continue
        present = present.strip()
        if not _may_write(rule, present, created_by_us):
            continue
        try:
            row = wanted_row(rule, computers, present)
        except Unwritable as problem:
            found.left_out.append(str(problem))
            continue
        if row:
            found.before[key] = rule.target.existing(present, is_day=rule.is_day)
            found.after[key] = row
    return found


def _may_write(rule: Rule, present: str, created_by_us: bool) -> bool:
    gentle = rule.gentle and not created_by_us
    return not present or not (gentle or rule.owner == FieldOwner.FILL)
