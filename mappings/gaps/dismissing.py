"""Staff say that a gap is none: it stays away until it changes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from mappings.models import Gap

LONGEST_REASON = 255


def dismiss(gaps: QuerySet[Gap], reason: str, staff: Any = None) -> int:
    """Dismiss those that are open, each for its whole machine; return how many.

    Raises `ValidationError` without a reason.
    """
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": "Say why: whoever comes after you has only this sentence."})
    if len(reason) > LONGEST_REASON:
        raise ValidationError({"reason": f"At most {LONGEST_REASON} characters."})
    return _update(
        gaps.filter(dismissed_at__isnull=True),
        dismissed_at=timezone.now(),
        dismissed_by=staff if isinstance(staff, get_user_model()) else None,
        dismissed_because=reason,
    )


def restore(gaps: QuerySet[Gap]) -> int:
    """Take a dismissal back; return how many are open again."""
    dismissed = gaps.filter(dismissed_at__isnull=False)
    return _update(dismissed, dismissed_at=None, dismissed_by=None, dismissed_because="")


def _update(gaps: QuerySet[Gap], **values: Any) -> int:
    """These and what they tell of; return how many are these."""
    chosen: Any = Gap.objects.filter(pk__in=gaps.order_by().values("pk"))
    with transaction.atomic():
        # The others first: afterwards these are no longer open (or dismissed), and not found.
        chosen.with_their_machines().exclude(pk__in=chosen.values("pk")).update(**values)
        number: int = chosen.update(**values)
    return number
