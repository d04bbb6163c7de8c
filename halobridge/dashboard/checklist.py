"""The set-up checklist: seven steps from nothing to tickets, each with what it needs and where it is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse

from halobridge.dashboard.facts import Facts
from integrations.choices import ConnectionState
from integrations.models import Console, HaloCredential


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the checklist. `state` is done, progress, blocked or todo; `told` says how far it is."""

    title: str
    why: str
    state: str
    told: str
    url: str
    action: str


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


def _connected(rows: Sequence[HaloCredential] | Sequence[Console]) -> str:
    working = sum(row.state == ConnectionState.WORKING for row in rows)
    failing = sum(row.state == ConnectionState.FAILED for row in rows)
    return f"{working} connected, {failing} failing." if failing else f"{working} connected."


def _connect_halo(facts: Facts) -> Step:
    url = reverse(
        "admin:integrations_halocredential_changelist"
        if facts.credentials
        else "admin:integrations_halocredential_add"
    )
    state = "done" if facts.halo_ready else "progress" if facts.credentials else "todo"
    told = {
        "done": _connected(facts.credentials),
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
        "done": _connected(facts.consoles),
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
    """Done when no suggestion waits: a company without a counterpart may well stay without one."""
    total = sum(row.companies for row in facts.coverage)
    mapped = sum(row.companies_mapped for row in facts.coverage)
    told = f"{mapped} of {total} mapped; {facts.suggested} with a suggestion."
    url = reverse("admin:mappings_companymapping_changelist")
    why = "A company of the console is a client in HaloPSA; clients of the same name are suggested."
    state = _of(mapped, mapped + facts.suggested, blocked)
    return Step("Map companies", why, state, blocked or told, url, "Company mapping")


def _asset_types(facts: Facts, blocked: str) -> Step:
    state = _of(facts.products_typed, facts.products, blocked)
    told = blocked or f"{facts.products_typed} of {facts.products} products in use have a type."
    why = "The product of a computer decides what kind of asset it becomes."
    url = reverse("admin:mappings_productmapping_changelist")
    return Step("Choose default asset types", why, state, told, url, "Default asset types")


def _export(facts: Facts, blocked: str) -> Step:
    total = sum(row.within_reach for row in facts.coverage)
    mapped = sum(row.computers_mapped for row in facts.coverage)
    told = blocked or f"{mapped} of {total} computers of mapped companies have an asset."
    why = "Computers without an asset become one. You see a preview before anything is written."
    state = _of(mapped, total, blocked)
    page = "plan_add" if state in ("todo", "progress") else "computer_changelist"
    action = "Computers" if state == "done" else "Export computers"
    return Step("Export computers", why, state, told, reverse(f"admin:integrations_{page}"), action)


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
    why = "New alerts become tickets, and close them again. What is open already gets one only if chosen."
    return Step("Switch tickets on", why, _of(done, 2, blocked), told, url, action)


def next_step(steps: list[Step]) -> Step | None:
    """The first that nothing was done for yet; what is in progress may wait for a sync, or stay so."""
    for state in ("todo", "progress"):
        if found := next((step for step in steps if step.state == state), None):
            return found
    return None
