"""Removing a company mapping: asks, and says what stops and what stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.http import url_has_allowed_host_and_scheme

from integrations.admin.display import admin_url
from integrations.models import HaloCredential
from mappings.admin.company_effects import NO_COMPANY, leave_to, ticked
from mappings.admin.pressed import Pressed, nothing
from mappings.linking import Removed, suggest_companies_for, unmap_companies, unmap_company
from mappings.models import CompanyMapping, ComputerMapping

if TYPE_CHECKING:
    from integrations.admin.bases import BridgeAdmin as _Base
else:
    _Base = object


REMOVE = ("remove", "Remove the mapping …")
NAMED = 10
"""Companies that the question names; the rest is a number."""


class Removal(_Base):
    """The pages that remove one mapping, and those of ticked companies."""

    def page_urls(self) -> list[URLPattern]:
        route = "<int:credential_id>/remove/"
        return [self.page(route, "remove_ticked", self.remove_ticked), *super().page_urls()]

    def ask_to_remove(
        self, request: HttpRequest, credential: HaloCredential
    ) -> HttpResponse | Pressed | None:
        """*Remove the mapping …* of ticked companies: to the page that asks; None if it was not pressed."""
        if (request.POST.get("do"), request.POST.get("bulk")) != ("bulk", REMOVE[0]):
            return None
        if not self.has_delete_permission(request):
            raise PermissionDenied
        companies = ticked(request)
        if not companies:
            return nothing(NO_COMPANY)
        query = urlencode({"companies": ",".join(map(str, companies)), "back": request.get_full_path()})
        return leave_to(request, f"{self.url('remove_ticked', credential.pk)}?{query}")

    def remove_ticked(self, request: HttpRequest, credential_id: int) -> HttpResponse:
        """Ask once, then remove them all."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        credential = get_object_or_404(HaloCredential, pk=credential_id)
        back = f"{self.url('changelist')}?halo_credential={credential.pk}"
        if url_has_allowed_host_and_scheme(request.GET.get("back", ""), allowed_hosts=None):
            back = request.GET["back"]
        ids = [int(pk) for pk in request.GET.get("companies", "").split(",") if pk.isdigit() and len(pk) < 18]
        if request.method == "POST":
            removed = unmap_companies(ids, credential, request.user)
            suggest_companies_for(credential)
            self._tell_removed(request, removed)
            return HttpResponseRedirect(back)
        rows = CompanyMapping.objects.filter(company__in=ids, halo_credential=credential)
        mappings = list(rows.select_related("company", "halo_client").order_by("company__name", "pk"))
        if not mappings:
            messages.warning(request, "None of these companies is mapped.")
            return HttpResponseRedirect(back)
        left = _left(len(set(ids)) - len(mappings))
        context = self.page_context(
            request,
            "Remove company mappings",
            question=_question(len(mappings)),
            consequences=[
                _named(mappings),
                *left,
                *self.consequences(mappings),
            ],
            label="Remove the mappings",
            back=back,
            tone="bad",
        )
        return TemplateResponse(request, "bridge/confirm.html", context)

    @staticmethod
    def _tell_removed(request: HttpRequest, removed: Removed) -> None:
        if removed.kept:
            messages.warning(
                request,
                f"Still mapped: {', '.join(removed.kept)}. HaloPSA has not told yet whether it made an asset "
                "for one of their computers. A running export finds out; where a computer waits for staff, "
                "press “Try again” at it and export it. Remove these mappings then.",
            )
        if removed.companies:
            companies = "company is" if removed.companies == 1 else "companies are"
            computers = "computer" if removed.computers == 1 else "computers"
            messages.success(
                request,
                f"{removed.companies} {companies} no longer mapped; {removed.computers} {computers} "
                "unmapped. Assets and tickets in HaloPSA stay as they are.",
            )
        elif not removed.kept:
            messages.warning(request, "None of these companies is mapped any more.")

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        mapping: CompanyMapping = self.row_or_404(request, object_id)
        if not self.has_delete_permission(request, mapping):
            raise PermissionDenied
        if request.method == "POST":
            return self._removed(request, mapping)
        context = self.page_context(
            request,
            "Remove a company mapping",
            question=f"Are you sure that {mapping.company} should no longer be {mapping.halo_client}?",
            consequences=self.consequences([mapping]),
            label="Remove the mapping",
            back=admin_url(mapping),
            tone="bad",
            hidden={"post": "yes"},
            object=mapping,
        )
        return TemplateResponse(request, "bridge/confirm.html", context)

    def _removed(self, request: HttpRequest, mapping: CompanyMapping) -> HttpResponse:
        back = f"{self.url('changelist')}?halo_credential={mapping.halo_credential_id}"
        try:
            number = unmap_company(mapping, request.user)
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
            return HttpResponseRedirect(admin_url(mapping))
        self.log_change(request, mapping.company, f"Mapping to {mapping.halo_client} removed.")
        suggest_companies_for(mapping.halo_credential)
        messages.success(
            request,
            f"{mapping.company} is no longer mapped; {number} computer{'' if number == 1 else 's'} "
            "unmapped. Assets and tickets in HaloPSA stay as they are.",
        )
        return HttpResponseRedirect(back)

    def consequences(self, mappings: list[CompanyMapping]) -> list[str]:
        """What stops and what stays, in sentences, for mappings of one credential."""
        return _stops(mappings)

    def delete_model(self, request: HttpRequest, obj: CompanyMapping) -> None:
        unmap_company(obj, request.user)
        suggest_companies_for(obj.halo_credential)


def _question(number: int) -> str:
    if number == 1:
        return "Are you sure that this company should no longer be mapped?"
    return f"Are you sure that these {number} companies should no longer be mapped?"


def _named(mappings: list[CompanyMapping]) -> str:
    pairs = "; ".join(f"{row.company} → {row.halo_client}" for row in mappings[:NAMED])
    return f"{pairs}; and {len(mappings) - NAMED} more." if len(mappings) > NAMED else f"{pairs}."


def _left(number: int) -> list[str]:
    """Of those that were ticked and have no mapping."""
    if not number:
        return []
    return [f"{number} of the ticked companies {'has' if number == 1 else 'have'} no mapping."]


def _stops(mappings: list[CompanyMapping]) -> list[str]:
    """What stops and what stays, in sentences. One statement."""
    companies = [row.company_id for row in mappings]
    rows = ComputerMapping.objects.filter(
        computer__company__in=companies, halo_credential=mappings[0].halo_credential_id
    )
    found = rows.aggregate(number=Count("pk"), ours=Count("pk", filter=Q(created_by_us=True)))
    it = "it" if len(mappings) == 1 else "them"
    its, is_ = ("Its", "it is") if len(mappings) == 1 else ("Their", "they are")
    becomes = "computer of" if found["number"] == 1 else "computers of"
    told = [
        f"{found['number']} {becomes} {it} {'becomes' if found['number'] == 1 else 'become'} unmapped. "
        "Assets stay in HaloPSA as they are and are no longer updated.",
        f"New events of {it} wait until {is_} mapped again; no new tickets. Tickets in HaloPSA stay as they "
        "are and are no longer noted or closed.",
        f"{its} switches, ticket rules and sites of locations are forgotten; {its.lower()} history is kept.",
        "The pair is not accepted in bulk again; it can be chosen by hand.",
        "Nothing is deleted in HaloPSA or in the console. If you only want no new tickets, switch "
        "“Create tickets” off instead.",
    ]
    if found["ours"]:
        told.insert(
            1,
            f"{found['ours']} of these assets were created here. If they are linked again they count as "
            "linked: they are not made inactive when a computer is gone.",
        )
    return told
