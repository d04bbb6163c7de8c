"""Lists narrowed to one day, or to the last week: so that a figure of a day leads to what it counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from integrations.models.days import DAYS_TOLD, WEEK, last_days, on_days


class _DayFilter(DropdownFilter):
    field: str
    besides: Q

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        days = [(day.isoformat(), f"{day:%A, %d %B}") for day in reversed(last_days(DAYS_TOLD))]
        return [(WEEK, "In the last 7 days"), *days]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        span = self._span()
        return queryset.filter(self.besides, on_days(self.field, *span)) if span else queryset

    def _span(self) -> tuple[date, date] | None:
        if self.value() == WEEK:
            return last_days(7)[0], last_days(1)[0]
        try:
            day = date.fromisoformat(str(self.value() or ""))
        except ValueError:
            return None
        # The first and the last day of the calendar have no day beside them.
        return (day, day) if date.min < day < date.max - timedelta(days=1) else None


def day_filter(of_field: str, titled: str, besides: Q | None = None) -> type[DropdownFilter]:
    """`?<field>_on=2026-01-31` or `week`. `besides`: what a row needs as well to have happened then."""

    class OfField(_DayFilter):
        title = titled
        parameter_name = f"{of_field}_on"
        field = of_field

    OfField.besides = besides or Q()
    return OfField
