"""Edit mapping: an asset of the company's client, or site and type for a new one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from integrations.admin.choosers import SearchSelect, asset_types, number_field
from integrations.admin.versions import VersionedForm
from integrations.models import Computer, HaloAsset, HaloCredential, HaloSite
from mappings.models import CompanyMapping, ComputerMapping, ProductMapping


class EditMappingForm(VersionedForm):
    """An existing asset, which keeps its site and type unless they are changed here; or a new one, with the
    company's default site preselected and a type of its own only where no product decides it."""

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
        self._mapping = mapping
        self._types = asset_types(credential.pk)
        self._default = self._default_type(credential, computer)
        self._add_existing(client, mapping)
        self._add_new(client, computer, mapping)
        self.initial = {
            "halo_asset": mapping.halo_asset_id if mapping else None,
            "wanted_site": mapping.wanted_site_id if mapping else None,
            "wanted_type": mapping.wanted_type if mapping else None,
            "halo_site": (mapping and mapping.halo_site_id) or (company and company.halo_site_id),
            "asset_type": mapping.asset_type if mapping else None,
        }

    @property
    def existing(self) -> list[forms.BoundField]:
        return [self["halo_asset"]]

    @property
    def changes(self) -> list[forms.BoundField]:
        """They count for an asset that is there only."""
        return [self[name] for name in ("wanted_site", "wanted_type")]

    @property
    def new(self) -> list[forms.BoundField]:
        return [self[name] for name in ("halo_site", "asset_type")]

    def _default_type(self, credential: HaloCredential, computer: Computer) -> str:
        """The name of the asset type that the computer's product decides; '' where none does."""
        rows = ProductMapping.objects.filter(halo_credential=credential, product=computer.product_id)
        default = rows.first()
        return dict(self._types).get(default.asset_type, "") if default else ""

    def _add_existing(self, client: int, mapping: ComputerMapping | None) -> None:
        self.fields["halo_asset"] = forms.ModelChoiceField(
            HaloAsset.objects.filter(client=client, active=True),
            required=False,
            label="Halo asset",
            help_text="Search by name, tag or key field. Empty: the next export creates a new asset.",
            widget=SearchSelect("admin:integrations_haloasset_choose", query=f"client={client}"),
            error_messages={"invalid_choice": "This asset is not (any more) one of the company's client."},
        )
        self.fields["wanted_site"] = _site_field(
            client, "Change its site to", "Empty: it keeps its own. The next export moves it."
        )
        self.fields["wanted_type"] = number_field(
            self._types,
            label="Change its asset type to",
            chosen=mapping.wanted_type if mapping else None,
            help_text="None: it keeps its own. The next export changes it.",
        )

    def _add_new(self, client: int, computer: Computer, mapping: ComputerMapping | None) -> None:
        self.fields["halo_site"] = _site_field(client, "Site", "Preselected: the default site of the client.")
        told = (
            f"None: {self._default}, the default of {computer.product}."
            if self._default
            else "Has to be chosen, because its product has no default asset type."
        )
        self.fields["asset_type"] = number_field(
            self._types,
            label="Asset type",
            chosen=mapping.asset_type if mapping else None,
            help_text=told,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_new = not cleaned.get("halo_asset") and "halo_asset" not in self.errors
        if is_new and not cleaned.get("asset_type") and not self._default and "asset_type" not in self.errors:
            self.add_error("asset_type", "Choose an asset type: no product decides it.")
        return cleaned

    def shown(self) -> Any:
        """The mapping itself: what of the company is preselected may change."""
        mapping = self._mapping
        if mapping is None:
            return None
        names = ("halo_asset_id", "wanted_site_id", "wanted_type", "halo_site_id", "asset_type")
        return [getattr(mapping, name) for name in names]

    def take_problem(self, problem: ValidationError) -> None:
        """Put each sentence beside its field, the rest above the form."""
        told = problem.message_dict if hasattr(problem, "error_dict") else {"": problem.messages}
        for field, sentences in told.items():
            self.add_error(field if field in self.fields else None, sentences)


def _site_field(client: int, label: str, help_text: str) -> forms.ModelChoiceField[HaloSite]:
    return forms.ModelChoiceField(
        HaloSite.objects.filter(client=client, active=True),
        required=False,
        label=label,
        help_text=help_text,
        widget=SearchSelect("admin:integrations_halosite_choose", query=f"client={client}"),
    )
