"""Event sets: which events matter. One of them may be the default."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import BooleanRadioFilter

from integrations.admin.bases import BridgeAdmin, Button
from integrations.admin.display import NOTHING, badge
from mappings.models import CompanyMapping
from ticketing.admin.event_types_field import EventTypesField
from ticketing.admin.noise import TagsField
from ticketing.admin.replacing import ReplacedOnDelete
from ticketing.admin.unselected import UnselectedEvents
from ticketing.caught import caught_by
from ticketing.first_defaults import choose_first_set
from ticketing.models import EventSet, TicketRule
from ticketing.replacing import Use, replace_set, use_of_set

DEFAULT = (
    "Make “{row}” the default event set? It then serves every company mapping without a ticket rule of its "
    "own, and the present default no longer does."
)
NOT_DEFAULT = (
    "Let “{row}” no longer be the default? Company mappings without a ticket rule then get no tickets."
)


CONDITIONS = (
    "severity_from",
    "companies",
    "companies_excluded",
    "computers",
    "computers_excluded",
    "tags",
    "tags_excluded",
    "pattern",
)
FIRST = (
    "“{row}” is the default event set, as it is the first one: it serves every company mapping without a "
    "ticket rule of its own. “No longer default” takes that back."
)
MOST_RULES = 20


class EventSetForm(forms.ModelForm):  # type: ignore[type-arg]
    event_types = EventTypesField(help_text="Events of the ticked types belong to the set.")
    tags = TagsField(
        required=False,
        help_text="Of the computer or its company, with commas between them, as the console spells them.",
    )

    class Meta:
        model = EventSet
        fields = ("name", "event_types", *CONDITIONS)
        help_texts = {
            "name": "For staff, e.g. “Failed backups of servers”.",
            "companies": "None: events of every company.",
            "computers": "None: events of every computer.",
        }


@admin.register(EventSet)
class EventSetAdmin(UnselectedEvents, ReplacedOnDelete, BridgeAdmin):
    form = EventSetForm
    compressed_fields = False
    fieldsets = (
        (None, {"fields": ("name", "event_types")}),
        (
            "Conditions on top",
            {"description": "What is left empty takes everything.", "fields": CONDITIONS},
        ),
    )
    autocomplete_fields = ("companies", "computers")
    panel_template = "bridge/event_set.html"
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

    # ---- who uses it, and what it catches ---------------------------------------------------

    def panel(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        rules = row.ticket_rules.select_related(
            "company_mapping__company", "company_mapping__halo_client", "profile"
        )
        shown = list(rules.order_by("company_mapping__company__name")[:MOST_RULES])
        ruled = TicketRule.objects.values("company_mapping")
        return {
            "rules": shown,
            "more_rules": row.rules - len(shown),
            "proposed_by": row.profiles.all()[:MOST_RULES],
            "without_rule": CompanyMapping.objects.exclude(pk__in=ruled).count() if row.is_default else 0,
            "caught": caught_by(row),
            "events_url": reverse("admin:integrations_event_changelist"),
        }

    def use_of(self, row: EventSet) -> Use:
        return use_of_set(row)

    def replacements(self, row: EventSet) -> QuerySet[EventSet]:
        return EventSet.objects.exclude(pk=row.pk)

    def replace(self, row: EventSet, replacement: EventSet) -> None:
        replace_set(row, replacement)

    # ---- default ----------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: EventSet, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change and choose_first_set(obj):
            messages.success(request, FIRST.format(row=obj))

    def set_default(self, request: HttpRequest, row: EventSet) -> None:
        with transaction.atomic():
            EventSet.objects.filter(is_default=True).update(is_default=False)
            EventSet.objects.filter(pk=row.pk).update(is_default=True)
        messages.success(request, f"“{row}” is the default event set from now on.")

    def unset_default(self, request: HttpRequest, row: EventSet) -> None:
        EventSet.objects.filter(pk=row.pk).update(is_default=False)
        messages.success(request, f"“{row}” is no longer the default.")
