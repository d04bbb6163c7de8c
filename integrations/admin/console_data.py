"""Console data: companies, locations, products and events, as they were read or received."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    BooleanRadioFilter,
    ChoicesDropdownFilter,
    DropdownFilter,
    RelatedDropdownFilter,
)

from integrations.admin.bases import HistoryAdmin
from integrations.admin.days import day_filter
from integrations.admin.display import (
    active_badge,
    badge_column,
    event_type_name,
    explained_column,
    headline_column,
    list_column,
    place_column,
    row_link,
    text_column,
    time_column,
)
from integrations.admin.searching import SearchedById
from integrations.catalogue import EVENT_TYPES, NO_CATEGORY
from integrations.choices import EventStatus
from integrations.models import Company, Computer, Event, Location, Product

BY_CONSOLE = ("console", RelatedDropdownFilter)


WAITING = "waiting"


class WaitingEventsFilter(DropdownFilter):
    title = "events"
    parameter_name = "events"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(WAITING, "With waiting events")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        waiting = Event.objects.filter(status=EventStatus.WAITING).order_by()
        return queryset.filter(pk__in=waiting.values("company")) if self.value() == WAITING else queryset


@admin.register(Company)
class CompanyAdmin(HistoryAdmin):
    list_display = ("name", "console", "computer_count", "state_shown", "domain", "account_number")
    fields = ("name", "console", "state_shown", "domain", "account_number", "all_tags", "number", "gone")
    list_filter = (BY_CONSOLE, ("active", BooleanRadioFilter), WaitingEventsFilter)
    list_select_related = ("console",)
    search_fields = ("name", "domain", "account_number", "external_id")
    empty_hint = "Companies are read from a console by its first sync."
    gone = time_column("gone_since", "Gone since")
    all_tags = list_column("tags", "Tags")
    number = text_column("external_id", "ID in the console")

    @admin.display(description="State", ordering="active")
    def state_shown(self, row: Company) -> SafeString:
        return active_badge(row)

    @admin.display(description="Computers", ordering="computers_found")
    def computer_count(self, row: Any) -> int:
        return int(row.computers_found)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Company]:
        computers = Computer.objects.filter(company=OuterRef("pk"), active=True).order_by().values("company")
        number = computers.annotate(number=Count("pk")).values("number")
        found = Coalesce(Subquery(number, output_field=IntegerField()), 0)
        return super().get_queryset(request).annotate(computers_found=found)


@admin.register(Location)
class LocationAdmin(HistoryAdmin):
    list_display = ("name", "company", "state_shown")
    fields = ("name", "company", "state_shown", "number")
    list_select_related = ("company",)
    search_fields = ("name", "company__name")
    empty_hint = "Locations are read along with the companies of a console that has them."
    number = text_column("external_id", "ID in the console")

    @admin.display(description="State", ordering="active")
    def state_shown(self, row: Location) -> SafeString:
        return active_badge(row)


@admin.register(Product)
class ProductAdmin(HistoryAdmin):
    list_display = ("name", "console")
    list_filter = (BY_CONSOLE,)
    list_select_related = ("console",)
    search_fields = ("name", "console__name")
    fields = ("name", "console")
    empty_hint = "Products and licences appear with the computers that carry them."


class EventTypeFilter(DropdownFilter):
    title = "event type"
    parameter_name = "event_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(key, f"{info.category}: {info.name}") for key, info in EVENT_TYPES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(event_type=self.value()) if self.value() else queryset


class CategoryFilter(DropdownFilter):
    title = "category"
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            (name, name)
            for name in (*dict.fromkeys(info.category for info in EVENT_TYPES.values()), NO_CATEGORY)
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == NO_CATEGORY:
            return queryset.exclude(event_type__in=EVENT_TYPES)
        keys = [key for key, info in EVENT_TYPES.items() if info.category == self.value()]
        return queryset.filter(event_type__in=keys) if keys else queryset


@admin.register(Event)
class EventAdmin(SearchedById, HistoryAdmin):
    list_display = ("headline", "state_shown", "severity_shown", "where", "became", "occurred")
    fieldsets = (
        (None, {"fields": ("title", "state_shown", "type_shown", "code", "severity_shown", "message")}),
        ("What was found", {"fields": ("product", "found")}),
        (
            "Where it belongs",
            {"fields": ("console", "company_shown", "computer_shown", "series", "number")},
        ),
        ("What became of it", {"fields": ("status_shown", "reason", "occurred", "received", "first_read")}),
        ("As received", {"fields": ("raw",)}),
    )
    list_filter = (
        BY_CONSOLE,
        ("company", AutocompleteSelectFilter),
        ("status", ChoicesDropdownFilter),
        ("state", ChoicesDropdownFilter),
        ("severity", ChoicesDropdownFilter),
        CategoryFilter,
        EventTypeFilter,
        day_filter("received_at", "day of receipt"),
    )
    list_select_related = ("console", "company", "computer")
    search_fields = ("title", "company__name", "computer__name", "external_id")
    searched_by_id = ("company", "computer")
    empty_hint = "Events are fetched from the consoles every minute, or sent to the REST API."

    state_shown = badge_column("state", "State")
    severity_shown = badge_column("severity", "Severity")
    status_shown = badge_column("status", "In the bridge")
    headline = headline_column("Event")
    where = place_column()
    became = explained_column("status", "What became of it")
    occurred = time_column("occurred_at", "Happened")
    received = time_column("received_at", "Received")
    number = text_column("external_id", "ID in the console")
    code = text_column("vendor_code", "The console calls it")
    series = text_column("series_key", "Series (what repeats and ends together)")

    @admin.display(description="Findings")
    def found(self, row: Event) -> SafeString | str:
        return render_to_string("bridge/findings.html", {"findings": row.findings}) if row.findings else "–"

    @admin.display(description="Event type", ordering="event_type")
    def type_shown(self, row: Event) -> str:
        return event_type_name(row.event_type)

    @admin.display(description="Company")
    def company_shown(self, row: Event) -> SafeString | str:
        return row_link(row.company) if row.company else (row.company_external_id or "–")

    @admin.display(description="Computer")
    def computer_shown(self, row: Event) -> SafeString | str:
        return row_link(row.computer) if row.computer else (row.computer_external_id or "–")
