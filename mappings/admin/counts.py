"""Counts by client, product and asset type: of this moment or of a month's end, as page, CSV and XLSX."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, QuerySet, Sum
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import timezone

from integrations.admin.bases import HistoryAdmin
from integrations.admin.choosers import id_of
from integrations.admin.credential_choice import CredentialChoice, credential_choice
from integrations.admin.exporting import CSV, FORMAT, XLSX, download
from integrations.admin.pages import address, page_of
from integrations.models import Console, HaloCredential
from integrations.sync.cells import Cell, cell
from integrations.sync.kept_figures import COUNT_NOW, Kept, kept, wants_them_now
from mappings.counts import Month, left_out, months_of, present_counts
from mappings.models import MonthCount

PER_PAGE: Final = 100
MONTH: Final = "month"
NOT_IN_HALO: Final = "Not in HaloPSA"
CHUNK: Final = 2000
_COLUMNS: Final = (
    "client_name",
    "client_halo_id",
    "console_name",
    "product_name",
    "asset_type_name",
    "number",
)
_NAMES: Final = (
    *("Counted", "Client", "HaloPSA ID of the client", "Console", "Product", "Asset type", "Computers"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is about: a credential, and a month (None: this moment). `problem`: why there is no such
    month."""

    credential: HaloCredential
    months: list[Month]
    month: Month | None
    problem: str = ""

    @property
    def missing(self) -> bool:
        return bool(self.problem) or (self.month is not None and self.month.counted is None)

    @property
    def counted_on(self) -> date:
        return self.month.ends_on if self.month else timezone.localdate()

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows of `_COLUMNS`, narrowed by what is searched and by console."""
        if self.month is None:
            rows = present_counts(self.credential)
            product = "product_name"
        else:
            rows = MonthCount.objects.filter(month_end=self.month.counted).annotate(product_name=F("product"))
            rows = rows.order_by("client_name", "console_name", "product", "asset_type_name", "pk")
            product = "product"
        for word in request.GET.get("q", "").split():
            rows = rows.filter(client_name__icontains=word)
        if console := id_of(request, "console"):
            rows = rows.filter(console=console)
        if wanted := request.GET.get("product", "").strip():
            rows = rows.filter(**{f"{product}__icontains": wanted})
        found: QuerySet[Any] = rows
        return found


def asked_for(request: HttpRequest, credential: HaloCredential) -> Asked:
    """One statement."""
    months = months_of(credential)
    key = request.GET.get(MONTH, "").strip()
    chosen = next((month for month in months if month.key == key), None)
    return Asked(credential, months, chosen, _no_such(key, months) if key and chosen is None else "")


def _no_such(key: str, months: list[Month]) -> str:
    """Why there is no such month, as a sentence."""
    try:
        begins = date.fromisoformat(f"{key}-01")
    except ValueError:
        return f"“{key[:20]}” is no month: write it like {timezone.localdate():%Y-%m}."
    if begins >= timezone.localdate().replace(day=1):
        return f"{key} has not ended yet. It is counted on the day after its end."
    if not months:
        return f"{key} was not counted: no month's end was yet."
    if begins < months[-1].ends_on:
        return f"{key} lies before the first month that is shown here, {months[-1].key}."
    return f"{key} was not counted."


@admin.register(MonthCount)
class CountAdmin(HistoryAdmin):
    fields = (
        *("month_end", "client_name", "client_halo_id", "console_name", "product", "asset_type_name"),
        "number",
    )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        choice = credential_choice(request)
        if choice.chosen is None:
            context = self.page_context(request, "Counts")
            return TemplateResponse(request, "bridge/choose_credential.html", context)
        asked = asked_for(request, choice.chosen)
        context = self.page_context(request, "Counts", said=True, **self._shown(request, choice, asked))
        # Programs see that there is no such month; staff read why, and choose another.
        status = 404 if asked.problem else 200
        return TemplateResponse(request, "bridge/counts.html", context, status=status)

    def _shown(self, request: HttpRequest, choice: CredentialChoice, asked: Asked) -> dict[str, Any]:
        """At most seven statements, however many rows there are."""
        rows = asked.rows(request)
        sums = _sums(request, asked, rows)
        lines = sums.value.get("lines", 0)
        page = None if asked.missing else page_of(request, rows.values(*_COLUMNS), PER_PAGE, lines)
        return {
            "choice": choice,
            "asked": asked,
            "page": page,
            "total": sums.value.get("all") or 0,
            "left_out": sums.value.get("left_out", 0),
            "counted_at": sums.at,
            "count_now": address(request, **COUNT_NOW),
            "consoles": list(Console.objects.order_by("name").values_list("pk", "name")),
            "moments": self._moments(request, asked),
            "export_url": self.url("export"),
            "not_in_halo": NOT_IN_HALO,
        }

    @staticmethod
    def _moments(request: HttpRequest, asked: Asked) -> Iterator[dict[str, Any]]:
        """Today and each month since the first counted one, to choose from."""
        now = asked.month is None and not asked.problem
        yield {"label": "Now", "url": address(request, month=None), "chosen": now}
        for month in asked.months:
            yield {
                "label": month.key,
                "url": address(request, month=month.key),
                "chosen": month is asked.month,
                "missing": month.counted is None,
            }

    # ---- export -----------------------------------------------------------------------------

    def page_urls(self) -> list[URLPattern]:
        return [self.page("export/", "export", self.export)]  # type: ignore[arg-type]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """What the page shows, all of it, streamed. A month that was not counted has no file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        choice = credential_choice(request)
        kind = request.GET.get(FORMAT, CSV)
        if choice.chosen is None or kind not in (CSV, XLSX):
            raise Http404("Counts are exported as csv or xlsx, of a HaloPSA credential.")
        asked = asked_for(request, choice.chosen)
        if asked.missing:
            raise Http404(asked.problem or "This month was not counted.")
        moment = asked.month.key if asked.month else f"{timezone.localtime():%Y-%m-%d-%H%M}"
        return download(kind, f"counts-{moment}", "Counts", _NAMES, _cells(asked, asked.rows(request)))


def _sums(request: HttpRequest, asked: Asked, rows: QuerySet[Any]) -> Kept[dict[str, int]]:
    """`lines`, `all` computers in them, and how many are `left_out`; nothing of a month that there is not."""
    if asked.problem:
        return Kept({})

    def count() -> dict[str, int]:
        both = rows.order_by().aggregate(lines=Count("*"), all=Sum("number"))
        return {**both, "left_out": _left_out(asked)}

    narrowed = [request.GET.get(name, "") for name in ("q", "console", "product")]
    name = "counts", asked.credential.pk, asked.month and asked.month.key, *narrowed
    return kept(name, count, lambda sums: sums["all"] or 0, anew=wants_them_now(request.GET))


def _left_out(asked: Asked) -> int:
    if asked.month is None:
        return left_out(asked.credential)
    return asked.month.counted.left_out if asked.month.counted else 0


def _cells(asked: Asked, rows: QuerySet[Any]) -> Iterator[list[Cell]]:
    for client, halo_id, console, product, asset_type, number in rows.values_list(*_COLUMNS).iterator(
        chunk_size=CHUNK
    ):
        told = (asked.counted_on, client, halo_id, console, product, asset_type or NOT_IN_HALO, number)
        yield [cell(value) for value in told]
