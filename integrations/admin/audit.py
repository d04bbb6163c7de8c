"""The audit log as a list, for who looks after the installation and for auditors."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, Final

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import (
    ChoicesDropdownFilter,
    DropdownFilter,
    RangeDateFilter,
    RelatedDropdownFilter,
)
from unfold.utils import parse_date_str

from integrations.admin.bases import HistoryAdmin
from integrations.admin.display import NOTHING, badge_column, link, time_column, two_lines
from integrations.admin.histories import changes_shown, kind_name, object_link
from integrations.models import Audited, AuditEntry, Run

SHOWN: Final = 3
"""Fields of an entry in the list; its own page has all of them."""


class KindFilter(DropdownFilter):
    """By what the entries are about: the models whose changes are told, accounts and runs."""

    title = "kind of object"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        told: list[Any] = [model for model in apps.get_models() if issubclass(model, Audited)]
        kinds = {model._meta.label_lower for model in (*told, User, Group, Run)}
        return sorted(((kind, kind_name(kind)) for kind in kinds), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class DaysFilter(RangeDateFilter):  # type: ignore[misc]
    """From one day to another, both included; days begin and end as the bridge's own do."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        narrowed = queryset
        for side, lookup, more in (("from", "gte", 0), ("to", "lt", 1)):
            typed = self.used_parameters.get(f"{self.parameter_name}_{side}")
            day = parse_date_str(typed) if isinstance(typed, str) else None
            if day is not None:
                begin = timezone.make_aware(datetime.combine(day, time()) + timedelta(days=more))
                narrowed = narrowed.filter(**{f"{self.parameter_name}__{lookup}": begin})
        return narrowed


@admin.register(AuditEntry)
class AuditEntryAdmin(HistoryAdmin):
    list_display = ("when", "who_shown", "action_shown", "object_shown", "changes_in_short")
    list_display_links = ("when",)
    fields = (
        *("when", "action_shown", "object_shown", "rows", "all_changes", "who", "account", "source"),
        *("address", "place", "request_id", "run_shown"),
    )
    list_filter = (
        ("account", RelatedDropdownFilter),
        ("action", ChoicesDropdownFilter),
        KindFilter,
        ("source", ChoicesDropdownFilter),
        ("at", DaysFilter),
    )
    search_fields = ("who", "name", "summary", "=request_id", "=run")
    search_help_text = "Person, token, object, request ID, number of a run"
    empty_hint = (
        "Whatever staff and programs change, start, delete or download from now on is listed here, with the "
        "values before and after."
    )

    when = time_column("at", "When")
    action_shown = badge_column("action", "What")

    @admin.display(description="Who", ordering="who")
    def who_shown(self, row: AuditEntry) -> SafeString:
        return two_lines(row.who, row.get_source_display())

    @admin.display(description="Object", ordering="name")
    def object_shown(self, row: AuditEntry) -> SafeString:
        return two_lines(object_link(row), kind_name(row.kind))

    @admin.display(description="Before → after")
    def changes_in_short(self, row: AuditEntry) -> SafeString | str:
        return changes_shown(row, SHOWN)

    @admin.display(description="Before → after")
    def all_changes(self, row: AuditEntry) -> SafeString | str:
        return changes_shown(row)

    @admin.display(description="Run")
    def run_shown(self, row: AuditEntry) -> SafeString | str:
        if not row.run:
            return NOTHING
        return link(reverse("admin:integrations_run_change", args=[row.run]), f"Run {row.run}")

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Links from the pages of objects and runs come with these."""
        return lookup in ("object_id", "request_id", "run") or super().lookup_allowed(lookup, value, request)
