"""Ticket rules of many companies at once: the pair (event set, profile) added or taken away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from mappings.linking.company_history import note_changes
from mappings.models import CompanyMapping
from ticketing.models import EventSet, IntegrationProfile, TicketRule

ROWS = 1000
"""Rows a statement."""


@dataclass(frozen=True, slots=True)
class Paired:
    """How many mappings got the rule, how many had one for this event set that has another profile now."""

    added: int
    changed: int


def pair_mappings(
    mapping_ids: Iterable[int], event_set: EventSet | None, profile: IntegrationProfile, staff: Any = None
) -> Paired:
    """Add the pair behind the rules that each mapping has; a rule for the same event set gets the profile.

    Without an event set the profile's own is taken. Raises `ValidationError` where there is none. Mappings
    of another credential than the profile's are left alone. A fixed number of statements.
    """
    event_set = event_set or profile.event_set
    if event_set is None:
        raise ValidationError(f"Choose an event set: the profile “{profile}” proposes none.")
    found = CompanyMapping.objects.filter(
        pk__in=list(mapping_ids), halo_credential=profile.halo_credential_id
    )
    mappings = dict(found.values_list("pk", "company_id"))
    rules = TicketRule.objects.filter(company_mapping__in=list(mappings))
    present = dict(rules.filter(event_set=event_set).values_list("company_mapping_id", "profile_id"))
    last = dict(rules.order_by().values_list("company_mapping_id").annotate(Max("position")))
    new = [pk for pk in mappings if pk not in present]
    other = [pk for pk, stored in present.items() if stored != profile.pk]
    with transaction.atomic():
        rules.filter(event_set=event_set, company_mapping__in=other).update(profile=profile)
        TicketRule.objects.bulk_create(
            [
                TicketRule(
                    company_mapping_id=pk,
                    event_set=event_set,
                    profile=profile,
                    position=last[pk] + 1 if pk in last else 0,
                )
                for pk in new
            ],
            batch_size=ROWS,
            ignore_conflicts=True,
        )
        told = f"Ticket rule: {event_set} with profile {profile}."
        note_changes(((mappings[pk], profile.halo_credential_id, told) for pk in (*new, *other)), staff)
    return Paired(len(new), len(other))


def unpair_mappings(mapping_ids: Iterable[int], staff: Any = None) -> int:
    """Take all ticket rules of these mappings away: the defaults serve them. Returns how many rules."""
    rules = TicketRule.objects.filter(company_mapping__in=list(mapping_ids))
    with transaction.atomic():
        pairs = rules.order_by().values_list(
            "company_mapping__company_id", "company_mapping__halo_credential_id"
        )
        told = [(*pair, "Ticket rules removed.") for pair in pairs.distinct()]
        number, _ = rules.delete()
        note_changes(told, staff)
    return number
