"""A test ticket: created, noted and closed with a profile, so that HaloPSA itself says whether it works.

It goes the way of every ticket (stored writes with a bridge reference, in order), so that a lost answer makes
no second one. It belongs to no alert, is never current, and says in its summary what it is.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from integrations.choices import IntentionKind, IntentionState
from integrations.models import HaloClient, Intention, new_marker
from integrations.runs.request import request_delivery
from ticketing import lanes
from ticketing.models import IntegrationProfile, Preflight, PreflightState, Ticket, TicketState
from ticketing.preflight.checks import FAILS, UNKNOWN

NOTE: Final = "This is the note of a test ticket."
CLOSING: Final = "This is the end of a test ticket: creating, noting and closing work."
UNDER_WAY: Final = (TicketState.PLANNED, TicketState.OPEN, TicketState.CLOSING)


class CannotTest(Exception):
    """A sentence for staff: why no test ticket can be sent."""


def send_test_ticket(profile: IntegrationProfile, client: HaloClient, by: Any = None) -> Ticket:
    """Plan a test ticket for this client and ask for its delivery. Raises `CannotTest`."""
    credential = profile.halo_credential
    if not credential.may_write:
        raise CannotTest(f"{credential} only observes or is stopped: nothing is written to HaloPSA.")
    if client.halo_credential_id != credential.pk or not client.active:
        raise CannotTest(f"{client} is no active client of {credential}.")
    who = by.get_username() if by is not None and by.pk else "HaloBridge"
    with transaction.atomic():
        IntegrationProfile.objects.select_for_update().get(pk=profile.pk)
        if Ticket.objects.filter(profile=profile, is_test=True, state__in=UNDER_WAY).exists():
            raise CannotTest("A test ticket of this profile is under way; wait for its end.")
        marker = new_marker()
        ticket = Ticket.objects.create(
            instance=credential.instance,
            halo_credential=credential,
            group_key=f"test:{marker}",
            current=False,
            is_test=True,
            marker=marker,
            summary=f"[Test] HaloBridge tries the profile “{profile.name}”"[:255],
            profile=profile,
            halo_client=client.halo_id,
            reason=f"A test, asked for by {who}.",
        )
        lanes.add(_writes(ticket), None)
        request_delivery(credential.instance)
    return ticket


def _writes(ticket: Ticket) -> list[lanes.Write]:
    steps: tuple[tuple[IntentionKind, dict[str, Any]], ...] = (
        (IntentionKind.CREATE_TICKET, {}),
        (IntentionKind.ADD_NOTE, {"words": NOTE}),
        (IntentionKind.CLOSE_TICKET, {"words": CLOSING}),
    )
    return [lanes.Write(kind, ticket, f"test:{ticket.marker}:{kind}", content) for kind, content in steps]


# ---- what is known by now -------------------------------------------------------------------


def last_test(profile: IntegrationProfile) -> Ticket | None:
    return Ticket.objects.filter(profile=profile, is_test=True).order_by("-pk").first()


def open_findings(profile: IntegrationProfile, preflight: Preflight) -> list[dict[str, str]]:
    """The findings without those that a test ticket of the profile as it is now has answered."""
    test = last_test(profile)
    if test is None or test.created_at < profile.changed_at:
        return list(preflight.findings)
    if refused := _refused(test):
        return [*refused, *preflight.findings]
    return [row for row in preflight.findings if not (_passed(test) and row["level"] == UNKNOWN)]


def state_now(profile: IntegrationProfile, preflight: Preflight) -> str:
    """The state of the look, or *failed* where a test ticket was refused since the profile changed."""
    fails = any(row["level"] == FAILS for row in open_findings(profile, preflight))
    return PreflightState.FAILED if fails else preflight.state


def _writes_of(test: Ticket) -> QuerySet[Intention]:
    return Intention.objects.filter(lane=lanes.lane_of(test)).order_by("sequence")


def _passed(test: Ticket) -> bool:
    """All three were taken: a note that was refused does not keep a ticket from being closed."""
    states = list(_writes_of(test).values_list("state", flat=True))
    return bool(states) and set(states) == {IntentionState.DONE}


def _refused(test: Ticket) -> list[dict[str, str]]:
    """What HaloPSA refused of a test, in its own words."""
    rows = _writes_of(test).filter(state=IntentionState.REFUSED)
    return [
        {"level": FAILS, "about": "", "words": f"Test ticket, {row.get_kind_display().lower()}: {row.answer}"}
        for row in rows
    ]


def is_due(profile: IntegrationProfile, preflight: Preflight | None) -> bool:
    """Whether the profile has changed since it was looked at."""
    return preflight is None or preflight.checked_at < profile.changed_at
