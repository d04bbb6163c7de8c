"""Companies and Halo clients: the mapping page of a credential, choosing by hand, one mapping's own page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.safestring import SafeString

from integrations.admin.bases import BridgeAdmin
from integrations.admin.choosers import id_of, matches
from integrations.admin.credential_choice import credential_choice
from integrations.admin.display import moment, row_link
from integrations.admin.pages import address
from integrations.models import Company, Console, HaloCredential
from mappings.admin.company_effects import BULK, SWITCHES, after_mapping, press
from mappings.admin.company_forms import ChooseClientForm, CompanyMappingForm
from mappings.admin.company_rows import company_rows
from mappings.linking import map_company, set_switches, suggest_companies_for
from mappings.models import CompanyMapping


@admin.register(CompanyMapping)
class CompanyMappingAdmin(BridgeAdmin):
    form = CompanyMappingForm
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
    def mapped_shown(self, row: CompanyMapping) -> str:
        return (
            f"{moment(row.mapped_at)}"
            if row.mapped_by is None
            else f"{moment(row.mapped_at)} by {row.mapped_by}"
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[CompanyMapping]:
        rows = super().get_queryset(request)
        return rows.select_related(
            "company__console", "halo_credential", "halo_client", "halo_site", "mapped_by"
        )

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
        rows = company_rows(request, choice.chosen)
        context = self.page_context(
            request, "Company mapping", said=True, choice=choice, **self._offered(request, rows)
        )
        return TemplateResponse(request, "bridge/company_mapping.html", context)

    def _offered(self, request: HttpRequest, rows: Any) -> dict[str, Any]:
        return {
            "page": rows.page,
            "states": rows.states,
            "exact": rows.exact,
            "consoles": list(Console.objects.order_by("name").values_list("pk", "name")),
            "bulk_actions": BULK,
            "switches": SWITCHES,
            "may_change": self.has_change_permission(request),
            "here": address(request, page=request.GET.get("page")),
        }

    def _do(self, request: HttpRequest, credential: HaloCredential) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        pressed = press(request, credential)
        self.tickets_switched_on(pressed.tickets_on)
        messages.success(request, pressed.sentence)
        return HttpResponseRedirect(request.get_full_path())

    def tickets_switched_on(self, mappings: list[CompanyMapping]) -> None:
        """For the floor above, which knows what is open already."""

    # ---- choosing another client ------------------------------------------------------------

    def page_urls(self) -> list[URLPattern]:
        return [
            self.page("<int:credential_id>/choose/<int:company_id>/", "choose", self.choose),
            self.page("companies/", "companies", self.companies),
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

    def choose(self, request: HttpRequest, credential_id: int, company_id: int) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        credential = get_object_or_404(HaloCredential, pk=credential_id)
        company = get_object_or_404(Company.objects.select_related("console"), pk=company_id)
        form = ChooseClientForm(credential, request.POST or None, initial=self._initial(credential, company))
        if form.is_valid() and self._mapped(request, company, form):
            after_mapping(credential)
            return HttpResponseRedirect(f"{self.url('changelist')}?halo_credential={credential.pk}")
        context = self.page_context(
            request, f"Map {company}", company=company, credential=credential, form=form, media=form.media
        )
        return TemplateResponse(request, "bridge/choose_client.html", context)

    @staticmethod
    def _initial(credential: HaloCredential, company: Company) -> dict[str, Any]:
        """What is mapped now, else the best suggestion."""
        mapping = CompanyMapping.objects.filter(company=company, halo_credential=credential).first()
        if mapping is not None:
            return {name: getattr(mapping, name) for name in (*SWITCHES, "halo_client", "halo_site")}
        best = company.suggestions.filter(halo_credential=credential).order_by("-score").first()
        return {"halo_client": best.halo_client_id} if best else {}

    def _mapped(self, request: HttpRequest, company: Company, form: ChooseClientForm) -> bool:
        try:
            mapping = map_company(company, staff=request.user, **form.cleaned_data)
        except ValidationError as problem:
            form.add_error(None, problem.messages)
            return False
        if mapping.create_tickets:
            self.tickets_switched_on([mapping])
        messages.success(request, f"{company} is {mapping.halo_client} from now on.")
        return True

    # ---- one mapping ------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: CompanyMapping, form: Any, change: bool) -> None:
        switches = {name: getattr(obj, name) for name in SWITCHES}
        if {"halo_client", "halo_site"} & set(form.changed_data):
            map_company(obj.company, obj.halo_client, halo_site=obj.halo_site, staff=request.user, **switches)
            after_mapping(obj.halo_credential)
        else:
            set_switches(obj, **switches)
        if obj.create_tickets and "create_tickets" in form.changed_data:
            self.tickets_switched_on([CompanyMapping.objects.get(pk=obj.pk)])

    def delete_model(self, request: HttpRequest, obj: CompanyMapping) -> None:
        super().delete_model(request, obj)
        suggest_companies_for(obj.halo_credential)


def _with_console(company: Company) -> str:
    return f"{company} ({company.console})"
