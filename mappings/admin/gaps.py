"""The gap report: what does not fit together between consoles and HaloPSA, and what mends it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
)

from integrations.admin.bases import HistoryAdmin
from integrations.admin.choosers import id_in
from integrations.admin.display import (
    NOTHING,
    badge,
    badge_column,
    moment,
    row_link,
    time_column,
    two_lines,
)
from integrations.admin.exporting import ExportedList
from integrations.admin.pages import Choice
from integrations.admin.pressing import not_pressed
from integrations.choices import RunKind
from integrations.models import HaloCredential, Run
from integrations.runs.request import request_gaps
from integrations.sync.sheets import SheetColumn
from mappings.admin.computer_rows import CredentialFilter, chosen_credential
from mappings.admin.gap_actions import GapActions
from mappings.admin.gap_rows import (
    KIND,
    ONE_SIDED,
    TONES,
    ConsoleFilter,
    DismissedFilter,
    UnseenFilter,
    gap_rows,
    kinds_to_choose,
    ways_of,
)
from mappings.gaps import computer_types
from mappings.models import Gap, GapKind

WAY = '<a class="hb-button hb-button--small" href="{}" aria-label="{}: {}">{}</a>'
WAY_OUT = (
    '<a class="hb-button hb-button--small" href="{}" target="_blank" rel="noopener noreferrer" '
    'aria-label="{}: {} (opens {})">{}</a>'
)


def _consoles(row: Gap) -> str:
    return f"{row.console}, also in {row.also_in}" if row.also_in else str(row.console)


GAP_COLUMNS = (
    SheetColumn("Gap", "kind", lambda kind: GapKind(kind).label),
    *(SheetColumn("Name", "name"), SheetColumn("Client", "client__name")),
    *(SheetColumn("Company", "company__name"), SheetColumn("Console", "console__name")),
    SheetColumn("Also in", "also_in"),
    SheetColumn("Reason", "reason"),
    SheetColumn("Computer's serial number", "computer__serial_number"),
    SheetColumn("Asset's serial number", "halo_asset__serial_number"),
    SheetColumn("Asset tag", "halo_asset__inventory_number"),
    *(SheetColumn("Last seen (UTC)", "last_seen"), SheetColumn("Noticed (UTC)", "noticed_at")),
    SheetColumn("Dismissed (UTC)", "dismissed_at"),
    SheetColumn("Dismissed because", "dismissed_because"),
    SheetColumn("HaloPSA credential", "halo_credential__name"),
)


@admin.register(Gap)
class GapAdmin(GapActions, ExportedList, HistoryAdmin):
    list_display = ("name_shown", "kind_shown", "where_shown", "do")
    list_filter = (
        CredentialFilter,
        ("kind", ChoicesDropdownFilter),
        ("client", AutocompleteSelectFilter),
        ("console", ConsoleFilter),
        UnseenFilter,
        DismissedFilter,
    )
    search_fields = ("name", "client__name", "company__name")
    search_help_text = "Device name or asset, client, company"
    list_before_template = "bridge/gaps_bar.html"
    list_display_links = None
    ordering = ("name", "pk")
    fields = (
        *("name_shown", "kind_told", "client_shown", "place_shown", "seen", "noticed"),
        *("dismissed_shown", "do"),
    )
    empty_hint = "They are looked for every hour, and when you press “Look now”."
    exported = GAP_COLUMNS
    exported_as = "gaps"
    kind_told = badge_column("kind", "Gap", TONES)
    noticed = time_column("noticed_at", "Noticed")
    seen = time_column("last_seen", "Last seen")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Gap]:
        """The list is towards one credential; a row's own page is towards its own."""
        rows = super().get_queryset(request)
        match = request.resolver_match
        number = match.kwargs.get("object_id", "") if match else ""
        if number:
            row = rows.filter(pk=id_in(number)).select_related("halo_credential").first()
            return gap_rows(rows, request, row.halo_credential if row else None)
        return gap_rows(rows, request, chosen_credential(request).chosen)

    # ---- the list ---------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        choice = chosen_credential(request)
        context: dict[str, Any] = {"choice": choice}
        if choice.chosen is not None:
            runs = Run.objects.filter(kind=RunKind.GAPS, halo_credential=choice.chosen)
            context |= {
                "run": runs.order_by("-pk").first(),
                "types_known": computer_types(choice.chosen).exists(),
                "look_url": self.url("look", choice.chosen.pk),
                "may_look": request.user.has_perm("mappings.change_gap"),
            }
        response = super().changelist_view(request, {**(extra_context or {}), **context})
        shown = getattr(response, "context_data", None) or {}
        if "cl" in shown:
            shown["kinds"] = kinds_to_choose(request, shown["cl"])
            shown["one_sided"] = _shows_one_sided(shown["kinds"], request.GET.get(KIND, ""))
        return response

    @admin.display(description="Computer or asset", ordering="name")
    def name_shown(self, row: Gap) -> SafeString:
        return two_lines(row_link(row.computer or row.halo_asset, row.name), row.reason)

    @admin.display(description="Gap, noticed", ordering="kind")
    def kind_shown(self, row: Gap) -> SafeString:
        told = badge(row.get_kind_display(), TONES[row.kind])
        return two_lines(
            told, f"Dismissed: {row.dismissed_because}" if row.dismissed_at else moment(row.noticed_at)
        )

    @admin.display(description="Client [customer] and company", ordering="client__name")
    def where_shown(self, row: Gap) -> SafeString:
        """Both, where there are both: the client's name may be another than its company's."""
        company = f"{row.company or 'Without a company'} ({_consoles(row)})" if row.console else ""
        return two_lines(row_link(row.client), company)

    @admin.display(description="Client [customer]")
    def client_shown(self, row: Gap) -> SafeString | str:
        return row_link(row.client)

    @admin.display(description="Company and console")
    def place_shown(self, row: Gap) -> SafeString | str:
        if row.console is None:
            return NOTHING
        return two_lines(row_link(row.company), _consoles(row))

    @admin.display(description="Dismissed")
    def dismissed_shown(self, row: Gap) -> SafeString | str:
        if row.dismissed_at is None:
            return NOTHING
        by = row.dismissed_by or "a program"
        return two_lines(format_html("{} by {}", moment(row.dismissed_at), by), row.dismissed_because)

    @admin.display(description="")
    def do(self, row: Gap) -> SafeString:
        ways = format_html_join(
            " ",
            "{}",
            (
                (
                    format_html(WAY_OUT, way.url, way.label, row.name, way.outside, way.label)
                    if way.outside
                    else format_html(WAY, way.url, way.label, row.name, way.label),
                )
                for way in ways_of(row)
            ),
        )
        return format_html('<div class="hb-buttons">{}</div>', ways)

    # ---- looking ----------------------------------------------------------------------------

    def page_urls(self) -> list[URLPattern]:
        return [
            self.page("look/<int:credential_id>/", "look", self.look),
            *super().page_urls(),
        ]

    def look(self, request: HttpRequest, credential_id: int) -> HttpResponse:
        if not request.user.has_perm("mappings.change_gap"):
            raise PermissionDenied
        credential = get_object_or_404(HaloCredential, pk=credential_id)
        back = f"{self.url('changelist')}?halo_credential={credential.pk}"
        if request.method != "POST":
            return not_pressed(request, back, "Look now")
        request_gaps(credential, requested_by=request.user)
        messages.success(request, "The bridge looks for gaps now; reload this page in a moment.")
        return HttpResponseRedirect(back)


def _shows_one_sided(kinds: list[Choice], chosen: str) -> bool:
    """Whether rows of the list are about a computer that only one of backup and RMM has."""
    return any(kind.count for kind in kinds if kind.value in ONE_SIDED and chosen in ("", kind.value))
