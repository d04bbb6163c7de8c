"""Writes to HaloPSA, one row per intention: planned, under way, uncertain, done or waiting for staff."""

from __future__ import annotations

from django.contrib import admin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from integrations.admin.bases import HistoryAdmin
from integrations.admin.days import day_filter
from integrations.admin.display import badge_column, explained_column, text_column, time_column
from integrations.models import Heartbeat, Intention


@admin.register(Intention)
class IntentionAdmin(HistoryAdmin):
    list_display = ("marker", "kind_shown", "state_told", "instance", "number", "planned", "sent")
    fieldsets = (
        (None, {"fields": ("marker", "kind_shown", "state_shown", "answer", "number")}),
        ("Where", {"fields": ("instance", "halo_credential", "lane", "sequence", "cause", "run")}),
        ("When", {"fields": ("planned", "sent", "rests", "finished", "attempts", "lookups")}),
        ("What is sent", {"fields": ("content",)}),
    )
    panel_template = "bridge/write.html"
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        day_filter("finished_at", "day"),
        ("instance", RelatedDropdownFilter),
    )
    list_select_related = ("instance",)
    search_fields = ("marker", "=halo_id", "answer")
    ordering = ("-id",)
    empty_hint = (
        "Every ticket, note, closing and asset is stored here before it is sent, with its bridge reference."
    )

    state_shown = badge_column("state", "State")
    state_told = explained_column("state", "State and answer", reason="answer")
    number = text_column("halo_id", "HaloPSA ID")
    planned = time_column("created_at", "Planned")
    sent = time_column("sent_at", "Sent")
    rests = time_column("not_before", "Rests until")
    finished = time_column("finished_at", "Finished")

    @admin.display(description="Kind", ordering="kind")
    def kind_shown(self, row: Intention) -> str:
        return row.get_kind_display()


@admin.register(Heartbeat)
class HeartbeatAdmin(HistoryAdmin):
    list_display = ("cluster", "host", "seen")
    fields = ("cluster", "host", "seen")
    empty_hint = (
        "Each queue process says here that it is at work. Without one, nothing that you ask for happens."
    )

    seen = time_column("stamped_at", "Last seen at work")
