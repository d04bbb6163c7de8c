"""Webhook deliveries as they came in: what became of them, and reading them again."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter, RelatedDropdownFilter

from integrations.admin.bases import Button, HistoryAdmin
from integrations.admin.display import NOTHING, badge, time_column, two_lines
from integrations.ingest.deliveries import NOT_READ_AGAIN, READABLE, read_again, was_refused
from integrations.models import RawDelivery
from integrations.runs.request import request_deliveries

READ, WAITING, PROBLEM = "read", "waiting", "problem"
BEGINNING = 160
"""Characters of the body that a list shows."""


def state_of(row: RawDelivery) -> str:
    if row.error:
        return PROBLEM
    return READ if row.processed_at else WAITING


class StateFilter(DropdownFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(WAITING, "Waiting"), (READ, "Read"), (PROBLEM, "With a problem")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = {
            WAITING: queryset.filter(processed_at__isnull=True),
            READ: queryset.filter(processed_at__isnull=False, error=""),
            PROBLEM: queryset.exclude(error=""),
        }
        return chosen.get(str(self.value()), queryset)


def _is_readable(row: RawDelivery) -> bool:
    return row.door in READABLE and not was_refused(row)


@admin.register(RawDelivery)
class RawDeliveryAdmin(HistoryAdmin):
    list_display = ("received", "console", "state_shown", "brought", "beginning")
    fields = ("door", "console", "received", "processed", "state_shown", "brought", "body")
    list_filter = (("console", RelatedDropdownFilter), StateFilter)
    list_select_related = ("console",)
    search_fields = ("body", "error")
    search_help_text = "Text of the delivery or of its problem"
    empty_hint = (
        "What webhooks deliver is kept here as it came in, with what became of it. The page of a console or "
        "credential shows the address that its webhook is to be sent to."
    )
    actions = ("read_selected_again",)
    buttons: ClassVar[tuple[Button, ...]] = (
        Button("read_again", "Read again", "replay", shown=_is_readable),
    )

    received = time_column("received_at", "Received")
    processed = time_column("processed_at", "Read")

    @admin.display(description="State", ordering="processed_at")
    def state_shown(self, row: RawDelivery) -> SafeString:
        shown = {
            READ: badge("Read", "good"),
            WAITING: badge("Waiting", "warn"),
            PROBLEM: badge("Problem", "bad"),
        }
        return two_lines(shown[state_of(row)], row.error)

    @admin.display(description="Brought")
    def brought(self, row: RawDelivery) -> str:
        if row.new_events is None:
            return NOTHING
        known = f", {row.known_events} known already" if row.known_events else ""
        return f"{row.new_events} new event{'' if row.new_events == 1 else 's'}{known}"

    @admin.display(description="Begins with")
    def beginning(self, row: RawDelivery) -> SafeString:
        shown = row.body[:BEGINNING] + ("…" if len(row.body) > BEGINNING else "")
        return format_html('<div class="hb-reason">{}</div>', shown)

    def get_actions(self, request: HttpRequest) -> Any:
        may = request.user.has_perm("integrations.change_rawdelivery")
        return super().get_actions(request) if may else {}

    @admin.action(description="Read again")
    def read_selected_again(self, request: HttpRequest, queryset: QuerySet[RawDelivery]) -> None:
        self._read_again(request, queryset)

    def read_again(self, request: HttpRequest, row: RawDelivery) -> None:
        self._read_again(request, RawDelivery.objects.filter(pk=row.pk))

    def _read_again(self, request: HttpRequest, rows: QuerySet[RawDelivery]) -> None:
        consoles = read_again(rows)
        for console in consoles:
            request_deliveries(console, requested_by=request.user)
        if consoles:
            messages.success(request, "They are read again; what they brought before is recognised.")
        else:
            messages.warning(request, NOT_READ_AGAIN)
