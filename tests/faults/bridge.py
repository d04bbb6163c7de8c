"""What the fault suites let real processes do: set the scene, post events, work (and die), report.

Run as `python -m tests.faults.bridge COMMAND …` with the environment of an `Installation`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.utils import timezone  # noqa: E402
from django_q.models import Schedule, Task  # noqa: E402

from halobridge import pipeline, sandboxed, tasks  # noqa: E402
from integrations.choices import ConnectionState, EventState, WriteMode  # noqa: E402
from integrations.connections import save_halo_credential  # noqa: E402
from integrations.ingest.console_side import store_companies  # noqa: E402
from integrations.ingest.events import store_events  # noqa: E402
from integrations.management.reporting import execute_here  # noqa: E402
from integrations.models import (  # noqa: E402
    OPEN_STATES,
    Company,
    Console,
    HaloClient,
    HaloCredential,
    HaloOption,
    Intention,
    Run,
    Step,
)
from integrations.records import CompanyRecord, EventRecord  # noqa: E402
from integrations.runs import delivery  # noqa: E402
from integrations.runs import steps as run_steps  # noqa: E402
from integrations.runs.request import request_halo_sync, request_routing  # noqa: E402
from mappings.linking import map_company  # noqa: E402
from ticketing.models import (  # noqa: E402
    EventSet,
    IntegrationProfile,
    NoiseSettings,
    Ticket,
    TicketRule,
)


def say(value: Any) -> None:
    print(json.dumps(value, default=str))


# ---- the scene --------------------------------------------------------------------------------


def prepare() -> None:
    """A credential in write mode, read once; one company with tickets on, of a console that pushes."""
    halo = sandboxed.sandbox_addresses()[0]
    credential = HaloCredential(
        name="Sandbox",
        resource_server=f"http://{halo}/api",
        authorisation_server=f"http://{halo}/auth",
        client_id=sandboxed.CLIENT_ID,
        client_secret=sandboxed.CLIENT_SECRET,
        write_mode=WriteMode.WRITE,
        budget_calls=5000,
    )
    execute_here(save_halo_credential(credential))
    execute_here(request_halo_sync(credential))
    console = Console.objects.create(name="Push", kind="push", state=ConnectionState.WORKING)
    store_companies(console, [CompanyRecord("c1", "A company")])
    client = HaloClient.objects.filter(active=True, sites__active=True).order_by("halo_id").last()
    assert client
    mapping = map_company(Company.objects.get(), client, create_tickets=True)

    def option(kind: str, name: str) -> int:
        return int(HaloOption.objects.filter(kind=kind, name=name).values_list("halo_id", flat=True)[0])

    event_set = EventSet.objects.create(name="All", event_types=["backup.failed"])
    profile = IntegrationProfile.objects.create(
        name="P1",
        halo_credential=credential,
        ticket_type=option("ticket_type", "Alert"),
        status_open=option("status", "New"),
        status_closed=option("status", "Closed"),
        note_minutes=0,
        reopen_hours=0,
    )
    TicketRule.objects.create(company_mapping=mapping, event_set=event_set, profile=profile)
    NoiseSettings.objects.create(halo_credential=credential, storm_company=0, storm_all=0)


def share(calls: str, seconds: str) -> None:
    """Two more credentials of the same instance, and a small budget for all of them."""
    first = HaloCredential.objects.get()
    for number in (2, 3):
        HaloCredential.objects.create(
            name=f"Sandbox {number}",
            resource_server=first.resource_server,
            authorisation_server=first.authorisation_server,
            client_id=first.client_id,
            client_secret=first.client_secret,
            instance=first.instance,
            state=ConnectionState.WORKING,
            permissions=first.permissions,
        )
    HaloCredential.objects.update(budget_calls=int(calls), budget_seconds=int(seconds))


def read_all() -> None:
    """Ask for a full read of every credential, as a button does."""
    say({"runs": [request_halo_sync(row, full=True).pk for row in HaloCredential.objects.order_by("pk")]})


def schedule(number: str) -> None:
    """So many schedules that are all due now, once."""
    for name in range(int(number)):
        Schedule.objects.create(
            name=f"due {name}",
            func="integrations.schedules.canary",
            args=repr("halobridge"),
            schedule_type=Schedule.ONCE,
            cluster="halobridge",
            next_run=timezone.now(),
        )


def fired() -> None:
    """How often each of them was worked at, and what is left of them."""
    done = Counter(Task.objects.filter(group__startswith="due ").values_list("group", flat=True))
    left = Schedule.objects.filter(name__startswith="due ").count()
    say({"done": done, "left": left})


def steps() -> None:
    fields = ("run_id", "name", "state", "worker", "claims", "run__state", "run__error")
    say({"steps": list(Step.objects.values(*fields)), "now": timezone.now()})


def post(name: str, state: str) -> None:
    """Store one event of the series `name`, as a door does, and ask for its routing."""
    record = EventRecord(
        external_id=f"{name}:{timezone.now().timestamp()}",
        event_type="backup.failed",
        state=EventState(state),
        title=f"Backup {name}",
        series_key=name,
        occurred_at=timezone.now(),
        company_external_id="c1",
    )
    store_events(Console.objects.get(), [record])
    request_routing()


# ---- working, and dying -----------------------------------------------------------------------


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(function: Callable[..., Any]) -> Callable[..., Any]:
    def killed(*_: Any, **__: Any) -> Any:
        die()

    return killed


def after(function: Callable[..., Any]) -> Callable[..., Any]:
    def killed(*arguments: Any, **named: Any) -> Any:
        function(*arguments, **named)
        die()

    return killed


def _points() -> dict[str, tuple[Any, str, Callable[..., Any]]]:
    """Ten places of ticket creation: module or class, name, and when the process is killed there."""
    from integrations.halo.writer import HaloWriter
    from ticketing.apply import TicketSender

    return {
        "before events become alerts": (pipeline.routing, "route_events", before),
        "after events became alerts": (pipeline.routing, "route_events", after),
        "before the ticket is planned": (pipeline.tickets_planning, "plan_tickets", before),
        "after the ticket is planned": (pipeline.tickets_planning, "plan_tickets", after),
        "before sending is stored": (delivery, "begin", before),
        "after sending is stored": (delivery, "begin", after),
        "after HaloPSA has made the ticket": (HaloWriter, "send_ticket", after),
        "inside the transaction of the answer": (TicketSender, "done", after),
        "after the answer is stored": (delivery, "settle", after),
        "before the step ends": (run_steps, "give_back", before),
    }


def work_until_killed(point: str) -> None:
    owner, name, kill = _points()[point]
    setattr(owner, name, kill(getattr(owner, name)))
    if point == "before the step ends":
        run_steps.finish = before(run_steps.finish)  # type: ignore[assignment]
    work()


def fail_and_die(name: str, point: str) -> None:
    post(name, "open")
    work_until_killed(point)


def resolve(name: str) -> None:
    post(name, "resolved")
    work()
    report()


def _due() -> list[int]:
    """Runs that a queue would be woken for; rests are over when their time has come."""
    ids = (
        Step.objects.filter(run__state__in=OPEN_STATES).exclude(state="done").values_list("run_id", flat=True)
    )
    return sorted(set(ids))


def work(seconds: float = 60.0) -> None:
    """Do what the queue does until nothing is open any more."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and (runs := _due()):
        for run in runs:
            tasks.execute(run)
        time.sleep(0.1)


def report() -> None:
    say(
        {
            "tickets": list(Ticket.objects.values("state", "halo_id", "marker", "current", "summary")),
            "intentions": list(Intention.objects.values("kind", "state", "attempts", "marker", "answer")),
            "open_runs": Run.objects.filter(state__in=OPEN_STATES).count(),
            "failed_runs": list(Run.objects.filter(state="failed").values("kind", "error")),
        }
    )


if __name__ == "__main__":
    command, arguments = sys.argv[1], sys.argv[2:]
    {
        "prepare": prepare,
        "fail_and_die": fail_and_die,
        "work": work,
        "resolve": resolve,
        "share": share,
        "read_all": read_all,
        "schedule": schedule,
        "fired": fired,
        "steps": steps,
    }[command](*arguments)
