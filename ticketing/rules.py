"""Whether an alert becomes a ticket, and why. Pure: facts in, one verdict with its reason out.

The order of the questions is the order in which staff would ask them: may anything be written, whose is
it, which rule selects it, are new tickets on, was it there before, can the profile be used. The first
answer that settles it is the reason. Nothing here touches the database, the network or a clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ticketing.conditions import NO_CONDITIONS, NOTHING_KNOWN, Conditions, Subject, why_not

# The values of `models.Decision`; a test holds the two together.
WANTED: Final = "wanted"
WAITING: Final = "waiting"
NOT_WANTED: Final = "not_wanted"
BASELINE: Final = "baseline"


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """`problems` are sentences about choices that HaloPSA no longer has; any of them makes alerts wait."""

    id: int
    name: str
    credential_id: int
    problems: tuple[str, ...] = ()
    has_client: bool = False


@dataclass(frozen=True, slots=True)
class SetFacts:
    name: str
    event_types: frozenset[str]
    conditions: Conditions = NO_CONDITIONS


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """One pair (event set, profile) of a company mapping."""

    event_set: SetFacts
    profile: ProfileFacts


@dataclass(frozen=True, slots=True)
class MappingFacts:
    """A company mapping. `rules` stand in their order; `client_problem` is a sentence."""

    create_tickets: bool
    no_notification: bool = False
    rules: tuple[RuleFacts, ...] = ()
    client_problem: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one alert. `company` is None for an alert that belongs to no company.

    `excluded` is the sentence of an exclusion; `baseline` the sentence that makes it one; `came_observed` the
    sentence if it came in observe mode, which makes it one, too; `chosen`: staff want its ticket anyway.
    """

    credential_id: int
    credential_name: str
    event_type: str
    event_type_name: str
    subject: Subject = NOTHING_KNOWN
    company: str | None = None
    mapping: MappingFacts | None = None
    default_set: SetFacts | None = None
    default_profile: ProfileFacts | None = None
    excluded: str = ""
    baseline: str = ""
    came_observed: str = ""
    chosen: bool = False
    observing: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`observed`: only the observe mode stands between this alert and its ticket."""

    decision: str
    reason: str
    profile_id: int | None = None
    observed: bool = False


@dataclass(frozen=True, slots=True)
class _Selected:
    """The rule (or the defaults) that selects the alert. `profile` is None where there is none to use."""

    words: str
    profile: ProfileFacts | None


# ---- sentences that events share with alerts ------------------------------------------------


def not_mapped(company: str) -> str:
    return f"The company '{company}' is not mapped to a Halo client; map it and the event will be judged."


def unknown_company(external_id: str) -> str:
    return (
        f"The console's company '{external_id}' is not known yet; "
        "the event will be judged when the console has been read and the company is mapped."
    )


def unknown_computer(external_id: str) -> str:
    return (
        f"The console did not say which company this belongs to, and its computer '{external_id}' is not "
        "known yet; the event will be judged when the console has been read."
    )


NO_COMPANY: Final = (
    "The console did not say which company this belongs to, and no default profile has a client for "
    "such events; give one a client and the event will be judged."
)


TICKETS_OFF: Final = "'Create tickets' is off"


# ---- the verdict ----------------------------------------------------------------------------


def silence(facts: Facts) -> str:
    """Why nothing at all may be written about this alert, or '': this holds for open tickets, too."""
    if facts.mapping and facts.mapping.no_notification:
        return f"'No notification' is on for '{facts.company}': nothing is written."
    if facts.observing:
        return f"The HaloPSA credential '{facts.credential_name}' is in observe mode: nothing is written."
    return ""


def decide(facts: Facts) -> Verdict:
    """The verdict on an open alert that has no ticket."""
    if facts.company is not None and facts.mapping is None:
        return Verdict(WAITING, not_mapped(facts.company))
    if facts.mapping and facts.mapping.no_notification:
        return Verdict(NOT_WANTED, silence(facts))
    if facts.excluded and not facts.chosen:
        return Verdict(NOT_WANTED, facts.excluded)
    selected = _select(facts)
    if isinstance(selected, Verdict):
        return selected
    return _switches(facts) or _place(facts, selected) or _profile(facts, selected)


def _select(facts: Facts) -> _Selected | Verdict:
    """A mapping's own rules, the first match wins; the defaults serve only where there is none."""
    if facts.mapping is None or not facts.mapping.rules:
        return _select_by_default(facts)
    passed_over = []
    for number, rule in enumerate(facts.mapping.rules, start=1):
        if facts.event_type not in rule.event_set.event_types:
            continue
        if refusal := why_not(rule.event_set.conditions, facts.subject):
            passed_over.append(f"The event set '{rule.event_set.name}' of rule {number} {refusal}.")
        else:
            words = (
                f"Ticket rule {number} of '{facts.company}': the event set '{rule.event_set.name}' selects "
                f"'{facts.event_type_name}', profile '{rule.profile.name}'."
            )
            return _Selected(words, rule.profile)
    none = f"No ticket rule of '{facts.company}' selects events of type '{facts.event_type_name}'."
    return Verdict(NOT_WANTED, " ".join([none, *passed_over]))


def _select_by_default(facts: Facts) -> _Selected | Verdict:
    chosen, profile = facts.default_set, facts.default_profile
    whose = f"'{facts.company}' has no ticket rule" if facts.company is not None else "It has no company"
    if chosen is None:
        return Verdict(NOT_WANTED, f"{whose}, and there is no default event set.")
    if facts.event_type not in chosen.event_types:
        return Verdict(
            NOT_WANTED,
            f"{whose}, and the default event set '{chosen.name}' does not select events of type "
            f"'{facts.event_type_name}'.",
        )
    if refusal := why_not(chosen.conditions, facts.subject):
        return Verdict(NOT_WANTED, f"{whose}, and the default event set '{chosen.name}' {refusal}.")
    name = f" with the default profile '{profile.name}'" if profile else ""
    return _Selected(
        f"{whose}: the default event set '{chosen.name}' selects '{facts.event_type_name}'{name}.", profile
    )


def _switches(facts: Facts) -> Verdict | None:
    if facts.mapping and not facts.mapping.create_tickets:
        return Verdict(NOT_WANTED, f"{TICKETS_OFF} for '{facts.company}'.")
    if facts.baseline and not facts.chosen:
        return Verdict(BASELINE, facts.baseline)
    return None


def _place(facts: Facts, selected: _Selected) -> Verdict | None:
    """A ticket without a client of its own would land on Halo's default client: it waits instead."""
    if facts.mapping is not None:
        return Verdict(WAITING, facts.mapping.client_problem) if facts.mapping.client_problem else None
    if selected.profile is not None and not selected.profile.has_client:
        return Verdict(WAITING, NO_COMPANY)
    return None


def _profile(facts: Facts, selected: _Selected) -> Verdict:
    profile = selected.profile
    if profile is None:
        return Verdict(
            WAITING,
            f"{selected.words} The HaloPSA credential '{facts.credential_name}' has no default profile; "
            "choose one, or add a ticket rule.",
        )
    if profile.credential_id != facts.credential_id:
        return Verdict(
            WAITING,
            f"The profile '{profile.name}' belongs to another HaloPSA credential than the mapping of "
            f"'{facts.company}'; choose another in the ticket rule.",
        )
    if profile.problems:
        return Verdict(WAITING, " ".join(profile.problems), profile.id)
    if facts.observing:
        words = f"{silence(facts)} It would have become a ticket. {selected.words}"
        return Verdict(BASELINE, words, profile.id, observed=True)
    if facts.came_observed and not facts.chosen:
        return Verdict(BASELINE, facts.came_observed, profile.id)
    return Verdict(WANTED, selected.words, profile.id)
