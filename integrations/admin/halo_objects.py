"""Pages of everything that is mirrored from HaloPSA: lists to look at, answers for selects, its history."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import BooleanRadioFilter, RelatedDropdownFilter

from integrations.admin.bases import HistoryAdmin
from integrations.admin.choosers import id_of, matches
from integrations.admin.display import NOTHING, active_badge, halo_url, outside_link, row_link, time_column
from integrations.choices import Resource
from integrations.models import HaloChange, HaloCredential, HaloSnapshot
from integrations.sync.rights import RESOURCE_NEEDS

SEEN_THROUGH = ("halo_credential", RelatedDropdownFilter)
IS_ACTIVE = ("active", BooleanRadioFilter)
NEWEST_CHANGES = 50
ONE_OF_SEVERAL = "{} ({})"
"""A name that exists in several HaloPSA, with the credential that it is seen through."""


def client_column(path: str = "client") -> Any:
    """A link to the client that a row belongs to; `path` leads there through `site` for end users."""

    @admin.display(description="Halo client [customer]", ordering=f"{path.replace('.', '__')}__name")
    def shown(_: Any, row: Any) -> SafeString | str:
        for name in path.split("."):
            row = getattr(row, name) if row is not None else None
        return row_link(row)

    return shown


def lacked_by_all(right: str) -> str:
    """Why HaloPSA refuses something to every credential in use; "" where one of them may. One query."""
    lacks = [(row, row.lacks(right)) for row in HaloCredential.objects.filter(enabled=True)]
    if not lacks or not all(why for _, why in lacks):
        return ""
    return " ".join(f"{row}: {why}" for row, why in lacks)


class MirrorAdmin(HistoryAdmin):
    """A mirrored list. `in_halo` names HaloPSA's own page for the object; `resource` what its history is."""

    list_filter: ClassVar[Any] = (SEEN_THROUGH, IS_ACTIVE)
    list_select_related: ClassVar[Any] = ("halo_credential",)
    search_fields: ClassVar[Any] = ("name", "=halo_id")
    change_form_outer_after_template = "bridge/halo_object.html"
    in_halo = ""
    resource: ClassVar[str] = ""
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

    @admin.display(description="IDs in other integrations")
    def links_shown(self, row: Any) -> str:
        return ", ".join(f"{name}: {value}" for name, value in sorted((row.links or {}).items())) or NOTHING

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what a row refers to, so that its own page costs no query for each of them."""
        return super().get_queryset(request).select_related(*self.list_select_related)

    def why_empty(self) -> str:
        """The right that every credential lacks; "" where one may read it, and the hint is right."""
        return lacked_by_all(RESOURCE_NEEDS[Resource(self.resource)]) if self.resource else ""

    # ---- the page of one object -------------------------------------------------------------

    def panel(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """`parts`: templates below what the row itself tells, in their order; its history follows."""
        return {"parts": (), "history": history_of(self.resource, row) if self.resource else None}

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


def history_of(resource: str, row: HaloSnapshot) -> dict[str, Any]:
    """The newest changes of an object, whether there are more, and where all of them are. One query."""
    changes = HaloChange.objects.filter(
        halo_credential=row.halo_credential_id, resource=resource, halo_id=row.halo_id
    )
    newest = list(changes[: NEWEST_CHANGES + 1])
    query: dict[str, Any] = {
        "halo_credential__id__exact": row.halo_credential_id,
        "resource__exact": resource,
        "halo_id": row.halo_id,
    }
    return {
        "rows": newest[:NEWEST_CHANGES],
        "more": len(newest) > NEWEST_CHANGES,
        "url": f"{reverse('admin:integrations_halochange_changelist')}?{urlencode(query)}",
        "what": Resource(resource).label,
    }
