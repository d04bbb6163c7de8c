"""Computers: which asset each one is, why, and the dialogs to change or remove a mapping."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, BooleanRadioFilter, RelatedDropdownFilter

from integrations.admin.bases import HistoryAdmin
from integrations.admin.display import (
    NOTHING,
    address_column,
    admin_url,
    badge,
    halo_url,
    list_column,
    outside_link,
    row_link,
    text_column,
    time_column,
    two_lines,
)
from integrations.admin.exporting import ExportedList
from integrations.admin.searching import SearchedById
from integrations.models import Computer, HaloCredential
from integrations.models.audit import locked
from mappings.admin.computer_form import EditMappingForm
from mappings.admin.computer_ignoring import Ignoring
from mappings.admin.computer_rows import (
    STATE_TONES,
    CredentialFilter,
    ProductFilter,
    StateFilter,
    chosen_credential,
    computer_rows,
)
from mappings.admin.export_scope import ExportSelected
from mappings.admin.undoing import ReleasingComputers
from mappings.linking import ComputerState, edit_computer_mapping, remove_computer_mapping
from mappings.models import CompanyMapping, ComputerMapping
from mappings.spreadsheets.exported import COMPUTER_COLUMNS, computer_sheet

EDIT_LINK = '<a class="hb-button hb-button--small" href="{}" aria-label="Edit mapping of {}">Edit mapping</a>'
REMOVE = (
    "Remove the mapping of {computer} to {asset}? The asset in HaloPSA stays as it is; the bridge stops "
    "looking after it and does not match the two again by itself. If we made the asset, the next export "
    "clears our bridge reference from it; its preview shows that first."
)
RETRY_LINK = '<a class="hb-button hb-button--small" href="{}" aria-label="Try {} again">Try again</a>'
REVIEW_LINK = (
    '<a class="hb-button hb-button--small hb-button--primary" href="{}" aria-label="Review {}">Review</a>'
)
RELEASE_LINK = '<a class="hb-button hb-button--small" href="{}" aria-label="Release {}">Release</a>'
EDITABLE = (
    ComputerState.HELD,
    ComputerState.INACTIVE,
    ComputerState.MAPPED,
    ComputerState.TO_EXPORT,
    ComputerState.UNMAPPED,
    ComputerState.REVIEW,
)
LEFT_BEHIND = (ComputerState.GONE, ComputerState.OFFBOARDED)
"""They get no mapping; one that they have can be looked at and removed."""


@admin.register(Computer)
class ComputerAdmin(Ignoring, ExportSelected, ReleasingComputers, ExportedList, SearchedById, HistoryAdmin):
    actions: Any = (*ExportSelected.actions, *Ignoring.actions, *ReleasingComputers.actions)
    list_display = ("name", "company_shown", "product_shown", "state_shown", "asset", "do")
    list_filter = (
        CredentialFilter,
        StateFilter,
        ("console", RelatedDropdownFilter),
        ("company", AutocompleteSelectFilter),
        ("product", ProductFilter),
        ("eligible", BooleanRadioFilter),
        ("online", BooleanRadioFilter),
    )
    search_fields = ("name", "host_name", "serial_number", "company__name", "product__name")
    searched_by_id = ("company", "product")
    search_help_text = "Device name, host name, serial number, company"
    list_before_template = "bridge/computers_bar.html"
    exported, exported_as = COMPUTER_COLUMNS, "computer-mappings"
    empty_hint = "Computers are read from a console by its sync. Connect a console first."
    fieldsets = (
        (None, {"fields": ("name", "company_shown", "location", "state_shown", "asset", "do")}),
        (
            "Machine",
            {
                "fields": (
                    "host_name",
                    "serial_number",
                    "manufacturer",
                    "model",
                    "os_name",
                    "version",
                    "device_class",
                    "purchased_on",
                    "warranty_ends_on",
                )
            },
        ),
        ("Network", {"fields": ("macs", "ips", "online", "in_maintenance", "last_user", "seen")}),
        (
            "Console",
            {
                "fields": (
                    "product_shown",
                    "all_products",
                    "all_tags",
                    "agent_version",
                    "page_shown",
                    "remote_shown",
                    "number",
                    "eligible",
                    "why_not",
                )
            },
        ),
    )
    seen = time_column("last_seen", "Last seen")
    macs = list_column("mac_addresses", "MAC addresses")
    ips = list_column("ip_addresses", "IP addresses")
    all_products = list_column("products", "All products")
    all_tags = list_column("tags", "Tags")
    version = text_column("os_version", "Version of the operating system")
    number = text_column("external_id", "ID in the console")
    page_shown = address_column("console_url", "Page in the console")
    remote_shown = address_column("remote_url", "Remote control")
    why_not = text_column("ineligible_reason", "Why not eligible")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Computer]:
        return computer_rows(super().get_queryset(request), chosen_credential(request).chosen)

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        return lookup in ("mapping_state", "halo_credential") or super().lookup_allowed(
            lookup, value, request
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        choice = chosen_credential(request)
        return super().changelist_view(request, {**(extra_context or {}), "choice": choice})

    def rows_to_export(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return computer_sheet(rows, chosen_credential(request).chosen)

    # ---- columns ----------------------------------------------------------------------------

    @admin.display(description="Company", ordering="company__name")
    def company_shown(self, row: Computer) -> SafeString:
        return two_lines(row_link(row.company), row.console)

    @admin.display(description="Product", ordering="product__name")
    def product_shown(self, row: Computer) -> str:
        return str(row.product or NOTHING)

    @admin.display(description="State and reason", ordering="mapping_state")
    def state_shown(self, row: Any) -> SafeString:
        state = badge(ComputerState(row.mapping_state).label, STATE_TONES[row.mapping_state])
        return two_lines(state, row.mapping_reason)

    @admin.display(description="Halo asset: type, site")
    def asset(self, row: Any) -> SafeString:
        """The asset, or what a new one would be."""
        found = next((pair for pair in row.pairs if pair.halo_asset), None)
        about = ", ".join(str(part) for part in (self.type_of(row), self.site_of(row)) if part)
        if found is None:
            return two_lines(NOTHING, f"New: {about}" if about and row.mapping_state in EDITABLE else "")
        if not found.halo_asset.active:
            about = ", ".join(part for part in (about, "inactive") if part)
        url = halo_url(found.halo_credential.resource_server, "assets", found.halo_asset.halo_id)
        return two_lines(outside_link(url, found.halo_asset), about)

    @staticmethod
    def site_of(row: Any) -> str:
        """Of the asset; for one that is to be exported the chosen site, else the company's default."""
        pair = next(iter(row.pairs), None)
        site = pair and ((pair.halo_asset and pair.halo_asset.site) or pair.halo_site)
        return str(site or row.default_site or "")

    @staticmethod
    def type_of(row: Any) -> str:
        """Of the asset; for one that is to be exported its own choice, else the default of its product."""
        pair = next(iter(row.pairs), None)
        if pair and pair.halo_asset:
            return str(pair.halo_asset.asset_type or "")
        return str(row.own_type or row.default_type or "")

    @admin.display(description="")
    def do(self, row: Any) -> SafeString | str:
        left = row.mapping_state in LEFT_BEHIND and row.pairs
        if not (row.mapping_state in EDITABLE or left) or not row.bridge_credential:
            return ""
        edit = reverse("admin:integrations_computer_edit_mapping", args=(row.bridge_credential, row.pk))
        link = format_html(EDIT_LINK, edit, row)
        if row.review_id and row.mapping_state == ComputerState.REVIEW:
            review = reverse("admin:mappings_computerreview_change", args=(row.review_id,))
            return format_html("{} {}", format_html(REVIEW_LINK, review, row), link)
        if row.mapping_state == ComputerState.HELD:
            let_go = reverse("admin:integrations_computer_release", args=(row.bridge_credential, row.pk))
            return format_html("{} {}", format_html(RELEASE_LINK, let_go, row), link)
        if not row.create_lost:
            return link
        return format_html("{} {}", link, format_html(RETRY_LINK, admin_url(row.pairs[0], "retry"), row))

    # ---- edit and remove --------------------------------------------------------------------

    def page_urls(self) -> list[URLPattern]:
        return [
            self.page("<int:credential_id>/<int:computer_id>/mapping/", "edit_mapping", self.edit_mapping),
            self.page(
                "<int:credential_id>/<int:computer_id>/remove-mapping/", "remove_mapping", self.remove_mapping
            ),
            *super().page_urls(),
        ]

    def _both(
        self, request: HttpRequest, credential_id: int, computer_id: int
    ) -> tuple[HaloCredential, Computer]:
        if not request.user.has_perm("mappings.change_computermapping"):
            raise PermissionDenied
        computers = Computer.objects.select_related("company", "console", "product")
        return get_object_or_404(HaloCredential, pk=credential_id), get_object_or_404(
            computers, pk=computer_id
        )

    def _back(self, credential: HaloCredential) -> str:
        return f"{self.url('changelist')}?halo_credential={credential.pk}"

    def edit_mapping(self, request: HttpRequest, credential_id: int, computer_id: int) -> HttpResponse:
        credential, computer = self._both(request, credential_id, computer_id)
        companies = CompanyMapping.objects.select_related("company", "halo_client", "halo_site")
        company = companies.filter(company=computer.company_id, halo_credential=credential).first()
        shown = ("halo_asset__client", "halo_asset__site", "halo_asset__asset_type", "halo_site")
        mappings = ComputerMapping.objects.select_related(*shown).filter(computer=computer)
        with transaction.atomic():
            if request.method == "POST":
                # Of two who save at once, the second one sees what the first has saved.
                locked(Computer.objects.filter(pk=computer.pk)).first()
            mapping = mappings.filter(halo_credential=credential).first()
            form = EditMappingForm(credential, computer, company, mapping, request.POST or None)
            if company is not None and form.is_valid() and self._edited(request, credential, computer, form):
                return HttpResponseRedirect(self._back(credential))
        context = self.page_context(
            request, "Edit mapping", credential=credential, computer=computer, company_mapping=company,
            mapping=mapping, form=form, media=form.media, back=self._back(credential),
        )  # fmt: skip
        return TemplateResponse(request, "bridge/edit_mapping.html", context)

    @staticmethod
    def _edited(
        request: HttpRequest, credential: HaloCredential, computer: Computer, form: EditMappingForm
    ) -> bool:
        try:
            mapping = edit_computer_mapping(computer, credential, staff=request.user, **form.cleaned_data)
        except ValidationError as problem:
            form.take_problem(problem)
            return False
        told = (
            f"{computer} is {mapping.halo_asset}" if mapping.halo_asset else f"{computer} is to be exported"
        )
        messages.success(request, f"{told} from now on.")
        return True

    @staticmethod
    def _removed(request: HttpRequest, mapping: ComputerMapping) -> None:
        try:
            remove_computer_mapping(mapping, staff=request.user)
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
            return
        told = f"{mapping.computer} has no asset any more. The pair is not matched again by itself."
        messages.success(request, told)

    def remove_mapping(self, request: HttpRequest, credential_id: int, computer_id: int) -> HttpResponse:
        """Asks first. The asset in HaloPSA stays as it is."""
        credential, computer = self._both(request, credential_id, computer_id)
        mapping = get_object_or_404(ComputerMapping, computer=computer, halo_credential=credential)
        if request.method == "POST":
            self._removed(request, mapping)
            return HttpResponseRedirect(self._back(credential))
        question = REMOVE.format(computer=computer, asset=mapping.halo_asset or "a new asset")
        return self.confirm_page(
            request, question, "Remove mapping", back=self._back(credential), row=computer
        )
