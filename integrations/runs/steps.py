"""Working a run off, step by step. What a step does is handed in as a table; this module only drives."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from integrations.acting import acting
from integrations.choices import Outcome, RunState
from integrations.models import Entry, Run, Step
from integrations.net.errors import NetError
from integrations.net.log_context import telling
from integrations.runs.approvals import supersede_waiting
from integrations.runs.behalf import on_behalf
from integrations.runs.claim import MOST_CLAIMS, LeaseLost, claim, finish, give_back, renew, stamp
from integrations.runs.ends import BAD, tell_end
from integrations.runs.mirror_states import settle
from integrations.runs.pauses import STEP_LIMIT
from integrations.runs.request import TICKET_KINDS, request_run, wake
from integrations.runs.stopping import is_stopping
from integrations.runs.time_limit import over_time
from integrations.sync.safety import BudgetExhausted, WritesStopped

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Again:
    """Go on with this step later, from this cursor."""

    cursor: dict[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None
    progressed: bool = True


@dataclass(frozen=True, slots=True)
class Then:
    """This step is done; the named one follows."""

    name: str
    cursor: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """The run is done. `state` says how if it isn't plainly succeeded; `error` is the sentence for staff."""

    state: str = ""
    error: str = ""


Result = Again | Then | Done


class Work:
    """What a step function gets: the run, its cursor, and the means to report."""

    def __init__(self, run: Run, step: Step, until: float) -> None:
        self.run = run
        self.cursor: dict[str, Any] = step.cursor
        self._step = step
        self._until = until
        self._entries: list[Entry] = []

    @property
    def time_is_up(self) -> bool:
        return is_stopping() or time.monotonic() >= self._until

    def renew(self) -> None:
        """Extend the lease before something long. Raises `LeaseLost`."""
        renew(self._step)

    def progress(self, phase: str, done: int, total: int = 0) -> None:
        """Show where it stands. Also renews the lease."""
        Run.objects.filter(pk=self.run.pk).update(phase=phase, done=done, total=total)
        self.renew()

    def count(self, **counts: int) -> None:
        """Add to the run's totals; nothing to add costs no statement."""
        if not any(counts.values()):
            return
        totals = dict(Run.objects.values_list("totals", flat=True).get(pk=self.run.pk))
        for name, number in counts.items():
            if number:
                totals[name] = totals.get(name, 0) + number
        Run.objects.filter(pk=self.run.pk).update(totals=totals)

    def calls(self, number: int) -> None:
        if number:
            Run.objects.filter(pk=self.run.pk).update(calls=F("calls") + number)

    def entry(self, action: str, outcome: str, subject: str, **more: Any) -> None:
        """Remember one result; stored with the others when the step hands back, or at every 500."""
        self._entries.append(
            Entry(run=self.run, action=action, outcome=outcome, subject=subject[:300], **more)
        )
        if len(self._entries) >= 500:
            self.store_entries()

    def store_entries(self) -> None:
        Entry.objects.bulk_create(self._entries, batch_size=500)
        self._entries.clear()


StepFunction = Callable[[Work], Result]
Table = Mapping[str, Mapping[str, StepFunction]]
"""Kind of run → name of step → function. Every kind has a step `start`."""


def work(run_id: int, table: Table) -> None:
    """Work at a run for up to a minute, then hand back. Safe to call twice, at once, and for an ended run.

    Where the queue is being stopped, nothing is begun and what is at work hands back at its next good place:
    the run is woken for whoever works then, here or on another machine.
    """
    if is_stopping():
        for run in Run.objects.filter(pk=run_id):
            wake(run)
        return
    until = time.monotonic() + STEP_LIMIT
    while step := claim(run_id):
        run = Run.objects.select_related("halo_credential__instance", "console", "instance", "plan").get(
            pk=run_id
        )
        stamp(settings.DELIVERY_CLUSTER if run.kind in TICKET_KINDS else settings.Q_CLUSTER["name"])
        try:
            with telling(run_kind=run.kind, step=step.name), acting(on_behalf(run)):
                goes_on = _one_step(run, step, table, until)
        except LeaseLost:
            log.warning("Run %s: the lease of step %s was lost", run_id, step.pk)
            return
        if goes_on and (is_stopping() or time.monotonic() >= until):
            wake(run)
            return


def _one_step(run: Run, step: Step, table: Table, until: float) -> bool:
    """Run one step function and store what it says; True if there is more to do right away."""
    if run.cancel_requested:
        return _end(run, step, Done(RunState.CANCELLED))
    if step.claims > MOST_CLAIMS:
        return _end(run, step, Done(RunState.FAILED, "The worker died several times at the same place."))
    if too_long := over_time(run):
        return _end(run, step, Done(RunState.FAILED, too_long))
    doing = Work(run, step, until)
    result = _call(table[run.kind][step.name], doing)
    doing.store_entries()
    if not isinstance(result, Done) and (too_long := over_time(run)):
        return _end(run, step, Done(RunState.FAILED, too_long))
    match result:
        case Again(cursor, not_before, progressed):
            give_back(step, cursor=cursor, not_before=not_before, progressed=progressed)
            return not_before is None
        case Then(name, cursor):
            finish(step, then=(name, cursor))
            return True
        case Done():
            return _end(run, step, result)


def _call(function: StepFunction, doing: Work) -> Result:
    """Call a step function; what it raises becomes a rest or a failed run with a sentence."""
    try:
        return function(doing)
    except BudgetExhausted as full:
        rest = timezone.now() + timedelta(seconds=max(0.2, full.seconds))
        return Again(doing.cursor, not_before=rest)
    except (NetError, WritesStopped) as problem:
        return Done(RunState.FAILED, str(problem))
    except LeaseLost:
        raise
    except OperationalError as problem:
        # A deadlock, a lock that took too long, a server that restarts: the same step again, a few times.
        log.warning("Run %s: the database broke a step off: %s", doing.run.pk, problem)
        return Again(doing.cursor, not_before=timezone.now() + timedelta(seconds=1), progressed=False)
    except Exception:
        log.exception("Run %s failed", doing.run.pk)
        return Done(RunState.FAILED, "An unexpected error; the log of the queue has the details.")


def _end(run: Run, step: Step, result: Done) -> bool:
    """End the run unless it was asked for again meanwhile; then it goes round once more."""
    state = result.state or _state_by_entries(run)
    with transaction.atomic():
        running = Run.objects.filter(pk=run.pk, state=RunState.RUNNING)
        if not result.state and running.filter(dirty=True).update(dirty=False):
            finish(step, then=("start", {}))
            return True
        finish(step, then=None)
        # Conditional on not dirty: a request that came since then finds a run that goes round.
        clean = {} if result.state else {"dirty": False}
        if not running.filter(**clean).update(
            state=state, error=result.error, ended_at=timezone.now(), phase=""
        ):
            running.update(dirty=False)
            Step.objects.create(run=run, name="start")
            return True
        settle(run, state, result.error)
        supersede_waiting(run, state)
    tell_end(run.pk)
    if Run.objects.filter(pk=run.pk, dirty=True).exists():
        _follow(run)
    return False


def _follow(run: Run) -> None:
    """A request came while a run was failing: it gets a run of its own."""
    run.refresh_from_db()
    request_run(
        run.kind,
        halo_credential=run.halo_credential,
        console=run.console,
        instance=run.instance,
        plan=run.plan,
        parameters=run.parameters,
        slot=run.slot,
    )


def _state_by_entries(run: Run) -> str:
    told = set(
        Entry.objects.filter(run=run, outcome__in=(*BAD, Outcome.HELD)).values_list("outcome", flat=True)
    )
    if Outcome.HELD in told:
        return RunState.WAITING
    return RunState.PARTIAL if told else RunState.SUCCEEDED
