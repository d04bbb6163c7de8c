"""Tables of our own pages: one page of rows, the pages around it, and addresses that keep what is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from integrations.listing import LongPaginator


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, with how many rows it leaves (None: not counted) and the address that chooses
    it."""

    value: str
    label: str
    count: int | None
    url: str
    chosen: bool


def address(request: HttpRequest, **changes: str | int | None) -> str:
    """This page's query string with values changed; None takes one away. A new choice starts at page 1."""
    query: QueryDict = request.GET.copy()
    if "page" not in changes:
        query.pop("page", None)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


def came_from(request: HttpRequest) -> str:
    """The page of ours that a button was pressed on (its form's `next`); '' for none or a foreign one."""
    place = request.POST.get("next", "")
    hosts, https = {request.get_host()}, request.is_secure()
    return place if url_has_allowed_host_and_scheme(place, allowed_hosts=hosts, require_https=https) else ""


def page_of(
    request: HttpRequest, rows: Any, size: int, count: int | tuple[int, bool] | None = None
) -> Page[Any]:
    """The page that `?page=` asks for; the nearest one for a number that does not exist. `count`: of the
    rows, where that is known already (with False: about)."""
    counted = (count, True) if isinstance(count, int) else count
    paginator = LongPaginator(rows, size, counted=counted)
    page: Page[Any] = paginator.get_page(request.GET.get("page"))
    if page.has_previous():
        page.before = address(request, page=page.previous_page_number())  # type: ignore[attr-defined]
    if page.has_next():
        page.after = address(request, page=page.next_page_number())  # type: ignore[attr-defined]
    return page


def choices(
    request: HttpRequest, name: str, options: list[tuple[str, str]], counts: dict[str, int] | None
) -> list[Choice]:
    """A filter as figures to click: everything first, then each value that some row has. Without `counts`
    (there are too many rows to count them) each value."""
    chosen = request.GET.get(name, "")
    total = None if counts is None else sum(counts.values())
    return [
        Choice("", "All", total, address(request, **{name: None}), not chosen),
        *(
            Choice(
                value,
                label,
                None if counts is None else counts[value],
                address(request, **{name: value}),
                chosen == value,
            )
            for value, label in options
            if counts is None or counts.get(value)
        ),
    ]
