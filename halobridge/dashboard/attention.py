"""What needs somebody: broken connections, refused tickets, waiting runs, a silent queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import CharField, Count, QuerySet, Value
from django.urls import reverse
from django.utils import timezone

from halobridge.dashboard.facts import Facts
from integrations.choices import (
    ConnectionState,
    EventState,
    EventStatus,
    IntentionState,
    MailState,
    WriteMode,
)
from integrations.models import Console, Event, HaloCredential, Heartbeat, Intention, Mail
from integrations.runs.approvals import open_losses
from integrations.sync.rights import missed
from mappings.keeping.waiting import waiting_runs
from mappings.linking import open_todos
from mappings.models import CompanyMapping, ComputerReview
from ticketing.halo_choices import HaloChoices
from ticketing.models import Alert, IntegrationProfile, PreflightState, Ticket, TicketState
from ticketing.preflight.checks import FAILS
from ticketing.preflight.outlook import is_due

SILENT_AFTER = timedelta(minutes=5)
"""A queue that has not been seen at work for so long does nothing that staff ask for."""
MOST_LOSSES = 5
CLOSED_WHILE_OPEN = "?ticket__closed_by_person__exact=1&state__exact=open"
REMIND_BEFORE = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Attention:
    text: str
    url: str
    tone: str = "warn"


def attention(facts: Facts) -> Iterator[Attention]:
    numbers = _numbers()
    yield from _queue()
    yield from _connections(facts)
    yield from _tickets_and_writes(numbers)
    yield from _waiting()
    yield from _company_mappings()
    yield from _to_be_looked_at(numbers)
    yield from _profile_problems()


def _numbers() -> dict[str, int]:
    """How many there are of what is only counted; one statement for all of them."""
    rows: dict[str, QuerySet[Any]] = {
        "writes": Intention.objects.filter(state=IntentionState.STAFF),
        "closed": Alert.objects.filter(state=EventState.OPEN, ticket__closed_by_person=True),
        "mails": Mail.objects.filter(state=MailState.REFUSED),
        "newcomers": open_todos(),
        "reviews": ComputerReview.objects.filter(decided_at__isnull=True),
    }
    counts = [
        found.order_by()
        .annotate(what=Value(name, output_field=CharField()))
        .values("what")
        .annotate(number=Count("pk"))
        .values_list("what", "number")
        for name, found in rows.items()
    ]
    return dict(counts[0].union(*counts[1:], all=True))


def _queue() -> Iterator[Attention]:
    newest = Heartbeat.objects.order_by("-stamped_at").values_list("stamped_at", flat=True).first()
    if newest is None or newest < timezone.now() - SILENT_AFTER:
        url = reverse("admin:integrations_heartbeat_changelist")
        yield Attention(
            "The queue is not at work: nothing that you ask for happens before it is started.", url, "bad"
        )


def _connections(facts: Facts) -> Iterator[Attention]:
    today = timezone.localdate()
    rows: list[HaloCredential | Console] = [*facts.credentials, *facts.consoles]
    for row in rows:
        page = "halocredential" if isinstance(row, HaloCredential) else "console"
        url = reverse(f"admin:integrations_{page}_change", args=(row.pk,))
        if row.state == ConnectionState.FAILED and row.enabled:
            since = row.failing_since
            told = f" (failing since {timezone.localtime(since):%Y-%m-%d %H:%M})" if since else ""
            yield Attention(f"{row}{told}: {row.state_reason or 'the connection fails.'}", url, "bad")
        elif isinstance(row, HaloCredential) and row.enabled:
            yield from (Attention(f"{row}: {words}", url) for words in missed(row.permissions, row.scopes))
        if isinstance(row, HaloCredential) and row.held_since:
            yield Attention(
                f"{row} is held back, nothing is written: {row.held_reason} Release it.", url, "bad"
            )
        elif isinstance(row, HaloCredential) and row.enabled and row.write_mode == WriteMode.OBSERVE:
            yield Attention(f"{row} only observes: nothing is written to HaloPSA.", url)
        expires = getattr(row, "secret_expires", None)
        if expires and expires <= today + REMIND_BEFORE:
            over = expires < today
            told = "ended" if over else "ends"
            text = f"The client secret of {row} {told} on {expires:%Y-%m-%d}: make a new one in HaloPSA."
            yield Attention(text, url, "bad" if over else "warn")
    for instance in {row.instance_id: row.instance for row in facts.credentials}.values():
        if instance.writes_stopped:
            yield Attention(
                f"All writing to {instance} is stopped.", reverse("admin:integrations_instance_stop_writing")
            )


def _tickets_and_writes(numbers: dict[str, int]) -> Iterator[Attention]:
    refused = dict(
        Ticket.objects.filter(state__in=(TicketState.REFUSED, TicketState.STAFF), is_test=False)
        .order_by()
        .values_list("state")
        .annotate(number=Count("pk"))
    )
    yield from _closed_by_people(numbers.get("closed", 0))
    url = reverse("admin:ticketing_ticket_changelist")
    if number := refused.get(TicketState.REFUSED):
        yield Attention(
            f"{_many(number, 'ticket')} refused by HaloPSA.", f"{url}?state__exact=refused", "bad"
        )
    if number := refused.get(TicketState.STAFF):
        yield Attention(f"{_many(number, 'ticket')} waiting for staff.", f"{url}?state__exact=staff", "bad")
    if number := numbers.get("writes"):
        url = reverse("admin:integrations_intention_changelist") + "?state__exact=staff"
        yield Attention(
            f"{_many(number, 'write')} whose fate nobody knows: look in HaloPSA and decide.", url, "bad"
        )


def _closed_by_people(number: int) -> Iterator[Attention]:
    if number:
        url = reverse("admin:ticketing_alert_changelist") + CLOSED_WHILE_OPEN
        are = "alert is" if number == 1 else "alerts are"
        yield Attention(
            f"{number} {are} still open in the console although a person closed the ticket in HaloPSA.", url
        )


def _waiting() -> Iterator[Attention]:
    for loss in open_losses().select_related("halo_credential", "console")[:MOST_LOSSES]:
        url = reverse("admin:integrations_heldloss_change", args=(loss.pk,))
        yield Attention(f"{loss.owner}: {loss.reason} Decide whether they are gone.", url)
    for run in waiting_runs().select_related("halo_credential")[:MOST_LOSSES]:
        url = reverse("admin:integrations_plan_change", args=(run.plan_id,))
        yield Attention(f"{run.halo_credential}: {run.error}", url)
    unmapped = Event.objects.filter(status=EventStatus.WAITING, company__isnull=False)
    told = unmapped.aggregate(events=Count("pk"), companies=Count("company", distinct=True))
    if told["companies"]:
        url = reverse("admin:mappings_companymapping_changelist") + "?state=unmapped"
        companies = _many(told["companies"], "company", "companies")
        text = f"{companies} with {_many(told['events'], 'waiting event')} not mapped."
        yield Attention(text, url)


def _company_mappings() -> Iterator[Attention]:
    url = reverse("admin:mappings_companymapping_changelist")
    broken = CompanyMapping.objects.in_force().broken().values_list("halo_credential_id", flat=True)
    number = Counter(broken.order_by())
    for credential, count in sorted(number.items()):
        are = "company mapping is" if count == 1 else "company mappings are"
        text = f"{count} {are} broken: client or site was changed in HaloPSA."
        yield Attention(text, f"{url}?halo_credential={credential}&state=broken")


def _to_be_looked_at(numbers: dict[str, int]) -> Iterator[Attention]:
    if number := numbers.get("mails"):
        url = reverse("admin:integrations_mail_changelist") + "?state__exact=refused"
        yield Attention(f"{_many(number, 'mail')} that no rule could be held against.", url, "bad")
    if new := numbers.get("newcomers"):
        text = f"{_many(new, 'new company or client', 'new companies and clients')} to be looked at."
        yield Attention(text, reverse("admin:mappings_newcomer_changelist"))
    if number := numbers.get("reviews"):
        url = reverse("admin:mappings_computerreview_changelist")
        yield Attention(f"{_many(number, 'computer')} whose asset only you can decide about.", url)


def _profile_problems() -> Iterator[Attention]:
    profiles = list(IntegrationProfile.objects.select_related("preflight"))
    if not profiles:
        return
    choices = HaloChoices.of(profiles)
    for profile in profiles:
        problem = next(iter(choices.problems(profile)), "") or _preflight_problem(profile)
        if problem:
            url = reverse("admin:ticketing_integrationprofile_change", args=(profile.pk,))
            yield Attention(problem, url, "bad")


def _preflight_problem(profile: IntegrationProfile) -> str:
    """The first thing for which HaloPSA would refuse tickets, unless the profile has changed since."""
    preflight = getattr(profile, "preflight", None)
    if preflight is None or preflight.state != PreflightState.FAILED or is_due(profile, preflight):
        return ""
    words = next(row["words"] for row in preflight.findings if row["level"] == FAILS)
    return f"Tickets of the profile “{profile}” would fail: {words}"


def _many(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or one + 's'}"
