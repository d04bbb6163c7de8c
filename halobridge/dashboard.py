"""The overview: what is left to set up, what needs attention, and how things stand. Every figure leads on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from integrations.choices import ConnectionState, EventStatus, IntentionState, RunState, WriteMode
from integrations.models import (
    Company,
    Computer,
    Console,
    Event,
    HaloCredential,
    Heartbeat,
    Intention,
    Product,
    Run,
)
from mappings.models import CompanyMapping, ComputerMapping, ProductMapping
from ticketing.halo_choices import HaloChoices
from ticketing.models import EventSet, IntegrationProfile, Ticket, TicketState

SILENT_AFTER = timedelta(minutes=5)
"""A queue that has not been seen at work for so long does nothing that staff ask for."""
REMIND_BEFORE = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the checklist. `state` is done, progress, blocked or todo; `told` says how far it is."""

    title: str
    why: str
    state: str
    told: str
    url: str
    action: str


@dataclass(frozen=True, slots=True)
class Attention:
    text: str
    url: str
    tone: str = "warn"


@dataclass(frozen=True, slots=True)
class Coverage:
    console: Console
    companies: int
    companies_mapped: int
    computers: int
    computers_mapped: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checklist is computed from; read once."""

    credentials: list[HaloCredential]
    consoles: list[Console]
    coverage: list[Coverage]
    mapped: int
    tickets_on: int
    products: int
    products_typed: int
    event_sets: int
    profiles: int

    @property
    def halo_ready(self) -> bool:
        return any(row.synced_at and row.state == ConnectionState.WORKING for row in self.credentials)

    @property
    def console_ready(self) -> bool:
        return any(row.synced_at and row.state == ConnectionState.WORKING for row in self.consoles)

    @property
    def writes(self) -> bool:
        return any(row.write_mode == WriteMode.WRITE for row in self.credentials)


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context of the index page. The number of statements does not depend on the number of rows."""
    if not request.user.has_perm("integrations.view_run"):
        return {**context, "title": "Overview"}
    facts = read_facts()
    steps = list(checklist(facts))
    next_one = next((step for step in steps if step.state in ("todo", "progress")), None)
    return {
        **context,
        "title": "Overview",
        "steps": steps,
        "next_step": next_one,
        "set_up": all(step.state == "done" for step in steps),
        "steps_done": sum(step.state == "done" for step in steps),
        "attention": list(attention(facts)),
        "coverage": facts.coverage,
        "tickets": dict(Ticket.objects.order_by().values_list("state").annotate(number=Count("pk"))),
        "last_runs": Run.objects.select_related("plan", "halo_credential", "console", "instance")[:8],
    }


# ---- facts ----------------------------------------------------------------------------------


def read_facts() -> Facts:
    mappings = CompanyMapping.objects.aggregate(
        all=Count("pk"), on=Count("pk", filter=Q(create_tickets=True))
    )
    used = Product.objects.filter(
        Exists(Computer.objects.filter(product=OuterRef("pk"), active=True, eligible=True))
    )
    typed = Exists(ProductMapping.objects.filter(product=OuterRef("pk")))
    products = used.aggregate(all=Count("pk"), typed=Count("pk", filter=Q(typed)))
    return Facts(
        credentials=list(HaloCredential.objects.select_related("instance")),
        consoles=(consoles := list(Console.objects.all())),
        coverage=_coverage(consoles),
        mapped=mappings["all"],
        tickets_on=mappings["on"],
        products=products["all"],
        products_typed=products["typed"],
        event_sets=EventSet.objects.count(),
        profiles=IntegrationProfile.objects.count(),
    )


def _coverage(consoles: list[Console]) -> list[Coverage]:
    company_mapped = Exists(CompanyMapping.objects.filter(company=OuterRef("pk")))
    companies = Company.objects.filter(active=True).order_by().values_list("console")
    by_company = companies.annotate(all=Count("pk"), mapped=Count("pk", filter=Q(company_mapped)))
    pair = Exists(ComputerMapping.objects.filter(computer=OuterRef("pk"), halo_asset__isnull=False))
    computers = Computer.objects.filter(active=True, eligible=True).order_by().values_list("console")
    by_computer = computers.annotate(all=Count("pk"), mapped=Count("pk", filter=Q(pair)))
    of_companies = {console: (total, mapped) for console, total, mapped in by_company}
    of_computers = {console: (total, mapped) for console, total, mapped in by_computer}
    return [
        Coverage(row, *of_companies.get(row.pk, (0, 0)), *of_computers.get(row.pk, (0, 0)))
        for row in consoles
    ]


# ---- checklist ------------------------------------------------------------------------------


def checklist(facts: Facts) -> Iterator[Step]:
    """The way of a newcomer, in order. Each step is blocked by those before it that it needs."""
    yield _connect_halo(facts)
    yield _connect_console(facts)
    missing = " and ".join(
        what
        for what, ready in (("HaloPSA", facts.halo_ready), ("a console", facts.console_ready))
        if not ready
    )
    blocked = f"Blocked: {missing} must be connected and synced first." if missing else ""
    yield _map_companies(facts, blocked)
    yield _asset_types(facts, blocked)
    unmapped = "Blocked: map companies first." if not facts.mapped else ""
    yield _export(facts, blocked or unmapped)
    yield _event_set_and_profile(facts, "" if facts.halo_ready else "Blocked: connect HaloPSA first.")
    ready = facts.event_sets and facts.profiles
    yield _tickets(
        facts, blocked or unmapped or ("" if ready else "Blocked: make an event set and a profile first.")
    )


def _connect_halo(facts: Facts) -> Step:
    url = reverse(
        "admin:integrations_halocredential_changelist"
        if facts.credentials
        else "admin:integrations_halocredential_add"
    )
    state = "done" if facts.halo_ready else "progress" if facts.credentials else "todo"
    told = {
        "done": f"{len(facts.credentials)} connected.",
        "progress": "Entered; not tested and synced yet.",
    }.get(state, "")
    why = "Its clients, sites, assets and ticket choices are read from it, and everything is written to it."
    return Step(
        "Connect HaloPSA", why, state, told, url, "Connect HaloPSA" if state == "todo" else "Credentials"
    )


def _connect_console(facts: Facts) -> Step:
    url = reverse(
        "admin:integrations_console_changelist" if facts.consoles else "admin:integrations_console_add"
    )
    state = "done" if facts.console_ready else "progress" if facts.consoles else "todo"
    told = {
        "done": f"{len(facts.consoles)} connected.",
        "progress": "Entered; not tested and synced yet.",
    }.get(state, "")
    why = "Companies, computers and events come from it."
    return Step(
        "Connect a console", why, state, told, url, "Connect a console" if state == "todo" else "Consoles"
    )


def _of(done: int, total: int, blocked: str) -> str:
    """State of a step that is done when all of something is done."""
    if blocked:
        return "blocked"
    return "done" if done and done >= total else "progress" if done else "todo"


def _map_companies(facts: Facts, blocked: str) -> Step:
    total = sum(row.companies for row in facts.coverage)
    mapped = sum(row.companies_mapped for row in facts.coverage)
    url = reverse("admin:mappings_companymapping_changelist")
    why = "A company of the console is a client in HaloPSA; clients of the same name are suggested."
    state = _of(mapped, total, blocked)
    return Step(
        "Map companies", why, state, blocked or f"{mapped} of {total} mapped.", url, "Company mapping"
    )


def _asset_types(facts: Facts, blocked: str) -> Step:
    state = _of(facts.products_typed, facts.products, blocked)
    told = blocked or f"{facts.products_typed} of {facts.products} products in use have a type."
    why = "The product of a computer decides what kind of asset it becomes."
    url = reverse("admin:mappings_productmapping_changelist")
    return Step("Choose default asset types", why, state, told, url, "Default asset types")


def _export(facts: Facts, blocked: str) -> Step:
    total = sum(row.computers for row in facts.coverage)
    mapped = sum(row.computers_mapped for row in facts.coverage)
    told = blocked or f"{mapped} of {total} computers have an asset."
    why = "Computers without an asset become one. You see a preview before anything is written."
    state = _of(mapped, total, blocked)
    url = reverse(
        "admin:integrations_plan_add"
        if state in ("todo", "progress")
        else "admin:integrations_computer_changelist"
    )
    return Step(
        "Export computers", why, state, told, url, "Export computers" if state != "done" else "Computers"
    )


def _event_set_and_profile(facts: Facts, blocked: str) -> Step:
    made = bool(facts.event_sets) + bool(facts.profiles)
    told = blocked or f"{facts.event_sets} event sets, {facts.profiles} profiles."
    missing = "integrationprofile" if facts.event_sets else "eventset"
    why = "An event set says which events matter, a profile what their tickets look like."
    page = "changelist" if made == 2 else "add"
    url = reverse(f"admin:ticketing_{missing}_{page}")
    action = {0: "Make an event set", 1: "Make a profile" if facts.event_sets else "Make an event set"}.get(
        made, "Profiles"
    )
    return Step("Make an event set and a profile", why, _of(made, 2, blocked), told, url, action)


def _tickets(facts: Facts, blocked: str) -> Step:
    done = bool(facts.tickets_on) + facts.writes
    url = reverse("admin:mappings_companymapping_changelist") + "?state=mapped"
    told = blocked or f"On for {facts.tickets_on} of {facts.mapped} mapped companies."
    action = "Company mapping"
    if not blocked and facts.tickets_on and not facts.writes:
        told += " The credential only observes: switch it to write."
        url, action = reverse("admin:integrations_halocredential_changelist"), "Switch to write"
    why = "New alerts become tickets, and close them again. What is open already gets one only if you choose it."
    return Step("Switch tickets on", why, _of(done, 2, blocked), told, url, action)


# ---- needs attention ------------------------------------------------------------------------


def attention(facts: Facts) -> Iterator[Attention]:
    yield from _queue()
    yield from _connections(facts)
    yield from _tickets_and_writes()
    yield from _waiting()
    for problem in _profile_problems():
        yield problem


def _queue() -> Iterator[Attention]:
    newest = Heartbeat.objects.order_by("-stamped_at").values_list("stamped_at", flat=True).first()
    if newest is None or newest < timezone.now() - SILENT_AFTER:
        url = reverse("admin:integrations_heartbeat_changelist")
        yield Attention(
            "The queue is not at work: nothing that you ask for happens before it is started.", url, "bad"
        )


def _connections(facts: Facts) -> Iterator[Attention]:
    today = timezone.localdate()
    for row in (*facts.credentials, *facts.consoles):
        page = "halocredential" if isinstance(row, HaloCredential) else "console"
        url = reverse(f"admin:integrations_{page}_change", args=(row.pk,))
        if row.state == ConnectionState.FAILED and row.enabled:
            yield Attention(f"{row}: {row.state_reason or 'the connection fails.'}", url, "bad")
        expires = getattr(row, "secret_expires", None)
        if expires and expires <= today + REMIND_BEFORE:
            yield Attention(f"The client secret of {row} ends on {expires:%Y-%m-%d}.", url)
    for instance in {row.instance_id: row.instance for row in facts.credentials}.values():
        if instance.writes_stopped:
            yield Attention(
                f"All writing to {instance} is stopped.", reverse("admin:integrations_instance_stop_writing")
            )


def _tickets_and_writes() -> Iterator[Attention]:
    refused = dict(
        Ticket.objects.filter(state__in=(TicketState.REFUSED, TicketState.STAFF))
        .order_by()
        .values_list("state")
        .annotate(number=Count("pk"))
    )
    url = reverse("admin:ticketing_ticket_changelist")
    if number := refused.get(TicketState.REFUSED):
        yield Attention(
            f"{_many(number, 'ticket')} refused by HaloPSA.", f"{url}?state__exact=refused", "bad"
        )
    if number := refused.get(TicketState.STAFF):
        yield Attention(f"{_many(number, 'ticket')} waiting for staff.", f"{url}?state__exact=staff", "bad")
    if number := Intention.objects.filter(state=IntentionState.STAFF).count():
        url = reverse("admin:integrations_intention_changelist") + "?state__exact=staff"
        yield Attention(
            f"{_many(number, 'write')} whose fate nobody knows: look in HaloPSA and decide.", url, "bad"
        )


def _waiting() -> Iterator[Attention]:
    if number := Run.objects.filter(state=RunState.WAITING).count():
        url = reverse("admin:integrations_run_changelist") + "?state__exact=waiting"
        yield Attention(f"{_many(number, 'run')} waiting for an approval.", url)
    unmapped = Event.objects.filter(status=EventStatus.WAITING, company__isnull=False)
    told = unmapped.aggregate(events=Count("pk"), companies=Count("company", distinct=True))
    if told["companies"]:
        url = reverse("admin:mappings_companymapping_changelist") + "?state=unmapped"
        text = f"{_many(told['companies'], 'company', 'companies')} with {_many(told['events'], 'waiting event')} not mapped."
        yield Attention(text, url)


def _profile_problems() -> Iterator[Attention]:
    profiles = list(IntegrationProfile.objects.all())
    if not profiles:
        return
    choices = HaloChoices.of(profiles)
    for profile in profiles:
        for problem in choices.problems(profile)[:1]:
            url = reverse("admin:ticketing_integrationprofile_change", args=(profile.pk,))
            yield Attention(problem, url, "bad")


def _many(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or one + 's'}"
