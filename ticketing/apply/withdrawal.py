"""The last look before a write is sent: what switches, mappings and alerts say by now.

A create whose alert has no client any more is not parked in its lane: it is taken back, and the alert waits
with its reason where staff look for it. Planning looks at waiting alerts each time and makes a new ticket
when the reason has gone. So nothing lands on Halo's default client, and nothing is lost.
"""

from __future__ import annotations

from django.db import transaction

from integrations.choices import EventState, IntentionKind
from integrations.models import Intention
from integrations.runs.writing import Cancelled
from mappings.models import CompanyMapping
from ticketing import lanes, rules
from ticketing.models import Alert, Decision, Ticket, TicketState
from ticketing.planning.closing import NO_PROFILE, RESOLVED_UNSENT
from ticketing.planning.judging import JUDGED_WITH, Judged, judge

NO_TICKET = "There is no ticket in HaloPSA to write to."
NO_CLIENT = (
    "There is no active Halo client for this ticket; map the company (or give the profile a client) "
    "and the alert will be judged again."
)


def check_create(ticket: Ticket) -> list[Alert]:
    """The open alerts that still want this ticket, the one open longest first.

    Raises `Cancelled` and takes the ticket back where none does.
    """
    alerts = list(
        Alert.objects.filter(ticket=ticket, state=EventState.OPEN)
        .select_related(*JUDGED_WITH, "console", "last_event")
        .order_by("opened_at", "pk")
    )
    if not alerts:
        raise withdraw(ticket, {}, RESOLVED_UNSENT)
    judged = judge(alerts)
    wanted = [alert for alert in alerts if judged[alert.pk].verdict.decision == Decision.WANTED]
    if not wanted:
        raise withdraw(ticket, judged, judged[alerts[0].pk].verdict.reason)
    _follow_profile(ticket, judged[wanted[0].pk].verdict.profile_id)
    return wanted


def _follow_profile(ticket: Ticket, profile_id: int | None) -> None:
    """A rule may name another profile by now: the ticket follows it."""
    if ticket.profile_id != profile_id:
        Ticket.objects.filter(pk=ticket.pk).update(profile=profile_id)
        ticket.refresh_from_db(fields=["profile"])


def without_client(ticket: Ticket, alerts: list[Alert]) -> Cancelled:
    """Take the ticket back because there is no client for it; the alerts wait. The caller raises it."""
    waiting = Judged(rules.Verdict(rules.WAITING, NO_CLIENT, ticket.profile_id), silence="")
    return withdraw(ticket, {alert.pk: waiting for alert in alerts}, NO_CLIENT)


def withdraw(ticket: Ticket, judged: dict[int, Judged], words: str) -> Cancelled:
    """Take an unsent ticket back; its alerts get their new verdicts and may have another one later.

    Does nothing where somebody else has begun to send it or has taken it back. The caller raises the result.
    """
    with transaction.atomic():
        if lanes.take_back([ticket], words, kind=IntentionKind.CREATE_TICKET, free_cause=True):
            lanes.take_back([ticket], words)
            Ticket.objects.filter(pk=ticket.pk).update(
                state=TicketState.CANCELLED, current=False, reason=words
            )
            for pk, opinion in judged.items():
                _judge_again(pk, ticket, opinion.verdict)
    return Cancelled(words)


def _judge_again(alert_id: int, ticket: Ticket, verdict: rules.Verdict) -> None:
    Alert.objects.filter(pk=alert_id, ticket=ticket).update(
        ticket=None,
        decision=verdict.decision,
        reason=verdict.reason[:500],
        baseline=verdict.decision == Decision.BASELINE,
    )


def check_write(ticket: Ticket, intention: Intention) -> int:
    """Halo's id of the ticket that a write goes to. Raises `Cancelled` where nothing may be written."""
    if ticket.halo_id is None:
        _forget_closing(ticket, intention, TicketState.CANCELLED, NO_TICKET)
        raise Cancelled(NO_TICKET)
    silent = CompanyMapping.objects.filter(
        company=ticket.company_id, halo_credential=ticket.halo_credential_id, no_notification=True
    )
    if ticket.company_id and silent.exists():
        words = f"'No notification' is on for '{ticket.company}': nothing is written."
        # Still current: planning closes it when the switch is off. Otherwise nobody would, so staff are told.
        _forget_closing(ticket, intention, TicketState.OPEN if ticket.current else TicketState.STAFF, words)
        raise Cancelled(words)
    return ticket.halo_id


def without_profile(ticket: Ticket, intention: Intention) -> Cancelled:
    """The profile, which has the status for closing, went away: planning closes the ticket when there is one.

    The caller raises it.
    """
    _forget_closing(ticket, intention, TicketState.OPEN, NO_PROFILE)
    return Cancelled(NO_PROFILE)


def _forget_closing(ticket: Ticket, intention: Intention, state: TicketState, words: str) -> None:
    if intention.kind != IntentionKind.CLOSE_TICKET:
        return
    with transaction.atomic():
        if lanes.take_back([ticket], words, kind=IntentionKind.CLOSE_TICKET, free_cause=True):
            current = ticket.current and state != TicketState.CANCELLED
            Ticket.objects.filter(pk=ticket.pk).update(state=state, reason=words, current=current)
