"""A plan applied, phase by phase: check, prepare, send. Resumable after each, and repeatable in each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Count
from django.utils import timezone

from integrations.choices import Action, IntentionKind, IntentionState, Outcome, PlanState, RunState
from integrations.models import Entry, Plan, Run
from integrations.net.errors import (
    BadAnswer,
    LostAnswer,
    RateLimited,
    ServerFailed,
    ShortList,
    Unauthorised,
    Unavailable,
    Unreachable,
)
from integrations.runs.delivery import end_pause, pause
from integrations.runs.pauses import PAUSE_OF_INSTANCE, span
from integrations.runs.steps import Again, Done, Result, Work
from integrations.sync.safety import WritesStopped
from mappings.apply import settling
from mappings.apply.creates import look_up_creates, send_creates
from mappings.apply.fresh import FreshAssets
from mappings.apply.job import UNFINISHED, Job, Paused, Reader, Writer
from mappings.apply.local import apply_local, is_only_local
from mappings.apply.prepare import forget_leftovers, observe, prepare_from
from mappings.apply.types import prepare_types, send_types, withdraw
from mappings.apply.updates import look_up_updates, send_updates
from mappings.keeping.waiting import approved
from mappings.planning import ASSET_TYPES, verify

PAUSING = (Paused, Unreachable, Unauthorised, RateLimited, Unavailable)
"""Nothing is wrong with what was asked: the whole instance rests until a probe succeeds."""
PASSING = (ServerFailed, LostAnswer, BadAnswer, ShortList)
"""A read that may succeed the next time; only this run rests, and not for ever."""
MOST_FAILED_READS = 5

WORDS = {
    (Action.CREATE, Outcome.DONE): "created",
    (Action.UPDATE, Outcome.DONE): "updated",
    (Action.DEACTIVATE, Outcome.DONE): "deactivated",
    (Action.LINK, Outcome.DONE): "linked",
    (Action.UNLINK, Outcome.DONE): "unlinked",
}


def apply_plan(work: Work, plan: Plan, reader: Reader, writer: Writer) -> Result:
    """Bring the ticked changes of a ready plan to Halo; to be called again with the cursor it returns.

    Every change ends as one entry. In observe mode nothing is sent, entries say what would have been, and
    the plan stays ready. Raises `BudgetExhausted` (rest, then call again) and `NetError` where a read fails
    for good. `run.parameters["checksum"]`, if there is one, must be the plan's.
    """
    credential = plan.halo_credential
    if credential is None:
        return Done(RunState.FAILED, "This preview has no HaloPSA credential.")
    job = Job(work, plan, credential, reader, writer)
    phases: dict[str, Callable[[Job], Result]] = {"check": _check, "prepare": _prepare, "send": _send}
    if plan.kind == ASSET_TYPES:
        phases |= {"prepare": _prepare_types, "send": _send_types}
    return phases[work.cursor.get("phase", "check")](job)


def has_done_something(run: Run) -> bool:
    """Whether anything is different after the run, in Halo or on our side."""
    return Entry.objects.filter(run=run, outcome=Outcome.DONE).exists()


# ---- before anything is written -------------------------------------------------------------


def _check(job: Job) -> Result:
    plan = job.plan
    job.work.progress("Checking the preview", 0)
    if plan.state != PlanState.READY:
        return Done(RunState.FAILED, f"This preview is {plan.get_state_display().lower()}; make a new one.")
    if job.run.parameters.get("checksum") not in (None, "", plan.checksum):
        return Done(RunState.FAILED, "This preview is not the one that was confirmed; look at it again.")
    if problem := verify(plan):
        Plan.objects.filter(pk=plan.pk).update(state=PlanState.STALE, error=problem)
        return Done(RunState.FAILED, problem)
    Run.objects.filter(pk=job.run.pk).update(forecast_calls=plan.forecast_calls, lower_bound=plan.lower_bound)
    if (why := job.why_stopped()) and not is_only_local(plan):
        observe(job, why)
        _tell_totals(job)
        return Done()
    forget_leftovers(job)
    return Again({"phase": "prepare", "position": 0})


def _prepare(job: Job) -> Result:
    position: int | None = job.work.cursor["position"]
    if position == 0 and (problem := apply_local(job)):
        Plan.objects.filter(pk=job.plan.pk).update(state=PlanState.STALE, error=problem)
        return Done(RunState.FAILED, problem)
    total = job.plan.changes.count()
    while position is not None:
        job.work.progress("Preparing", position, total)
        if job.work.time_is_up:
            return Again({"phase": "prepare", "position": position})
        position = prepare_from(job, position)
    return Again({"phase": "send"})


# ---- asset types ----------------------------------------------------------------------------


def _prepare_types(job: Job) -> Result:
    prepare_types(job)
    return Again({"phase": "send"})


def _send_types(job: Job) -> Result:
    job.work.progress("Creating asset types", 0)
    try:
        rest = send_types(job)
    except WritesStopped as stopped:
        withdraw(job, stopped.reason)
        rest = send_types(job)
    except PAUSING as problem:
        pause(job.instance, str(problem))
        rest = Again(job.work.cursor, not_before=timezone.now() + span(PAUSE_OF_INSTANCE))
    if rest is None:
        return _end(job, job.why_stopped())
    _tell_totals(job)
    return rest


# ---- writing --------------------------------------------------------------------------------


def _send(job: Job) -> Result:
    """Look up what has rested, then create, then update; until nothing is left or the time is up."""
    cursor = {**job.work.cursor}
    fresh = FreshAssets(job)
    while not job.work.time_is_up and not _cancelled(job):
        if (why := job.why_stopped()) and job.intentions(*UNFINISHED).exists():
            cursor["stopped"] = why
            _withdraw(job, why)
        try:
            if rest := end_pause(job.instance, job.reader.probe):
                return _rest(job, cursor, rest)
            job.look_again()
            busy = _next(job, fresh)
        except WritesStopped as stopped:
            cursor["stopped"] = stopped.reason
            _withdraw(job, stopped.reason)
            continue
        except PAUSING as problem:
            pause(job.instance, str(problem))
            return _rest(job, cursor, timezone.now() + span(PAUSE_OF_INSTANCE))
        except PASSING:
            cursor["failed_reads"] = cursor.get("failed_reads", 0) + 1
            if cursor["failed_reads"] > MOST_FAILED_READS:
                raise
            return _rest(job, cursor, timezone.now() + span(PAUSE_OF_INSTANCE))
        cursor["failed_reads"] = 0
        _tell_progress(job)
        if not busy:
            if (due := job.next_due_at()) is None:
                return _end(job, cursor.get("stopped", ""))
            return _rest(job, cursor, due)
    _tell_totals(job)
    return Again(cursor)


def _next(job: Job, fresh: FreshAssets) -> bool:
    """One call's worth of work; False if all that is left rests."""
    return (
        look_up_creates(job) or send_creates(job) or look_up_updates(job, fresh) or send_updates(job, fresh)
    )


def _rest(job: Job, cursor: dict[str, Any], until: Any) -> Again:
    _tell_totals(job)
    return Again(cursor, not_before=until)


def _cancelled(job: Job) -> bool:
    return Run.objects.filter(pk=job.run.pk, cancel_requested=True).exists()


def _withdraw(job: Job, why: str) -> None:
    """Writing was stopped on the way: what was not sent is not sent later by surprise."""
    while batch := list(job.intentions(IntentionState.PLANNED)[:500]):
        settling.dropped(job, batch, Outcome.SKIPPED, why)


def _end(job: Job, stopped: str) -> Done:
    _tell_totals(job)
    state = PlanState.STALE if stopped else PlanState.APPLIED
    Plan.objects.filter(pk=job.plan.pk, state=PlanState.READY).update(state=state)
    if not stopped:
        approved(job.plan)
        return Done()
    left = Entry.objects.filter(run=job.run, outcome=Outcome.SKIPPED, reason=stopped).count()
    return Done(RunState.PARTIAL, f"{stopped} {left} changes were not sent.")


# ---- telling --------------------------------------------------------------------------------


def _tell_progress(job: Job) -> None:
    counted = job.run.intentions.order_by().values_list("kind", "state").annotate(n=Count("pk"))
    totals, left = dict.fromkeys(IntentionKind.values, 0), dict.fromkeys(IntentionKind.values, 0)
    for kind, state, number in counted:
        totals[kind] += number
        left[kind] += number if state in UNFINISHED else 0
    creating = left[IntentionKind.CREATE_ASSET] > 0
    kind = IntentionKind.CREATE_ASSET if creating else IntentionKind.UPDATE_ASSET
    phase = "Creating assets" if creating else "Updating assets"
    job.work.progress(phase, totals[kind] - left[kind], totals[kind])


def _tell_totals(job: Job) -> None:
    """Bring the run's totals to what its entries say; counted anew, so that no crash counts twice."""
    counted = Entry.objects.filter(run=job.run).order_by().values_list("action", "outcome")
    wanted: dict[str, int] = {"unchanged": job.plan.counts.get("unchanged", 0)}
    for action, outcome, number in counted.annotate(n=Count("pk")):
        word = WORDS.get((Action(action), Outcome(outcome)), str(outcome))
        wanted[word] = wanted.get(word, 0) + number
    told = Run.objects.values_list("totals", flat=True).get(pk=job.run.pk)
    job.work.count(**{word: number - told.get(word, 0) for word, number in wanted.items()})
