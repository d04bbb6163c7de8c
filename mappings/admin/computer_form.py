"""Edit mapping: an asset of the company's client, or site and type for a new one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from integrations.admin.choosers import SearchSelect, asset_types, number_field
from integrations.models import Computer, HaloAsset, HaloCredential, HaloSite
from mappings.models import CompanyMapping, ComputerMapping, ProductMapping


class EditMappingForm(forms.Form):
    """Site is preselected with the company's default; the type is needed only where no product decides it."""

    def __init__(
        self,
        credential: HaloCredential,
        computer: Computer,
        company: CompanyMapping | None,
        mapping: ComputerMapping | None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        client = company.halo_client_id if company else 0
        self._add_selects(client)
        self.fields["asset_type"] = number_field(
            asset_types(credential.pk),
            label="Asset type",
            chosen=mapping.asset_type if mapping else None,
            help_text=_type_help(credential, computer),
        )
        self.initial = {
            "halo_asset": mapping.halo_asset_id if mapping else None,
            "halo_site": (mapping and mapping.halo_site_id) or (company and company.halo_site_id),
            "asset_type": mapping.asset_type if mapping else None,
        }

    def _add_selects(self, client: int) -> None:
        self.fields["halo_asset"] = forms.ModelChoiceField(
            HaloAsset.objects.filter(client=client, active=True),
            required=False,
            label="Halo asset",
            help_text="Search by name, tag or key field. Empty: the next export creates a new asset.",
            widget=SearchSelect("admin:integrations_haloasset_choose", query=f"client={client}"),
            error_messages={"invalid_choice": "This asset is not (any more) one of the company's client."},
        )
        self.fields["halo_site"] = forms.ModelChoiceField(
            HaloSite.objects.filter(client=client, active=True),
            required=False,
            label="Site",
            help_text="For a new asset. An asset that is there already keeps its own site.",
            widget=SearchSelect("admin:integrations_halosite_choose", query=f"client={client}"),
        )

    def take_problem(self, problem: ValidationError) -> None:
        """Put each sentence beside its field, the rest above the form."""
        told = problem.message_dict if hasattr(problem, "error_dict") else {"": problem.messages}
        for field, sentences in told.items():
            self.add_error(field if field in self.fields else None, sentences)


def _type_help(credential: HaloCredential, computer: Computer) -> str:
    default = ProductMapping.objects.filter(halo_credential=credential, product=computer.product_id).first()
    names = dict(asset_types(credential.pk))
    if default and default.asset_type in names:
        return f"For a new asset. None: {names[default.asset_type]}, the default of {computer.product}."
    return "For a new asset. Needed, because its product has no default asset type."
