"""What needs somebody: broken connections, refused tickets, waiting runs, a silent queue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from halobridge.dashboard.facts import Facts
from halobridge.dashboard.selecting import missing_for_tickets
from halobridge.waiting_rows import problem_deliveries, undecided_reviews, unread_mails, unsettled_writes
from integrations.choices import ConnectionState, EventState, EventStatus, RunKind, RunState, WriteMode
from integrations.models import (
    Company,
    Console,
    Event,
    HaloCredential,
    Heartbeat,
)
from integrations.runs.approvals import open_losses
from integrations.sync.rights import missed
from mappings.keeping.waiting import waiting_runs
from mappings.linking import CompanyState, open_todos
from ticketing.halo_choices import HaloChoices
from ticketing.models import Alert, IntegrationProfile, PreflightState, TicketState
from ticketing.preflight.checks import FAILS
from ticketing.preflight.outlook import is_due

SILENT_AFTER = timedelta(minutes=5)
"""A queue that has not been seen at work for so long does nothing that staff ask for."""
MOST_OF_A_KIND = 5
"""Losses, and scheduled updates, that have a line each."""
REMIND_BEFORE = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Attention:
    """One line. `figure` is how many there are where it counts: as many as the list at `url` holds."""

    text: str
    url: str
    tone: str = "warn"
    figure: int | None = None


def attention(facts: Facts) -> list[Attention]:
    """What is broken first."""
    found = [
        *_queue(facts),
        *_connections(facts),
        *_without_tickets(facts),
        *_tickets_and_writes(facts),
        *_to_be_decided(),
        *_companies(facts),
        *_to_be_looked_at(facts),
        *_profile_problems(),
    ]
    return sorted(found, key=lambda item: item.tone != "bad")


def attention_figures() -> dict[str, QuerySet[Any]]:
    """What is only counted, for the statement of all figures."""
    waiting = Event.objects.filter(status=EventStatus.WAITING)
    return {
        "alive": Heartbeat.objects.filter(stamped_at__gte=timezone.now() - SILENT_AFTER),
        "writes": unsettled_writes(),
        "closed": Alert.objects.filter(state=EventState.OPEN, ticket__closed_by_person=True),
        "mails": unread_mails(),
        "deliveries": problem_deliveries(),
        "newcomers": open_todos(),
        "reviews": undecided_reviews(),
        "waiting_events": waiting,
        "waiting_companies": Company.objects.filter(pk__in=waiting.order_by().values("company")),
    }


def _list(model: str, **query: Any) -> str:
    url = reverse(f"admin:{model}_changelist")
    return f"{url}?{urlencode(query)}" if query else url


def _queue(facts: Facts) -> Iterator[Attention]:
    if not facts.figure("alive"):
        text = "The queue is not at work: nothing that you ask for happens before it is started."
        yield Attention(text, _list("integrations_heartbeat"), "bad")


def _connections(facts: Facts) -> Iterator[Attention]:
    today = timezone.localdate()
    rows: list[HaloCredential | Console] = [*facts.credentials, *facts.consoles]
    for row in rows:
        page = "halocredential" if isinstance(row, HaloCredential) else "console"
        url = reverse(f"admin:integrations_{page}_change", args=(row.pk,))
        if row.state == ConnectionState.FAILED and row.enabled:
            since = row.failing_since
            told = f" (failing since {timezone.localtime(since):%Y-%m-%d %H:%M %Z})" if since else ""
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


def _without_tickets(facts: Facts) -> Iterator[Attention]:
    for missing in missing_for_tickets(facts):
        have = "company has" if missing.companies == 1 else "companies have"
        text = f"{missing.companies} {have} tickets on, but {missing.told}: their alerts become no tickets."
        yield Attention(text, missing.url, "bad")


def _tickets_and_writes(facts: Facts) -> Iterator[Attention]:
    tickets = facts.figures.get("tickets", {})
    told = ((TicketState.REFUSED, "refused by HaloPSA"), (TicketState.STAFF, "waiting for staff"))
    for state, words in told:
        if number := tickets.get(state, 0):
            url = _list("ticketing_ticket", state__exact=state.value, is_test__exact=0)
            yield Attention(f"{_many(number, 'ticket')} {words}.", url, "bad", number)
    if number := facts.figure("closed"):
        url = _list("ticketing_alert", ticket__closed_by_person__exact=1, state__exact="open")
        are = "alert is" if number == 1 else "alerts are"
        text = f"{number} {are} still open in the console although a person closed the ticket in HaloPSA."
        yield Attention(text, url, figure=number)
    if number := facts.figure("writes"):
        text = f"{_many(number, 'write')} whose fate nobody knows: look in HaloPSA and decide."
        yield Attention(text, _list("integrations_intention", state__exact="staff"), "bad", number)


def _to_be_decided() -> Iterator[Attention]:
    """Losses and scheduled updates that wait for an approval; one statement."""
    owner = Coalesce("halo_credential__name", "console__name", output_field=CharField())
    losses = open_losses().order_by().annotate(line=Value("loss", output_field=CharField()), owned=owner)
    runs = (
        waiting_runs()
        .order_by()
        .annotate(line=Value("run", output_field=CharField()), owned=F("halo_credential__name"))
    )
    rows = list(
        losses.values_list("line", "pk", "owned", "reason").union(
            runs.values_list("line", "plan", "owned", "error"), all=True
        )
    )
    held = [row for line, *row in rows if line == "loss"]
    for pk, owned, text in held[:MOST_OF_A_KIND]:
        url = reverse("admin:integrations_heldloss_change", args=(pk,))
        yield Attention(f"{owned}: {text} Decide whether they are gone.", url)
    yield from _and_more(len(held), "loss", "losses", _list("integrations_heldloss", decision="waits"))
    asked = [row for line, *row in rows if line == "run"]
    for pk, owned, text in asked[:MOST_OF_A_KIND]:
        yield Attention(f"{owned}: {text}", reverse("admin:integrations_plan_change", args=(pk,)))
    runs_url = _list("integrations_run", kind__exact=RunKind.KEEP_ASSETS, state__exact=RunState.WAITING)
    yield from _and_more(len(asked), "scheduled update", "scheduled updates", runs_url)


def _and_more(number: int, one: str, several: str, url: str) -> Iterator[Attention]:
    """What the lines before it leave out, led to by the list of them all."""
    if (more := number - MOST_OF_A_KIND) > 0:
        yield Attention(f"And {more} more {one if more == 1 else several} to be decided.", url)


def _companies(facts: Facts) -> Iterator[Attention]:
    if number := facts.figure("waiting_events"):
        are = "event is" if number == 1 else "events are"
        yield Attention(
            f"{number} {are} waiting.", _list("integrations_event", status__exact="waiting"), figure=number
        )
    if number := facts.figure("waiting_companies"):
        are, its, it = ("company is", "its", "it") if number == 1 else ("companies are", "their", "them")
        text = f"{number} {are} not mapped while {its} events wait: map {it}, or ignore {it}."
        yield Attention(text, _list("integrations_company", events="waiting"), figure=number)
    for credential in facts.credentials:
        towards = (row.companies for row in facts.coverage if row.credential == credential)
        if number := sum(states.get(CompanyState.BROKEN, 0) for states in towards):
            are = "company mapping is" if number == 1 else "company mappings are"
            text = f"{number} {are} broken: client or site was changed in HaloPSA."
            url = _list("mappings_companymapping", halo_credential=credential.pk, state="broken")
            yield Attention(text, url, figure=number)


def _to_be_looked_at(facts: Facts) -> Iterator[Attention]:
    if number := facts.figure("deliveries"):
        text = f"{_many(number, 'webhook delivery', 'webhook deliveries')} with a problem."
        yield Attention(text, _list("integrations_rawdelivery", state="problem"), "bad", number)
    if number := facts.figure("mails"):
        text = f"{_many(number, 'mail')} that no rule could be held against."
        yield Attention(text, _list("integrations_mail", state__exact="refused"), "bad", number)
    if number := facts.figure("newcomers"):
        text = f"{_many(number, 'new company or client', 'new companies and clients')} to be looked at."
        yield Attention(text, _list("mappings_newcomer"), figure=number)
    if number := facts.figure("reviews"):
        text = f"{_many(number, 'computer')} whose asset only you can decide about."
        yield Attention(text, _list("mappings_computerreview"), figure=number)


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
