"""The history of company mappings: every change in words, written in the transaction that makes it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from mappings.models import CompanyChange

ROWS = 1000
"""Rows a statement."""
LONGEST = 500

Told = tuple[int, int, str]
"""Company, credential (our ids) and what has happened."""


def note_changes(changes: Iterable[Told], staff: Any = None) -> None:
    """Store them; one statement per 1,000."""
    by, now = account(staff), timezone.now()
    rows = [
        CompanyChange(
            company_id=company,
            halo_credential_id=credential,
            text=text[:LONGEST],
            changed_at=now,
            changed_by=by,
        )
        for company, credential, text in changes
    ]
    CompanyChange.objects.bulk_create(rows, batch_size=ROWS)


def account(staff: Any) -> Any:
    """The staff account, or None for the bridge itself."""
    return staff if isinstance(staff, get_user_model()) else None
