"""Reads what HaloPSA says about the choices of the profiles of one credential, and stores the findings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from integrations.choices import Action, OptionKind, Outcome
from integrations.models import HaloCredential
from integrations.net.errors import Forbidden, NotFound, Refused
from integrations.records import OptionRecord
from integrations.runs.steps import Done, Result, Work
from ticketing.halo_choices import CHOICES, UNASSIGNED
from ticketing.models import IntegrationProfile, Preflight, PreflightState, Ticket
from ticketing.preflight.checks import FAILS, Finding, Live, findings, state_of

if TYPE_CHECKING:
    from integrations.halo.reader import HaloReader

NOT_TO_BE_READ: Final = (Forbidden, NotFound, Refused)
"""HaloPSA's answer to somebody without the right to read a list; all else breaks the look off."""
_LISTED: Final = {
    kind for _, kind in CHOICES if kind not in (OptionKind.TICKET_TYPE, OptionKind.AGENT, OptionKind.OUTCOME)
}


def check_profiles(work: Work, credential: HaloCredential, reader: HaloReader) -> Result:
    """Look at all profiles of a credential: a call for each kind of choice in use, two for each ticket type,
    one for each agent. Without profiles none. Raises NetError and BudgetExhausted, then nothing is stored."""
    profiles = list(_profiles_of(credential).order_by("pk"))
    if not profiles:
        return Done()
    live = read(credential, profiles, reader)
    found = {profile: findings(profile, live) for profile in profiles}
    _store(found)
    for profile, rows in found.items():
        _tell(work, profile, rows)
    work.count(checked=len(profiles))
    return Done()


def _profiles_of(credential: HaloCredential) -> QuerySet[IntegrationProfile]:
    return IntegrationProfile.objects.filter(halo_credential=credential).select_related("client", "user")


def read(credential: HaloCredential, profiles: Sequence[IntegrationProfile], reader: HaloReader) -> Live:
    """What the checks have to know, and no more."""
    unread: dict[str, str] = {}
    options: dict[tuple[str, str, str], OptionRecord] = {}
    for kind in sorted(_kinds_in_use(profiles)):
        for record in _or_reason(partial(reader.fetch_options, kind), kind, unread) or ():
            options[kind, record.parent, record.halo_id] = record
            options.setdefault((kind, "", record.halo_id), record)
    types = sorted({profile.ticket_type for profile in profiles})
    agents = sorted({row.agent for row in profiles if row.agent not in (None, UNASSIGNED) and row.agent > 0})
    rules = _known(types, reader.fetch_ticket_type_rules, OptionKind.TICKET_TYPE, unread)
    there = [number for number, rule in rules.items() if rule is not None]

    def actions_of(number: int) -> dict[str, OptionRecord]:
        return {record.halo_id: record for record in reader.fetch_outcomes_of(number)}

    return Live(
        options=options,
        unread=unread,
        ticket_types=rules,
        outcomes=_known(there, actions_of, OptionKind.OUTCOME, unread),
        agents=_known(agents, reader.fetch_agent_teams, OptionKind.AGENT, unread),
        rights={str(row.get("key")): row for row in credential.permissions},
        not_closing=_not_closing(credential),
    )


def _not_closing(credential: HaloCredential) -> dict[int, int]:
    """By status: the newest ticket that stayed open with it."""
    rows = Ticket.objects.filter(halo_credential=credential, not_closed=True, profile__isnull=False)
    told = rows.order_by("pk").values_list("profile__status_closed", "halo_status", "halo_id")
    return {status: number for wanted, status, number in told if status and number and status == wanted}


def _kinds_in_use(profiles: Sequence[IntegrationProfile]) -> set[OptionKind]:
    return {
        kind
        for about, kind in CHOICES
        if kind in _LISTED and any(getattr(profile, about) is not None for profile in profiles)
    }


def _or_reason(fetch: Callable[[], list[OptionRecord]], kind: str, unread: dict[str, str]) -> Any:
    try:
        return fetch()
    except NOT_TO_BE_READ as error:
        unread[kind] = error.sentence
        return None


def _known(
    numbers: Sequence[int], fetch: Callable[[int], Any], kind: str, unread: dict[str, str]
) -> dict[int, Any]:
    """What could be read, by its number. What must not be read is left out, with the reason in `unread`."""
    found: dict[int, Any] = {}
    for number in numbers:
        try:
            found[number] = fetch(number)
        except NOT_TO_BE_READ as error:
            unread[kind] = error.sentence
    return found


def _store(found: dict[IntegrationProfile, list[Finding]]) -> None:
    """One statement for all."""
    now = timezone.now()
    rows = [
        Preflight(
            profile=profile, state=state_of(rows), findings=[asdict(row) for row in rows], checked_at=now
        )
        for profile, rows in found.items()
    ]
    Preflight.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["profile"],
        update_fields=["state", "findings", "checked_at"],
    )


def _tell(work: Work, profile: IntegrationProfile, rows: list[Finding]) -> None:
    if state_of(rows) == PreflightState.FAILED:
        words = " ".join(row.words for row in rows if row.level == FAILS)
        work.entry(
            Action.SKIP,
            Outcome.WARNING,
            profile.name,
            subject_kind="profile",
            subject_id=profile.pk,
            reason=words,
        )
