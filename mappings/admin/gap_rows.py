"""The list of gaps: rows towards one HaloPSA credential, what mends each of them, and how many there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value
from django.http import HttpRequest
from django.urls import reverse
from unfold.contrib.filters.admin import DropdownFilter, RelatedDropdownFilter

from integrations.admin.choosers import id_in
from integrations.admin.credential_choice import PARAMETER
from integrations.admin.display import admin_url, halo_url
from integrations.admin.pages import Choice, address
from integrations.models import HaloCredential
from mappings.models import CompanyMapping, CompanySuggestion, ComputerReview, Gap, GapKind

KIND: Final = "kind__exact"
DAYS: Final = (7, 14, 30, 60, 90, 180, 365)
USUAL_DAYS: Final = 30
TONES: Final[Mapping[str, str]] = {
    GapKind.NOT_IN_HALO: "warn",
    GapKind.NOT_IN_CONSOLE: "warn",
    GapKind.TWO_COMPANIES: "bad",
    GapKind.BACKUP_ONLY: "warn",
    GapKind.RMM_ONLY: "warn",
    GapKind.NOT_SEEN: "neutral",
    GapKind.DOUBLE_ASSET: "bad",
}
ONE_SIDED: Final = (GapKind.BACKUP_ONLY, GapKind.RMM_ONLY)
"""Mended here where the other console has it under another name: both are linked with one asset."""
RIGHTS: Final = {
    "may_decide": "mappings.decide_computerreview",
    "may_edit": "mappings.change_computermapping",
    "may_export": "integrations.add_plan",
    "may_map": "mappings.change_companymapping",
    "may_ignore": "mappings.add_ignoredcomputer",
    "may_dismiss": "mappings.change_gap",
}


# ---- rows -----------------------------------------------------------------------------------


def gap_rows(rows: QuerySet[Gap], request: HttpRequest, credential: HaloCredential | None) -> QuerySet[Any]:
    """Standing gaps with what a row shows, without a query of its own.

    `asset_halo_id` (of the computer's asset), `pair_is_held`, `client_is_mapped`, `client_is_suggested`,
    `review` (id of the open one) and the `RIGHTS`.
    """
    user = request.user
    reviews = ComputerReview.objects.filter(
        computer=OuterRef("computer"), halo_credential=credential, decided_at__isnull=True
    )
    suggested = CompanySuggestion.objects.filter(halo_client=OuterRef("client"), halo_credential=credential)
    return (
        rows.standing()  # type: ignore[attr-defined]
        .filter(halo_credential=credential)
        .annotate(
            pair=FilteredRelation(
                "computer__mappings", condition=Q(computer__mappings__halo_credential=credential)
            ),
            asset_halo_id=F("pair__halo_asset__halo_id"),
            pair_is_held=F("pair__held"),
            review=Subquery(reviews.values("pk")[:1]),
            client_is_mapped=Exists(CompanyMapping.objects.filter(halo_client=OuterRef("client"))),
            client_is_suggested=Exists(suggested),
            **{name: Value(user.has_perm(right)) for name, right in RIGHTS.items()},
        )
        .select_related("halo_credential", "computer", "halo_asset", "console", "company", "client")
    )


def kinds_to_choose(request: HttpRequest, listed: Any) -> list[Choice]:
    """Every kind with its number under all other filters of the list. One statement."""
    rows = listed.get_queryset(request, exclude_parameters=[KIND, "kind__isnull"])
    counts = dict(rows.order_by().values_list("kind").annotate(number=Count("pk")))
    chosen = request.GET.get(KIND, "")
    total = address(request, **{KIND: None, "p": None})
    return [
        Choice("", "All", sum(counts.values()), total, not chosen),
        *(
            Choice(
                value,
                label,
                counts.get(value, 0),
                address(request, **{KIND: value, "p": None}),
                chosen == value,
            )
            for value, label in GapKind.choices
        ),
    ]


# ---- filters --------------------------------------------------------------------------------


class DismissedFilter(DropdownFilter):
    """Without a choice the open ones."""

    title = "dismissed"
    parameter_name = "dismissed"
    all_option = ["", "Open"]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Dismissed"), ("all", "Open and dismissed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(dismissed_at__isnull=self.value() != "yes")


class ConsoleFilter(RelatedDropdownFilter):
    """Also what is told with a computer of another console."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = str(self.value() or "")
        if not chosen.isdigit():
            return queryset
        console = id_in(chosen)
        if console is None:
            raise IncorrectLookupParameters
        found: QuerySet[Any] = queryset.of_console(console)  # type: ignore[attr-defined]
        return found


class UnseenFilter(DropdownFilter):
    """How long is long, for computers that were not seen."""

    title = "not seen for"
    parameter_name = "not_seen_days"
    all_option = ["", f"{USUAL_DAYS} days"]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(days), f"{days} days") for days in DAYS if days != USUAL_DAYS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = {str(days) for days in DAYS}
        found: QuerySet[Any] = queryset.unseen_for(  # type: ignore[attr-defined]
            int(str(self.value())) if self.value() in known else USUAL_DAYS
        )
        return found


# ---- what mends a row -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Way:
    """A link; `outside`: where it leads if out of the bridge."""

    label: str
    url: str
    outside: str = ""


def ways_of(row: Any) -> Iterator[Way]:
    """What staff can do about a gap, the most likely first. `row` is of `gap_rows`."""
    if row.kind == GapKind.NOT_IN_HALO:
        yield from _into_halo(row)
    elif row.kind in (GapKind.TWO_COMPANIES, *ONE_SIDED):
        yield from _mapping_of(row)
    elif row.kind == GapKind.NOT_IN_CONSOLE and row.client and row.may_map and not row.client_is_mapped:
        # Where the client is suggested for a company, that one is shown; else all that wait for one.
        among = {"client": row.client.name} if row.client_is_suggested else {"state": "unmapped"}
        found = {PARAMETER: row.halo_credential_id, **among}
        yield Way(
            "Map a company", f"{reverse('admin:mappings_companymapping_changelist')}?{urlencode(found)}"
        )
    if row.computer and row.computer.console_url:
        yield Way("Open in the console", row.computer.console_url, "the console")
    if number := row.halo_asset.halo_id if row.halo_asset else row.asset_halo_id:
        url = halo_url(row.halo_credential.resource_server, "assets", number)
        yield Way("Open in HaloPSA", url, "HaloPSA")
    if row.computer and row.may_ignore:
        yield Way("Ignore", admin_url(row, "ignore"))
    if row.may_dismiss:
        page = "restore" if row.dismissed_at else "dismiss"
        yield Way("Take back" if row.dismissed_at else "Dismiss", admin_url(row, page))


def _mapping_of(row: Any) -> Iterator[Way]:
    """Of the company as long as that has none, else of the computer."""
    if row.client_id is None:
        if row.company_id and row.may_map:
            args = (row.halo_credential_id, row.company_id)
            yield Way("Map the company", reverse("admin:mappings_companymapping_choose", args=args))
    elif row.may_edit:
        yield _edit(row)


def _into_halo(row: Any) -> Iterator[Way]:
    """Map the company first; then decide what matching could not, else link the computer or export it. One
    that is held is released before that."""
    if row.client_id is None:
        yield from _mapping_of(row)
        return
    if row.review and row.may_decide:
        yield Way("Decide", reverse("admin:mappings_computerreview_change", args=(row.review,)))
        return
    if row.pair_is_held and row.may_edit:
        args = (row.halo_credential_id, row.computer_id)
        yield Way("Release", reverse("admin:integrations_computer_release", args=args))
    if row.may_edit:
        yield _edit(row)
    if row.may_export and not row.pair_is_held:
        scope = {
            PARAMETER: row.halo_credential_id,
            "console": row.console_id,
            "company": row.company_id,
            "computers": row.computer_id,
        }
        yield Way("Export", f"{reverse('admin:integrations_plan_add')}?{urlencode(scope)}")


def _edit(row: Any) -> Way:
    args = (row.halo_credential_id, row.computer_id)
    return Way("Edit mapping", reverse("admin:integrations_computer_edit_mapping", args=args))
