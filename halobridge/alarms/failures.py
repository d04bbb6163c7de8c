"""What fails now. Reads the database only; a few statements, whatever the size of the installation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone

from halobridge.health import stopped_clusters
from integrations.choices import AlarmKind, ConnectionState, IntentionState
from integrations.ingest.rhythm import silent_consoles
from integrations.models import Console, HaloCredential, Intention
from integrations.runs.approvals import open_losses
from mappings.keeping.waiting import waiting_runs
from ticketing.models import Ticket, TicketState

LEAST_SILENCE: Final = timedelta(hours=12)
LONGER_THAN_USUAL: Final = 1.5


@dataclass(frozen=True, slots=True)
class Failure:
    """`key` is the same for as long as it lasts; `page` is a path of the admin."""

    kind: AlarmKind
    key: str
    title: str
    text: str = ""
    page: str = ""


def all_failures(now: datetime, *, judge_queue: bool) -> dict[AlarmKind, list[Failure]]:
    """By kind, also those of which there are none. Without `judge_queue` nothing is said about the queue."""
    chosen = {kind: find for kind, find in FIND.items() if judge_queue or kind != AlarmKind.QUEUE}
    return {kind: list(find(now)) for kind, find in chosen.items()}


def _queue(now: datetime) -> Iterator[Failure]:
    page = reverse("admin:integrations_heartbeat_changelist")
    for name in stopped_clusters(now):
        text = "Nothing is read and no ticket is written before it is at work again; nothing is lost."
        yield Failure(
            AlarmKind.QUEUE, f"queue:{name}", f"The queue cluster “{name}” has stopped.", text, page
        )


def _connections(now: datetime) -> Iterator[Failure]:
    for model, what in ((HaloCredential, "HaloPSA credential"), (Console, "console")):
        for row in model.objects.filter(enabled=True, state=ConnectionState.FAILED):
            name = model._meta.model_name
            page = reverse(f"admin:integrations_{name}_change", args=(row.pk,))
            title = f"The {what} “{row}” is broken."
            yield Failure(AlarmKind.CONNECTION, f"{name}:{row.pk}", title, row.state_reason, page)


def _approvals(now: datetime) -> Iterator[Failure]:
    for loss in open_losses().select_related("halo_credential", "console"):
        page = reverse("admin:integrations_heldloss_change", args=(loss.pk,))
        title = f"{loss.owner}: a loss waits for your decision."
        yield Failure(AlarmKind.APPROVAL, f"loss:{loss.pk}", title, loss.reason, page)
    for run in waiting_runs().select_related("halo_credential"):
        page = reverse("admin:integrations_plan_change", args=(run.plan_id,))
        title = f"{run.halo_credential}: asset updates wait for your approval."
        yield Failure(AlarmKind.APPROVAL, f"run:{run.pk}", title, run.error, page)


def _refused(now: datetime) -> Iterator[Failure]:
    page = reverse("admin:ticketing_ticket_changelist") + "?state__exact=refused"
    rows = Ticket.objects.filter(state=TicketState.REFUSED, is_test=False)
    for credential, name, number in _by_credential(rows):
        title = f"{name}: HaloPSA refuses tickets."
        text = f"{number} refused so far; the page of each has HaloPSA's own words."
        yield Failure(AlarmKind.REFUSED, f"refused:{credential}", title, text, page)


def _uncertain(now: datetime) -> Iterator[Failure]:
    page = reverse("admin:integrations_intention_changelist") + "?state__exact=staff"
    for credential, name, number in _by_credential(Intention.objects.filter(state=IntentionState.STAFF)):
        title = f"{name}: nobody knows whether a write arrived in HaloPSA."
        text = f"{number} so far: look in HaloPSA and decide."
        yield Failure(AlarmKind.UNCERTAIN, f"uncertain:{credential}", title, text, page)


def _by_credential(rows: QuerySet[Any]) -> Iterable[tuple[int, str, int]]:
    """(id, name, how many): one alarm for each, because a hundred rows have one reason, as a rule."""
    of_each = rows.order_by().values_list("halo_credential", "halo_credential__name")
    return of_each.annotate(Count("pk"))


def _silence(now: datetime) -> Iterator[Failure]:
    for console in silent_consoles(now, least=LEAST_SILENCE, factor=LONGER_THAN_USUAL):
        last = timezone.localtime(console.last_event_at)
        usual = (console.longest_silence or 0) // 60
        text = (
            f"Its last event came at {last:%Y-%m-%d %H:%M %Z}; {usual} hours were the longest silence so far."
        )
        page = reverse("admin:integrations_console_change", args=(console.pk,))
        title = f"The console “{console}” is silent for longer than usual."
        yield Failure(AlarmKind.SILENCE, f"silence:{console.pk}", title, text, page)


FIND: Final[Mapping[AlarmKind, Callable[[datetime], Iterator[Failure]]]] = {
    AlarmKind.QUEUE: _queue,
    AlarmKind.CONNECTION: _connections,
    AlarmKind.APPROVAL: _approvals,
    AlarmKind.REFUSED: _refused,
    AlarmKind.UNCERTAIN: _uncertain,
    AlarmKind.SILENCE: _silence,
}
