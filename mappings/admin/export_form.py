"""Export computers: what is looked at and what kind of asset those become whose product decides nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelect2Widget

from integrations.admin.choosers import SearchSelect, asset_types, number_field
from integrations.models import Company, Console, HaloCredential, Plan
from mappings.planning import new_plan


class ExportForm(forms.Form):
    """One credential's plan of assets. Nothing is written by making it: the preview comes first."""

    def __init__(self, credential: HaloCredential, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.credential = credential
        self.fields["console"] = forms.ModelChoiceField(
            Console.objects.order_by("name"),
            required=False,
            empty_label="All consoles",
            widget=UnfoldAdminSelect2Widget,
        )
        self.fields["company"] = forms.ModelChoiceField(
            Company.objects.filter(mappings__halo_credential=credential),
            required=False,
            help_text="Only mapped companies are offered. Empty: all of them.",
            widget=SearchSelect(
                "admin:mappings_companymapping_companies", query=f"halo_credential={credential.pk}"
            ),
        )
        self.fields["asset_type"] = number_field(
            asset_types(credential.pk),
            label="Asset type",
            help_text=(
                "For computers whose product has no default asset type and for which none was chosen by "
                "hand. None: they are left out, with that reason."
            ),
            nothing_yet="Asset types appear here after the first sync.",
        )

    def make_plan(self, staff: Any) -> Plan:
        """Raises `ValidationError` with a sentence."""
        chosen = self.cleaned_data
        parameters = {"asset_type": chosen["asset_type"]} if chosen["asset_type"] is not None else {}
        return new_plan(
            console=chosen["console"],
            company=chosen["company"],
            halo_credential=self.credential,
            parameters=parameters,
            created_by=staff,
        )
