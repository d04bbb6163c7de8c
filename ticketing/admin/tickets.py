"""Tickets: what became of the alerts in HaloPSA, and what waits for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    BooleanRadioFilter,
    ChoicesDropdownFilter,
    RelatedDropdownFilter,
)

from integrations.admin.bases import Button, HistoryAdmin
from integrations.admin.days import day_filter
from integrations.admin.display import (
    badge_column,
    explained_column,
    halo_url,
    outside_link,
    place_column,
    row_link,
    time_column,
)
from integrations.choices import OptionKind
from integrations.models import HaloOption, Intention
from integrations.runs.request import request_delivery
from ticketing.models import Ticket, TicketState
from ticketing.refusals import retry_refused

RETRY = "Send “{row}” again? It goes out with the same bridge reference, so that there can only be one."


def _stuck(ticket: Ticket) -> bool:
    return ticket.state in (TicketState.REFUSED, TicketState.STAFF) and not ticket.is_test


@admin.register(Ticket)
class TicketAdmin(HistoryAdmin):
    list_display = ("summary", "state_told", "outside", "where", "notes", "made", "closed")
    fieldsets = (
        (None, {"fields": ("summary", "state_shown", "reason")}),
        ("About", {"fields": ("company_shown", "computer_shown", "profile", "halo_credential", "previous")}),
        ("Life", {"fields": ("marker", "notes", "made", "closed", "current", "left_open", "not_closed")}),
        (
            "In HaloPSA",
            {"fields": ("outside", "status_shown", "closed_by_person", "wont_fix", "seen")},
        ),
    )
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("closed_by_person", BooleanRadioFilter),
        ("is_test", BooleanRadioFilter),
        day_filter("created_at", "day of opening", Q(halo_id__isnull=False)),
        day_filter("closed_at", "day of closing"),
        ("halo_credential", RelatedDropdownFilter),
        ("company", AutocompleteSelectFilter),
    )
    search_fields = ("summary", "marker", "=halo_id", "company__name", "computer__name")
    panel_template = "bridge/ticket.html"
    empty_hint = (
        "Tickets appear here when an alert of a company with “Create tickets” on is selected by a ticket "
        "rule or by the defaults."
    )
    actions = ("retry_selected",)
    buttons: ClassVar[tuple[Button, ...]] = (Button("retry", "Try again", "replay", ask=RETRY, shown=_stuck),)

    state_shown = badge_column("state", "State")
    state_told = explained_column("state", "State and reason")
    where = place_column()
    made = time_column("created_at", "Made")
    closed = time_column("closed_at", "Closed")
    seen = time_column("seen_at", "Change seen")

    @admin.display(description="In HaloPSA", ordering="halo_id")
    def outside(self, row: Ticket) -> SafeString | str:
        if row.halo_id is None:
            return "–"
        return outside_link(
            halo_url(row.halo_credential.resource_server, "tickets", row.halo_id), row.halo_id
        )

    @admin.display(description="Status as last seen")
    def status_shown(self, row: Ticket) -> str:
        rows = HaloOption.objects.filter(halo_credential=row.halo_credential_id, kind=OptionKind.STATUS)
        found = rows.filter(halo_id=str(row.halo_status)).first()
        return found.name if found else "–"

    @admin.display(description="Company")
    def company_shown(self, row: Ticket) -> SafeString | str:
        return row_link(row.company)

    @admin.display(description="Computer")
    def computer_shown(self, row: Ticket) -> SafeString | str:
        return row_link(row.computer)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        rows = super().get_queryset(request)
        return rows.select_related("halo_credential", "instance", "company", "computer")

    def panel(self, request: HttpRequest, row: Ticket) -> dict[str, Any]:
        return {
            "alerts": row.alerts.select_related("company", "computer")[:50],
            "writes": Intention.objects.filter(lane=f"ticket:{row.pk}").order_by("sequence"),
        }

    # ---- what HaloPSA refused ---------------------------------------------------------------

    def get_actions(self, request: HttpRequest) -> Any:
        return super().get_actions(request) if request.user.has_perm("ticketing.change_ticket") else {}

    @admin.action(description="Try the selected refused tickets again")
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        if request.user.has_perm("ticketing.change_ticket"):
            self._retried(request, list(queryset))

    def retry(self, request: HttpRequest, row: Ticket) -> None:
        self._retried(request, [row])

    @staticmethod
    def _retried(request: HttpRequest, tickets: list[Ticket]) -> None:
        again = [ticket for ticket in tickets if retry_refused(ticket)]
        for instance in {ticket.instance for ticket in again}:
            request_delivery(instance)
        left = len(tickets) - len(again)
        more = f" {left} left alone: nothing of it was refused, or its alert has ended." if left else ""
        messages.success(
            request, f"{len(again)} ticket{'' if len(again) == 1 else 's'} will be sent again.{more}"
        )
