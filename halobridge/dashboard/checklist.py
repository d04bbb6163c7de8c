"""The set-up checklist: seven steps from nothing to tickets, each with what it needs and where it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode

from halobridge.dashboard.coverage import WITHOUT_ASSET, Coverage
from halobridge.dashboard.facts import Facts
from halobridge.dashboard.selecting import missing_before_tickets
from halobridge.roles import roles_with
from integrations.choices import ConnectionState
from integrations.models import Console, HaloCredential
from mappings.linking import CompanyState

DONE, PROGRESS, BLOCKED, TODO = "done", "progress", "blocked", "todo"
SWITCHES: Final = "integrations.allow_halocredential"
"""What the switch between observe and write needs."""
HOW_TO_CHOOSE: Final = "open it and press “Set as default”, or give each company a ticket rule."
STATES: Final = {DONE: "Done", PROGRESS: "In progress", BLOCKED: "Blocked", TODO: "To do"}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the checklist. `told` says how far it is, or what blocks it.

    `permission` is what its action needs; `who` is said in place of the action to whoever lacks it.
    `more` is a second action, at `more_url`: to let the credential write.
    """

    title: str
    why: str
    state: str
    told: str
    url: str
    action: str
    permission: str
    who: str = ""
    more_url: str = ""
    more: str = ""

    @property
    def said(self) -> str:
        return STATES[self.state]


def checklist(facts: Facts, may: Callable[[str], bool]) -> list[Step]:
    """The way of a newcomer, in order, as somebody with these permissions is led along it."""
    steps = [step if may(step.permission) else _for_others(step) for step in _steps(facts)]
    return steps if may(SWITCHES) else [replace(step, more_url="") for step in steps]


def next_step(steps: Sequence[Step]) -> Step | None:
    """The first that nothing was done for yet; what is in progress may wait for a sync, or stay so."""
    for state in (TODO, PROGRESS):
        if found := next((step for step in steps if step.state == state), None):
            return found
    return None


def _for_others(step: Step) -> Step:
    """Done by somebody else: nobody is led to a page that refuses them."""
    roles = " or ".join(f"“{role}”" for role in roles_with(step.permission))
    return replace(step, url="", who=f"Needs a staff account with the role {roles}.")


def _steps(facts: Facts) -> Iterator[Step]:
    """Each step is blocked by those before it that it needs."""
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
    unmapped = "" if facts.figure("mapped") else "Blocked: map companies first."
    yield _export(facts, blocked or unmapped)
    yield _event_set_and_profile(facts, "" if facts.halo_ready else "Blocked: connect HaloPSA first.")
    ready = facts.figure("event_sets") and facts.figure("profiles")
    unready = "" if ready else "Blocked: make an event set and a profile first."
    yield _tickets(facts, blocked or unmapped or unready)


def _page(name: str, *args: object, **query: Any) -> str:
    """The address of a page with what is known already filled in; None is left out."""
    known = urlencode({key: value for key, value in query.items() if value is not None})
    return reverse(f"admin:{name}", args=args) + (f"?{known}" if known else "")


def _pk(row: HaloCredential | Console | None) -> int | None:
    return row.pk if row else None


def _of(done: int, total: int, blocked: str) -> str:
    """State of a step that is done when all of something is done."""
    if blocked:
        return BLOCKED
    return DONE if done and done >= total else PROGRESS if done else TODO


def _most(facts: Facts, number: Callable[[Coverage], int]) -> Coverage | None:
    """Where the most is left to do, of what goes to the credential that the steps are about."""
    towards = [row for row in facts.coverage if row.credential == facts.halo]
    best = max(towards, key=number, default=None)
    return best if best and number(best) else None


# ---- connections ----------------------------------------------------------------------------


def _connect_halo(facts: Facts) -> Step:
    why = "Its clients, sites, assets and ticket choices are read from it, and everything is written to it."
    return _connect(
        "HaloPSA", why, "integrations_halocredential", "Credentials", facts.credentials, facts.halo_ready
    )


def _connect_console(facts: Facts) -> Step:
    why = "Companies, computers and events come from it."
    return _connect("a console", why, "integrations_console", "Consoles", facts.consoles, facts.console_ready)


def _connect(
    what: str,
    why: str,
    model: str,
    many: str,
    rows: Sequence[HaloCredential] | Sequence[Console],
    ready: bool,
) -> Step:
    """What is entered but does not work leads to its own page, which says what is wrong."""
    permission = f"integrations.add_{model.removeprefix('integrations_')}"
    title = f"Connect {what}"
    if ready:
        return Step(title, why, DONE, _connected(rows), _page(f"{model}_changelist"), many, permission)
    if not rows:
        return Step(title, why, TODO, "", _page(f"{model}_add"), title, permission)
    failed = next((row for row in rows if row.state == ConnectionState.FAILED), None)
    told = f"Entered; {failed}: {failed.state_reason or 'the connection fails.'}" if failed else ""
    row = failed or rows[0]
    waits = told or "Entered; not tested and synced yet."
    return Step(title, why, PROGRESS, waits, _page(f"{model}_change", row.pk), f"Open {row}", permission)


def _connected(rows: Sequence[HaloCredential] | Sequence[Console]) -> str:
    working = sum(row.state == ConnectionState.WORKING for row in rows)
    failing = sum(row.state == ConnectionState.FAILED for row in rows)
    return f"{working} connected, {failing} failing." if failing else f"{working} connected."


# ---- mapping --------------------------------------------------------------------------------


def _map_companies(facts: Facts, blocked: str) -> Step:
    """Done when no suggestion waits: a company without a counterpart may well stay without one."""
    counts = [row.companies for row in facts.coverage]
    mapped, total = facts.figure("mapped"), sum(sum(states.values()) for states in counts)
    suggested = sum(states.get(CompanyState.SUGGESTED, 0) for states in counts)
    told = blocked or f"{mapped} of {total} mapped; {suggested} with a suggestion."
    why = "A company of the console is a client in HaloPSA; clients of the same name are suggested."
    most = _most(facts, lambda row: row.companies.get(CompanyState.SUGGESTED, 0))
    url = _page(
        "mappings_companymapping_changelist",
        halo_credential=_pk(facts.halo),
        console=_pk(most.console if most else None),
        state=CompanyState.SUGGESTED.value if most else None,
    )
    state = _of(mapped, mapped + suggested, blocked)
    permission = "mappings.change_companymapping"
    return Step("Map companies", why, state, told, url, "Company mapping", permission)


def _asset_types(facts: Facts, blocked: str) -> Step:
    typed, used = facts.figure("products_typed"), facts.figure("products")
    told = blocked or f"{typed} of {used} products in use have a type."
    why = "The product of a computer decides what kind of asset it becomes."
    url = _page(
        "mappings_productmapping_changelist",
        halo_credential=_pk(facts.halo),
        console=_pk(next((row for row in facts.consoles if row.synced_at), None)),
    )
    state = _of(typed, used, blocked)
    permission = "mappings.change_productmapping"
    return Step("Choose default asset types", why, state, told, url, "Default asset types", permission)


def _export(facts: Facts, blocked: str) -> Step:
    """Done as well when an export has written what it could: the rest has its reasons, and is named."""
    done = sum(row.with_asset for row in facts.coverage)
    left = sum(row.without_asset for row in facts.coverage)
    told = blocked or f"{done} of {done + left} computers of mapped companies have an asset."
    why = "Computers without an asset become one. You see a preview before anything is written."
    state = _of(done, done + left, blocked)
    if not blocked and left and facts.figure("exports"):
        state, told = DONE, f"{told} Left: {_left(facts)}; a preview says why each is left out."
    title = "Export computers"
    if state == DONE:
        url = _page("integrations_computer_changelist", halo_credential=_pk(facts.halo))
        return Step(title, why, state, told, url, "Computers", "integrations.view_computer")
    most = _most(facts, lambda row: row.without_asset)
    url = _page(
        "integrations_plan_add", halo_credential=_pk(facts.halo), console=_pk(most.console if most else None)
    )
    step = Step(title, why, state, told, url, title, "integrations.add_plan")
    return step if blocked else _observed(facts, step)


def _left(facts: Facts) -> str:
    """E.g. `6 unmapped, 2 to review`."""
    numbers = {state: sum(row.computers.get(state, 0) for row in facts.coverage) for state in WITHOUT_ASSET}
    return ", ".join(f"{number} {state.label.lower()}" for state, number in numbers.items() if number)


def _observed(facts: Facts, step: Step) -> Step:
    """Says so where nothing is written yet, with the way to the switch."""
    if (credential := facts.observing) is None:
        return step
    words = f"HaloPSA credential {credential} only observes: nothing is written until you switch it to write."
    url = _page("integrations_halocredential_change", credential.pk)
    return replace(step, told=f"{step.told} {words}".strip(), more_url=url, more="Switch to write")


# ---- tickets --------------------------------------------------------------------------------


def _event_set_and_profile(facts: Facts, blocked: str) -> Step:
    """Done when they are chosen as well: by default, or by the ticket rules of companies."""
    sets, profiles = facts.figure("event_sets"), facts.figure("profiles")
    told = blocked or f"Event sets: {sets}. Profiles: {profiles}."
    why = (
        "An event set says which events matter, a profile what their tickets look like. "
        "The defaults serve all companies without a ticket rule of their own."
    )
    state = _of(bool(sets) + bool(profiles), 2, blocked)
    title = "Make an event set and a profile"
    if not sets:
        url = _page("ticketing_eventset_add")
        return Step(title, why, state, told, url, "Make an event set", "ticketing.add_eventset")
    permission = "ticketing.add_integrationprofile"
    if not profiles:
        url = _page("ticketing_integrationprofile_add", halo_credential=_pk(facts.halo))
        return Step(title, why, state, told, url, "Make a profile", permission)
    if not blocked and (missing := missing_before_tickets(facts)):
        told = f"{told} But {missing.told}: {HOW_TO_CHOOSE}"
        return Step(title, why, PROGRESS, told, missing.url, missing.action, missing.permission)
    url = _page("ticketing_integrationprofile_changelist")
    return Step(title, why, state, told, url, "Profiles", permission)


def _tickets(facts: Facts, blocked: str) -> Step:
    on, mapped = facts.figure("tickets_on"), facts.figure("mapped")
    missing = None if blocked else missing_before_tickets(facts)
    if missing and not on:
        blocked = f"Blocked: {missing.told}."
    told = blocked or f"On for {on} of {mapped} mapped companies."
    why = "New alerts become tickets, and close them again. What is open already gets one only if chosen."
    title, permission = "Switch tickets on", "mappings.change_companymapping"
    if missing and on:
        told = f"{told} {missing.companies} of them get none: {missing.told}; {HOW_TO_CHOOSE}"
        return Step(title, why, PROGRESS, told, missing.url, missing.action, missing.permission)
    state = _of(bool(on) + facts.writes, 2, blocked)
    url = _page("mappings_companymapping_changelist", halo_credential=_pk(facts.halo), state="mapped")
    step = Step(title, why, state, told, url, "Company mapping", permission)
    if blocked or not on or not facts.observing:
        return step
    step = _observed(facts, step)
    permission = "integrations.change_halocredential"
    return replace(step, url=step.more_url, action=step.more, permission=permission, more_url="")
