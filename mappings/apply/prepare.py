"""From the ticked rows of a plan to intentions: safe to repeat at any point, nothing is made twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations.choices import Action, IntentionKind, IntentionState, Outcome, RunState
from integrations.models import OPEN_STATES, Computer, Entry, Intention, PlannedChange
from mappings.apply.job import KINDS, UNFINISHED, Job
from mappings.models import ComputerMapping, MappingOrigin
from mappings.models.intentions import SHEET_ASSET, of_mappings
from mappings.planning import WRITES, types_with_marker

CHUNK = 500
PAIR = "refused_pair"
"""Subject of a row that clears the bridge reference of an asset which stands for no computer any more."""
OTHERS = (PAIR, SHEET_ASSET)
"""Subjects of writes besides computer mappings."""
STILL_OPEN = (*OPEN_STATES, RunState.WAITING)
"""A run in one of these states goes on with its own intentions."""


def forget_leftovers(job: Job) -> None:
    """Withdraw what an ended run of this credential had planned and never sent."""
    leftovers = Intention.objects.filter(
        halo_credential=job.credential, kind__in=KINDS, state=IntentionState.PLANNED, answer=""
    )
    leftovers.exclude(run__state__in=STILL_OPEN).update(
        state=IntentionState.CANCELLED,
        answer="Its run ended before it was sent.",
        finished_at=timezone.now(),
    )


def prepare_from(job: Job, position: int) -> int | None:
    """Prepare the next rows after `position`; return the last one, None if there are no more."""
    rows = list(job.plan.changes.filter(position__gt=position).order_by("position")[:CHUNK])
    if not rows:
        return None
    with transaction.atomic():
        _store_entries(job, [row for row in rows if row.action == Action.SKIP], Outcome.SKIPPED)
        chosen = [row for row in rows if row.selected and row.action in WRITES]
        _make_intentions(job, _with_mappings(job, chosen))
        for kind in OTHERS:
            _make_intentions(job, {row.subject_id: row for row in chosen if row.subject_kind == kind}, kind)
    return rows[-1].position


# ---- mappings -------------------------------------------------------------------------------


def _with_mappings(job: Job, rows: Sequence[PlannedChange]) -> dict[int, PlannedChange]:
    """Rows by computer mapping; unmapped computers get one, to be exported."""
    by_computer = {row.subject_id: row for row in rows if row.subject_kind == "computer"}
    by_mapping = {row.subject_id: row for row in rows if row.subject_kind == "computer_mapping"}
    if not by_computer:
        return by_mapping
    consoles = Computer.objects.filter(pk__in=by_computer).values_list("pk", "console_id")
    ComputerMapping.objects.bulk_create(
        [
            ComputerMapping(
                computer_id=computer_id,
                console_id=console_id,
                halo_credential=job.credential,
                origin=MappingOrigin.EXPORTED,
                reason="To be exported.",
                mapped_by_id=job.run.requested_by_id,
            )
            for computer_id, console_id in consoles
        ],
        ignore_conflicts=True,
    )
    made = ComputerMapping.objects.filter(computer__in=by_computer, halo_credential=job.credential)
    linked: dict[int, PlannedChange] = {}
    for pk, computer_id, asset_id in made.values_list("pk", "computer_id", "halo_asset_id"):
        (by_mapping if asset_id is None else linked)[pk] = by_computer[computer_id]
    # A repeated step finds links that this run itself has made.
    own = of_mappings(Intention.objects.filter(run=job.run, subject_id__in=linked))
    late = [linked[pk] for pk in sorted(set(linked) - set(own.values_list("subject_id", flat=True)))]
    _store_entries(job, late, Outcome.CHANGED_MEANWHILE, "It was linked to an asset meanwhile.")
    return by_mapping


# ---- intentions -----------------------------------------------------------------------------


@dataclass(slots=True)
class _Lane:
    """What is known of one mapping's earlier writes."""

    last: int = 0
    of_this_run: bool = False
    open: int | None = None


def _make_intentions(job: Job, by_mapping: dict[int, PlannedChange], what: str = "asset") -> None:
    if not by_mapping:
        return
    lanes = _lanes(job, by_mapping, what)
    adopted = {
        lane.open: by_mapping[mapping_id]
        for mapping_id, lane in lanes.items()
        if lane.open is not None and not lane.of_this_run
    }
    marked = types_with_marker(job.credential)
    _adopt(job, adopted, marked)
    Intention.objects.bulk_create(
        [
            _intention(job, row, _lane(mapping_id, what), lanes[mapping_id].last + 1, marked)
            for mapping_id, row in by_mapping.items()
            if not lanes[mapping_id].of_this_run and lanes[mapping_id].open is None
        ],
        ignore_conflicts=True,
    )
    ours = Intention.objects.filter(run=job.run, lane__in=[_lane(number, what) for number in by_mapping])
    elsewhere = set(by_mapping) - set(ours.values_list("subject_id", flat=True))
    rows = [by_mapping[number] for number in sorted(elsewhere)]
    _store_entries(job, rows, Outcome.CHANGED_MEANWHILE, "Another run is working on it.")


def _lanes(job: Job, by_mapping: dict[int, PlannedChange], what: str) -> dict[int, _Lane]:
    lanes: dict[int, _Lane] = defaultdict(_Lane)
    earlier = Intention.objects.filter(lane__in=[_lane(number, what) for number in by_mapping])
    for pk, subject_id, sequence, state, run_id in earlier.values_list(
        "pk", "subject_id", "sequence", "state", "run_id"
    ):
        lane = lanes[subject_id]
        lane.last = max(lane.last, sequence)
        lane.of_this_run |= run_id == job.run.pk
        if state in UNFINISHED:
            lane.open = pk
    return lanes


def _adopt(job: Job, rows: dict[int, PlannedChange], marked: frozenset[int]) -> None:
    """What an ended run has sent without an answer is settled first; nothing is sent beside it."""
    if not rows:
        return
    orphans = Intention.objects.filter(pk__in=rows).exclude(run__state__in=STILL_OPEN)
    orphans.order_by().update(run=job.run)
    again = Intention.objects.filter(pk__in=rows, run=job.run, state=IntentionState.PLANNED)
    same = [intention for intention in again if intention.kind == _kind(rows[intention.pk])]
    for intention in same:
        intention.content = intention.content | _content(job, rows[intention.pk], marked)
    Intention.objects.bulk_update(same, ["content"])


def _intention(job: Job, row: PlannedChange, lane: str, number: int, marked: frozenset[int]) -> Intention:
    kind = _kind(row)
    subject = lane.rpartition(":")[2]
    return Intention(
        instance=job.instance,
        halo_credential=job.credential,
        kind=kind,
        # A cause is written once for ever; those of assets have always been without the word.
        cause=f"{kind}:{lane.removeprefix('asset:')}:{number}",
        lane=lane,
        sequence=number,
        subject_id=int(subject),
        content=_content(job, row, marked),
        run=job.run,
    )


def _kind(row: PlannedChange) -> IntentionKind:
    return IntentionKind.CREATE_ASSET if row.action == Action.CREATE else IntentionKind.UPDATE_ASSET


def _lane(number: int, what: str) -> str:
    return f"{what}:{number}"


def _content(job: Job, row: PlannedChange, marked: frozenset[int]) -> dict[str, Any]:
    """`marker_field`: where the bridge reference goes; None where the asset type has no place for it."""
    content = {"action": row.action, "subject": row.subject, "before": row.before, "after": row.after}
    if row.subject_kind in OTHERS:
        content["subject_kind"] = row.subject_kind
    if row.action == Action.CREATE:
        has_place = row.after["asset_type_id"] in marked
        content["marker_field"] = job.instance.marker_field_id if has_place else None
    return content


# ---- entries of what is not sent ------------------------------------------------------------


def _store_entries(job: Job, rows: Sequence[PlannedChange], outcome: str, reason: str = "") -> None:
    """One entry a row, also where the step is repeated."""
    if not rows:
        return
    told = set(
        Entry.objects.filter(
            run=job.run, outcome=outcome, subject_id__in=[row.subject_id for row in rows]
        ).values_list("subject_kind", "subject_id")
    )
    Entry.objects.bulk_create(
        entry_of(job, row, outcome, reason or row.reason)
        for row in rows
        if (row.subject_kind, row.subject_id) not in told
    )


def entry_of(job: Job, row: PlannedChange, outcome: str, reason: str) -> Entry:
    return Entry(
        run=job.run,
        action=row.action,
        outcome=outcome,
        subject=row.subject,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        reason=reason,
        before=row.before,
        after=row.after,
    )


def observe(job: Job, why: str) -> None:
    """Record what would have been written. Nothing is sent and nothing of ours changes."""
    with transaction.atomic():
        Entry.objects.filter(run=job.run).delete()
        rows = job.plan.changes.filter(selected=True, action__in=WRITES).order_by("position")
        Entry.objects.bulk_create(
            (entry_of(job, row, Outcome.OBSERVED, why) for row in rows.iterator(chunk_size=CHUNK)),
            batch_size=CHUNK,
        )
        skipped = job.plan.changes.filter(action=Action.SKIP).order_by("position")
        Entry.objects.bulk_create(
            (entry_of(job, row, Outcome.SKIPPED, row.reason) for row in skipped.iterator(chunk_size=CHUNK)),
            batch_size=CHUNK,
        )
