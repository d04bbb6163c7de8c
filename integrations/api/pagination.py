"""Pages of lists: `{count, count_exact, next, previous, results}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from integrations.listing import count_rows, rows_between

if TYPE_CHECKING:  # the settings name this module while DRF's views are being imported
    from rest_framework.views import APIView

FARTHEST_ROW = 2**62
"""No database can skip more rows than fit into 63 bits."""


class CountedPagination(PageNumberPagination):
    """Counts exactly up to 10,000 rows; beyond that `count` is an estimate and `count_exact` false.

    Whether a next page exists is told by one row more than the page holds, never by the estimate.
    """

    page_size = 100
    max_page_size = 1000
    page_size_query_param = "page_size"

    def paginate_queryset(
        self, queryset: QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        self.request = request
        self.number = _page_number(request.query_params.get(self.page_query_param) or "1")
        size = self.get_page_size(request)
        start = (self.number - 1) * size
        if start > FARTHEST_ROW:
            raise NotFound("There is no such page.")
        rows = self.cut(queryset, start, start + size + 1)
        if not rows and self.number > 1:
            raise NotFound("There is no such page.")
        self.has_next = len(rows) > size
        self.count, self.count_exact = self.count_of(queryset)
        return rows[:size]

    def get_page_size(self, request: Request) -> int:
        """More than the largest page is the largest page; what is no number is refused."""
        asked = request.query_params.get(self.page_size_query_param) or str(self.page_size)
        if not (asked.isascii() and asked.isdigit() and len(asked) < 20) or int(asked) < 1:
            raise ValidationError({self.page_size_query_param: ["Write a number of 1 or more."]})
        return min(int(asked), self.max_page_size)

    def cut(self, queryset: QuerySet[Any], start: int, stop: int) -> list[Any]:
        return list(rows_between(queryset, start, stop))

    def count_of(self, queryset: QuerySet[Any]) -> tuple[int, bool]:
        return count_rows(queryset)

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "count": self.count,
                "count_exact": self.count_exact,
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
                "results": data,
            }
        )

    def get_next_link(self) -> str | None:
        return self._link(self.number + 1) if self.has_next else None

    def get_previous_link(self) -> str | None:
        return self._link(self.number - 1) if self.number > 1 else None

    def _link(self, number: int) -> str:
        assert self.request is not None  # noqa: S101  set when the page was made
        url = self.request.build_absolute_uri()
        if number == 1:
            return remove_query_param(url, self.page_query_param)
        return replace_query_param(url, self.page_query_param, number)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["count", "count_exact", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "description": "Exact up to 10,000, an estimate beyond."},
                "count_exact": {"type": "boolean", "description": "False: the count is an estimate."},
                "next": link,
                "previous": link,
                "results": schema,
            },
        }


class ListPagination(CountedPagination):
    """The same pages for a list that is in memory."""

    def cut(self, queryset: Any, start: int, stop: int) -> list[Any]:
        return list(queryset[start:stop])

    def count_of(self, queryset: Any) -> tuple[int, bool]:
        return len(queryset), True


def _page_number(text: str) -> int:
    # Nineteen digits are beyond every table; longer text is not even worth converting.
    if not (text.isascii() and text.isdigit() and len(text) < 20) or int(text) < 1:
        raise NotFound("There is no such page.")
    return int(text)
