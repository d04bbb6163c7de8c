"""What was open before anybody wanted tickets: counted, listed, ticketed only if chosen."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat
from django.utils import timezone

from integrations.choices import EventState
from integrations.models import Company
from mappings.models import CompanyMapping
from ticketing.models import Alert, AlertEvent, Decision

CHOSEN = "Chosen by staff although it was there before tickets were switched on."


def mark_baseline(mapping: CompanyMapping) -> int:
    """The same for one mapping."""
    number = mark_baselines([mapping.pk])
    mapping.refresh_from_db(fields=["tickets_since"])
    return number


def mark_baselines(mapping_ids: Iterable[int]) -> int:
    """Tickets were switched on for these mappings: what is open now is their baseline. Returns how many.

    Stamps `tickets_since` if nobody has. Alerts with a ticket stay as they are. Safe to repeat. Two
    statements, however many mappings there are.
    """
    mappings = CompanyMapping.objects.filter(pk__in=list(mapping_ids))
    with transaction.atomic():
        mappings.filter(tickets_since__isnull=True).update(tickets_since=timezone.now())
        of_event = mappings.filter(
            company=OuterRef("alert__company"), halo_credential=OuterRef("alert__halo_credential")
        )
        since = Subquery(of_event.values("tickets_since")[:1])
        before = Q(event__received_at__lt=since) | Q(event__first_read=True, event__occurred_at__lt=since)
        told = AlertEvent.objects.filter(alert=OuterRef("pk"), occurrence=OuterRef("occurrence"))
        of_alert = mappings.filter(company=OuterRef("company"), halo_credential=OuterRef("halo_credential"))
        open_alerts = Alert.objects.filter(Exists(of_alert), state=EventState.OPEN, ticket__isnull=True)
        name = Subquery(Company.objects.filter(pk=OuterRef("company")).values("name")[:1])
        return (
            open_alerts.exclude(decision=Decision.WANTED)
            .filter(Exists(told.filter(before)))
            .update(
                baseline=True,
                decision=Decision.BASELINE,
                reason=Concat(Value("It was open before tickets were switched on for '"), name, Value("'.")),
            )
        )


def choose_baseline(alert_ids: Iterable[int]) -> int:
    """Staff want tickets for these baseline alerts all the same. Returns how many are still open for one."""
    chosen = Alert.objects.filter(
        pk__in=list(alert_ids), decision=Decision.BASELINE, state=EventState.OPEN, ticket__isnull=True
    )
    return chosen.update(baseline=False, decision=Decision.WANTED, reason=CHOSEN, pending=True)
