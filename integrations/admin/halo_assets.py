"""Halo data: hardware assets, with what matters for their life: age, warranty, place, software."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.safestring import SafeString

from integrations.admin.asset_charts import ChartFilters, charts_of
from integrations.admin.asset_filters import (
    AgeFilter,
    AssetGroupFilter,
    AssetTypeFilter,
    ClientFilter,
    InstalledFilter,
    InstalledVersionFilter,
    WarrantyFilter,
    WarrantyMonthFilter,
    with_age,
)
from integrations.admin.choosers import id_of
from integrations.admin.display import NOTHING, badge, date_column, day, row_link, text_column, two_lines
from integrations.admin.exporting import ExportedList
from integrations.admin.halo_definitions import field_names
from integrations.admin.halo_objects import IS_ACTIVE, SEEN_THROUGH, MirrorAdmin, client_column
from integrations.admin.halo_sheets import ASSET_COLUMNS, ASSET_IMPORT_COLUMNS
from integrations.admin.installed_software import Reading, reading_of, reading_on_opening
from integrations.admin.linked_filter import LinkedFilter
from integrations.admin.pages import address
from integrations.choices import Resource
from integrations.models import HaloAsset, HaloSoftware, HaloUser
from integrations.sync.kept_figures import COUNT_NOW, kept, wants_them_now
from integrations.sync.lifecycle import WARRANTY_LABELS, Warranty, age_in_short, age_in_words, warranty_state

WARRANTY_TONES = {
    Warranty.IN_WARRANTY: "good",
    Warranty.ENDS_SOON: "warn",
    Warranty.EXPIRED: "bad",
    Warranty.NOT_KNOWN: "neutral",
}
HEAVY = ("fields", "custom_fields", "properties", "users", "links")
"""Kept as JSON; no list shows them."""


@admin.register(HaloAsset)
class HaloAssetAdmin(ExportedList, MirrorAdmin):
    list_display = (
        "name_shown",
        "type_shown",
        "place_shown",
        "serial_shown",
        "model_shown",
        "purchase_shown",
        "warranty_shown",
        "state_shown",
        "changed",
        "outside",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name",
                    "inventory_number",
                    "type_shown",
                    "client_shown",
                    "site",
                    "state_shown",
                    "outside",
                    "halo_credential",
                    "changed",
                    "links_shown",
                )
            },
        ),
        ("Machine", {"fields": ("serial_shown", "manufacturer_shown", "model_name", "users_shown")}),
        ("Life", {"fields": ("purchased", "age_shown", "warranty_start", "warranty_end", "warranty_badge")}),
    )
    list_filter = (
        SEEN_THROUGH,
        ("asset_type", AssetTypeFilter),
        AssetGroupFilter,
        ("client", ClientFilter),
        IS_ACTIVE,
        WarrantyFilter,
        AgeFilter,
        WarrantyMonthFilter,
        InstalledFilter,
        InstalledVersionFilter,
        LinkedFilter,
    )
    list_select_related = ("halo_credential", "client", "site", "asset_type")
    search_fields = (
        "name",
        "inventory_number",
        "serial_number",
        "model",
        "key_field2",
        "key_field3",
        "client__name",
    )
    search_help_text = "Name, asset tag, serial number, model, client"
    searched = ("name", "inventory_number", "key_field2", "key_field3")
    list_before_template = "bridge/assets_bar.html"
    show_facets = admin.ShowFacets.NEVER  # counts of every choice of every filter: the charts tell them
    in_halo = "assets"
    resource = Resource.ASSETS
    exported = ASSET_COLUMNS
    exported_for_halo = ASSET_IMPORT_COLUMNS
    exported_as = "assets"
    exported_fields = True

    client_shown = client_column()
    serial_shown = text_column("serial_number", "Serial number")
    manufacturer_shown = text_column("manufacturer", "Manufacturer")
    model_name = text_column("model", "Model")
    purchased = date_column("purchased_on", "Purchased")
    warranty_start = date_column("warranty_starts_on", "Warranty start")
    warranty_end = date_column("warranty_ends_on", "Warranty end")

    @admin.display(description="Asset", ordering="name")
    def name_shown(self, row: HaloAsset) -> SafeString:
        return two_lines(row.name, row.inventory_number if row.inventory_number != row.name else "")

    @admin.display(description="Asset type", ordering="asset_type__name")
    def type_shown(self, row: HaloAsset) -> SafeString | str:
        return str(row.asset_type or NOTHING)

    @admin.display(description="Client and site", ordering="client__name")
    def place_shown(self, row: HaloAsset) -> SafeString:
        return two_lines(row_link(row.client), row.site)

    @admin.display(description="Model", ordering="model")
    def model_shown(self, row: HaloAsset) -> SafeString:
        return two_lines(row.model or row.manufacturer or NOTHING, row.manufacturer if row.model else "")

    @admin.display(description="Purchased, age", ordering="bought_on")
    def purchase_shown(self, row: Any) -> SafeString:
        return two_lines(day(row.purchased_on), age_in_short(row.bought_on, timezone.localdate()))

    @admin.display(description="Warranty end", ordering="warranty_ends_on")
    def warranty_shown(self, row: HaloAsset) -> SafeString:
        return two_lines(day(row.warranty_ends_on), self.warranty_badge(row))

    @admin.display(description="Warranty")
    def warranty_badge(self, row: HaloAsset) -> SafeString:
        state = warranty_state(row.warranty_ends_on, timezone.localdate())
        return badge(WARRANTY_LABELS[state], WARRANTY_TONES[state])

    @admin.display(description="Age")
    def age_shown(self, row: Any) -> str:
        """From the purchase on, else from the first day of the warranty; which of the two is said."""
        age = age_in_words(row.bought_on, timezone.localdate())
        return f"{age} (by its warranty)" if age and not row.purchased_on else age or NOTHING

    @admin.display(description="Halo users (end users)")
    def users_shown(self, row: HaloAsset) -> str:
        rows = HaloUser.objects.filter(halo_credential=row.halo_credential_id, halo_id__in=row.users or [])
        return ", ".join(rows.order_by("name").values_list("name", flat=True)) or NOTHING

    def get_queryset(self, request: HttpRequest) -> QuerySet[HaloAsset]:
        rows = with_age(super().get_queryset(request))
        one = request.resolver_match and "object_id" in request.resolver_match.kwargs
        return rows if one else light(rows)

    # ---- further pages ------------------------------------------------------------------------

    def page_urls(self) -> list[URLPattern]:
        return [
            self.page("charts/", "charts", self.charts),
            self.page("<path:object_id>/software/", "software", self.software),
            *super().page_urls(),
        ]

    def charts(self, request: HttpRequest) -> HttpResponse:
        """How many assets there are by type, age, warranty end and client."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = ChartFilters(request.GET)
        of = form.chosen("halo_credential"), form.chosen("client")
        told = kept(
            ("asset charts", *of, timezone.localdate()),
            lambda: charts_of(*of),
            lambda charts: int(charts["total"]),
            anew=wants_them_now(request.GET),
        )
        counted = {**told.value, "counted_at": told.at, "count_now": address(request, **COUNT_NOW)}
        context = self.page_context(
            request, "Asset charts", form=form, media=self.media + form.media, **counted
        )
        return TemplateResponse(request, "bridge/asset_charts.html", context)

    def software(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The panel that waits for a run: only looks, so that looking again asks for nothing."""
        row = self.row_or_404(request, object_id)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        context = {"original": row, **self._software(row, reading_of(row))}
        return TemplateResponse(request, "bridge/installed_software.html", context)

    # ---- the page of one asset ------------------------------------------------------------------

    def panel(self, request: HttpRequest, row: HaloAsset) -> dict[str, Any]:
        """Its fields by their names; what a list without fields brought is said."""
        on_opening = request.method == "GET"
        return {
            **super().panel(request, row),
            "parts": ("bridge/asset_fields.html", "bridge/installed_software.html"),
            "field_values": _by_name(row, "asset", row.fields),
            "fields_known": row.fields is not None,
            "custom_values": _by_name(row, "custom", row.custom_fields),
            "custom_known": row.custom_fields is not None,
            **self._software(row, reading_on_opening(row, request.user) if on_opening else reading_of(row)),
        }

    def _software(self, row: HaloAsset, reading: Reading) -> dict[str, Any]:
        return {
            "software": list(HaloSoftware.objects.filter(asset=row)),
            "reading": reading,
            "software_url": self.url("software", row.pk),
        }

    # ---- answers for selects --------------------------------------------------------------------

    def narrowed(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Assets are chosen within a client."""
        return rows.filter(client=id_of(request, "client")).select_related("asset_type")

    def choice_label(self, row: HaloAsset) -> str:
        more = ", ".join(
            str(part) for part in (row.inventory_number, row.asset_type) if part and str(part) != row.name
        )
        return f"{row.name} ({more})" if more else row.name


def light(rows: QuerySet[HaloAsset]) -> QuerySet[HaloAsset]:
    """Without what no list shows: sorting a hundred thousand rows carries it along otherwise."""
    return rows.defer(*HEAVY)


def _by_name(row: HaloAsset, kind: str, values: dict[str, Any] | None) -> list[tuple[str, Any]]:
    """Fields and their values, by name."""
    if not values:
        return []
    names = {str(number): name for number, name in field_names(row.halo_credential_id, kind).items()}
    return sorted((names.get(number, f"Field {number}"), str(value)) for number, value in values.items())
