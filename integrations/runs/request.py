"""Asking for work: the only way up. Whoever wants something done writes a run row here."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django_q.tasks import async_task

from integrations.acting import AuditSource, current_actor
from integrations.choices import RunKind, RunState, StepState
from integrations.models import AlarmChannel, Console, HaloAsset, HaloCredential, Instance, Plan, Run, Step
from integrations.models.audit import AuditAction, note
from integrations.net.log_context import known
from integrations.runs.ends import tell_end
from integrations.runs.pauses import GATHER, span

TICKET_KINDS = frozenset({RunKind.DELIVERIES, RunKind.ROUTE, RunKind.DELIVER})
"""Kinds that run on the delivery cluster, so that a mirror never delays a ticket."""

ASKED_BY_PAGES = frozenset({RunKind.SOFTWARE})

MOST_TRIES = 3
"""Attempts to queue a run in a slot where others come and go."""


def wake(run: Run) -> None:
    """Queue one wake-up. With the ORM broker it is part of the caller's transaction."""
    cluster = settings.DELIVERY_CLUSTER if run.kind in TICKET_KINDS else settings.Q_CLUSTER["name"]
    async_task(settings.HALOBRIDGE_EXECUTE, run.pk, q_options={"cluster": cluster, "save": False})


def request_run(
    kind: str,
    *,
    halo_credential: HaloCredential | None = None,
    console: Console | None = None,
    instance: Instance | None = None,
    plan: Plan | None = None,
    parameters: dict[str, Any] | None = None,
    insist: dict[str, Any] | None = None,
    requested_by: Any = None,
    slot: str = "",
    delay: timedelta | None = None,
) -> Run:
    """Make a queued run with its first step and wake the queue; return it. With a `delay` it rests first.

    With a `slot` at most one run waits in it: a second request returns the waiting one, and a request
    while one is running marks that one *dirty* and returns it, so that it goes round again. Either takes
    over the parameters in `insist`: what was asked for later is not lost in what was asked for before.
    """
    staff = requested_by if isinstance(requested_by, get_user_model()) else None
    for _ in range(MOST_TRIES):
        if slot and (existing := _join(slot, insist or {})):
            _tell(existing, staff)
            return existing
        # Nothing made: somebody queued one in the same moment; that one serves both.
        with contextlib.suppress(IntegrityError), transaction.atomic():
            run = Run.objects.create(
                kind=kind,
                slot=slot,
                halo_credential=halo_credential,
                console=console,
                instance=instance or (halo_credential.instance if halo_credential else None),
                plan=plan,
                parameters={**(parameters or {}), **(insist or {})},
                requested_by=staff,
                request_id=str(known().get("request_id", ""))[:128],
            )
            Step.objects.create(run=run, name="start", not_before=timezone.now() + delay if delay else None)
            if delay is None:
                wake(run)
            _tell(run, staff)
            return run
    raise IntegrityError(f"A run of kind {kind} could not be queued.")


def _tell(run: Run, staff: Any) -> None:
    """In the audit log, where a person or a command asked for it; not what pages ask for when they open."""
    actor = current_actor()
    if actor is None or run.kind in ASKED_BY_PAGES or not (staff or actor.source == AuditSource.COMMAND):
        return
    towards = [row for row in (run.halo_credential, run.console, run.instance) if row]
    summary = ", ".join(str(row) for row in towards[:1])
    if run.plan:
        summary = f"{run.plan}, checksum {run.plan.checksum[:12] or 'none yet'}, {summary}".rstrip(", ")
    note(AuditAction.START, run, summary=summary)


def _join(slot: str, insist: dict[str, Any]) -> Run | None:
    """Find a run that will still see what the caller has stored."""
    queued = Run.objects.filter(slot=slot, state=RunState.QUEUED)
    # Conditional: a run that was started (or has ended) in between does not match.
    if (run := queued.first()) and (not insist or queued.update(parameters=_with(run, insist))):
        return run
    running = Run.objects.filter(slot=slot, state=RunState.RUNNING)
    if not (run := running.first()):
        return None
    # Who insists on nothing writes no parameters: somebody else's insisting would be overwritten.
    if not running.update(dirty=True, **({"parameters": _with(run, insist)} if insist else {})):
        return None
    # What rests (for a look-up, for the budget) must not delay what is new.
    if Step.objects.filter(run=run, state=StepState.QUEUED, not_before__isnull=False).update(not_before=None):
        wake(run)
    return run


def _with(run: Run, insist: dict[str, Any]) -> dict[str, Any]:
    run.parameters = {**run.parameters, **insist}
    return run.parameters


def request_routing() -> Run:
    return request_run(RunKind.ROUTE, slot="route")


def request_delivery(instance: Instance) -> Run:
    return request_run(RunKind.DELIVER, instance=instance, slot=f"deliver:{instance.pk}")


def request_watch(credential: HaloCredential, *, poll: bool = False, everything: bool = False) -> Run:
    """Look at our tickets in HaloPSA: those that its webhooks named, gathered for some seconds; with `poll`
    all that have changed there since the last time, with `everything` each open one."""
    wanted = {"poll": poll, "everything": everything}
    return request_run(
        RunKind.WATCH,
        halo_credential=credential,
        insist={name: True for name, asked in wanted.items() if asked},
        slot=f"watch:{credential.pk}",
        delay=None if poll or everything else span(GATHER),
    )


def request_preflight(credential: HaloCredential, *, requested_by: Any = None) -> Run:
    """See whether HaloPSA would take the tickets of the credential's profiles."""
    return request_run(
        RunKind.PREFLIGHT,
        halo_credential=credential,
        requested_by=requested_by,
        slot=f"preflight:{credential.pk}",
    )


def request_gaps(credential: HaloCredential, *, requested_by: Any = None) -> Run:
    """Look for what does not fit together between consoles and this HaloPSA; reads only what is stored."""
    return request_run(
        RunKind.GAPS,
        halo_credential=credential,
        requested_by=requested_by,
        slot=f"gaps:{credential.pk}",
    )


def watch_begins(run: Run) -> dict[str, Any]:
    """What was asked for; from now on it is taken as done, and what comes later is a new request."""
    asked = {name: value for name, value in run.parameters.items() if name != "polled"}
    if asked:
        Run.objects.filter(pk=run.pk).update(parameters={"polled": True})
    return asked


def request_halo_sync(credential: HaloCredential, *, full: bool = False, requested_by: Any = None) -> Run:
    """Read what has changed in HaloPSA; with `full` all of it, also where only changes were asked for before.

    A full one that is asked for while a sync runs follows it, unless that is full and has read nothing yet.
    """
    return request_run(
        RunKind.SYNC_HALO,
        halo_credential=credential,
        parameters={"full": False},
        insist={"full": True} if full else None,
        requested_by=requested_by,
        slot=f"sync_halo:{credential.pk}",
    )


def request_release(credential: HaloCredential, *, requested_by: Any = None) -> Run:
    """Read HaloPSA whole, look for what the lost time made there, then let the credential write again."""
    return request_run(
        RunKind.SYNC_HALO,
        halo_credential=credential,
        parameters={"full": False},
        insist={"full": True, "release": True},
        requested_by=requested_by,
        slot=f"sync_halo:{credential.pk}",
    )


def full_sync_begins(run: Run) -> None:
    """The full read that was asked for begins now, with nothing read yet: what comes later is a new one."""
    Run.objects.filter(pk=run.pk).update(parameters={**run.parameters, "full": False})


def request_software(asset: HaloAsset, *, requested_by: Any = None) -> Run:
    """Read the installed software of one asset (its page was opened)."""
    return request_run(
        RunKind.SOFTWARE,
        halo_credential=asset.halo_credential,
        parameters={"asset": asset.pk},
        requested_by=requested_by,
        slot=software_slot(asset),
    )


def software_slot(asset: HaloAsset) -> str:
    return f"software:{asset.pk}"


def background_software_slot(credential_id: int) -> str:
    return f"software:credential:{credential_id}"


def request_background_software(credential: HaloCredential) -> Run:
    """Read the installed software of the asset groups that the sync settings name, slowly."""
    return request_run(
        RunKind.SOFTWARE,
        halo_credential=credential,
        parameters={"background": True},
        slot=background_software_slot(credential.pk),
    )


def request_console_sync(console: Console, *, requested_by: Any = None) -> Run:
    return request_run(
        RunKind.SYNC_CONSOLE, console=console, requested_by=requested_by, slot=f"sync_console:{console.pk}"
    )


def request_events(console: Console, *, requested_by: Any = None) -> Run:
    return request_run(
        RunKind.EVENTS, console=console, requested_by=requested_by, slot=f"events:{console.pk}"
    )


def request_deliveries(console: Console, *, requested_by: Any = None) -> Run:
    """Read what the console's webhook has delivered."""
    return request_run(
        RunKind.DELIVERIES, console=console, requested_by=requested_by, slot=f"deliveries:{console.pk}"
    )


def request_halo_test(credential: HaloCredential, *, sync: bool = False, requested_by: Any = None) -> Run:
    """Test a credential; with `sync`, a full sync follows if the test succeeds."""
    return request_run(
        RunKind.TEST_HALO,
        halo_credential=credential,
        insist={"sync": True} if sync else None,
        requested_by=requested_by,
        slot=f"test_halo:{credential.pk}",
    )


def request_console_test(console: Console, *, sync: bool = False, requested_by: Any = None) -> Run:
    return request_run(
        RunKind.TEST_CONSOLE,
        console=console,
        insist={"sync": True} if sync else None,
        requested_by=requested_by,
        slot=f"test_console:{console.pk}",
    )


def request_planning(plan: Plan, *, requested_by: Any = None) -> Run:
    """Have the changes of a plan computed."""
    return request_run(
        RunKind.PLAN_ASSETS,
        plan=plan,
        halo_credential=plan.halo_credential,
        console=plan.console,
        requested_by=requested_by,
    )


def request_alarm_test(channel: AlarmChannel, *, requested_by: Any = None) -> Run:
    parameters = {"channel": channel.pk}
    slot = f"test_alarm:{channel.pk}"
    return request_run(RunKind.TEST_ALARM, parameters=parameters, requested_by=requested_by, slot=slot)


def cancel(run: Run) -> bool:
    """Ask a run to stop at its next step; a queued one stops at once. False if it has ended."""
    now = timezone.now()
    if Run.objects.filter(pk=run.pk, state__in=(RunState.QUEUED, RunState.WAITING)).update(
        state=RunState.CANCELLED, ended_at=now
    ):
        note(AuditAction.CANCEL, run)
        tell_end(run.pk)
        return True
    running = Q(pk=run.pk, state=RunState.RUNNING)
    if not Run.objects.filter(running).update(cancel_requested=True):
        return False
    note(AuditAction.CANCEL, run)
    return True
