"""Which computers an export is about: those that were ticked in the list, or those that its filters leave."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import reverse

from integrations.admin.choosers import id_in
from integrations.admin.credential_choice import PARAMETER, credential_choice
from integrations.models import Computer

if TYPE_CHECKING:
    from integrations.admin.bases import BridgeAdmin as _Base
else:
    _Base = object

TICKED, FILTERED = "computers", "filter"
"""Parameters of the dialog: our ids with commas between them, or the query string of the list."""
NOT_OF_FILTER = ("p", "e", "o", "all")


def named_computers(request: HttpRequest) -> QuerySet[Computer] | None:
    """None: no computers were named, so it is about all of the scope."""
    if TICKED in request.GET:
        words = request.GET[TICKED].split(",")
        named = [number for word in words if (number := id_in(word)) is not None]
        return Computer.objects.filter(pk__in=named)
    if FILTERED in request.GET:
        return _listed(request, QueryDict(request.GET[FILTERED]))
    return None


def _listed(request: HttpRequest, query: QueryDict) -> QuerySet[Computer]:
    """Exactly the rows of the list with these filters, whatever filters it has."""
    listing: Any = admin.site._registry[Computer]
    if not listing.has_view_permission(request):
        raise PermissionDenied
    query = query.copy()
    for name in NOT_OF_FILTER:
        query.pop(name, None)
    asked = copy.copy(request)
    asked.GET = query  # type: ignore[assignment]
    # The list remembers the credential of a request on it.
    vars(asked).pop("credential_choice", None)
    try:
        rows = listing.get_changelist_instance(asked).get_queryset(asked)
    except IncorrectLookupParameters:
        return Computer.objects.none()
    return Computer.objects.filter(pk__in=rows.order_by().values("pk"))


class ExportSelected(_Base):
    """For the list of computers: an action that leads to the dialog."""

    actions = ("export_selected",)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("integrations.add_plan"))

    @admin.action(description="Export to HaloPSA", permissions=["export"])
    def export_selected(self, request: HttpRequest, queryset: QuerySet[Computer]) -> HttpResponseRedirect:
        """*All of the list* goes by its filters: they may leave more than an address holds."""
        choice = credential_choice(request).chosen
        if request.POST.get("select_across") == "1":
            query = {FILTERED: request.GET.urlencode()}
        else:
            query = {TICKED: ",".join(str(pk) for pk in queryset.order_by("pk").values_list("pk", flat=True))}
        if choice is not None:
            query[PARAMETER] = str(choice.pk)
        return HttpResponseRedirect(f"{reverse('admin:integrations_plan_add')}?{urlencode(query)}")
