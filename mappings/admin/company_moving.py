"""Another client or site for a mapped company: a preview, where something would move or be unlinked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from integrations.admin.display import admin_url
from integrations.models import HaloClient, HaloCredential, HaloSite, Plan
from mappings.admin.company_effects import after_mapping, leave_to
from mappings.admin.pressed import Pressed, nothing
from mappings.admin.previewing import previewed
from mappings.linking import Above, attached_companies, is_elsewhere, map_company, nothing_above
from mappings.models import CompanyMapping
from mappings.planning import new_move

if TYPE_CHECKING:
    from integrations.admin.bases import BridgeAdmin as _Base
else:
    _Base = object

NOT_MERGED = "HaloPSA has not merged the client of this company, or it is mapped to another one by now."
FOLLOWED = "HaloPSA has merged the client into this one."
LOOK = "Nothing has changed yet: look at what would move, then apply it."


class Moving(_Base):
    """For the admin of company mappings."""

    above: Above = staticmethod(nothing_above)

    def needs_preview(self, mapping: CompanyMapping, client: HaloClient, site: HaloSite | None) -> bool:
        """Whether assets or tickets hang on a mapping that is to change. Two statements at most."""
        if not is_elsewhere(mapping, client, site):
            return False
        return bool(attached_companies([mapping.company_id], mapping.halo_credential, self.above))

    def preview_of_move(
        self, request: HttpRequest, mapping: CompanyMapping, client: HaloClient, site: HaloSite | None
    ) -> Plan | None:
        """Have it computed; None where it was refused, which staff are told."""
        if not request.user.has_perm("integrations.add_plan"):
            raise PermissionDenied
        plan = previewed(request, lambda: new_move(mapping, client, site, request.user))
        if plan is not None:
            messages.info(request, LOOK)
        return plan

    def follow_merge(self, request: HttpRequest, credential: HaloCredential) -> HttpResponse | Pressed | None:
        """*Follow the merge* in a company's row: its preview, or at once where nothing hangs on the mapping.
        None if another button was pressed."""
        what, _, rest = request.POST.get("do", "").partition(":")
        if what != "follow":
            return None
        rows = self.get_queryset(request).filter(halo_credential=credential, halo_client__active=False)
        number = int(rest) if rest.isdigit() and len(rest) < 18 else 0
        mapping = rows.filter(pk=number, halo_client__merged_into__isnull=False).first()
        if mapping is None:
            return nothing(NOT_MERGED)
        client = HaloClient.objects.select_related("halo_credential").get(
            pk=mapping.halo_client.merged_into_id
        )
        if self.needs_preview(mapping, client, None):
            plan = self.preview_of_move(request, mapping, client, None)
            return leave_to(request, admin_url(plan) if plan else request.get_full_path())
        return self._mapped_at_once(request, mapping, client)

    @staticmethod
    def _mapped_at_once(request: HttpRequest, mapping: CompanyMapping, client: HaloClient) -> Pressed:
        try:
            map_company(mapping.company, client, staff=request.user, reason=FOLLOWED)
        except ValidationError as problem:
            return Pressed(" ".join(problem.messages), level=messages.ERROR)
        after_mapping(mapping.halo_credential)
        return Pressed(f"{mapping.company} is {client} from now on.", [mapping.company_id])

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """To the preview, if saving has made one."""
        plan = getattr(request, "preview_of_move", None)
        if plan is not None:
            return HttpResponseRedirect(admin_url(plan))
        return super().response_change(request, obj)
