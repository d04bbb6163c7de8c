"""Changing single rows of a preview, or many of them, before it is applied."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern

from integrations.admin.display import admin_url
from integrations.choices import Action, PlanState
from integrations.models import Computer, Plan, PlannedChange
from mappings.admin.choice_form import ChoiceForm
from mappings.planning import computers_of, rows_to_choose_for

if TYPE_CHECKING:
    from integrations.admin.bases import BridgeAdmin as _Base
else:
    _Base = object

NAMED = 10
OTHER_CHECKSUM = "Nothing was written. This preview has changed since you opened it; look at it again."
NONE_TO_CHANGE = "None of these rows stands for a new asset, so there is nothing to choose."
ALL_OF = {"create": Action.CREATE, "skip": Action.SKIP}
"""Rows that can be changed all at once: new assets, and computers without one that were left out."""


class RowChoices(_Base):
    """For the admin of previews: the page on which type, site and tag of rows are chosen."""

    def page_urls(self) -> list[URLPattern]:
        return [
            self.page("<path:object_id>/choose/", "choose_rows", self.choose_rows),
            *super().page_urls(),
        ]

    def choose_rows(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """`?rows=` positions with commas between them, or `?all=` create or skip; `checksum` as looked at."""
        plan: Plan = self.row_or_404(request, object_id)
        if not self.may_press(request, "change", plan):
            raise PermissionDenied
        if plan.state != PlanState.READY or request.GET.get("checksum") != plan.checksum:
            messages.error(request, OTHER_CHECKSUM)
            return HttpResponseRedirect(admin_url(plan))
        computers = computers_of(plan, _named_rows(request, plan))
        if not computers:
            messages.warning(request, NONE_TO_CHANGE)
            return HttpResponseRedirect(admin_url(plan))
        form = ChoiceForm(plan, computers, request.POST if request.method == "POST" else None)
        if form.is_valid():
            run = form.take_over(request.user)
            if run is not None:
                self.log_change(request, plan, f"Chosen for {len(computers)} rows.")
            if not form.errors:
                return HttpResponseRedirect(admin_url(plan))
        names = Computer.objects.filter(pk__in=computers[:NAMED]).order_by("name")
        context = self.page_context(
            request,
            "Change rows of the preview",
            object=plan,
            plan=plan,
            form=form,
            media=form.media,
            names=list(names.values_list("name", flat=True)),
            count=len(computers),
            more=max(0, len(computers) - NAMED),
            back=admin_url(plan),
        )
        return TemplateResponse(request, "bridge/choose_rows.html", context)

    # ---- for the preview's own page ----------------------------------------------------------

    def choose_url(self, plan: Plan, **which: str) -> str:
        return f"{self.url('choose_rows', plan.pk)}?{urlencode({**which, 'checksum': plan.checksum})}"


def _named_rows(request: HttpRequest, plan: Plan) -> QuerySet[PlannedChange]:
    rows = rows_to_choose_for(plan)
    if action := ALL_OF.get(request.GET.get("all", "")):
        return rows.filter(action=action)
    words = request.GET.get("rows", "").split(",")
    return rows.filter(position__in=[int(word) for word in words if word.isdigit() and len(word) < 10])
