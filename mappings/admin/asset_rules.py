"""Asset rules: when assets of gone computers are made inactive, and what new asset types belong to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from django.http import HttpRequest
from unfold.contrib.filters.admin import RelatedDropdownFilter

from integrations.admin.bases import BridgeAdmin
from integrations.admin.choosers import number_field, options
from integrations.admin.credential_choice import CredentialFirst
from integrations.choices import OptionKind
from integrations.models import HaloOption
from mappings.models import AssetRules

NOTHING_YET = "The choices appear here after the first sync of the HaloPSA credential."
TAKEN = "This credential has asset rules already; change those."


class AssetRulesForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = AssetRules
        fields = ("grace_days", "gone_status", "reactivate", "main_site", "asset_group")

    def __init__(self, *args: Any, credential_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.credential_id = credential_id
        for name, kind in (("gone_status", OptionKind.ASSET_STATUS), ("asset_group", OptionKind.ASSET_GROUP)):
            column: Any = AssetRules._meta.get_field(name)
            if name in self.fields and credential_id is not None:
                self.fields[name] = number_field(
                    options(credential_id, kind),
                    label=str(column.verbose_name).capitalize(),
                    chosen=getattr(self.instance, name),
                    help_text=str(column.help_text),
                    nothing_yet=NOTHING_YET,
                )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        others = AssetRules.objects.filter(halo_credential=self.credential_id).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(TAKEN)
        return cleaned


@admin.register(AssetRules)
class AssetRulesAdmin(CredentialFirst, BridgeAdmin):
    form = AssetRulesForm
    fields = ("grace_days", "gone_status", "reactivate", "main_site", "asset_group")
    list_display = ("halo_credential", "grace_days", "status_shown", "reactivate", "group_shown")
    list_filter = (("halo_credential", RelatedDropdownFilter),)
    list_select_related = ("halo_credential",)
    empty_hint = (
        "Credentials without rules of their own have the defaults: 7 grace days, the status stays, and an "
        "asset is active again when its computer is back."
    )

    def save_model(self, request: HttpRequest, obj: AssetRules, form: Any, change: bool) -> None:
        if not change:
            obj.halo_credential_id = self.credential_id(request, None)  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AssetRules]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                status_name=_name_of(OptionKind.ASSET_STATUS, "gone_status"),
                group_name=_name_of(OptionKind.ASSET_GROUP, "asset_group"),
            )
        )

    @admin.display(description="Status of a gone asset", ordering="status_name")
    def status_shown(self, row: Any) -> str:
        return row.status_name or ("no longer in HaloPSA" if row.gone_status else "stays as it is")

    @admin.display(description="Asset group of new asset types", ordering="group_name")
    def group_shown(self, row: Any) -> str:
        return row.group_name or ("no longer in HaloPSA" if row.asset_group else "–")


def _name_of(kind: OptionKind, column: str) -> Subquery:
    """The name of the choice whose Halo id the column holds."""
    rows = HaloOption.objects.filter(
        halo_credential=OuterRef("halo_credential"),
        kind=kind,
        halo_id=Cast(OuterRef(column), CharField()),
    )
    return Subquery(rows.values("name")[:1])
