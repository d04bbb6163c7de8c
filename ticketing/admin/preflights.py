"""On the page of a profile: would HaloPSA take its tickets? And the page that sends a test ticket."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern

from integrations.admin.choosers import client_field
from integrations.admin.display import admin_url
from integrations.runs.request import request_preflight
from ticketing.models import IntegrationProfile
from ticketing.preflight.checks import FAILS, UNKNOWN, WARNS
from ticketing.preflight.outlook import outlook_of
from ticketing.preflight.trial import CannotTest, send_test_ticket

TONES = {FAILS: "bad", WARNS: "warn"}


class TestTicketForm(forms.Form):
    __test__ = False  # not a test of ours

    def __init__(self, profile: IntegrationProfile, *args: Any) -> None:
        super().__init__(*args)
        self.initial = {"client": profile.client_id}
        self.fields["client"] = client_field(
            profile.halo_credential_id,
            help_text="The ticket is made for this client; your own company is a good choice.",
        )


class PreflightPages:
    """Adds the page, the button and what the panel tells to the pages of profiles."""

    def page_urls(self) -> list[URLPattern]:
        admin: Any = self
        more = admin.page("<path:object_id>/test-ticket/", "test_ticket", self.test_ticket)
        return [more, *super().page_urls()]  # type: ignore[misc]

    def check_now(self, request: HttpRequest, row: IntegrationProfile) -> None:
        run = request_preflight(row.halo_credential, requested_by=request.user)
        messages.success(request, f"{run}: HaloPSA is asked whether it would take its tickets.")

    def save_model(self, request: HttpRequest, obj: IntegrationProfile, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)  # type: ignore[misc]
        request_preflight(obj.halo_credential, requested_by=request.user)

    def preflight_told(self, row: IntegrationProfile) -> dict[str, Any]:
        """For the panel: the findings that are still open, and the last test ticket with its writes."""
        admin: Any = self
        known = outlook_of(row)
        return {
            "preflight": known.preflight,
            "preflight_state": known.state,
            "preflight_due": known.due,
            "findings": [
                {**finding, "tone": TONES[finding["level"]]}
                for finding in known.findings
                if finding["level"] in TONES
            ],
            "untold": [finding["words"] for finding in known.findings if finding["level"] == UNKNOWN],
            "test": known.test,
            "test_writes": known.writes,
            "test_url": admin.url("test_ticket", row.pk),
        }

    def test_ticket(self, request: HttpRequest, object_id: str) -> HttpResponse:
        admin: Any = self
        row = admin.row_or_404(request, object_id)
        if not admin.allowed(request, "change", row):
            raise PermissionDenied
        form = TestTicketForm(row, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                ticket = send_test_ticket(row, form.cleaned_data["client"], request.user)
            except CannotTest as problem:
                form.add_error(None, str(problem))
            else:
                admin.log_change(request, row, f"Test ticket {ticket.marker} sent.")
                messages.success(request, "The test ticket is on its way; what HaloPSA says appears here.")
                return HttpResponseRedirect(admin_url(row))
        context = admin.page_context(
            request, f"Test ticket of {row}", form=form, object=row, back=admin_url(row)
        )
        return TemplateResponse(request, "bridge/test_ticket.html", context)
