"""Event sets: which events matter. One of them may be the default."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import BooleanRadioFilter

from integrations.admin.bases import BridgeAdmin, Button
from integrations.admin.display import NOTHING, badge
from ticketing.admin.event_types_field import EventTypesField
from ticketing.models import EventSet

DEFAULT = (
    "Make “{row}” the default event set? It then serves every company mapping without a ticket rule of its "
    "own, and the present default no longer does."
)
NOT_DEFAULT = (
    "Let “{row}” no longer be the default? Company mappings without a ticket rule then get no tickets."
)


class EventSetForm(forms.ModelForm):  # type: ignore[type-arg]
    event_types = EventTypesField()

    class Meta:
        model = EventSet
        fields = ("name", "event_types")


@admin.register(EventSet)
class EventSetAdmin(BridgeAdmin):
    form = EventSetForm
    compressed_fields = False
    fields = ("name", "event_types")
    list_display = ("name", "type_count", "default_shown", "rule_count", "profile_count")
    list_filter = (("is_default", BooleanRadioFilter),)
    search_fields = ("name",)
    empty_hint = "An event set names the events that matter, e.g. “Failed and overdue backups”."
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "set_default",
            "Set as default",
            "star",
            tone="primary",
            ask=DEFAULT,
            shown=lambda row: not row.is_default,
        ),
        Button(
            "unset_default",
            "No longer default",
            "star_border",
            ask=NOT_DEFAULT,
            shown=lambda row: bool(row.is_default),
        ),
    )

    @admin.display(description="Event types")
    def type_count(self, row: EventSet) -> int:
        return len(row.event_types)

    @admin.display(description="Default", ordering="is_default")
    def default_shown(self, row: EventSet) -> SafeString | str:
        return badge("Default", "good") if row.is_default else NOTHING

    @admin.display(description="Ticket rules")
    def rule_count(self, row: Any) -> int:
        return int(row.rules)

    @admin.display(description="Profiles")
    def profile_count(self, row: Any) -> int:
        return int(row.used_by)

    def get_queryset(self, request: HttpRequest) -> QuerySet[EventSet]:
        return (
            super()
            .get_queryset(request)
            .annotate(rules=Count("ticket_rules", distinct=True), used_by=Count("profiles", distinct=True))
        )

    def set_default(self, request: HttpRequest, row: EventSet) -> None:
        with transaction.atomic():
            EventSet.objects.filter(is_default=True).update(is_default=False)
            EventSet.objects.filter(pk=row.pk).update(is_default=True)
        messages.success(request, f"“{row}” is the default event set from now on.")

    def unset_default(self, request: HttpRequest, row: EventSet) -> None:
        EventSet.objects.filter(pk=row.pk).update(is_default=False)
        messages.success(request, f"“{row}” is no longer the default.")
