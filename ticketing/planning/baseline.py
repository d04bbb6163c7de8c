"""What was open before anybody wanted tickets: counted, listed, ticketed only if chosen."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from integrations.choices import EventState
from mappings.models import CompanyMapping
from ticketing.models import Alert, AlertEvent, Decision

CHOSEN = "Chosen by staff although it was there before tickets were switched on."


def mark_baseline(mapping: CompanyMapping) -> int:
    """Tickets were switched on for this mapping: what is open now is its baseline. Returns how many.

    Stamps `tickets_since` if nobody has. Alerts with a ticket stay as they are. Safe to repeat.
    """
    with transaction.atomic():
        if mapping.tickets_since is None:
            mapping.tickets_since = timezone.now()
            mapping.save(update_fields=["tickets_since"])
        told = AlertEvent.objects.filter(alert=OuterRef("pk"), occurrence=OuterRef("occurrence"))
        since = mapping.tickets_since
        before = Q(event__received_at__lt=since) | Q(event__first_read=True, event__occurred_at__lt=since)
        open_alerts = Alert.objects.filter(
            company=mapping.company_id,
            halo_credential=mapping.halo_credential_id,
            state=EventState.OPEN,
            ticket__isnull=True,
        )
        return (
            open_alerts.exclude(decision=Decision.WANTED)
            .filter(Exists(told.filter(before)))
            .update(
                baseline=True,
                decision=Decision.BASELINE,
                reason=f"It was open before tickets were switched on for '{mapping.company}'."[:500],
            )
        )


def choose_baseline(alert_ids: Iterable[int]) -> int:
    """Staff want tickets for these baseline alerts all the same. Returns how many are still open for one."""
    chosen = Alert.objects.filter(
        pk__in=list(alert_ids), decision=Decision.BASELINE, state=EventState.OPEN, ticket__isnull=True
    )
    return chosen.update(baseline=False, decision=Decision.WANTED, reason=CHOSEN, pending=True)
