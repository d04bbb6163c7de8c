"""Halo data: software licences [software assets], and the programs that are installed on assets."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter

from integrations.admin.asset_filters import in_warranty_state
from integrations.admin.bases import HistoryAdmin
from integrations.admin.display import badge, date_column, day, row_link, text_column, two_lines
from integrations.admin.exporting import ExportedList
from integrations.admin.halo_objects import IS_ACTIVE, SEEN_THROUGH, MirrorAdmin, client_column, lacked_by_all
from integrations.admin.halo_places import OF_CLIENT
from integrations.admin.halo_sheets import LICENCE_COLUMNS
from integrations.admin.installed_software import PERMISSION
from integrations.admin.pages import address, page_of
from integrations.admin.program_rows import program_count, program_names, program_rows
from integrations.choices import Resource
from integrations.models import HaloCredential, HaloLicence, HaloSoftware
from integrations.sync.lifecycle import SOON_DAYS, Warranty, warranty_state

ENDS = {
    Warranty.ENDS_SOON: f"Ends within {SOON_DAYS} days",
    Warranty.EXPIRED: "Expired",
    Warranty.IN_WARRANTY: "Ends later",
    Warranty.NOT_KNOWN: "No end",
}
END_TONES = {Warranty.ENDS_SOON: "warn", Warranty.EXPIRED: "bad"}
PROGRAMS_PER_PAGE = 50


class EndFilter(DropdownFilter):
    title = "end"
    parameter_name = "ends"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(ENDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value not in ENDS:
            return queryset
        return queryset.filter(in_warranty_state(str(value), timezone.localdate(), "ends_on"))


class UseFilter(DropdownFilter):
    title = "use"
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("over", "More in use than bought"), ("full", "None left"), ("left", "Some left")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = {"over": {"left__lt": 0}, "full": {"left": 0}, "left": {"left__gt": 0}}
        return queryset.filter(**wanted.get(str(self.value()), {}))


@admin.register(HaloLicence)
class HaloLicenceAdmin(ExportedList, MirrorAdmin):
    list_display = (
        "name",
        "client_shown",
        "vendor_shown",
        "product_sku",
        "count",
        "in_use",
        "left_shown",
        "starts",
        "ends_shown",
        "state_shown",
    )
    fields = (
        "name",
        "client_shown",
        "site",
        "vendor_name",
        "manufacturer_name",
        "sku",
        "count",
        "in_use",
        "left_shown",
        "starts",
        "ends_shown",
        "state_shown",
        "outside",
        "halo_credential",
    )
    list_filter = (SEEN_THROUGH, OF_CLIENT, IS_ACTIVE, EndFilter, UseFilter)
    list_select_related = ("halo_credential", "client", "site")
    search_fields = ("name", "vendor", "manufacturer", "product_sku", "client__name", "=halo_id")
    search_help_text = "Name, vendor, manufacturer, SKU, client"
    searched = ("name", "vendor", "product_sku")
    resource = Resource.LICENCES
    exported = LICENCE_COLUMNS
    exported_as = "licences"

    client_shown = client_column()
    starts = date_column("starts_on", "Starts")
    vendor_name = text_column("vendor", "Vendor")
    manufacturer_name = text_column("manufacturer", "Manufacturer")
    sku = text_column("product_sku", "SKU")

    def get_queryset(self, request: HttpRequest) -> QuerySet[HaloLicence]:
        return super().get_queryset(request).annotate(left=F("count") - F("in_use"))

    @admin.display(description="Vendor", ordering="vendor")
    def vendor_shown(self, row: HaloLicence) -> SafeString | str:
        maker = row.manufacturer if row.manufacturer != row.vendor else ""
        return two_lines(row.vendor or maker or "–", maker if row.vendor else "")

    @admin.display(description="Left", ordering="left")
    def left_shown(self, row: Any) -> SafeString | str:
        if row.left is None:
            return "–"
        return badge(f"{-row.left} too many", "bad") if row.left < 0 else str(row.left)

    @admin.display(description="Ends", ordering="ends_on")
    def ends_shown(self, row: HaloLicence) -> SafeString | str:
        if row.ends_on is None:
            return "–"
        state = warranty_state(row.ends_on, timezone.localdate())
        return two_lines(day(row.ends_on), badge(ENDS[state], END_TONES[state]) if state in END_TONES else "")


@admin.register(HaloSoftware)
class HaloSoftwareAdmin(HistoryAdmin):
    """Each program once, with the number of assets that have it; each row leads to those assets."""

    fields = ("name", "version_shown", "asset_shown", "installed", "used", "licence_id")
    list_select_related = ("asset",)
    search_fields = ("name",)
    version_shown = text_column("version", "Version")
    installed = date_column("installed_on", "Installed")
    used = date_column("last_used_on", "Last used")

    @admin.display(description="Asset")
    def asset_shown(self, row: HaloSoftware) -> SafeString | str:
        return row_link(row.asset)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        credentials = list(HaloCredential.objects.order_by("name").values_list("pk", "name"))
        chosen = next((pk for pk, _ in credentials if str(pk) == request.GET.get("halo_credential")), None)
        names = program_names(request.GET.get("q", ""), chosen, request.GET.get("order", ""))
        page = page_of(request, names, PROGRAMS_PER_PAGE, program_count(names))
        context = self.page_context(
            request,
            "Installed software",
            said=True,
            page=page,
            programs=program_rows(page.object_list, chosen),
            credentials=credentials,
            chosen=chosen,
            why="" if page.object_list else lacked_by_all(PERMISSION),
            by_name=address(request, order="name"),
            by_assets=address(request, order=None),
        )
        return TemplateResponse(request, "bridge/programs.html", context)
