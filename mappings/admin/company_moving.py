"""Another client or site for a mapped company: a preview, where something would move or be unlinked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from integrations.admin.display import admin_url
from integrations.choices import RunKind
from integrations.models import HaloClient, HaloSite, Plan
from integrations.runs.request import request_run
from mappings.linking import computers_of
from mappings.models import CompanyMapping
from mappings.planning import new_move

if TYPE_CHECKING:
    from integrations.admin.bases import BridgeAdmin as _Base
else:
    _Base = object

LOOK = "Nothing has changed yet: look at what would move, then apply it."


class Moving(_Base):
    """For the admin of company mappings."""

    def holds_more(self, mapping: CompanyMapping) -> bool:
        """Whether the floor above has something that would move along."""
        return False

    def needs_preview(self, mapping: CompanyMapping, client: HaloClient, site: HaloSite | None) -> bool:
        """Whether assets or tickets hang on a mapping that is to change. Two statements at most."""
        if client.pk == mapping.halo_client_id and (site is None or site.pk == mapping.halo_site_id):
            return False
        linked = computers_of(mapping).filter(halo_asset__isnull=False)
        return bool(linked.exists() or self.holds_more(mapping))

    def preview_of_move(
        self, request: HttpRequest, mapping: CompanyMapping, client: HaloClient, site: HaloSite | None
    ) -> Plan | None:
        """Have it computed; None where it was refused, which staff are told."""
        if not request.user.has_perm("integrations.add_plan"):
            raise PermissionDenied
        try:
            plan = new_move(mapping, client, site, request.user)
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
            return None
        request_run(
            RunKind.PLAN_ASSETS, plan=plan, halo_credential=plan.halo_credential, requested_by=request.user
        )
        messages.info(request, LOOK)
        return plan

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """To the preview, if saving has made one."""
        plan = getattr(request, "preview_of_move", None)
        if plan is not None:
            return HttpResponseRedirect(admin_url(plan))
        return super().response_change(request, obj)
