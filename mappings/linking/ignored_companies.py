"""Companies that staff leave alone: no suggestions, no to-dos, not counted as unmapped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations.models import Company, HaloCredential
from mappings.linking.company_history import account, note_changes
from mappings.models import CompanyMapping, CompanySuggestion, IgnoredCompany

ROWS = 1000
"""Rows a statement."""


def ignore_companies(
    companies: Iterable[int], credential: HaloCredential, *, reason: str = "", staff: Any = None
) -> int:
    """Ignore companies (our ids); return how many are ignored by this call.

    A mapped company is left alone: its mapping has to be removed first, and that asks.
    """
    ids = sorted(set(companies))
    return sum(
        _ignore(ids[start : start + ROWS], credential, reason[:255], staff)
        for start in range(0, len(ids), ROWS)
    )


def _ignore(ids: list[int], credential: HaloCredential, reason: str, staff: Any) -> int:
    stamp = timezone.now()
    with transaction.atomic():
        mapped = CompanyMapping.objects.filter(halo_credential=credential, company__in=ids)
        free = Company.objects.filter(pk__in=ids).exclude(pk__in=mapped.values("company"))
        IgnoredCompany.objects.bulk_create(
            [
                IgnoredCompany(
                    company_id=pk,
                    halo_credential=credential,
                    reason=reason,
                    ignored_at=stamp,
                    ignored_by=account(staff),
                )
                for pk in free.values_list("pk", flat=True)
            ],
            ignore_conflicts=True,
        )
        made = IgnoredCompany.objects.filter(halo_credential=credential, company__in=ids, ignored_at=stamp)
        found = list(made.values_list("company_id", flat=True))
        CompanySuggestion.objects.filter(halo_credential=credential, company__in=found).delete()
        told = f"Ignored. {reason}".strip()
        note_changes(((pk, credential.pk, told) for pk in found), staff)
    return len(found)


def unignore_companies(companies: Iterable[int], credential: HaloCredential, *, staff: Any = None) -> int:
    """Take companies back; return how many were ignored. The caller asks for suggestions."""
    with transaction.atomic():
        rows = IgnoredCompany.objects.filter(halo_credential=credential, company__in=list(companies))
        found = list(rows.values_list("pk", "company_id"))
        IgnoredCompany.objects.filter(pk__in=[pk for pk, _ in found]).delete()
        note_changes(((company, credential.pk, "No longer ignored.") for _, company in found), staff)
    return len(found)
