"""Halo data: asset types, definitions of fields, and the choices that live in HaloPSA."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from integrations.admin.bases import HistoryAdmin
from integrations.admin.display import active_badge
from integrations.admin.halo_objects import IS_ACTIVE, SEEN_THROUGH, MirrorAdmin
from integrations.choices import Resource
from integrations.models import HaloAssetType, HaloField, HaloOption


@admin.register(HaloAssetType)
class HaloAssetTypeAdmin(MirrorAdmin):
    list_display = ("name", "group_name", "state_shown", "halo_id", "halo_credential")
    fields = ("name", "group_name", "state_shown", "field_names", "halo_id", "halo_credential")
    search_fields = ("name", "group_name")
    resource = Resource.ASSET_TYPES

    @admin.display(description="Fields")
    def field_names(self, row: HaloAssetType) -> str:
        names = field_names(row.halo_credential_id, "asset")
        return ", ".join(names.get(number, f"field {number}") for number in row.field_ids) or "–"


def field_names(credential_id: int, kind: str) -> dict[int, str]:
    """Halo's id of a field to its name; `kind` as in HaloField."""
    rows = HaloField.objects.filter(halo_credential=credential_id, kind=kind)
    return dict(rows.values_list("halo_id", "name"))


@admin.register(HaloField)
class HaloFieldAdmin(MirrorAdmin):
    list_display = ("name", "kind", "state_shown", "mandatory", "data_length", "halo_id", "halo_credential")
    fields = (
        "name",
        "kind",
        "state_shown",
        "mandatory",
        "data_length",
        "choices_shown",
        "halo_id",
        "halo_credential",
    )

    @admin.display(description="Choices of the pick list")
    def choices_shown(self, row: HaloField) -> str:
        return ", ".join(_name_of_choice(choice) for choice in row.values) or "–"


def _name_of_choice(choice: object) -> str:
    """A pair of id and name, as the mirror stores it."""
    return str(choice[-1]) if isinstance(choice, list | tuple) and choice else str(choice)


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
