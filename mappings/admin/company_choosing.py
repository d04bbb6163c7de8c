"""Choosing the client of a company by hand, on a page of its own."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern

from integrations.admin.display import admin_url
from integrations.admin.namesakes import tell_apart
from integrations.models import Company, HaloCredential
from integrations.models.audit import locked
from integrations.sync.sentences import sentence
from mappings.admin.company_effects import after_mapping
from mappings.admin.company_forms import ChooseClientForm
from mappings.admin.company_history import history_of
from mappings.admin.company_moving import Moving
from mappings.linking import SWITCHES, map_company, set_switches
from mappings.models import CompanyMapping

if TYPE_CHECKING:
    from integrations.admin.bases import BridgeAdmin as _Base
else:
    _Base = object


class Choosing(Moving, _Base):
    """For the admin of company mappings."""

    def tickets_switched_on(self, mappings: list[CompanyMapping]) -> None:
        """For the floor above."""

    def page_urls(self) -> list[URLPattern]:
        route = "<int:credential_id>/choose/<int:company_id>/"
        return [self.page(route, "choose", self.choose), *super().page_urls()]

    def choose(self, request: HttpRequest, credential_id: int, company_id: int) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        credential = get_object_or_404(HaloCredential, pk=credential_id)
        company = get_object_or_404(Company.objects.select_related("console"), pk=company_id)
        posted = request.method == "POST"
        with transaction.atomic() if posted else nullcontext():
            if posted:
                # Whoever else maps it comes before or after.
                locked(Company.objects.filter(pk=company_id)).first()
                locked(company.mappings.filter(halo_credential=credential)).first()
            mapped = _mapped_to(credential, company)
            form = ChooseClientForm(
                credential,
                request.POST or None,
                mapped=mapped,
                initial=mapped or _suggested(credential, company),
            )
            if form.is_valid() and (leads_to := self._mapped(request, company, form)):
                after_mapping(credential)
                return HttpResponseRedirect(leads_to)
        guesses = company.suggestions.filter(halo_credential=credential).select_related("halo_client")
        tell_apart([company, *(guess.halo_client for guess in guesses)])
        context = self.page_context(
            request,
            f"Map {company}",
            company=company,
            credential=credential,
            form=form,
            media=form.media,
            suggested=guesses,
            history=history_of(company, credential),
        )
        return TemplateResponse(request, "bridge/choose_client.html", context)

    def _mapped(self, request: HttpRequest, company: Company, form: ChooseClientForm) -> str:
        """Where it leads: back to the list, or to the preview of a move; "" where it was refused."""
        chosen = {**form.cleaned_data}
        client, site = chosen["halo_client"], chosen["halo_site"]
        present = self.get_queryset(request).filter(company=company, halo_credential=client.halo_credential)
        if (found := present.first()) and self.needs_preview(found, client, site):
            plan = self.preview_of_move(request, found, client, site)
            set_switches(found, staff=request.user, **{name: chosen[name] for name in SWITCHES})
            return admin_url(plan) if plan else ""
        try:
            mapping = map_company(company, staff=request.user, **chosen)
        except ValidationError as problem:
            form.add_error(None, problem.messages)
            return ""
        if mapping.create_tickets:
            self.tickets_switched_on([mapping])
        self.log_change(request, mapping, sentence(f"Mapped to {mapping.halo_client}"))
        messages.success(request, f"{company} is {mapping.halo_client} from now on.")
        return f"{self.url('changelist')}?halo_credential={mapping.halo_credential_id}"


def _mapped_to(credential: HaloCredential, company: Company) -> dict[str, Any] | None:
    """Client, site and switches that it has."""
    rows = CompanyMapping.objects.filter(company=company, halo_credential=credential)
    return rows.values(*SWITCHES, "halo_client", "halo_site").first()


def _suggested(credential: HaloCredential, company: Company) -> dict[str, Any]:
    """The best suggestion, unless it is one of several that fit."""
    rows = company.suggestions.filter(halo_credential=credential, ambiguous=False)
    best = rows.order_by("-score").first()
    return {"halo_client": best.halo_client_id} if best else {}
