"""Pages of long lists: counted without reading the whole table, cut without computing what is skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Min, QuerySet, Subquery
from django.utils.functional import cached_property

if TYPE_CHECKING:
    _Paginator = Paginator[Any]
else:
    _Paginator = Paginator

COUNTED_EXACTLY = 10_000
SKIPPED_AS_THEY_ARE = 1000
"""Up to so many rows before a page nothing is gained by finding the page's ids first."""


def count_rows(queryset: QuerySet[Any]) -> tuple[int, bool]:
    """Count without reading more than 10,001 rows, in one statement; (count, whether it is exact).

    The estimate extends the density of the first 10,001 rows, by id, over the ids of the whole table.
    """
    newest = Subquery(queryset.model._default_manager.order_by("-pk").values("pk")[:1])
    first = queryset.order_by("pk").values("pk")[: COUNTED_EXACTLY + 1]
    seen = first.aggregate(rows=Count("pk"), low=Min("pk"), high=Max("pk"), last=Max(newest))
    if seen["rows"] <= COUNTED_EXACTLY:
        return seen["rows"], True
    density = seen["rows"] / (seen["high"] - seen["low"] + 1)
    return max(seen["rows"], round((seen["last"] - seen["low"] + 1) * density)), False


def rows_between(queryset: QuerySet[Any], start: int, stop: int, *, ids_first: bool = False) -> QuerySet[Any]:
    """`queryset[start:stop]`, which far into a list finds the ids first: of the rows before, a database
    would otherwise read and compute all columns only to throw them away."""
    query = queryset.query
    is_plain = not (query.distinct or query.combinator or query.values_select or query.group_by)
    if start < SKIPPED_AS_THEY_ARE or not is_plain:
        return queryset[start:stop]
    return queryset.filter(pk__in=queryset.values("pk")[start:stop])


class LongPaginator(_Paginator):
    """Of a queryset: `count` is exact up to 10,000 rows and an estimate beyond (`count_is_exact`).

    `counted`: the same pair, where it is known already.
    """

    template_name = "bridge/list_pages.html"

    def __init__(self, *args: Any, counted: tuple[int, bool] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self._known = counted

    @cached_property
    def count(self) -> int:
        return self._counted[0]

    @property
    def count_is_exact(self) -> bool:
        return self._counted[1]

    @cached_property
    def _counted(self) -> tuple[int, bool]:
        if self._known is not None:
            return self._known
        rows: Any = self.object_list
        return count_rows(rows) if isinstance(rows, QuerySet) else (len(rows), True)

    def page(self, number: int | str) -> Page[Any]:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        # The last page is as full as it is: an estimate must not cut it off.
        stop = start + self.per_page
        rows: Any = self.object_list
        if not isinstance(rows, QuerySet):
            return Page(rows[start:stop], number, self)
        # To find that there is none may take a look at every row.
        cut = rows_between(rows, start, stop) if self.count else rows.none()
        return Page(cut, number, self)
