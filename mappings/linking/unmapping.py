"""Companies and their clients taken apart: one mapping, or hundreds in a few statements."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, QuerySet

from integrations.models import HaloCredential
from integrations.models.audit import locked
from mappings.linking.company_history import account, note_changes
from mappings.linking.unanswered import on_their_way, unanswered
from mappings.models import CompanyMapping, ComputerMapping, RefusedCompanyPair

UNANSWERED: Final = (
    "HaloPSA has not told yet whether it made an asset for a computer of {}. A running export finds out; "
    "where a computer waits for staff, press “Try again” at it and export it."
)
ROWS = 1000
"""Rows a statement."""


@dataclass(slots=True)
class Removed:
    """Mappings that were removed, computers that are unmapped by that, and names of companies whose mapping
    stays because nobody knows yet whether HaloPSA has made an asset for one of their computers."""

    companies: int = 0
    computers: int = 0
    kept: list[str] = field(default_factory=list)


def computers_of(mapping: CompanyMapping) -> QuerySet[ComputerMapping]:
    """The computer mappings that a company mapping carries."""
    return _carried([mapping.company_id], mapping.halo_credential_id)


def _carried(companies: Iterable[int], credential: int) -> QuerySet[ComputerMapping]:
    return ComputerMapping.objects.filter(computer__company__in=companies, halo_credential=credential)


def is_creating_for(mapping: CompanyMapping) -> bool:
    """Whether assets of its computers are on their way to HaloPSA. One statement."""
    return on_their_way(computers_of(mapping)).exists()


def unmap_company(mapping: CompanyMapping, staff: Any = None) -> int:
    """Remove a mapping; its computers become unmapped, assets and tickets in HaloPSA stay as they are.

    The pair is remembered: it is suggested with that reason, and never accepted in bulk again. Returns how
    many computers that were. Raises `ValidationError` while a create of it is unanswered: an asset that is
    found later would have nobody, and the next export would make a second one.
    """
    removed = _removed([mapping.pk], mapping.halo_credential_id, staff)
    if removed.kept:
        raise ValidationError(f"{UNANSWERED.format(mapping.company)} Remove the mapping then.")
    return removed.computers


def unmap_companies(companies: Iterable[int], credential: HaloCredential, staff: Any = None) -> Removed:
    """The same for the mappings of many companies (our ids) in a credential; those without one are left out.

    A fixed number of statements for up to 1,000 of them. Those that assets are being created for are kept.
    """
    rows = CompanyMapping.objects.filter(halo_credential=credential)
    ids = sorted(set(companies))
    told = Removed()
    for start in range(0, len(ids), ROWS):
        mappings = rows.filter(company__in=ids[start : start + ROWS]).values_list("pk", flat=True)
        part = _removed(list(mappings), credential.pk, staff)
        told.companies += part.companies
        told.computers += part.computers
        told.kept += part.kept
    return told


def _removed(ids: list[int], credential: int, staff: Any) -> Removed:
    with transaction.atomic():
        chosen = locked(CompanyMapping.objects.filter(pk__in=ids), to_delete=True).order_by("pk")
        rows = list(chosen.select_related("company", "halo_client"))
        carried = _carried([row.company_id for row in rows], credential)
        # A create that begins meanwhile waits for these locks, and finds its mapping gone.
        deque(locked(carried, to_delete=True).order_by("pk").only("pk").iterator(), maxlen=0)
        sent = unanswered(carried).values("subject_id")
        creating = set(
            ComputerMapping.objects.filter(pk__in=sent).values_list("computer__company", flat=True)
        )
        going = [row for row in rows if row.company_id not in creating]
        kept = [str(row.company) for row in rows if row.company_id in creating]
        return Removed(len(going), _take_apart(going, credential, staff), kept)


def _take_apart(rows: list[CompanyMapping], credential: int, staff: Any) -> int:
    computers = _carried([row.company_id for row in rows], credential)
    by_company = computers.order_by().values_list("computer__company").annotate(number=Count("pk"))
    numbers: dict[int, int] = dict(by_company)
    computers.delete()
    told = (
        f"Mapping to {row.halo_client} removed; {numbers.get(row.company_id, 0)} computers unmapped."
        for row in rows
    )
    changes = zip((row.company_id for row in rows), told, strict=True)
    note_changes(((company, credential, text) for company, text in changes), staff)
    pairs = [
        RefusedCompanyPair(
            company_id=row.company_id, halo_client_id=row.halo_client_id, refused_by=account(staff)
        )
        for row in rows
    ]
    RefusedCompanyPair.objects.bulk_create(pairs, ignore_conflicts=True)
    CompanyMapping.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return sum(numbers.values())
