"""Losses that wait for approval: what is missing from a read, and what staff decide about it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter, RelatedDropdownFilter

from integrations.admin.bases import Button, HistoryAdmin
from integrations.admin.display import admin_url, badge, row_link, time_column
from integrations.models import HeldLoss
from integrations.runs.approvals import NothingToDecide, approve, dismiss

APPROVE = (
    "Let the next complete read take away up to {row.missing} of the {row.known} {row.what} of {row.owner}? "
    "What it misses becomes inactive here and keeps its history; nothing is deleted, and nothing is changed "
    "in HaloPSA. Where series of events are missing, their alerts end and open tickets are closed."
)
KEEP = (
    "Keep all {row.what} of {row.owner} as they are? You are asked again only if more than {row.missing} are "
    "missing."
)


WAITS, APPROVED, KEPT = "waits", "approved", "kept"


class DecisionFilter(DropdownFilter):
    title = "decision"
    parameter_name = "decision"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(WAITS, "Waits"), (APPROVED, "Approved"), (KEPT, "Everything is kept")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen: dict[str, dict[str, Any]] = {
            WAITS: {"approved_at": None, "dismissed_at": None},
            APPROVED: {"approved_at__isnull": False},
            KEPT: {"approved_at": None, "dismissed_at__isnull": False},
        }
        return queryset.filter(**chosen.get(self.value() or "", {}))


@admin.register(HeldLoss)
class HeldLossAdmin(HistoryAdmin):
    list_display = ("what_shown", "owner_shown", "missing", "known", "reason", "noticed", "decision")
    fields = ("what_shown", "owner_shown", "missing", "known", "reason", "noticed", "decision")
    list_filter = (
        DecisionFilter,
        ("halo_credential", RelatedDropdownFilter),
        ("console", RelatedDropdownFilter),
    )
    list_select_related = ("halo_credential", "console", "approved_by")
    empty_hint = (
        "When much is missing at once from what HaloPSA or a console sends, nothing is taken away; it waits "
        "here until you approve it, or until a later read holds it all again."
    )
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "take_away",
            "Approve: mark as gone",
            "done",
            tone="bad",
            ask=APPROVE,
            permission="approve",
            shown=lambda row: bool(row.is_open),
        ),
        Button(
            "keep",
            "Keep everything",
            "shield",
            ask=KEEP,
            permission="approve",
            shown=lambda row: bool(row.is_open),
        ),
    )

    noticed = time_column("noticed_at", "Noticed")

    @admin.display(description="What", ordering="resource")
    def what_shown(self, row: HeldLoss) -> str:
        return row.what[:1].upper() + row.what[1:]

    @admin.display(description="Of")
    def owner_shown(self, row: HeldLoss) -> SafeString | str:
        return row_link(row.owner)

    @admin.display(description="Decision")
    def decision(self, row: HeldLoss) -> SafeString:
        if row.approved_at:
            return badge(
                "Approved", "info", f"By {row.approved_by or 'a staff account'}: the next read does it."
            )
        return badge("Everything is kept", "neutral") if row.dismissed_at else badge("Waits", "warn")

    def get_queryset(self, request: HttpRequest) -> QuerySet[HeldLoss]:
        return super().get_queryset(request).select_related(*self.list_select_related)

    def take_away(self, request: HttpRequest, row: HeldLoss) -> HttpResponse | None:
        try:
            run = approve([row], request.user)
        except NothingToDecide as changed:
            messages.warning(request, str(changed))
            return None
        messages.success(request, "Approved: this read takes away what it misses, and no more than that.")
        return HttpResponseRedirect(admin_url(run))

    def keep(self, request: HttpRequest, row: HeldLoss) -> None:
        try:
            dismiss([row], request.user)
        except NothingToDecide as changed:
            messages.warning(request, str(changed))
            return
        messages.success(request, "Everything is kept. You are asked again only if more is missing.")


def panel_of(request: HttpRequest, losses: list[HeldLoss]) -> list[dict[str, Any]]:
    """The losses of a run's page, each with where to decide; none for who may not see them."""
    if not request.user.has_perm("integrations.view_heldloss"):
        return []
    return [{"loss": loss, "url": admin_url(loss)} for loss in losses]
