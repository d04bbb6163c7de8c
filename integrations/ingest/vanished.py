"""Series that a console's complete list of events does not hold any more: their end is concluded.

Only for consoles whose list tells the present state of every series. A disappearance counts when two complete
reads in a row miss the series, and never when so much is missing that the read itself is in doubt. How
much that is depends on the list: one that also tells of what is fine is hardly ever empty, one of open alerts
often is. A console that gives both is judged list by list. What a read could not look at stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Max, Q
from django.utils import timezone

from integrations.choices import EventState
from integrations.ingest.batches import batches
from integrations.ingest.losses import OPEN_SERIES, SERIES, Guard
from integrations.models import Console, Event, KnownSeries
from integrations.records import EventRecord
from integrations.sync.safety import LossVerdict, judge_loss
from integrations.sync.storable import storable_key

ENDED: Final = 2
"""Complete reads that missed a series which has ended by that; its resolve may not be stored yet."""

SETTLED: Final = 3
"""It has ended, and nothing of it is open. The row stays: coming back is news then."""

USUAL_ENDS: Final = 20
"""Of a list of open alerts fewer than these may end at once …"""

USUAL_SHARE: Final = 0.5
"""… and of more no larger part than this."""

_LONGEST_SERIES: Final = 300
_COLUMNS: Final = (
    "series_key",
    "external_id",
    "event_type",
    "state",
    "severity",
    "title",
    "company_external_id",
    "computer_external_id",
)


def series_of(series_key: str) -> str:
    """A series key as it is stored and looked up."""
    return storable_key(series_key, _LONGEST_SERIES)


@dataclass(frozen=True, slots=True)
class Series:
    id: int
    key: str
    misses: int
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listed:
    """Series that one list of a console tells, and that are judged together. `seen` and `unread` are keys."""

    resource: str
    only_open: bool
    known: list[Series]
    seen: AbstractSet[str]
    unread: AbstractSet[str]
    unread_lists: tuple[str, ...] = ()

    @property
    def going_on(self) -> list[Series]:
        """What has not ended, as far as this read could look at it."""
        looked_at = (one for one in self.known if not one.key.startswith(self.unread_lists))
        return [one for one in looked_at if one.misses < ENDED and one.key not in self.unread]

    @property
    def unsettled(self) -> list[Series]:
        return [one for one in self.known if one.misses == ENDED and one.key not in self.seen]


@dataclass(frozen=True, slots=True)
class Told:
    """Where sentences about what is held back go."""

    warnings: list[str]
    waiting: list[str]


def open_series(console: Console, beginnings: tuple[str, ...]) -> frozenset[str]:
    """Keys of the series with one of these beginnings that have not ended and whose last event is open."""
    if not beginnings:
        return frozenset()
    begins = reduce(or_, (Q(series_key__startswith=beginning) for beginning in beginnings))
    rows = KnownSeries.objects.filter(begins, console=console, misses__lt=ENDED).order_by()
    return frozenset(_still_open(console, rows.values_list("series_key", flat=True)))


def derived_resolves(
    console: Console,
    seen_series: AbstractSet[str],
    *,
    only_open: bool = False,
    listed_while_open: tuple[str, ...] = (),
    unread: AbstractSet[str] = frozenset(),
    unread_lists: tuple[str, ...] = (),
    warnings: list[str] | None = None,
    waiting: list[str] | None = None,
) -> list[EventRecord]:
    """Resolving events for open series that have vanished; to be stored by `store_events`.

    `seen_series` are the series keys of one complete read, with the resolved ones and with those whose state
    is just not known; `only_open`: the list holds nothing of what is fine. `listed_while_open`: that holds
    for series whose keys begin so, and they are judged apart. Of `unread` series, and of those whose keys
    begin with one of `unread_lists`, the read could not tell: it neither counts as a miss of them nor ends
    one. Until the resolves are stored, the next call gives them again. What the loss guard holds back stays
    as it is; the sentence for staff is added to `waiting` where somebody has to decide about it, else to
    `warnings`. What was approved has ended at once: an earlier complete read missed it as well.
    """
    now = timezone.now()
    seen = {series_of(key) for key in seen_series if key}
    told = Told([] if warnings is None else warnings, [] if waiting is None else waiting)
    rows = KnownSeries.objects.filter(console=console).order_by()
    known = [Series(*row) for row in rows.values_list("pk", "series_key", "misses", "ended_at")]
    _remember(console, seen - {series.key for series in known})
    _mark([series for series in known if series.misses and series.key in seen], misses=0, ended_at=None)
    apart = [series for series in known if series.key.startswith(listed_while_open)]
    whole = [series for series in known if not series.key.startswith(listed_while_open)]
    unread = {series_of(key) for key in unread} - seen
    ends = _ends_in(console, Listed(SERIES, only_open, whole, seen, unread, unread_lists), told, now)
    if listed_while_open:
        ends |= _ends_in(console, Listed(OPEN_SERIES, True, apart, seen, unread, unread_lists), told, now)
    return list(_resolves(console, ends))


def _ends_in(console: Console, listed: Listed, told: Told, now: datetime) -> dict[str, tuple[int, datetime]]:
    """What has ended in one list: (id, since when) by key. Nothing while the guard holds its loss back."""
    going_on = listed.going_on
    missing = [series for series in going_on if series.key not in listed.seen]
    if listed.only_open:
        stays = len(going_on) - len(missing)
        missing = _settle_what_is_over(console, missing)
        verdict = _judge_open(stays + len(missing), len(missing))
    else:
        verdict = judge_loss(len(going_on), len(missing), what="series of events")
    guard = Guard(listed.resource, console_id=console.pk)
    approved = not verdict.allowed and guard.approves(len(missing))
    if not verdict.allowed and not approved:
        waits = guard.hold(len(going_on), len(missing), verdict.reason)
        (told.waiting if waits else told.warnings).append(verdict.reason)
        return {}
    guard.settle()
    ending = [series for series in missing if approved or series.misses + 1 >= ENDED]
    ended = {series.id for series in ending}
    _mark([series for series in missing if series.id not in ended], misses=1)
    _mark(ending, misses=ENDED, ended_at=now)
    return {**_ends(ending, now), **_ends(listed.unsettled, now)}


def _judge_open(known: int, missing: int) -> LossVerdict:
    return judge_loss(
        known,
        missing,
        share=USUAL_SHARE,
        minimum=USUAL_ENDS,
        what="open series of events",
        empty_is_usual=True,
    )


def _settle_what_is_over(console: Console, missing: list[Series]) -> list[Series]:
    """Those of them whose last event is open. That the others left the list means nothing."""
    still_open = _still_open(console, (series.key for series in missing))
    _mark([series for series in missing if series.key not in still_open], misses=SETTLED)
    return [series for series in missing if series.key in still_open]


def _still_open(console: Console, keys: Iterable[str]) -> set[str]:
    """Those of the series whose last event is open."""
    return {
        row["series_key"]
        for batch in batches(keys)
        for row in _last_events(console, batch)
        if row["state"] == EventState.OPEN
    }


def _ends(series: Iterable[Series], now: datetime) -> dict[str, tuple[int, datetime]]:
    return {one.key: (one.id, one.ended_at or now) for one in series}


def _remember(console: Console, keys: Iterable[str]) -> None:
    rows = [KnownSeries(console=console, series_key=key) for key in sorted(keys)]
    KnownSeries.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


def _mark(series: list[Series], **values: Any) -> None:
    for ids in batches(one.id for one in series):
        KnownSeries.objects.filter(pk__in=ids).update(**values)


def _resolves(console: Console, ends: dict[str, tuple[int, datetime]]) -> Iterator[EventRecord]:
    """A resolve for each series whose last event is open; the others need none and are settled."""
    for keys in batches(ends):
        last = {row["series_key"]: row for row in _last_events(console, keys)}
        still_open = {key for key, row in last.items() if row["state"] == EventState.OPEN}
        settled = [ends[key][0] for key in keys if key not in still_open]
        if settled:
            KnownSeries.objects.filter(pk__in=settled).update(misses=SETTLED)
        yield from (_resolve(last[key], ends[key][1]) for key in keys if key in still_open)


def _last_events(console: Console, keys: list[str]) -> Iterable[dict[str, Any]]:
    of_series = Event.objects.filter(console=console, series_key__in=keys).order_by()
    newest = of_series.values("series_key").annotate(newest=Max("pk")).values("newest")
    rows: Iterable[dict[str, Any]] = Event.objects.filter(pk__in=newest).order_by().values(*_COLUMNS)
    return rows


def _resolve(last: dict[str, Any], ended_at: datetime) -> EventRecord:
    return EventRecord(
        external_id=last["external_id"],
        event_type=last["event_type"],
        state=EventState.RESOLVED.value,
        title=f"No longer listed: {last['title']}",
        series_key=last["series_key"],
        severity=last["severity"],
        message="The console does not list this any more: two complete reads in a row did not hold it.",
        occurred_at=ended_at,
        company_external_id=last["company_external_id"] or None,
        computer_external_id=last["computer_external_id"] or None,
        raw={"derived": True},
    )
