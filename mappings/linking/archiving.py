"""Companies that are no longer looked after: their mapping is kept, switched off, and can be brought back."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from mappings.linking.company_history import note_changes
from mappings.linking.switches import set_switches_of
from mappings.models import CompanyMapping

TURNED_OFF: Final = ("create_tickets", "enable_configuration")
"""Switches that are off while a mapping is archived."""
OFFBOARDED: Final = "Offboarded: no new tickets and no asset updates until it is brought back."
BROUGHT_BACK: Final = "Brought back: it is looked after again, with the switches that it had."


def archive(mapping: CompanyMapping, staff: Any = None) -> bool:
    """Switch it off and keep everything else of it. False if it was archived already."""
    with transaction.atomic():
        row = CompanyMapping.objects.select_for_update(of=("self",)).get(pk=mapping.pk)
        if row.archived_at is not None:
            return False
        on = [name for name in TURNED_OFF if getattr(row, name)]
        set_switches_of([row.pk], dict.fromkeys(on, False), staff)
        CompanyMapping.objects.filter(pk=row.pk).update(archived_at=timezone.now(), switches_before=on)
        note_changes([(row.company_id, row.halo_credential_id, OFFBOARDED)], staff)
    mapping.refresh_from_db(fields=["archived_at", "switches_before", *TURNED_OFF])
    return True


def bring_back(mapping: CompanyMapping, staff: Any = None) -> bool:
    """As it was before, with a new baseline for tickets. False if it was not archived.

    Assets that were made inactive with it come back by the next export or scheduled update.
    """
    with transaction.atomic():
        row = CompanyMapping.objects.select_for_update(of=("self",)).get(pk=mapping.pk)
        if row.archived_at is None:
            return False
        CompanyMapping.objects.filter(pk=row.pk).update(archived_at=None, switches_before=[])
        set_switches_of([row.pk], dict.fromkeys(row.switches_before, True), staff)
        note_changes([(row.company_id, row.halo_credential_id, BROUGHT_BACK)], staff)
    mapping.refresh_from_db(fields=["archived_at", "switches_before", "tickets_since", *TURNED_OFF])
    return True
