"""The flow on one page: what each kind of run does, step by step. It calls; it never computes.

    console ─connector→ records ─ingest→ snapshots ─matching→ mappings ─planning→ Plan ─apply→ Halo
    Halo ─reader→ records ─ingest→ snapshots ───────────────┘
    events ─ingest→ Event → Alert ─rules→ wanted ticket ─planning→ intention ─apply→ Halo

`HaloWriter` is opened here and nowhere else, and handed to the two `apply` modules.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from halobridge import consoles, importing, mirror, moving, releasing, software, uploading, verdicts
from halobridge.alarms.post import send_test
from integrations.access import open_reader, open_session
from integrations.choices import TICKET_WRITES, Purpose, RunKind, RunState
from integrations.connections import fill_in
from integrations.halo.writer import HaloWriter
from integrations.ingest import merges
from integrations.ingest.other_integrations import note_other_integrations
from integrations.models import AlarmChannel, HaloCredential, Instance, Intention
from integrations.records import CheckResult
from integrations.runs.delivery import deliver
from integrations.runs.request import (
    request_delivery,
    request_gaps,
    request_halo_sync,
    request_routing,
)
from integrations.runs.steps import Again, Done, Result, Table, Then, Work
from integrations.schedules import canary
from mappings import apply as assets_apply
from mappings import counts, gaps, keeping, linking
from mappings import planning as assets_planning
from mappings.models import GapKind
from ticketing import apply as tickets_apply
from ticketing import planning as tickets_planning
from ticketing import routing, sweep, watching
from ticketing import simulate as replaying
from ticketing.apply import TicketSender
from ticketing.models import Simulation
from ticketing.preflight.looking import check_profiles

LONGEST_SIMULATION = 240.0
"""Seconds; a replay can't be taken up again, so it has to end before the queue gives it up."""

if TYPE_CHECKING:
    from integrations.halo.session import HaloSession


@contextmanager
def halo(work: Work, credential: HaloCredential, purpose: Purpose) -> Iterator[HaloSession]:
    """A session whose calls are counted on the run, also if it ends with an error."""
    session = open_session(credential, purpose)
    try:
        yield session
    finally:
        work.calls(session.calls)


def credential_of(work: Work) -> HaloCredential:
    assert work.run.halo_credential is not None  # noqa: S101  the request names it
    return work.run.halo_credential


# ---- connections ----------------------------------------------------------------------------


def test_halo(work: Work) -> Result:
    credential = credential_of(work)
    moved = bool(credential.moving_to) and moving.try_move(work, credential)
    credential.refresh_from_db()
    result = _check(work, credential)
    # A server that signed us in is right, whatever HaloPSA calls itself behind a proxy.
    if fill_in(credential, "" if result.ok else result.authorisation_server, result.tenant):
        credential.refresh_from_db()
        result = result if result.ok else _check(work, credential)
    if verdicts.store_halo_test(credential, result):
        request_delivery(credential.instance)
    if not result.ok:
        return Done(RunState.FAILED, result.message)
    if moved or work.run.parameters.get("sync"):
        request_halo_sync(credential, full=True, requested_by=work.run.requested_by)
    return Done()


def _check(work: Work, credential: HaloCredential) -> CheckResult:
    with halo(work, credential, Purpose.TICKETS) as session:
        return open_reader(session).fetch_check()


# ---- Halo → snapshots -----------------------------------------------------------------------


def sync_halo(work: Work) -> Result:
    return mirror.start(work, credential_of(work))


def begin_reading(work: Work) -> Result:
    return mirror.begin(work, credential_of(work)) or Then("link")


def read_halo(work: Work) -> Result:
    """One resource after the other; a step takes up where the last one had to stop."""
    credential = credential_of(work)
    with halo(work, credential, Purpose.MIRROR) as session:
        following = mirror.read(work, credential, open_reader(session))
    return following or Then("link")


def link_after_halo(work: Work) -> Result:
    credential = credential_of(work)
    HaloCredential.objects.filter(pk=credential.pk).update(synced_at=timezone.now())
    work.count(merged=merges.conclude_merges(credential))
    note_other_integrations(credential)
    linking.suggest_companies_for(credential)
    work.count(**linking.match_computers_for(credential))
    routing.rejudge_waiting()
    request_routing()
    if work.run.parameters.get("release") and credential.held_since:
        return Then("release")
    return Done()


def read_software(work: Work) -> Result:
    """Installed software: of one asset, or slowly of those that are due."""
    credential, background = credential_of(work), bool(work.run.parameters.get("background"))
    with halo(work, credential, Purpose.BACKGROUND if background else Purpose.MIRROR) as session:
        read = software.read_what_is_due if background else software.read_one
        return read(work, credential, open_reader(session))


# ---- assets ---------------------------------------------------------------------------------


def match(work: Work) -> Result:
    work.count(**linking.match_computers_for(credential_of(work), work.run.console))
    return Done()


def plan_assets(work: Work) -> Result:
    assert work.run.plan is not None  # noqa: S101
    assets_planning.plan_assets(work.run.plan, tickets_planning.rows_of_tickets)
    return Done()


def apply_assets(work: Work) -> Result:
    assert work.run.plan is not None  # noqa: S101
    with halo(work, credential_of(work), Purpose.ASSETS) as session:
        result = assets_apply.apply_plan(work, work.run.plan, open_reader(session), HaloWriter(session))
    if isinstance(result, Done):
        # The same machine in another console joins the asset that was made for the first.
        linking.match_again(credential_of(work))
        if assets_apply.has_done_something(work.run):
            # What it has mended is off the gap report at once, not an hour later.
            request_gaps(credential_of(work))
        if result.state != RunState.FAILED and tickets_apply.has_tickets(work.run.plan):
            return Then("tickets", {"stopped": result.error})
    return result


def apply_to_tickets(work: Work) -> Result:
    """What a preview does to tickets: planned here, written by delivery."""
    assert work.run.plan is not None  # noqa: S101
    return tickets_apply.apply_to_tickets(work, work.run.plan, credential_of(work))


def keep_assets(work: Work) -> Result:
    """Companies with *Enable configuration*: small changes are applied, large ones wait for an approval."""
    return keeping.keep_assets(work, credential_of(work))


def look_for_gaps(work: Work) -> Result:
    """What does not fit together between consoles and HaloPSA; reads only what is stored."""
    looking = gaps.look_at(credential_of(work))
    for number, kind in enumerate(GapKind):
        work.progress(kind.label, number, len(GapKind))
        work.count(**{kind.value: gaps.look_for(looking, kind)})
    return Done()


def count_month_end(work: Work) -> Result:
    month = counts.count_month_end(credential_of(work))
    work.count(months=int(month is not None))
    return Done()


# ---- tickets --------------------------------------------------------------------------------


def route(work: Work) -> Result:
    """Events → alerts, then a delivery for each instance that something waits for."""
    while not work.time_is_up:
        routed = routing.route_events()
        work.count(events=routed.events)
        for instance in Instance.objects.filter(pk__in=routing.instances_to_deliver()):
            request_delivery(instance)
        if not routed.events:
            return Done()
    return Again()


class _Senders:
    """One sender per thread and credential of the instance, opened when it is first needed."""

    def __init__(self, work: Work, instance: Instance) -> None:
        self._work = work
        self._instance = instance
        self._open: dict[tuple[int, int], tuple[HaloSession, TicketSender]] = {}
        self._lock = threading.Lock()

    def _of(self, credential: HaloCredential) -> tuple[HaloSession, TicketSender]:
        key = threading.get_ident(), credential.pk
        if key not in self._open:
            session = open_session(credential, Purpose.TICKETS)
            sender = TicketSender(HaloWriter(session), open_reader(session), entry=self._entry)
            self._open[key] = session, sender
        return self._open[key]

    def _entry(self, *about: Any, **more: Any) -> None:
        with self._lock:
            self._work.entry(*about, **more)

    def of(self, intention: Intention) -> TicketSender:
        return self._of(intention.halo_credential)[1]

    def probe(self) -> None:
        """One light authorised read. Raises `NetError` while the instance is not to be used."""
        credential = self._instance.credentials.filter(enabled=True).first()
        if credential:
            open_reader(self._of(credential)[0]).probe()

    def count_calls(self) -> None:
        for session, _ in self._open.values():
            self._work.calls(session.calls)


def deliver_tickets(work: Work) -> Result:
    """Alerts → wanted tickets → Halo. Ends when nothing is due; rests where something has to."""
    instance = work.run.instance
    assert instance is not None  # noqa: S101
    work.count(**tickets_planning.plan_tickets(instance, work.run))
    senders = _Senders(work, instance)
    try:
        round_ = deliver(
            instance,
            TICKET_WRITES,
            senders.of,
            probe=senders.probe,
            renew=work.renew,
            time_is_up=lambda: work.time_is_up,
            threads=settings.HALOBRIDGE_DELIVERY_THREADS,
        )
    finally:
        senders.count_calls()
    work.count(done=round_.done, refused=round_.refused, uncertain=round_.uncertain)
    if work.time_is_up:
        return Again()
    return Again(not_before=round_.not_before) if round_.not_before else Done()


def simulate(work: Work) -> Result:
    """Stored events replayed against a draft; nothing is written to HaloPSA."""
    simulation = Simulation.objects.select_related("profile", "event_set").filter(run=work.run).first()
    if simulation is None:
        return Done(error="The simulation was deleted.")
    until = time.monotonic() + LONGEST_SIMULATION

    def progress(done: int, total: int) -> None:
        if time.monotonic() > until:
            raise TimeoutError
        work.progress("Events", done, total)

    try:
        result = replaying.simulate(simulation, progress)
    except TimeoutError:
        return Done(RunState.FAILED, "There are too many events for so many days; choose fewer days.")
    Simulation.objects.filter(pk=simulation.pk).update(result=result)
    return Done()


def watch_tickets(work: Work) -> Result:
    """What people did to our tickets in HaloPSA; what follows from it is planned by a delivery."""
    credential = credential_of(work)
    if credential.lacks("read_tickets"):
        return Done(error=credential.lacks("read_tickets"))
    with halo(work, credential, Purpose.MIRROR) as session:
        result = watching.watch(work, credential, open_reader(session))
    if credential.instance_id in routing.instances_to_deliver():
        request_delivery(credential.instance)
    return result


def look_at_profiles(work: Work) -> Result:
    """Would HaloPSA take the tickets of the credential's profiles? Reads only."""
    credential = credential_of(work)
    if credential.lacks("read_tickets"):
        return Done(error=credential.lacks("read_tickets"))
    with halo(work, credential, Purpose.ASSETS) as session:
        return check_profiles(work, credential, open_reader(session))


def sweep_doubles(work: Work) -> Result:
    """Two Halo tickets with one marker: the oldest stays, the others are closed, and it says so."""
    credential = credential_of(work)
    with halo(work, credential, Purpose.MIRROR) as session:
        return sweep.close_doubles(work, credential, open_reader(session), HaloWriter(session))


def test_alarm(work: Work) -> Result:
    channel = AlarmChannel.objects.filter(pk=work.run.parameters.get("channel")).first()
    if channel is None:
        return Done(error="The channel was deleted.")
    problem = send_test(channel)
    return Done(RunState.FAILED, problem) if problem else Done()


def stamp_canary(work: Work) -> Result:
    canary(str(work.run.parameters.get("cluster", "")))
    return Done()


TABLE: Table = {
    RunKind.TEST_HALO: {"start": test_halo},
    RunKind.TEST_CONSOLE: {"start": consoles.test_console},
    RunKind.SYNC_HALO: {
        "start": sync_halo,
        "begin": begin_reading,
        "read": read_halo,
        "link": link_after_halo,
        "release": releasing.release_halo,
    },
    RunKind.SOFTWARE: {"start": read_software},
    RunKind.SYNC_CONSOLE: {"start": consoles.sync_console, "link": consoles.link_after_console},
    RunKind.EVENTS: {"start": consoles.fetch_events},
    RunKind.LOOK_UPLOAD: {"start": uploading.look, "judge": uploading.judge},
    RunKind.APPLY_UPLOAD: {
        "start": uploading.begin_apply,
        "rows": uploading.store_rows,
        "missing": uploading.mark_missing,
        "link": consoles.link_after_console,
    },
    RunKind.LOOK_SHEET: {"start": importing.look},
    RunKind.APPLY_SHEET: {"start": importing.apply},
    RunKind.DELIVERIES: {"start": consoles.read_deliveries},
    RunKind.MATCH: {"start": match},
    RunKind.PLAN_ASSETS: {"start": plan_assets},
    RunKind.APPLY_ASSETS: {"start": apply_assets, "tickets": apply_to_tickets},
    RunKind.KEEP_ASSETS: {"start": keep_assets},
    RunKind.GAPS: {"start": look_for_gaps},
    RunKind.COUNTS: {"start": count_month_end},
    RunKind.ROUTE: {"start": route},
    RunKind.DELIVER: {"start": deliver_tickets},
    RunKind.WATCH: {"start": watch_tickets},
    RunKind.SIMULATE: {"start": simulate},
    RunKind.PREFLIGHT: {"start": look_at_profiles},
    RunKind.SWEEP: {"start": sweep_doubles},
    RunKind.TEST_ALARM: {"start": test_alarm},
    RunKind.CANARY: {"start": stamp_canary},
}
"""Kind of run → name of step → what it does."""
