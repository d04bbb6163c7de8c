"""The switches of company mappings: set for one or for hundreds in a few statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from mappings.linking.company_history import note_changes
from mappings.models import CompanyMapping

SWITCHES: Final = {
    "create_tickets": "Create tickets",
    "no_notification": "No notification",
    "enable_configuration": "Enable configuration",
}
ROWS = 1000
"""Rows a statement."""


def set_switches(
    mapping: CompanyMapping,
    *,
    create_tickets: bool | None = None,
    no_notification: bool | None = None,
    enable_configuration: bool | None = None,
    staff: Any = None,
) -> CompanyMapping:
    """Set the switches that are not None. Switching tickets on starts a new baseline from now.

    Compares with the stored row, so that a form may have changed `mapping` already (but not have saved it).
    """
    set_switches_of(
        [mapping.pk],
        {
            "create_tickets": create_tickets,
            "no_notification": no_notification,
            "enable_configuration": enable_configuration,
        },
        staff,
    )
    mapping.refresh_from_db(fields=[*SWITCHES, "tickets_since"])
    return mapping


def set_switches_of(ids: Iterable[int], wanted: dict[str, bool | None], staff: Any = None) -> dict[str, int]:
    """Set switches of many mappings; return how many changed, by switch.

    The only place that does so: what was open before `tickets_since` gets no ticket by itself, and that is
    stamped here. At most three statements per switch and 1,000 mappings.
    """
    numbers = sorted(set(ids))
    changed = dict.fromkeys(SWITCHES, 0)
    with transaction.atomic():
        for name, on in wanted.items():
            for start in range(0, len(numbers) if on is not None else 0, ROWS):
                changed[name] += _set(numbers[start : start + ROWS], name, bool(on), staff)
    return changed


def _set(ids: list[int], name: str, on: bool, staff: Any) -> int:
    differs = Q(**{name: not on})
    values: dict[str, Any] = {name: on}
    if on and name == "create_tickets":
        differs |= Q(tickets_since__isnull=True)
        values["tickets_since"] = timezone.now()
    # One that is archived stays switched off until it is brought back.
    rows = CompanyMapping.objects.in_use().filter(differs, pk__in=ids)
    found = list(rows.values_list("pk", "company_id", "halo_credential_id"))
    if not found:
        return 0
    note_changes(_told(found, name, on), staff)
    return CompanyMapping.objects.filter(differs, pk__in=[pk for pk, _, _ in found]).update(**values)


def _told(found: list[tuple[int, int, int]], name: str, on: bool) -> Iterator[tuple[int, int, str]]:
    for _, company, credential in found:
        yield company, credential, f"{SWITCHES[name]}: {'on' if on else 'off'}."
