"""Offboarding a company by a preview, and bringing it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from integrations.admin.bases import Button
from integrations.admin.display import admin_url
from integrations.runs.request import request_routing
from mappings.admin.previewing import previewed
from mappings.linking import bring_back
from mappings.models import CompanyMapping
from mappings.planning import new_offboard

if TYPE_CHECKING:
    from integrations.admin.bases import BridgeAdmin as _Base
else:
    _Base = object

LOOK = "Nothing has changed yet: look at what would end, then apply it."
BACK = (
    "{} is looked after again, with the switches that it had. Assets that were made inactive become active "
    "by the next export or scheduled update."
)
OFFBOARD_BUTTONS = (
    Button("offboard", "Offboard …", "logout", shown=lambda mapping: mapping.archived_at is None),
    Button("bring_back", "Bring back", "undo", shown=lambda mapping: mapping.archived_at is not None),
)


class Offboarding(_Base):
    """For the admin of company mappings."""

    def offboard(self, request: HttpRequest, row: CompanyMapping) -> HttpResponse | None:
        """To the preview; nothing is written before it is applied."""
        if not request.user.has_perm("integrations.add_plan"):
            raise PermissionDenied
        plan = previewed(request, lambda: new_offboard(row, request.user))
        if plan is None:
            return None
        messages.info(request, LOOK)
        return HttpResponseRedirect(admin_url(plan))

    def bring_back(self, request: HttpRequest, row: CompanyMapping) -> None:
        if bring_back(row, request.user):
            if row.create_tickets:
                self.tickets_switched_on([row])
            request_routing()
            messages.success(request, BACK.format(row.company))

    def tickets_switched_on(self, mappings: list[CompanyMapping]) -> None:
        """What is open already is the business of the floor above."""
