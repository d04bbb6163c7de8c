"""Days of the bridge's own zone, as conditions on times."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

DAYS_TOLD: Final = 14
WEEK: Final = "week"
"""The last seven days, today included."""


def last_days(number: int) -> list[date]:
    """Days of the bridge's own zone, the oldest first; the last is today."""
    today = timezone.localdate()
    return [today - timedelta(days=back) for back in reversed(range(number))]


def on_days(field: str, first: date, last: date) -> Q:
    """Condition that uses an index: from the first moment of one day to the last one of another."""
    return Q(**{f"{field}__gte": _begin(first), f"{field}__lt": _begin(last + timedelta(days=1))})


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
