"""Companies and Halo clients: the mapping page of a credential, choosing by hand, one mapping's own page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integrations.admin.bases import BridgeAdmin, about_one_row
from integrations.admin.choosers import id_of, matches
from integrations.admin.credential_choice import credential_choice
from integrations.admin.display import moment, row_link
from integrations.admin.pages import address
from integrations.models import Company, Console, HaloCredential, Location
from mappings.admin.company_choosing import Choosing
from mappings.admin.company_effects import BULK, after_mapping, press
from mappings.admin.company_forms import CompanyMappingForm
from mappings.admin.company_history import history_of
from mappings.admin.company_moving import Moving
from mappings.admin.company_offboarding import OFFBOARD_BUTTONS, Offboarding
from mappings.admin.company_reading import READING, read_now, readings
from mappings.admin.company_removal import REMOVE, Removal
from mappings.admin.company_rows import SIZES, company_rows, listed_companies
from mappings.admin.exporting import ExportedPage
from mappings.admin.import_page import ImportPage
from mappings.admin.location_page import LocationPage
from mappings.admin.pressed import Pressed
from mappings.linking import SWITCHES, map_company, open_todos, set_switches, takes_imports
from mappings.models import CompanyMapping
from mappings.spreadsheets.exported import COMPANY_COLUMNS, company_sheet


def _places() -> Subquery:
    """Active locations of the company of a mapping; None where there are none."""
    rows = Location.objects.filter(company=OuterRef("company"), active=True).order_by().values("company")
    return Subquery(rows.annotate(number=Count("pk")).values("number"))


def _todos(credential: HaloCredential) -> Coalesce:
    """How many there are of a credential, read along with something else: the page has many statements."""
    rows = open_todos(credential).order_by().values("halo_credential")
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)


@admin.register(CompanyMapping)
class CompanyMappingAdmin(
    Choosing, Moving, Offboarding, Removal, ImportPage, LocationPage, ExportedPage, BridgeAdmin
):
    buttons = OFFBOARD_BUTTONS
    exported, exported_as = COMPANY_COLUMNS, "company-mappings"
    form = CompanyMappingForm
    panel_template = "bridge/company_history.html"
    search_fields = ("company__name", "halo_client__name")
    readonly_fields = ("company_shown", "credential_shown", "mapped_shown", "reason")
    fieldsets = (
        ("Pair", {"fields": ("company_shown", "credential_shown", "halo_client", "halo_site")}),
        ("Switches", {"fields": ("create_tickets", "no_notification", "enable_configuration")}),
        ("Why", {"fields": ("reason", "mapped_shown"), "classes": ("collapse",)}),
    )

    @admin.display(description="Company")
    def company_shown(self, row: CompanyMapping) -> SafeString | str:
        return row_link(row.company, f"{row.company} ({row.company.console})")

    @admin.display(description="HaloPSA credential")
    def credential_shown(self, row: CompanyMapping) -> SafeString | str:
        return row_link(row.halo_credential)

    @admin.display(description="Mapped")
    def mapped_shown(self, row: CompanyMapping) -> SafeString:
        by = f" by {row.mapped_by}" if row.mapped_by else ""
        return format_html("{}{}", moment(row.mapped_at), by)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CompanyMapping]:
        rows = (
            super()
            .get_queryset(request)
            .select_related(
                "company__console", "halo_credential", "halo_client__merged_into", "halo_site", "mapped_by"
            )
        )
        return rows.annotate(places=_places()) if about_one_row(request) else rows

    def panel(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {
            "broken": row.why_broken(),
            "history": history_of(row.company, row.halo_credential),
            "places": row.places,
        }

    def exported_rows(self, request: HttpRequest, credential: HaloCredential) -> QuerySet[Any]:
        return company_sheet(listed_companies(request, credential), credential)

    # ---- the mapping page -------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """All companies towards one credential, mapped or not."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        choice = credential_choice(request)
        if choice.chosen is None:
            return TemplateResponse(
                request, "bridge/choose_credential.html", self.page_context(request, "Companies")
            )
        if request.method == "POST":
            return self._do(request, choice.chosen)
        context = self.page_context(
            request,
            "Company mapping",
            said=True,
            choice=choice,
            media=forms.Media(js=["mappings/company_mapping.js"]),
            **self._offered(request, choice.chosen),
        )
        return TemplateResponse(request, "bridge/company_mapping.html", context)

    def _offered(self, request: HttpRequest, credential: HaloCredential) -> dict[str, Any]:
        rows = company_rows(request, credential)
        consoles = list(Console.objects.annotate(todos=_todos(credential)).order_by("name"))
        may_change, may_delete = self.has_change_permission(request), self.has_delete_permission(request)
        self.decorate(request, rows.page, credential)
        return {
            "page": rows.page,
            "states": rows.states,
            "exact": rows.exact,
            "size": rows.size,
            "sizes": SIZES,
            "consoles": consoles,
            "importing": may_change and any(takes_imports(console) for console in consoles),
            "todos": next((console.todos for console in consoles), 0),
            "reading": readings(credential, consoles),
            "bulk_actions": [*BULK, *self.more_bulk(), *([REMOVE] if may_delete else [])],
            "switches": SWITCHES,
            "may_change": may_change,
            "may_delete": may_delete,
            "here": address(request, page=request.GET.get("page")),
            "export_url": self.url("export"),
        }

    def _do(self, request: HttpRequest, credential: HaloCredential) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.POST.get("do") in READING:
            messages.success(request, read_now(request, credential))
            return HttpResponseRedirect(request.get_full_path())
        pressed = (
            self.follow_merge(request, credential)
            or self.ask_to_remove(request, credential)
            or self.press_more(request, credential)
            or press(request, credential)
        )
        if isinstance(pressed, HttpResponse):
            return pressed
        self.tickets_switched_on(pressed.tickets_on)
        self._log(request, credential, pressed)
        messages.add_message(request, pressed.level, pressed.sentence)
        return HttpResponseRedirect(request.get_full_path())

    def _log(self, request: HttpRequest, credential: HaloCredential, pressed: Pressed) -> None:
        """Into Django's own log as well; two statements for any number."""
        rows = CompanyMapping.objects.filter(company__in=pressed.companies, halo_credential=credential)
        mappings = list(rows.select_related("company", "halo_client")) if pressed.companies else []
        if mappings:
            LogEntry.objects.log_actions(request.user.pk or 0, mappings, CHANGE, pressed.sentence)

    # ---- for the floor above, which knows tickets --------------------------------------------

    def tickets_switched_on(self, mappings: list[CompanyMapping]) -> None:
        """What is open already is its business."""

    def more_bulk(self) -> Iterable[tuple[str, str]]:
        """Bulk actions of its own."""
        return ()

    def press_more(self, request: HttpRequest, credential: HaloCredential) -> Pressed | HttpResponse | None:
        """Do one of them, or ask for more on another page; None if another button was pressed."""
        return None

    def decorate(self, request: HttpRequest, page: Iterable[Any], credential: HaloCredential) -> None:
        """Add to the companies of a page what its rows show besides."""

    # ---- other pages ------------------------------------------------------------------------

    def page_urls(self) -> list[URLPattern]:
        return [
            self.page("companies/", "companies", self.companies),
            *super().page_urls(),
        ]

    def companies(self, request: HttpRequest) -> HttpResponse:
        """Matches for a search select: companies that are mapped in a credential."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Company.objects.filter(mappings__halo_credential=id_of(request, "halo_credential"))
        return matches(
            request, rows.select_related("console").order_by("name", "pk"), "name", label=_with_console
        )

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """A mapping is added from its company's row."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(self.url("changelist") + "?state=unmapped")

    # ---- one mapping ------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: CompanyMapping, form: Any, change: bool) -> None:
        switches = {name: getattr(obj, name) for name in SWITCHES}
        before = self.get_queryset(request).get(pk=obj.pk)
        if self.needs_preview(before, obj.halo_client, obj.halo_site):
            plan = self.preview_of_move(request, before, obj.halo_client, obj.halo_site)
            request.preview_of_move = plan  # type: ignore[attr-defined]
            set_switches(before, staff=request.user, **switches)
        elif {"halo_client", "halo_site"} & set(form.changed_data):
            map_company(obj.company, obj.halo_client, halo_site=obj.halo_site, staff=request.user, **switches)
            after_mapping(obj.halo_credential)
        else:
            set_switches(obj, staff=request.user, **switches)
        if obj.create_tickets and "create_tickets" in form.changed_data:
            self.tickets_switched_on([obj])


def _with_console(company: Company) -> str:
    return f"{company} ({company.console})"
