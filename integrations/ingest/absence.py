"""What a complete read did not hold: missed once, then gone, unless so much is missing that one doubts it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from integrations.ingest.batches import batches
from integrations.ingest.losses import Guard
from integrations.ingest.stored import Stored
from integrations.ingest.upsert import Key, Scope, Shape
from integrations.sync.safety import judge_loss

GONE_AT: Final = 2
"""Complete reads in a row that have to miss a row before it counts as gone."""

SMALLEST_GROUP: Final = 3
"""A company with fewer computers may lose all of them; only the guard over the whole console looks at it."""

_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Missing:
    id: int
    missed_reads: int
    group: Any


@dataclass(frozen=True, slots=True)
class Grouping:
    """A second, finer guard: rows of one `column` value are judged on their own. `names` words the values."""

    column: str
    names: Callable[[Iterable[Any]], Mapping[Any, str]]


def mark_absent(
    shape: Shape,
    scope: Scope,
    seen: AbstractSet[Any],
    now: datetime,
    *,
    new: Mapping[Any, int],
    grouping: Grouping | None = None,
    counted_before: bool = False,
) -> Stored:
    """Mark what is active and was not seen: what is gone now, and what was held back and why.

    `new` counts by group the active rows that this read brought: they were not known before, so they don't
    make a loss look smaller. Rows that are held back stay as they are, until their loss is approved: then
    they are gone at once, since an earlier complete read has missed them as well. `counted_before`: this very
    read has been marked already, and is looked at again for the sake of an approval only.
    """
    known, missing = _compare(shape, scope, seen, grouping)
    known.subtract(new)
    guard, what = Guard.of(shape, scope), str(shape.model._meta.verbose_name_plural)
    held, reason = _doubted(known, missing, grouping, what)
    if not held:
        guard.settle()
        return Stored(gone=0 if counted_before else _store(shape, missing, now))
    doubted = {row.id for row in held}
    rest = [row for row in missing if row.id not in doubted]
    rest_gone = 0 if counted_before else _store(shape, rest, now)
    if guard.approves(len(held)):
        gone = rest_gone + _take_away(shape, held, now)
        guard.settle()
        return Stored(gone=gone)
    waits = guard.hold(max(known.total(), len(missing)), len(held), reason)
    return Stored(gone=rest_gone, held_back=reason, waits=waits)


def mark_gone(shape: Shape, scope: Scope, now: datetime) -> int:
    """Rows in use of which the source itself has said that they are no more: gone; how many."""
    rows = shape.model._default_manager.filter(**scope, active=True)
    return rows.update(active=False, missed_reads=GONE_AT, gone_since=now, changed_at=now)


def _doubted(
    known: Counter[Hashable], missing: list[Missing], grouping: Grouping | None, what: str
) -> tuple[list[Missing], str]:
    """Rows whose absence is doubted, and why; none and '' where all may be as it looks."""
    sentences: list[str] = []
    held: list[Missing] = []
    # A list that is empty as a whole needs no word about each of its companies.
    if grouping is not None and len(missing) < known.total():
        groups = _doubtful_groups(known, missing, what)
        held = [row for row in missing if row.group in groups]
        missing = [row for row in missing if row.group not in groups]
        known = Counter({group: count for group, count in known.items() if group not in groups})
        sentences = _sentences(groups, grouping)
    verdict = judge_loss(max(known.total(), len(missing)), len(missing), what=what)
    if not verdict.allowed:
        held, sentences = held + missing, [verdict.reason, *sentences]
    return held, " ".join(sentences)


def _compare(
    shape: Shape, scope: Scope, seen: AbstractSet[Any], grouping: Grouping | None
) -> tuple[Counter[Hashable], list[Missing]]:
    columns = ["pk", "missed_reads", *([grouping.column] if grouping else []), *shape.key]
    rows = shape.model._default_manager.filter(**scope, active=True).order_by().values_list(*columns)
    first_key = len(columns) - len(shape.key)
    known: Counter[Hashable] = Counter()
    missing = []
    for row in rows.iterator(chunk_size=2000):
        group = row[2] if grouping else None
        known[group] += 1
        key: Key = row[first_key:]
        if key not in seen:
            missing.append(Missing(row[0], row[1], group))
    return known, missing


def _doubtful_groups(known: Counter[Hashable], missing: list[Missing], what: str) -> dict[Hashable, str]:
    """Reason by group that lost too much at once. Rows without a group are judged with the whole only."""
    lost = Counter(row.group for row in missing if row.group is not None)
    verdicts = {
        group: judge_loss(known[group], count, what=what)
        for group, count in lost.items()
        if known[group] >= SMALLEST_GROUP
    }
    return {group: verdict.reason for group, verdict in verdicts.items() if not verdict.allowed}


def _sentences(held: Mapping[Hashable, str], grouping: Grouping) -> list[str]:
    if not held:
        return []
    names = grouping.names(held)
    told = sorted(f"{names.get(group, group)}: {reason}" for group, reason in held.items())
    more = len(told) - _NAMED
    return [*told[:_NAMED], *([f"The same holds for {more} more."] if more > 0 else [])]


def _store(shape: Shape, missing: list[Missing], now: datetime) -> int:
    gone = [row for row in missing if row.missed_reads + 1 >= GONE_AT]
    missed = [row.id for row in missing if row.missed_reads + 1 < GONE_AT]
    active = shape.model._default_manager.filter(active=True)
    for ids in batches(missed):
        active.filter(pk__in=ids).update(missed_reads=1)
    return _take_away(shape, gone, now)


def _take_away(shape: Shape, gone: list[Missing], now: datetime) -> int:
    active = shape.model._default_manager.filter(active=True)
    for ids in batches(row.id for row in gone):
        active.filter(pk__in=ids).update(active=False, missed_reads=GONE_AT, gone_since=now, changed_at=now)
    return len(gone)
