"""Default asset types: which Halo asset type the computers with a product become."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from integrations.admin.bases import BridgeAdmin
from integrations.admin.choosers import asset_types, id_of, number_field
from integrations.admin.credential_choice import CredentialFirst, credential_choice
from integrations.models import Console, HaloCredential, Product
from mappings.admin.exporting import ExportedPage
from mappings.linking import set_default_types
from mappings.models import ProductMapping
from mappings.spreadsheets.exported import PRODUCT_COLUMNS, product_sheet

NOTHING_YET = "Asset types appear here after the first sync of the HaloPSA credential."


class ProductMappingForm(forms.ModelForm):  # type: ignore[type-arg]
    """One product; the page sets all of a console at once."""

    class Meta:
        model = ProductMapping
        fields = ("product", "asset_type")
        help_texts = {"product": "As the console calls what a computer has, e.g. the edition of its backup."}

    def __init__(self, *args: Any, credential_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "asset_type" in self.fields:
            self.fields["asset_type"] = number_field(
                asset_types(credential_id),
                label="Halo asset type",
                help_text="New assets of computers with this product become this type.",
                chosen=self.instance.asset_type,
                required=True,
                nothing_yet=NOTHING_YET,
            )


class DefaultTypesForm(forms.Form):
    """One searchable select per product of a console."""

    def __init__(self, credential: HaloCredential, products: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.credential, self.products = credential, products
        choices = asset_types(credential.pk)
        stored = ProductMapping.objects.filter(halo_credential=credential, product__in=products)
        self.stored: dict[int, int] = dict(stored.values_list("product_id", "asset_type"))
        for product in products:
            chosen = self.stored.get(product.pk)
            field = number_field(choices, label="asset type", chosen=chosen)
            field.initial = chosen
            field.widget.attrs["aria-label"] = f"Asset type for {product}"
            self.fields[f"product_{product.pk}"] = field

    def rows(self) -> list[tuple[Any, Any]]:
        return [(product, self[f"product_{product.pk}"]) for product in self.products]

    def save(self) -> int:
        """Store what differs; return how many products changed."""
        wanted = {product: self.cleaned_data[f"product_{product.pk}"] for product in self.products}
        changed = {p: value for p, value in wanted.items() if value != self.stored.get(p.pk)}
        set_default_types(self.credential, changed)
        return len(changed)


@admin.register(ProductMapping)
class ProductMappingAdmin(CredentialFirst, ExportedPage, BridgeAdmin):
    exported, exported_as = PRODUCT_COLUMNS, "default-asset-types"
    form = ProductMappingForm
    autocomplete_fields = ("product",)
    search_fields = ("product__name",)
    fields = ("product", "asset_type")

    def save_model(self, request: HttpRequest, obj: ProductMapping, form: Any, change: bool) -> None:
        if not change:
            obj.halo_credential_id = self.credential_id(request, None)  # type: ignore[assignment]
        obj.console_id = obj.product.console_id
        super().save_model(request, obj, form, change)

    def exported_rows(self, request: HttpRequest, credential: HaloCredential) -> QuerySet[Any]:
        console = _chosen(request, list(Console.objects.order_by("name")))
        return product_sheet(Product.objects.filter(console=console), credential)

    # ---- the page of a console --------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Every product of a console, with its computers and its asset type."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        choice, consoles = credential_choice(request), list(Console.objects.order_by("name"))
        console = _chosen(request, consoles)
        more: dict[str, Any] = {
            "choice": choice,
            "consoles": consoles,
            "console": console,
            "export_url": self.url("export"),
        }
        if choice.chosen and console:
            form = DefaultTypesForm(choice.chosen, list(_products(console)), request.POST or None)
            if request.method == "POST" and (answer := self._save(request, form)):
                return answer
            more |= {"form": form, "media": form.media, "may_change": self.has_change_permission(request)}
        context = self.page_context(request, "Default asset types", said=True, **more)
        return TemplateResponse(request, "bridge/product_mapping.html", context)

    def _save(self, request: HttpRequest, form: DefaultTypesForm) -> HttpResponse | None:
        if not self.has_change_permission(request):
            raise PermissionDenied
        if not form.is_valid():
            return None
        number = form.save()
        level = messages.SUCCESS if number else messages.INFO
        messages.add_message(
            request, level, f"{number} default asset type{'' if number == 1 else 's'} changed."
        )
        return HttpResponseRedirect(request.get_full_path())


def _products(console: Console) -> QuerySet[Any]:
    active = Count("computer", filter=Q(computer__active=True))
    return Product.objects.filter(console=console).annotate(computers=active).order_by("-computers", "name")


def _chosen(request: HttpRequest, consoles: list[Console]) -> Console | None:
    """The console that `?console=` names, else the first."""
    wanted = id_of(request, "console")
    return next((console for console in consoles if console.pk == wanted), next(iter(consoles), None))
