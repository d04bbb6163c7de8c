"""Field mappings: which attribute of a computer goes into which Halo asset field, and who owns it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.widgets import UnfoldAdminSelect2Widget

from integrations.admin.bases import BridgeAdmin
from integrations.admin.choosers import asset_fields, asset_types, number_field
from integrations.admin.credential_choice import CredentialFirst
from integrations.admin.display import badge_column
from integrations.models import HaloAssetType, HaloField
from mappings.attributes import ATTRIBUTE_CHOICES
from mappings.models import FieldMapping

AFTER_SYNC = "The choices appear after the first sync of the HaloPSA credential."


class FieldMappingForm(forms.ModelForm):  # type: ignore[type-arg]
    attribute = forms.ChoiceField(
        choices=ATTRIBUTE_CHOICES,
        widget=UnfoldAdminSelect2Widget,
        help_text="What the console tells of a computer.",
    )

    class Meta:
        model = FieldMapping
        fields = ("attribute", "field_id", "asset_type", "owner")

    def __init__(self, *args: Any, credential_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "field_id" not in self.fields:
            return
        self.instance.halo_credential_id = self.instance.halo_credential_id or credential_id
        self.fields["field_id"] = number_field(
            asset_fields([credential_id] if credential_id else []),
            label="Halo field",
            chosen=self.instance.field_id,
            required=True,
            nothing_yet=AFTER_SYNC,
        )
        self.fields["asset_type"] = number_field(
            asset_types(credential_id),
            label="Asset type",
            chosen=self.instance.asset_type,
            help_text="Only for assets of this type. None: for all types.",
            nothing_yet=AFTER_SYNC,
        )

    def _get_validation_exclusions(self) -> set[str]:
        """The credential is no input, but the unique rules need it."""
        return set(super()._get_validation_exclusions()) - {"halo_credential"}  # type: ignore[misc]


@admin.register(FieldMapping)
class FieldMappingAdmin(CredentialFirst, BridgeAdmin):
    form = FieldMappingForm
    fields = ("attribute", "field_id", "asset_type", "owner")
    list_display = ("attribute_name", "field_name", "type_name", "owner_shown", "halo_credential")
    list_filter = (("halo_credential", RelatedDropdownFilter),)
    list_select_related = ("halo_credential",)
    search_fields = ("attribute",)
    empty_hint = (
        "Without a table of your own, well-known fields (name, serial number, model, operating system …) are "
        "found by their names in HaloPSA. Add rows here to decide it yourself."
    )
    owner_shown = badge_column("owner", "Owner", {"console": "good", "fill": "info"})

    @admin.display(description="Attribute of the computer", ordering="attribute")
    def attribute_name(self, row: FieldMapping) -> str:
        return dict(ATTRIBUTE_CHOICES).get(row.attribute, row.attribute)

    @admin.display(description="Halo field")
    def field_name(self, row: Any) -> str:
        return row.named or "No longer in HaloPSA"

    @admin.display(description="Asset type")
    def type_name(self, row: Any) -> str:
        return "All types" if row.asset_type is None else row.type_named or "No longer in HaloPSA"

    def get_queryset(self, request: HttpRequest) -> QuerySet[FieldMapping]:
        same = {"halo_credential": OuterRef("halo_credential")}
        fields = HaloField.objects.filter(kind="asset", halo_id=OuterRef("field_id"), **same)
        types = HaloAssetType.objects.filter(halo_id=OuterRef("asset_type"), **same)
        return (
            super()
            .get_queryset(request)
            .annotate(
                named=Subquery(fields.values("name")[:1]), type_named=Subquery(types.values("name")[:1])
            )
        )
