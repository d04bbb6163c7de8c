"""Choosing client and site of a company by name."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldBooleanSwitchWidget

from integrations.admin.choosers import SearchSelect, client_field
from integrations.admin.versions import VersionedForm
from integrations.models import HaloCredential, HaloSite
from mappings.models import CompanyMapping

CLIENT_HELP = "Tickets and new assets of the company are made for this client."
SITE_HELP = "New assets and tickets of this company go here. Empty: the client's main site."


def _site_field(credential: HaloCredential | int) -> forms.ModelChoiceField[HaloSite]:
    number = credential if isinstance(credential, int) else credential.pk
    return forms.ModelChoiceField(
        HaloSite.objects.filter(halo_credential=number, active=True),
        label="Default site",
        required=False,
        help_text=SITE_HELP,
        widget=SearchSelect(
            "admin:integrations_halosite_choose", depends_on="id_halo_client", parameter="client"
        ),
        error_messages={"invalid_choice": "This site is not (any more) one of this HaloPSA credential."},
    )


def _switch(name: str) -> forms.BooleanField:
    field: Any = CompanyMapping._meta.get_field(name)
    return forms.BooleanField(
        label=str(field.verbose_name).capitalize(),
        help_text=field.help_text,
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )


class ChooseClientForm(VersionedForm):
    """Client, site and switches for one company; `mapped`: those that it has already."""

    create_tickets = _switch("create_tickets")
    no_notification = _switch("no_notification")
    enable_configuration = _switch("enable_configuration")

    def __init__(
        self, credential: HaloCredential, *args: Any, mapped: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.mapped = mapped
        self.fields["halo_client"] = client_field(credential.pk, help_text=CLIENT_HELP)
        self.fields["halo_site"] = _site_field(credential)
        self.order_fields(["halo_client", "halo_site"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        client, site = cleaned.get("halo_client"), cleaned.get("halo_site")
        if client and site and site.client_id != client.pk:
            self.add_error("halo_site", f"This site is not one of the client {client}.")
        return cleaned

    def shown(self) -> Any:
        return self.mapped


class CompanyMappingForm(forms.ModelForm):  # type: ignore[type-arg]
    """The change form of a mapping; company and credential stay as they are."""

    class Meta:
        model = CompanyMapping
        fields = ("halo_client", "halo_site", "create_tickets", "no_notification", "enable_configuration")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "halo_client" in self.fields:
            self.fields["halo_client"] = client_field(self.instance.halo_credential_id, help_text=CLIENT_HELP)
            self.fields["halo_site"] = _site_field(self.instance.halo_credential_id)
