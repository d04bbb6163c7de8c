"""*Import from Halo*: clients become companies of a console that has none of its own, mapped at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern

from integrations.admin.choosers import id_of
from integrations.admin.credential_choice import credential_choice
from integrations.admin.pages import address, page_of
from integrations.models import Console, HaloClient, HaloCredential
from mappings.admin.company_effects import after_mapping
from mappings.admin.company_rows import SIZES, page_size
from mappings.linking import (
    Imported,
    import_clients,
    importable_clients,
    importing_kinds,
    matching_clients,
    takes_imports,
)

NAMED: Final = 5
"""Clients that stay out and are told by name, with the reason."""

if TYPE_CHECKING:
    from integrations.admin.bases import BridgeAdmin as _Base
else:
    _Base = object


class ImportPage(_Base):
    def page_urls(self) -> list[URLPattern]:
        return [self.page("import/", "import", self.import_from_halo), *super().page_urls()]

    def import_from_halo(self, request: HttpRequest) -> HttpResponse:
        """Clients that the console does not have yet: search, pages, ticked ones or all of the filter."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        choice = credential_choice(request)
        consoles = [row for row in Console.objects.order_by("name") if takes_imports(row)]
        console = _chosen(request, consoles)
        more: dict[str, Any] = {"choice": choice, "consoles": consoles, "console": console}
        if console is None:
            more["kinds"] = importing_kinds()
        if choice.chosen and console:
            clients = matching_clients(importable_clients(console, choice.chosen), request.GET.get("q", ""))
            if request.method == "POST":
                return self._imported(request, choice.chosen, console, clients)
            more |= _offered(request, clients)
        context = self.page_context(request, "Import companies from HaloPSA", **more)
        return TemplateResponse(request, "bridge/import_clients.html", context)

    def _imported(
        self,
        request: HttpRequest,
        credential: HaloCredential,
        console: Console,
        clients: QuerySet[HaloClient],
    ) -> HttpResponse:
        if "all" in request.POST:
            wanted = list(clients.order_by().values_list("pk", flat=True))
        else:
            ticked = request.POST.getlist("client") if "ticked" in request.POST else []
            wanted = [int(pk) for pk in ticked if pk.isdigit() and len(pk) < 18]
        if not wanted:
            messages.warning(request, "No client was ticked.")
            return HttpResponseRedirect(request.get_full_path())
        found = import_clients(console, credential, wanted, request.user)
        if found.made or found.reused:
            after_mapping(credential)
        messages.success(request, told(found, console))
        return HttpResponseRedirect(
            f"{self.url('changelist')}?halo_credential={credential.pk}&console={console.pk}"
        )


def told(found: Imported, console: Console) -> str:
    made = "company was" if found.made == 1 else "companies were"
    words = f"{found.made} {made} made in {console} and mapped."
    if found.reused:
        words += f" {found.reused} of its own had the same name and were mapped instead."
    if not found.left:
        return words
    named = " ".join(f"{row.name or row.halo_client}: {row.reason}" for row in found.left_out[:NAMED])
    more = f" And {found.left - NAMED:,} more." if found.left > NAMED else ""
    return f"{words} {found.left:,} left out. {named}{more}"


def _offered(request: HttpRequest, clients: QuerySet[HaloClient]) -> dict[str, Any]:
    size = page_size(request)
    page = page_of(request, clients.order_by("name", "pk"), size)
    return {"page": page, "size": size, "sizes": SIZES, "here": address(request, page=page.number)}


def _chosen(request: HttpRequest, consoles: list[Console]) -> Console | None:
    wanted = id_of(request, "console")
    return next((row for row in consoles if row.pk == wanted), next(iter(consoles), None))
