"""What has changed in HaloPSA: renamed, moved, merged, made inactive, gone and back."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from integrations.admin.bases import HistoryAdmin
from integrations.admin.display import badge_column, before_and_after, link, time_column
from integrations.admin.halo_objects import SEEN_THROUGH
from integrations.admin.tones import CHANGE_TONES
from integrations.choices import Resource
from integrations.models import (
    HaloAsset,
    HaloAssetType,
    HaloChange,
    HaloClient,
    HaloField,
    HaloLicence,
    HaloSite,
    HaloUser,
)

MODELS: dict[str, Any] = {
    Resource.CLIENTS: HaloClient,
    Resource.SITES: HaloSite,
    Resource.USERS: HaloUser,
    Resource.ASSET_TYPES: HaloAssetType,
    Resource.FIELDS: HaloField,
    Resource.LICENCES: HaloLicence,
    Resource.ASSETS: HaloAsset,
}


@admin.register(HaloChange)
class HaloChangeAdmin(HistoryAdmin):
    list_display = ("noticed", "kind_shown", "resource_shown", "told", "halo_credential", "object_link")
    fields = ("noticed", "kind_shown", "resource_shown", "told", "halo_credential", "object_link")
    list_display_links = ("noticed",)
    list_filter = (("kind", ChoicesDropdownFilter), ("resource", ChoicesDropdownFilter), SEEN_THROUGH)
    list_select_related = ("halo_credential",)
    search_fields = ("before", "after", "=halo_id")
    search_help_text = "Name before or after, HaloPSA ID"
    empty_hint = (
        "What is renamed, moved, merged or made inactive in HaloPSA is listed here from the next sync on."
    )

    noticed = time_column("noticed_at", "Noticed")
    kind_shown = badge_column("kind", "What", CHANGE_TONES)

    @admin.display(description="Of", ordering="resource")
    def resource_shown(self, row: HaloChange) -> str:
        return row.get_resource_display().split(" [")[0]

    @admin.display(description="Before → after", ordering="after")
    def told(self, row: HaloChange) -> SafeString:
        return before_and_after(row)

    @admin.display(description="HaloPSA ID", ordering="halo_id")
    def object_link(self, row: HaloChange) -> SafeString | str:
        """Leads to the object's list narrowed to it: finding each row's own page would cost a query each."""
        model = MODELS.get(row.resource)
        if model is None:
            return str(row.halo_id)
        changelist = f"admin:integrations_{model._meta.model_name}_changelist"
        query = f"halo_credential__id__exact={row.halo_credential_id}&halo_id={row.halo_id}"
        return link(f"{reverse(changelist)}?{query}", row.halo_id)
