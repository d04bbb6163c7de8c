"""Halo data: what the mirror of HaloPSA holds. Looked at only; searching serves selects of other pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter, RelatedDropdownFilter

from integrations.admin.bases import HistoryAdmin
from integrations.admin.choosers import id_of, matches
from integrations.admin.display import active_badge, halo_url, outside_link, row_link, time_column
from integrations.models import (
    HaloAsset,
    HaloAssetType,
    HaloClient,
    HaloField,
    HaloOption,
    HaloSite,
    HaloUser,
)

SEEN_THROUGH = ("halo_credential", RelatedDropdownFilter)
IS_ACTIVE = ("active", BooleanRadioFilter)


class MirrorAdmin(HistoryAdmin):
    """A mirrored list. `in_halo` names HaloPSA's own page for the object."""

    list_filter: ClassVar[Any] = (SEEN_THROUGH, IS_ACTIVE)
    list_select_related: ClassVar[Any] = ("halo_credential",)
    search_fields: ClassVar[Any] = ("name", "=halo_id")
    in_halo = ""
    searched: tuple[str, ...] = ("name",)
    empty_hint = "It is filled by the first sync of a HaloPSA credential."
    changed = time_column("updated_at", "Changed in HaloPSA")

    @admin.display(description="State", ordering="active")
    def state_shown(self, row: Any) -> SafeString:
        return active_badge(row)

    @admin.display(description="In HaloPSA")
    def outside(self, row: Any) -> SafeString | str:
        server = row.halo_credential.resource_server
        return (
            outside_link(halo_url(server, self.in_halo, row.halo_id), row.halo_id)
            if self.in_halo
            else str(row.halo_id)
        )

    # ---- answers for selects ----------------------------------------------------------------

    def page_urls(self) -> list[URLPattern]:
        return [self.page("choose/", "choose", self.choose)]

    def choose(self, request: HttpRequest) -> HttpResponse:
        """Matches for a search select; `halo_credential`, `client` narrow them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.model.objects.filter(active=True).order_by("name", "pk")
        return matches(request, self.narrowed(request, rows), *self.searched, label=self.choice_label)

    def narrowed(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        credential = id_of(request, "halo_credential")
        return rows.filter(halo_credential=credential) if credential is not None else rows

    def choice_label(self, row: Any) -> str:
        return str(row)


@admin.register(HaloClient)
class HaloClientAdmin(MirrorAdmin):
    list_display = ("name", "state_shown", "outside", "domain", "reference", "halo_credential", "changed")
    fields = ("name", "state_shown", "outside", "domain", "reference", "halo_credential", "changed", "links")
    in_halo = "customers"


@admin.register(HaloSite)
class HaloSiteAdmin(MirrorAdmin):
    list_display = ("name", "client_shown", "state_shown", "outside", "halo_credential", "changed")
    fields = ("name", "client_shown", "state_shown", "outside", "halo_credential", "changed")
    list_select_related = ("halo_credential", "client")
    search_fields = ("name", "client__name", "=halo_id")
    in_halo = "sites"

    @admin.display(description="Halo client [customer]", ordering="client__name")
    def client_shown(self, row: HaloSite) -> SafeString | str:
        return row_link(row.client)

    def narrowed(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Sites are chosen within a client; before one is chosen there are none."""
        return rows.filter(client=id_of(request, "client"))


@admin.register(HaloUser)
class HaloUserAdmin(MirrorAdmin):
    list_display = ("name", "email", "site", "state_shown", "outside", "halo_credential", "changed")
    fields = ("name", "email", "site", "state_shown", "outside", "halo_credential", "changed")
    list_select_related = ("halo_credential", "site__client")
    search_fields = ("name", "email", "site__client__name")
    searched = ("name", "email", "site__client__name")
    in_halo = "users"

    def narrowed(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().narrowed(request, rows).select_related("site__client")
        client = id_of(request, "client")
        return rows.filter(site__client=client) if client is not None else rows

    def choice_label(self, row: HaloUser) -> str:
        client = row.site.client if row.site else None
        return f"{row.name} ({client})" if client else row.name


@admin.register(HaloAssetType)
class HaloAssetTypeAdmin(MirrorAdmin):
    list_display = ("name", "group_name", "state_shown", "halo_id", "halo_credential")
    fields = ("name", "group_name", "state_shown", "field_names", "halo_id", "halo_credential")
    search_fields = ("name", "group_name")

    @admin.display(description="Fields")
    def field_names(self, row: HaloAssetType) -> str:
        names = dict(
            HaloField.objects.filter(halo_credential=row.halo_credential_id, kind="asset").values_list(
                "halo_id", "name"
            )
        )
        return ", ".join(names.get(number, f"field {number}") for number in row.field_ids) or "–"


@admin.register(HaloAsset)
class HaloAssetAdmin(MirrorAdmin):
    list_display = (
        "name",
        "inventory_number",
        "type_shown",
        "client_shown",
        "site",
        "state_shown",
        "outside",
        "changed",
    )
    fields = (
        "name",
        "inventory_number",
        "type_shown",
        "client_shown",
        "site",
        "state_shown",
        "outside",
        "halo_credential",
        "changed",
    )
    list_filter = (SEEN_THROUGH, ("asset_type", RelatedDropdownFilter), IS_ACTIVE)
    list_select_related = ("halo_credential", "client", "site", "asset_type")
    search_fields = ("name", "inventory_number", "key_field2", "key_field3", "client__name")
    searched = ("name", "inventory_number", "key_field2", "key_field3")
    panel_template = "bridge/asset_fields.html"
    in_halo = "assets"

    @admin.display(description="Asset type", ordering="asset_type__name")
    def type_shown(self, row: HaloAsset) -> SafeString | str:
        return str(row.asset_type or "–")

    @admin.display(description="Halo client [customer]", ordering="client__name")
    def client_shown(self, row: HaloAsset) -> SafeString | str:
        return row_link(row.client)

    def panel(self, request: HttpRequest, row: HaloAsset) -> dict[str, Any]:
        """Its fields by their names; what a list without fields brought is said."""
        names = {
            str(number): name
            for number, name in HaloField.objects.filter(
                halo_credential=row.halo_credential_id, kind="asset"
            ).values_list("halo_id", "name")
        }
        values = [
            (names.get(number, f"Field {number}"), value) for number, value in (row.fields or {}).items()
        ]
        return {"field_values": sorted(values), "fields_known": row.fields is not None}

    def narrowed(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Assets are chosen within a client."""
        return rows.filter(client=id_of(request, "client")).select_related("asset_type")

    def choice_label(self, row: HaloAsset) -> str:
        more = ", ".join(
            str(part) for part in (row.inventory_number, row.asset_type) if part and str(part) != row.name
        )
        return f"{row.name} ({more})" if more else row.name


@admin.register(HaloField)
class HaloFieldAdmin(MirrorAdmin):
    list_display = ("name", "kind", "state_shown", "mandatory", "data_length", "halo_id", "halo_credential")
    fields = ("name", "kind", "state_shown", "mandatory", "data_length", "halo_id", "halo_credential")


@admin.register(HaloOption)
class HaloOptionAdmin(HistoryAdmin):
    list_display = ("name", "kind_shown", "within", "state_shown", "halo_id", "halo_credential")
    fields = ("name", "kind_shown", "within", "state_shown", "halo_id", "halo_credential", "extra")
    list_filter = (("kind", ChoicesDropdownFilter), SEEN_THROUGH, IS_ACTIVE)
    list_select_related = ("halo_credential",)
    search_fields = ("name", "halo_id")
    empty_hint = MirrorAdmin.empty_hint

    @admin.display(description="Kind", ordering="kind")
    def kind_shown(self, row: HaloOption) -> str:
        return row.get_kind_display()

    @admin.display(description="State", ordering="active")
    def state_shown(self, row: HaloOption) -> SafeString:
        return active_badge(row)

    @admin.display(description="Within SLA")
    def within(self, row: HaloOption) -> str:
        return getattr(row, "sla_name", None) or row.parent or "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[HaloOption]:
        """With the name of the SLA that a priority belongs to."""
        sla = HaloOption.objects.filter(
            kind="sla", halo_credential=OuterRef("halo_credential"), halo_id=OuterRef("parent")
        )
        return super().get_queryset(request).annotate(sla_name=Subquery(sla.values("name")[:1]))
