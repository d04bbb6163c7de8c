"""Tickets that are just on their way to HaloPSA: what they become is not known yet."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from integrations.choices import IntentionKind, IntentionState
from integrations.models import Intention
from ticketing.models import Ticket

CREATING: Final = "A ticket of {} is just being created. Make the preview when that has ended."


def creating() -> QuerySet[Intention]:
    return Intention.objects.filter(
        kind=IntentionKind.CREATE_TICKET, state__in=(IntentionState.SENDING, IntentionState.UNCERTAIN)
    )


def is_creating(company_id: int, credential_id: int) -> bool:
    """Whether a ticket of the company is on its way to HaloPSA. One statement."""
    unknown = Ticket.objects.filter(company=company_id, halo_credential=credential_id, halo_id__isnull=True)
    return creating().filter(subject_id__in=unknown.values("pk")).exists()
