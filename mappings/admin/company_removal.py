"""Removing a company mapping: asks, and says what stops and what stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from integrations.admin.display import admin_url
from mappings.linking import computers_of, suggest_companies_for, unmap_company
from mappings.models import CompanyMapping

if TYPE_CHECKING:
    from integrations.admin.bases import BridgeAdmin as _Base
else:
    _Base = object


class Removal(_Base):
    """The page that removes one mapping."""

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
            consequences=self.consequences(mapping),
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

    def consequences(self, mapping: CompanyMapping) -> list[str]:
        """What stops and what stays, in sentences."""
        computers = computers_of(mapping)
        number, ours = computers.count(), computers.filter(created_by_us=True).count()
        becomes = "computer of it becomes" if number == 1 else "computers of it become"
        told = [
            f"{number} {becomes} unmapped. Assets stay in HaloPSA as they are and are no longer updated.",
            "New events of it wait until it is mapped again; no new tickets. Tickets in HaloPSA stay as they "
            "are and are no longer noted or closed.",
            "Its switches, ticket rules and sites of locations are forgotten; its history is kept.",
            "Nothing is deleted in HaloPSA or in the console. If you only want no new tickets, switch "
            "“Create tickets” off instead.",
        ]
        if ours:
            told.insert(
                1,
                f"{ours} of these assets were created here. If they are linked again they count as linked: "
                "they are not made inactive when a computer is gone.",
            )
        return told

    def delete_model(self, request: HttpRequest, obj: CompanyMapping) -> None:
        unmap_company(obj, request.user)
        suggest_companies_for(obj.halo_credential)
