"""Rows of a preview that are about tickets: written by delivery, in the tickets' lanes, and followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from integrations.choices import Action, IntentionKind, IntentionState, Outcome, PlanState, Purpose, RunState
from integrations.models import Entry, HaloCredential, Intention, Plan, PlannedChange
from integrations.runs.acts import again_if_broken_off
from integrations.runs.budget import BudgetGate
from integrations.runs.pauses import span
from integrations.runs.request import request_delivery
from integrations.runs.steps import Again, Done, Result, Work
from integrations.runs.writing import FINISHED
from integrations.sync.safety import WritesStopped
from mappings.planning import TICKET
from ticketing import lanes
from ticketing.models import Ticket
from ticketing.planning import closing
from ticketing.planning.closing import lock_alerts, with_last_alert
from ticketing.planning.offboarding import CLOSABLE

LOOK_EVERY: Final = 5.0
"""Seconds between two looks at how far delivery is."""
STUCK: Final = "An earlier write about the ticket waits for staff, so this one was not sent."
GONE: Final = "The ticket is not open (any more), so there was nothing to write."
OFFBOARDED: Final = "Its company is no longer looked after, so the ticket is closed."
SETTLED: Final = (*FINISHED, IntentionState.STAFF)
OUTCOMES: Final[Mapping[str, Outcome]] = {
    IntentionState.DONE: Outcome.DONE,
    IntentionState.REFUSED: Outcome.REFUSED,
    IntentionState.CANCELLED: Outcome.SKIPPED,
    IntentionState.STAFF: Outcome.UNCERTAIN,
}
WORDS: Final = {
    "tickets": Outcome.DONE,
    "refused": Outcome.REFUSED,
    "changed_meanwhile": Outcome.CHANGED_MEANWHILE,
    "skipped": Outcome.SKIPPED,
}

Rows = Sequence[PlannedChange]


def has_tickets(plan: Plan) -> bool:
    """Whether anything that is ticked in it is about tickets, and it was more than only observed."""
    plan.refresh_from_db(fields=["state"])
    if plan.state == PlanState.READY:
        return False
    return plan.changes.filter(selected=True, subject_kind=TICKET).exists()


def apply_to_tickets(work: Work, plan: Plan, credential: HaloCredential) -> Result:
    """Plan what is ticked, then look how far delivery is, until each row has its entry.

    To be called again with the cursor it returns; what it has done it does not do twice. Where writing is
    stopped, what was not sent is taken back.
    """
    rows = list(plan.changes.filter(selected=True, subject_kind=TICKET).order_by("position"))
    stopped = work.cursor.get("stopped") or _why_stopped(credential)
    if not stopped and not work.cursor.get("planned"):
        _plan_writes(work, rows)
        request_delivery(credential.instance)
        return Again({**work.cursor, "planned": True}, not_before=timezone.now() + span(LOOK_EVERY))
    mine = _writes(work)
    _take_back(mine if stopped else _stuck(mine), stopped or STUCK)
    left = _tell(work, rows, stopped)
    work.progress("Tickets", len(rows) - left, len(rows))
    if left:
        return Again(work.cursor, not_before=timezone.now() + span(LOOK_EVERY))
    return Done(RunState.PARTIAL, stopped) if stopped else Done()


def _why_stopped(credential: HaloCredential) -> str:
    try:
        BudgetGate(credential, Purpose.TICKETS).check_writes("/Tickets")
    except WritesStopped as stopped:
        return stopped.reason
    return ""


@again_if_broken_off
def _plan_writes(work: Work, rows: Rows) -> None:
    """Once for each; a ticket that is gone has no write. Alerts are locked before tickets, as everywhere."""
    with transaction.atomic():
        numbers = [row.subject_id for row in rows]
        lock_alerts(numbers)
        locked = Ticket.objects.filter(pk__in=numbers).select_related("profile")
        tickets = {ticket.pk: ticket for ticket in locked.select_for_update(of=("self",)).order_by("pk")}
        known = set(_writes(work).values_list("subject_id", flat=True))
        wanted = [row for row in rows if row.subject_id in tickets and row.subject_id not in known]
        _move(work, [row for row in wanted if row.action == Action.UPDATE], tickets)
        _close(work, [tickets[row.subject_id] for row in wanted if row.action == Action.CLOSE])


def _move(work: Work, rows: Rows, tickets: Mapping[int, Ticket]) -> None:
    writes = [
        lanes.Write(
            IntentionKind.MOVE_TICKET,
            tickets[row.subject_id],
            f"preview:{row.plan_id}:{row.subject_id}",
            {"before": row.before, "after": row.after},
        )
        for row in rows
    ]
    lanes.add(writes, work.run)


def _close(work: Work, tickets: Sequence[Ticket]) -> None:
    over = with_last_alert([ticket for ticket in tickets if ticket.state in CLOSABLE])
    # A person may have reopened what was closed when the same occurrence ended.
    causes = [lanes.cause_of_close(item.ticket, item.alert_id, item.occurrence) for item in over]
    ended = Intention.objects.filter(cause__in=causes, state__in=FINISHED)
    ended.update(cause=Concat(F("cause"), Value(":before:"), Cast("pk", CharField())))
    closing.close([replace(item, words=OFFBOARDED) for item in over], work.run)


def _writes(work: Work) -> QuerySet[Intention]:
    """What this run has planned about tickets."""
    return Intention.objects.filter(
        run=work.run, kind__in=(IntentionKind.MOVE_TICKET, IntentionKind.CLOSE_TICKET)
    )


def _stuck(writes: QuerySet[Intention]) -> QuerySet[Intention]:
    """Those behind a write that only staff can settle."""
    earlier = Intention.objects.filter(
        lane=OuterRef("lane"), sequence__lt=OuterRef("sequence"), state=IntentionState.STAFF
    )
    return writes.filter(Exists(earlier))


def _take_back(writes: QuerySet[Intention], why: str) -> None:
    unsent = Intention.objects.filter(pk__in=writes.values("pk"), state=IntentionState.PLANNED)
    unsent.update(state=IntentionState.CANCELLED, answer=why, finished_at=timezone.now())


def _tell(work: Work, rows: Rows, stopped: str) -> int:
    """An entry for each row that is settled and has none yet; how many are not settled."""
    told = Entry.objects.filter(run=work.run, subject_kind=TICKET)
    known = set(told.values_list("subject_id", flat=True))
    writes = {write.subject_id: write for write in _writes(work)}
    entries, left = [], 0
    for row in rows:
        write = writes.get(row.subject_id)
        if row.subject_id in known:
            continue
        if write is not None and write.state not in SETTLED:
            left += 1
            continue
        outcome = OUTCOMES[write.state] if write else Outcome.SKIPPED
        if write and write.state == IntentionState.REFUSED and write.answer_status is None:
            # Not HaloPSA has refused it, but what was found there.
            outcome = Outcome.CHANGED_MEANWHILE
        entries.append(_entry(work, row, outcome, write.answer if write else stopped or GONE))
    Entry.objects.bulk_create(entries, batch_size=500)
    work.count(**{name: sum(entry.outcome == value for entry in entries) for name, value in WORDS.items()})
    return left


def _entry(work: Work, row: PlannedChange, outcome: Outcome, reason: str) -> Entry:
    return Entry(
        run=work.run,
        action=row.action,
        outcome=outcome,
        subject=row.subject,
        subject_kind=TICKET,
        subject_id=row.subject_id,
        reason=reason,
        before=row.before,
        after=row.after,
    )
