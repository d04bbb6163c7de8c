"""Export computers: which ones, and what their new assets are like. Nothing is written by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from unfold.widgets import (
    UnfoldAdminSelect2Widget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from integrations.admin.choosers import SearchSelect, asset_types, number_field, numbers_field
from integrations.models import Company, Computer, Console, HaloCredential, HaloField, HaloSite, Plan, Product
from mappings.attributes import usual_fields
from mappings.models import FieldMapping, ProductMapping, TargetKind
from mappings.planning import HOST, TAG_CHOICES, TEMPLATE, name_computers, new_plan, template_problem

MOST_PRODUCTS = 60
"""Offered in the dialog, by name; the others have their page of default asset types."""
NO_COMPUTER = "None of these computers is there any more, or none fits the filter."
SITE_WITHOUT_COMPANY = "A site is one client's: choose the company, too."


class ExportForm(forms.Form):
    """One credential's plan of assets. Nothing is written by making it: the preview comes first."""

    def __init__(
        self,
        credential: HaloCredential,
        *args: Any,
        computers: QuerySet[Computer] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.credential, self.computers = credential, computers
        self.types = asset_types(credential.pk)
        if computers is None:
            self._add_scope()
        self._add_type()
        self._add_products()
        self._add_place()
        self._add_content()

    def _add_scope(self) -> None:
        self.fields["console"] = forms.ModelChoiceField(
            Console.objects.order_by("name"),
            required=False,
            empty_label="All consoles",
            help_text="Whose computers are exported. Empty: those of all consoles.",
            widget=UnfoldAdminSelect2Widget,
        )
        self.fields["company"] = forms.ModelChoiceField(
            Company.objects.filter(
                mappings__halo_credential=self.credential, mappings__archived_at__isnull=True
            ),
            required=False,
            help_text="Only mapped companies are offered. Empty: all of them.",
            widget=SearchSelect(
                "admin:mappings_companymapping_companies", query=f"halo_credential={self.credential.pk}"
            ),
        )

    def _add_type(self) -> None:
        self.fields["asset_type"] = number_field(
            self.types,
            label="Asset type",
            help_text=(
                "For computers whose product has no default asset type and for which none was chosen by "
                "hand. None: they are left out, with that reason. Each row can be changed in the preview."
            ),
            nothing_yet="Asset types appear here after the first sync.",
        )

    def _add_products(self) -> None:
        """One select per product; what is left at its default is not part of the plan."""
        among = self.computers if self.computers is not None else Computer.objects.all()
        own = among.filter(
            active=True,
            company__mappings__halo_credential=self.credential,
            company__mappings__archived_at__isnull=True,
        )
        rows = Product.objects.filter(Exists(own.filter(product=OuterRef("pk")).order_by()))
        self.products = list(rows.select_related("console").order_by("name", "pk")[:MOST_PRODUCTS])
        stored = ProductMapping.objects.filter(halo_credential=self.credential, product__in=self.products)
        self.defaults: dict[int, int] = dict(stored.values_list("product_id", "asset_type"))
        for product in self.products:
            default = self.defaults.get(product.pk)
            field = number_field(self.types, label="asset type", chosen=default)
            field.initial = default
            field.widget.attrs["aria-label"] = f"Asset type for {product}"
            self.fields[f"product_{product.pk}"] = field

    def _add_place(self) -> None:
        self.fields["halo_site"] = forms.ModelChoiceField(
            HaloSite.objects.filter(halo_credential=self.credential, active=True),
            required=False,
            label="Site",
            help_text="For new assets of its client. Empty: the default site of each company.",
            widget=SearchSelect(
                "admin:integrations_halosite_choose", query=f"halo_credential={self.credential.pk}"
            ),
        )
        self.fields["main_site"] = forms.BooleanField(
            required=False,
            label="Where a company has no default site, use the main site of its client",
            help_text="Off: such computers are left out, with that reason.",
            widget=UnfoldBooleanSwitchWidget,
        )

    def _add_content(self) -> None:
        self.fields["fields"] = numbers_field(
            _writable_fields(self.credential),
            label="Fields",
            help_text=(
                "Only these are written, no other fields, custom fields or properties. None chosen: all that "
                "are mapped. New assets always get their key fields."
            ),
        )
        self.fields["tag"] = forms.ChoiceField(
            label="Asset tag",
            choices=TAG_CHOICES,
            initial=HOST,
            required=False,
            help_text=(
                "Of new assets. HaloPSA gives its next tag only if automatic tags are switched on there. A "
                "tag that an asset has already gets a number."
            ),
            widget=UnfoldAdminSelect2Widget,
        )
        self.fields["tag_template"] = forms.CharField(
            label="Template of the asset tag",
            required=False,
            help_text="Such as {client}-{host_name} or {serial_number}; used if “Template” is chosen.",
            widget=UnfoldAdminTextInputWidget,
        )

    # ---- as the page shows it ----------------------------------------------------------------

    def product_rows(self) -> list[tuple[Product, Any]]:
        return [(product, self[f"product_{product.pk}"]) for product in self.products]

    def plain_fields(self) -> list[Any]:
        return [field for field in self if not field.name.startswith("product_")]

    # ---- what was chosen ---------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        chosen: dict[str, Any] = super().clean() or {}
        if chosen.get("tag") == TEMPLATE and (problem := template_problem(chosen.get("tag_template", ""))):
            self.add_error("tag_template", problem)
        site, company = chosen.get("halo_site"), chosen.get("company")
        if site and self.computers is None and company is None:
            self.add_error("halo_site", SITE_WITHOUT_COMPANY)
        elif site and company and not _is_client_of(site, company, self.credential):
            self.add_error("halo_site", f"This site is not one of the client that {company} is mapped to.")
        return chosen

    def parameters(self) -> dict[str, Any]:
        """As `new_plan` explains them; what is left at its default is not named."""
        chosen = self.cleaned_data
        asked = [product.pk for product in self.products if f"product_{product.pk}" in self.data]
        types = {pk: chosen[f"product_{pk}"] for pk in asked}
        # None beside a default: such computers have no type of their own here.
        # None beside a default: for this export such a product decides nothing.
        differing = {str(pk): kind for pk, kind in types.items() if kind != self.defaults.get(pk)}
        found = {
            "product_types": differing,
            "fields": sorted(chosen["fields"]),
            "halo_site": chosen["halo_site"].pk if chosen["halo_site"] else None,
            "main_site": chosen["main_site"],
            "tag": chosen["tag"] if chosen["tag"] != HOST else "",
            "tag_template": chosen["tag_template"] if chosen["tag"] == TEMPLATE else "",
        }
        if chosen["asset_type"] is not None:
            found["asset_type"] = chosen["asset_type"]
        return {name: value for name, value in found.items() if value}

    def make_plan(self, staff: Any) -> Plan:
        """Raises `ValidationError` with a sentence; then there is none."""
        with transaction.atomic():
            plan = new_plan(
                console=self.cleaned_data.get("console"),
                company=self.cleaned_data.get("company"),
                halo_credential=self.credential,
                parameters=self.parameters(),
                created_by=staff,
            )
            if self.computers is not None and not name_computers(plan, self.computers):
                raise ValidationError(NO_COMPUTER)
        return plan


def _is_client_of(site: HaloSite, company: Company, credential: HaloCredential) -> bool:
    return company.mappings.filter(halo_credential=credential, halo_client=site.client_id).exists()


def _writable_fields(credential: HaloCredential) -> Sequence[tuple[int, str]]:
    """(Halo's id, name) of the asset fields that something of a computer goes into."""
    rows = HaloField.objects.filter(halo_credential=credential, kind="asset", active=True)
    named = dict(rows.values_list("halo_id", "name"))
    mapped = FieldMapping.objects.filter(halo_credential=credential, target=TargetKind.FIELD)
    ids = set(mapped.values_list("field_id", flat=True)) or set(usual_fields(named.items()))
    return sorted(
        ((number, named[number]) for number in ids if number in named), key=lambda row: row[1].lower()
    )
