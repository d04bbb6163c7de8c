"""Rows of a preview: another asset type, site or tag for the new assets that they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextInputWidget

from integrations.admin.choosers import SearchSelect, asset_types, number_field
from integrations.models import HaloSite, Plan, Run
from mappings.models import ExportChoice
from mappings.planning import choose, clients_of

KEEP = "Empty: as it is."
AS_PLANNED = "Empty: as the export decides it."


class ChoiceForm(forms.Form):
    """For one computer it shows what was chosen and replaces it; for several it sets what is filled in."""

    def __init__(self, plan: Plan, computers: Sequence[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan, self.computers = plan, computers
        self.single = len(computers) == 1
        empty = AS_PLANNED if self.single else KEEP
        earlier = self._earlier()
        self.fields["asset_type"] = number_field(
            asset_types(plan.halo_credential_id),
            label="Asset type",
            chosen=earlier.asset_type if earlier else None,
            help_text=empty,
        )
        self._add_site(clients_of(plan, computers), empty)
        if self.single:
            self.fields["inventory_number"] = forms.CharField(
                label="Asset tag",
                required=False,
                max_length=255,
                help_text=AS_PLANNED,
                widget=UnfoldAdminTextInputWidget,
            )
        if earlier:
            self.initial = {
                "asset_type": earlier.asset_type,
                "halo_site": earlier.halo_site_id,
                "inventory_number": earlier.inventory_number,
            }

    def _earlier(self) -> ExportChoice | None:
        if not self.single:
            return None
        return ExportChoice.objects.filter(plan=self.plan, computer=self.computers[0]).first()

    def _add_site(self, clients: Sequence[tuple[int, str]], empty: str) -> None:
        """Only where all rows are of one client: a site is one client's."""
        if len(clients) != 1:
            return
        client, name = clients[0]
        self.fields["halo_site"] = forms.ModelChoiceField(
            HaloSite.objects.filter(client=client, active=True),
            required=False,
            label="Site",
            help_text=f"A site of {name}. {empty}",
            widget=SearchSelect("admin:integrations_halosite_choose", query=f"client={client}"),
        )

    def take_over(self, staff: Any) -> Run | None:
        """The run that plans anew; None if nothing was chosen, or with the sentence on the form."""
        values = {
            name: value for name, value in self.cleaned_data.items() if self.single or value not in (None, "")
        }
        try:
            return choose(self.plan, self.computers, values, staff)
        except ValidationError as problem:
            told = problem.message_dict if hasattr(problem, "error_dict") else {"": problem.messages}
            for field, sentences in told.items():
                self.add_error(field if field in self.fields else None, sentences)
            return None
