"""What would go wrong with the tickets of a profile, judged from what HaloPSA tells of its rules. Pure.

Three levels: *fails* (a write will be refused), *warns* (it depends, or something else will surprise) and
*unknown* (HaloPSA's API does not tell; a test ticket does).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from integrations.choices import OptionKind
from integrations.records import AgentTeams, OptionRecord, TicketTypeRules
from ticketing.halo_choices import CHOICES, UNASSIGNED, label
from ticketing.models import IntegrationProfile, PreflightState

FAILS: Final = "fails"
WARNS: Final = "warns"
UNKNOWN: Final = "unknown"

_READ_APART: Final = (OptionKind.TICKET_TYPE, OptionKind.AGENT, OptionKind.OUTCOME)
_RIGHTS: Final = (("edit_tickets", "create tickets"), ("add_notes", "add notes and close tickets"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing. `about` is the field of the profile that it concerns, '' where it is none."""

    level: str
    about: str
    words: str


@dataclass(frozen=True, slots=True)
class Live:
    """What HaloPSA says now. `options` by (kind, parent, id), with parent '' for any; a kind that could not
    be read is in `unread` with the reason. None in `ticket_types` and `agents`: there is no such one."""

    options: Mapping[tuple[str, str, str], OptionRecord] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    ticket_types: Mapping[int, TicketTypeRules | None] = field(default_factory=dict)
    outcomes: Mapping[int, Mapping[str, OptionRecord]] = field(default_factory=dict)
    agents: Mapping[int, AgentTeams | None] = field(default_factory=dict)
    rights: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Rows of the credential's table of permissions by their key."""
    not_closing: Mapping[int, int] = field(default_factory=dict)
    """Statuses with which a ticket of ours was to be closed and stayed open, with one such ticket."""


def findings(profile: IntegrationProfile, live: Live) -> list[Finding]:
    """All of them, the worst first."""
    parts = (_rights, _choices, _ticket_type, _agent, _places, _actions, _closing)
    found = [finding for part in parts for finding in part(profile, live)]
    return sorted(found, key=lambda finding: (FAILS, WARNS, UNKNOWN).index(finding.level))


def state_of(found: list[Finding]) -> PreflightState:
    levels = {finding.level for finding in found}
    if FAILS in levels:
        return PreflightState.FAILED
    return PreflightState.WARNED if WARNS in levels else PreflightState.PASSED


# ---- parts ----------------------------------------------------------------------------------


def _rights(profile: IntegrationProfile, live: Live) -> Iterator[Finding]:
    for key, what in _RIGHTS:
        row = live.rights.get(key, {})
        if row.get("state") == "refused":
            yield Finding(
                FAILS, "", f"HaloPSA does not let the bridge {what}. Needed: {row.get('grant', '')}."
            )
        elif row.get("state") != "works":
            yield Finding(
                UNKNOWN,
                "",
                f"Whether HaloPSA lets the bridge {what} shows with the first one that it writes.",
            )


def _choices(profile: IntegrationProfile, live: Live) -> Iterator[Finding]:
    for about, kind in CHOICES:
        value = getattr(profile, about)
        if value is None or value < 0:
            continue
        if kind in live.unread:
            words = f"Whether HaloPSA still has the {label(kind)} can't be seen: {live.unread[kind]}"
            yield Finding(UNKNOWN, about, words)
        if kind in live.unread or kind in _READ_APART:
            continue
        parent = str(profile.sla) if kind == OptionKind.PRIORITY and profile.sla else ""
        option = live.options.get((kind, parent, str(value)))
        if problem := _option_problem(kind, option, value):
            yield Finding(FAILS, about, problem)


def _option_problem(kind: OptionKind, option: OptionRecord | None, value: int) -> str:
    if option is None:
        within = " within the chosen SLA" if kind == OptionKind.PRIORITY else ""
        seen = " that the bridge can see" if kind == OptionKind.TEAM else ""
        return f"HaloPSA has no {label(kind)} {value}{within}{seen} any more; choose another."
    return (
        "" if option.active else f"The {label(kind)} “{option.name}” is inactive in HaloPSA; choose another."
    )


def _ticket_type(profile: IntegrationProfile, live: Live) -> Iterator[Finding]:
    if profile.ticket_type not in live.ticket_types:
        return
    rules = live.ticket_types[profile.ticket_type]
    if rules is None or not rules.active:
        gone = "is inactive in HaloPSA" if rules else "does not exist in HaloPSA any more"
        name = f"“{rules.name}”" if rules else str(profile.ticket_type)
        yield Finding(FAILS, "ticket_type", f"The ticket type {name} {gone}; choose another.")
        return
    for about in ("status_open", "status_closed"):
        status = getattr(profile, about)
        if rules.statuses and status not in rules.statuses:
            option = live.options.get((OptionKind.STATUS, "", str(status)))
            name = f"“{option.name}”" if option else str(status)
            words = f"The ticket type “{rules.name}” does not allow the status {name}; choose another."
            yield Finding(FAILS, about, words)
    if rules.has_mandatory_fields:
        yield Finding(
            WARNS,
            "ticket_type",
            f"The ticket type “{rules.name}” has fields that technicians have to fill in; the bridge fills "
            "in only what this profile names. Send a test ticket: if HaloPSA refuses it, make the field that "
            "it names optional for this ticket type, or use a type for alerts.",
        )
    if rules.shows_assets is False:
        yield Finding(
            WARNS,
            "ticket_type",
            f"HaloPSA lists no field for assets in the ticket type “{rules.name}”: technicians may not see "
            "the computer on the ticket. Add the field to the type, or use a type for alerts.",
        )


def _agent(profile: IntegrationProfile, live: Live) -> Iterator[Finding]:
    if profile.agent not in live.agents or profile.agent in (None, UNASSIGNED):
        return
    agent = live.agents[profile.agent]
    team = live.options.get((OptionKind.TEAM, "", str(profile.team)))
    if agent is None:
        words = f"There is no Halo agent (technician) {profile.agent} in HaloPSA any more; choose another."
        yield Finding(FAILS, "agent", words)
    elif not agent.active:
        words = f"The Halo agent (technician) “{agent.name}” is disabled in HaloPSA; choose another."
        yield Finding(FAILS, "agent", words)
    elif team is not None and agent.teams is not None and profile.team not in agent.teams:
        words = f"“{agent.name}” is no member of the team “{team.name}”; HaloPSA then refuses the ticket."
        yield Finding(FAILS, "agent", words)


def _places(profile: IntegrationProfile, live: Live) -> Iterator[Finding]:
    """Client and end user, as the last sync left them: tickets go elsewhere or wait without them."""
    if profile.client is not None and not profile.client.active:
        words = f"The client “{profile.client}” is inactive: events that belong to no company will wait."
        yield Finding(WARNS, "client", words)
    if profile.user is not None and not profile.user.active:
        words = f"The end user “{profile.user}” is inactive; tickets get the asset's or the site's instead."
        yield Finding(WARNS, "user", words)


def _actions(profile: IntegrationProfile, live: Live) -> Iterator[Finding]:
    allowed = live.outcomes.get(profile.ticket_type)
    if allowed is None:
        return
    for about, public in (("note_action", profile.public_notes), ("closing_action", profile.public_closing)):
        number = getattr(profile, about)
        option = allowed.get(str(number))
        if number is None:
            continue
        if option is None:
            words = "is not allowed for this ticket type in HaloPSA any more; choose another."
            yield Finding(FAILS, about, f"The action {number} {words}")
        elif public and option.extra.get("hidefromuser"):
            words = (
                f"The action “{option.name}” hides what it notes from end users, whatever the profile says."
            )
            yield Finding(WARNS, about, words)
        elif about == "note_action" and option.extra.get("newstatus"):
            words = f"The action “{option.name}” also changes the status of the ticket with each note."
            yield Finding(WARNS, about, words)


def _closing(profile: IntegrationProfile, live: Live) -> Iterator[Finding]:
    if ticket := live.not_closing.get(profile.status_closed or 0):
        yield Finding(
            FAILS,
            "status_closed",
            f"The ticket {ticket} got this status and is still open in HaloPSA: it does not close a ticket. "
            "Choose another.",
        )
    rules = live.ticket_types.get(profile.ticket_type)
    if rules and rules.children_block_closing:
        yield Finding(
            WARNS,
            "status_closed",
            f"Tickets of the type “{rules.name}” can't be closed while they have open child tickets: such a "
            "ticket then waits for staff.",
        )
    if profile.agent in (None, UNASSIGNED):
        words = "Whether HaloPSA closes a ticket that nobody is assigned to shows with a test ticket."
        yield Finding(UNKNOWN, "agent", words)
    words = "Whether HaloPSA wants fields to be filled in before a ticket is closed shows with a test ticket."
    yield Finding(UNKNOWN, "status_closed", words)
