"""Halo data: clients [customers], their sites, and the end users of those."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from integrations.admin.choosers import id_of
from integrations.admin.display import row_link, text_column
from integrations.admin.exporting import ExportedList
from integrations.admin.halo_objects import IS_ACTIVE, SEEN_THROUGH, MirrorAdmin, client_column
from integrations.admin.halo_sheets import CLIENT_COLUMNS, SITE_COLUMNS, USER_COLUMNS
from integrations.admin.linked_filter import LinkedFilter
from integrations.choices import Resource
from integrations.models import HaloAsset, HaloClient, HaloLicence, HaloSite, HaloUser

OF_CLIENT = ("client", AutocompleteSelectFilter)


@admin.register(HaloClient)
class HaloClientAdmin(ExportedList, MirrorAdmin):
    list_display = ("name", "state_shown", "outside", "domain", "reference", "halo_credential", "changed")
    fields = (
        "name",
        "state_shown",
        "outside",
        "domain",
        "reference",
        "merged",
        "halo_credential",
        "changed",
        "links_shown",
    )
    list_filter = (SEEN_THROUGH, IS_ACTIVE, LinkedFilter)
    list_select_related = ("halo_credential", "merged_into")
    panel_template = "bridge/client_belongings.html"
    in_halo = "customers"
    resource = Resource.CLIENTS
    exported = CLIENT_COLUMNS
    exported_as = "clients"

    @admin.display(description="Merged into")
    def merged(self, row: HaloClient) -> SafeString | str:
        return row_link(row.merged_into)

    def panel(self, request: HttpRequest, row: HaloClient) -> dict[str, Any]:
        return {
            **super().panel(request, row),
            "belongings": belongings_of(row),
        }


def belongings_of(client: HaloClient) -> list[dict[str, Any]]:
    """What belongs to a client: how many active ones, and the list of them. One query."""
    owned: list[tuple[str, type[Model], str]] = [
        ("Sites", HaloSite, "client"),
        ("Halo users (end users)", HaloUser, "site__client"),
        ("Assets", HaloAsset, "client"),
        ("Software licences", HaloLicence, "client"),
    ]
    counted = HaloClient.objects.filter(pk=client.pk).values_list(
        *(_number_of(model, path) for _, model, path in owned)
    )
    return [
        {
            "label": label,
            "count": number,
            "url": f"{reverse(f'admin:integrations_{model._meta.model_name}_changelist')}"
            f"?{path}__id__exact={client.pk}&active__exact=1",
        }
        for (label, model, path), number in zip(owned, counted[0], strict=True)
    ]


def _number_of(model: Any, path: str) -> Coalesce:
    rows = model.objects.filter(**{path: OuterRef("pk"), "active": True}).order_by().values(path)
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


@admin.register(HaloSite)
class HaloSiteAdmin(ExportedList, MirrorAdmin):
    list_display = ("name", "client_shown", "state_shown", "outside", "halo_credential", "changed")
    fields = ("name", "client_shown", "state_shown", "outside", "halo_credential", "changed")
    list_filter = (SEEN_THROUGH, OF_CLIENT, IS_ACTIVE)
    list_select_related = ("halo_credential", "client")
    search_fields = ("name", "client__name", "=halo_id")
    in_halo = "sites"
    resource = Resource.SITES
    exported = SITE_COLUMNS
    exported_as = "sites"
    client_shown = client_column()

    def narrowed(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Sites are chosen within a client; before one is chosen there are none."""
        return rows.filter(client=id_of(request, "client"))


@admin.register(HaloUser)
class HaloUserAdmin(ExportedList, MirrorAdmin):
    list_display = (
        "name",
        "email_shown",
        "client_shown",
        "site",
        "state_shown",
        "outside",
        "halo_credential",
        "changed",
    )
    fields = (
        "name",
        "email_shown",
        "client_shown",
        "site",
        "state_shown",
        "outside",
        "halo_credential",
        "changed",
    )
    list_filter = (SEEN_THROUGH, ("site__client", AutocompleteSelectFilter), IS_ACTIVE)
    list_select_related = ("halo_credential", "site__client")
    search_fields = ("name", "email", "site__client__name")
    searched = ("name", "email", "site__client__name")
    in_halo = "users"
    resource = Resource.USERS
    exported = USER_COLUMNS
    exported_as = "users"
    client_shown = client_column("site.client")
    email_shown = text_column("email", "Email")

    def narrowed(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().narrowed(request, rows).select_related("site__client")
        client = id_of(request, "client")
        return rows.filter(site__client=client) if client is not None else rows

    def choice_label(self, row: HaloUser) -> str:
        client = row.site.client if row.site else None
        return f"{row.name} ({client})" if client else row.name
