"""What has happened to company mappings, as a list and on the page of each."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RelatedDropdownFilter

from integrations.admin.bases import HistoryAdmin
from integrations.admin.display import time_column
from integrations.models import Company, HaloCredential
from mappings.models import CompanyChange

SHOWN = 10
"""Changes on the page of a mapping; the list holds all of them."""


def history_of(company: Company, credential: HaloCredential) -> list[CompanyChange]:
    """The newest changes of this pair, also of mappings that were removed. One query."""
    rows = CompanyChange.objects.filter(company=company, halo_credential=credential)
    return list(rows.select_related("changed_by")[:SHOWN])


@admin.register(CompanyChange)
class CompanyChangeAdmin(HistoryAdmin):
    list_display = ("changed", "company", "text", "by", "halo_credential")
    list_display_links = ("changed",)
    fields = ("changed", "company", "text", "by", "halo_credential")
    list_filter = (("company", AutocompleteSelectFilter), ("halo_credential", RelatedDropdownFilter))
    list_select_related = ("company", "halo_credential", "changed_by")
    search_fields = ("company__name", "text")
    empty_hint = "Every change of a company mapping is listed here, with the staff account that made it."

    changed = time_column("changed_at", "When")

    @admin.display(description="By", ordering="changed_by__username")
    def by(self, row: CompanyChange) -> SafeString | str:
        return str(row.changed_by or "the bridge")

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        return lookup in ("company__id__exact", "halo_credential__id__exact") or super().lookup_allowed(
            lookup, value, request
        )
