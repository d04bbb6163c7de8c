"""A test ticket: created, noted and closed with a profile, so that HaloPSA itself says whether it works.

It goes the way of every ticket (stored writes with a bridge reference, in order), so that a lost answer makes
no second one. It belongs to no alert, is never current, and says in its summary what it is.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction

from integrations.choices import IntentionKind
from integrations.models import HaloClient, new_marker
from integrations.runs.request import request_delivery
from ticketing import lanes
from ticketing.models import IntegrationProfile, Ticket, TicketState

NOTE: Final = "This is the note of a test ticket."
CLOSING: Final = "This is the end of a test ticket: creating, noting and closing work."
UNDER_WAY: Final = (TicketState.PLANNED, TicketState.OPEN, TicketState.CLOSING)


class CannotTest(Exception):
    """A sentence for staff: why no test ticket can be sent."""


def send_test_ticket(profile: IntegrationProfile, client: HaloClient, by: Any = None) -> Ticket:
    """Plan a test ticket for this client and ask for its delivery. Raises `CannotTest`."""
    credential = profile.halo_credential
    if not credential.may_write:
        if credential.held_since:
            raise CannotTest(
                f"{credential} is held back until it is released: nothing is written to HaloPSA."
            )
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
