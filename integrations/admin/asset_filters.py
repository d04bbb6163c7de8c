"""Filters of the list of assets by what matters for their life: age, warranty, group, installed software."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter, RelatedDropdownFilter
from unfold.contrib.filters.admin.text_filters import TextFilter

from integrations.admin.halo_objects import ONE_OF_SEVERAL
from integrations.models import HaloAssetType, HaloSoftware
from integrations.sync.lifecycle import (
    AGE_BRACKETS,
    AGE_NOT_KNOWN,
    SOON_DAYS,
    WARRANTY_LABELS,
    AgeBracket,
    Warranty,
    first_of_month,
)

MONTHS_BACK, MONTHS_AHEAD = 12, 24
"""The months of warranty ends that are told one by one; the present one is among those ahead."""
BOUGHT_ON: Final = Coalesce(F("purchased_on"), F("warranty_starts_on"))
"""Since when an asset is there: its purchase, else the first day of its warranty."""


def with_age(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With `bought_on`: the day that an asset's age is counted from."""
    return rows.annotate(bought_on=BOUGHT_ON)


def in_warranty_state(state: str, today: date, field: str = "warranty_ends_on") -> Q:
    soon = today + timedelta(days=SOON_DAYS)
    return {
        Warranty.IN_WARRANTY: Q(**{f"{field}__gt": soon}),
        Warranty.ENDS_SOON: Q(**{f"{field}__gte": today, f"{field}__lte": soon}),
        Warranty.EXPIRED: Q(**{f"{field}__lt": today}),
        Warranty.NOT_KNOWN: Q(**{f"{field}__isnull": True}),
    }[Warranty(state)]


def in_age_bracket(key: str, today: date) -> Q:
    """For rows `with_age`."""
    bracket = next((bracket for bracket in AGE_BRACKETS if bracket.key == key), None)
    return _bought_in(bracket, today) if bracket else Q(bought_on__isnull=True)


def _bought_in(bracket: AgeBracket, today: date) -> Q:
    after, until = bracket.bought(today)
    wanted = Q(bought_on__isnull=False)
    if after:
        wanted &= Q(bought_on__gt=after)
    return wanted & Q(bought_on__lte=until) if until else wanted


def months_told(today: date) -> list[date]:
    """The first days of the months that charts and filter tell, in their order."""
    return [first_of_month(today, offset) for offset in range(-MONTHS_BACK, MONTHS_AHEAD + 1)]


def month_label(first: date) -> str:
    return first.strftime("%Y-%m")


class WarrantyFilter(DropdownFilter):
    title = "warranty"
    parameter_name = "warranty"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(WARRANTY_LABELS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value not in WARRANTY_LABELS:
            return queryset
        return queryset.filter(in_warranty_state(str(value), timezone.localdate()))


class AgeFilter(DropdownFilter):
    title = "age"
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*((bracket.key, bracket.label) for bracket in AGE_BRACKETS), (AGE_NOT_KNOWN, "Not known")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        known = {key for key, _ in self.lookup_choices}
        return queryset.filter(in_age_bracket(value, timezone.localdate())) if value in known else queryset


class WarrantyMonthFilter(DropdownFilter):
    title = "month of warranty end"
    parameter_name = "warranty_month"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(month_label(month), month_label(month)) for month in months_told(timezone.localdate())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Any month may be asked for; what is no month narrows nothing."""
        found = re.fullmatch(r"([12]\d{3})-(0[1-9]|1[0-2])", self.value() or "")
        if not found:
            return queryset
        first = date(int(found[1]), int(found[2]), 1)
        return queryset.filter(warranty_ends_on__gte=first, warranty_ends_on__lt=first_of_month(first, 1))


class NoneToo:
    """A filter by relation that also knows rows without one (`…__isnull=True`); the theme's do not."""

    lookup_val_isnull: Any
    field_path: str

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.lookup_val_isnull:
            return queryset.filter(**{f"{self.field_path}__isnull": True})
        narrowed: QuerySet[Any] = super().queryset(request, queryset)  # type: ignore[misc]
        return narrowed


class ClientFilter(NoneToo, AutocompleteSelectFilter):
    """Clients by searching for their names."""


class AssetTypeFilter(NoneToo, RelatedDropdownFilter):
    """Types of several HaloPSA are told apart by the credential's name."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[int, str]]:
        rows = HaloAssetType.objects.order_by("name", "halo_credential__name")
        told = list(rows.values_list("pk", "name", "halo_credential__name"))
        several = len({credential for _, _, credential in told}) > 1
        return [(pk, ONE_OF_SEVERAL.format(*names) if several else names[0]) for pk, *names in told]


class AssetGroupFilter(DropdownFilter):
    title = "asset group"
    parameter_name = "asset_group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        groups = HaloAssetType.objects.exclude(group_name="").order_by("group_name")
        return [(name, name) for name in groups.values_list("group_name", flat=True).distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(asset_type__group_name=self.value()) if self.value() else queryset


class InstalledFilter(TextFilter):
    """The exact name of a program, as the list of installed software tells it."""

    title = "installed program"
    parameter_name = "software"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(Exists(HaloSoftware.objects.filter(asset=OuterRef("pk"), name=self.value())))


class InstalledVersionFilter(TextFilter):
    title = "installed version"
    parameter_name = "version"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Of the program that is asked for, else of any."""
        if not self.value():
            return queryset
        programs = HaloSoftware.objects.filter(asset=OuterRef("pk"), version=self.value())
        if name := request.GET.get(InstalledFilter.parameter_name):
            programs = programs.filter(name=name)
        return queryset.filter(Exists(programs))
