"""Alerts: the conditions that events tell of, what was decided about each, and why."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    BooleanRadioFilter,
    ChoicesDropdownFilter,
    RelatedDropdownFilter,
)

from integrations.admin.bases import Button, HistoryAdmin, about_one_row
from integrations.admin.console_data import EventTypeFilter
from integrations.admin.display import (
    badge_column,
    event_type_name,
    explained_column,
    headline_column,
    place_column,
    row_link,
    time_column,
)
from integrations.admin.searching import SearchedById
from integrations.models import HaloCredential, Instance
from integrations.runs.request import request_delivery
from ticketing.admin.quieting import SPANS, Quieting
from ticketing.models import Alert, Decision
from ticketing.planning import choose_baseline
from ticketing.planning.explaining import SURROUNDED_BY, tell


def may_choose(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("ticketing.change_alert"))


@admin.register(Alert)
class AlertAdmin(Quieting, SearchedById, HistoryAdmin):
    list_display = ("headline", "state_shown", "severity_shown", "where", "decided", "ticket_shown", "newest")
    fieldsets = (
        (None, {"fields": ("title", "state_shown", "type_shown", "severity_shown")}),
        (
            "What was decided",
            {
                "fields": (
                    "decision_shown",
                    "reason",
                    "look_again",
                    "baseline",
                    "profile",
                    "ticket_shown",
                    "pending",
                )
            },
        ),
        (
            "Where it belongs",
            {"fields": ("halo_credential", "console", "company_shown", "computer_shown", "series_key")},
        ),
        ("Life", {"fields": ("occurrence", "event_count", "opened", "newest", "resolved")}),
    )
    list_filter = (
        ("decision", ChoicesDropdownFilter),
        ("state", ChoicesDropdownFilter),
        ("severity", ChoicesDropdownFilter),
        ("halo_credential", RelatedDropdownFilter),
        ("console", RelatedDropdownFilter),
        ("company", AutocompleteSelectFilter),
        EventTypeFilter,
        ("baseline", BooleanRadioFilter),
        ("ticket__closed_by_person", BooleanRadioFilter),
    )
    list_select_related = ("company", "computer", "ticket", "halo_credential", "console")
    search_fields = ("title", "company__name", "computer__name")
    searched_by_id = ("company", "computer")
    panel_template = "bridge/alert.html"
    empty_hint = "Alerts are made of the events of companies that are mapped to a Halo client."
    actions = ("choose_selected",)
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "choose",
            "Create a ticket for it",
            "confirmation_number",
            shown=lambda row: row.decision == Decision.BASELINE,
        ),
    )

    state_shown = badge_column("state", "State")
    severity_shown = badge_column("severity", "Severity")
    decision_shown = badge_column("decision", "Decision")
    headline = headline_column("Alert")
    where = place_column()
    decided = explained_column("decision", "Decision and reason")
    newest = time_column("newest_at", "Newest event")
    opened = time_column("opened_at", "Open since")
    resolved = time_column("resolved_at", "Resolved")
    look_again = time_column("look_again_at", "Looked at again")

    @admin.display(description="Event type", ordering="event_type")
    def type_shown(self, row: Alert) -> str:
        return event_type_name(row.event_type)

    @admin.display(description="Ticket")
    def ticket_shown(self, row: Alert) -> SafeString | str:
        return (
            row_link(row.ticket, row.ticket.halo_id or row.ticket.get_state_display()) if row.ticket else "–"
        )

    @admin.display(description="Company")
    def company_shown(self, row: Alert) -> SafeString | str:
        return row_link(row.company)

    @admin.display(description="Computer")
    def computer_shown(self, row: Alert) -> SafeString | str:
        return row_link(row.computer)

    def panel(self, request: HttpRequest, row: Alert) -> dict[str, Any]:
        told = tell(row)
        return {
            "told": told.events,
            "snoozes": told.snoozes,
            "spans": SPANS,
            "quiet_url": self.url("quiet") if request.user.has_perm("ticketing.add_snooze") else "",
            "steps": told.steps,
        }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        rows: QuerySet[Alert] = super().get_queryset(request)
        return rows.select_related(*SURROUNDED_BY) if about_one_row(request) else rows

    # ---- the baseline -----------------------------------------------------------------------

    def get_actions(self, request: HttpRequest) -> Any:
        return super().get_actions(request) if may_choose(request) else {}

    @admin.action(description="Create tickets for the selected baseline alerts")
    def choose_selected(self, request: HttpRequest, queryset: QuerySet[Alert]) -> None:
        if may_choose(request):
            self._chosen(request, list(queryset.values_list("pk", flat=True)))

    def choose(self, request: HttpRequest, row: Alert) -> None:
        self._chosen(request, [row.pk])

    @staticmethod
    def _chosen(request: HttpRequest, alerts: list[int]) -> None:
        number = choose_baseline(alerts)
        credentials = HaloCredential.objects.filter(alerts__in=alerts)
        for instance in Instance.objects.filter(credentials__in=credentials).distinct():
            request_delivery(instance)
        left = len(alerts) - number
        more = f" {left} left alone: not of the baseline, or not open any more." if left else ""
        messages.success(request, f"{number} alert{'' if number == 1 else 's'} will get a ticket.{more}")
