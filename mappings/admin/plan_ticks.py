"""Ticks of a preview, kept as soon as they are set, and its being applied: just as it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse

from integrations.admin.display import admin_url
from integrations.models import Plan, Run
from mappings.admin.plan_rows import OTHER_CHECKSUM
from mappings.admin.plan_search import FIELDS, narrowing_of
from mappings.counts import counts_of_plan
from mappings.planning import (
    NOT_THAT_ONE,
    Narrowing,
    apply_as_seen,
    left_to_staff,
    make_again,
    run_that_applies,
    take_ticks,
    tick,
)
from mappings.planning.rows import ASSETS, LOCAL

if TYPE_CHECKING:
    from mappings.admin.plan_rows import RowChoices as _Base
else:
    _Base = object

KEPT: Final = "Your ticks are kept."
ALL: Final = {"tick": True, "untick": False, "asked": True}
"""What the buttons for many rows do: all that the page's filter finds, or all that are left to staff."""
SAVED: Final = "HB-Kept"
"""Header of the answer to ticks that a page has sent by itself: they are stored."""


class Ticks(_Base):
    """For the admin of previews."""

    def keep_ticks(self, request: HttpRequest, row: Plan) -> HttpResponse:
        """Take over the ticks of one page; rows of other pages stay as they are."""
        plan = self._kept(request, row)
        if request.headers.get("HX-Request"):
            return self._told(request, plan)
        if plan is None:
            return HttpResponseRedirect(f"{admin_url(row)}{_next_page(request)}")
        if request.POST.get("choose"):
            return self._choose_for_ticked(request, plan)
        if request.POST.get("all") not in ALL and not {"go", "look"} & request.POST.keys():
            messages.success(request, KEPT)
        return HttpResponseRedirect(f"{admin_url(row)}{_next_page(request)}")

    def _kept(self, request: HttpRequest, row: Plan) -> Plan | None:
        """The preview as it is ticked now; None if somebody else was faster, which is said."""
        try:
            plan = _take_ticks(request, row)
            return _tick_all(request, plan) if request.POST.get("all") in ALL else plan
        except ValidationError as refused:
            messages.error(request, _sentence(refused))
            return None

    @staticmethod
    def _told(request: HttpRequest, plan: Plan | None) -> HttpResponse:
        """What the ticks have changed on the page. One that is out of date is fetched anew by its
        script; told to refresh, htmx would do so beside it."""
        if plan is None:
            return HttpResponse()
        context = {**figures(plan), "plan": plan, "may_tick": True, "oob": True}
        return TemplateResponse(request, "bridge/plan_kept.html", context, headers={SAVED: "1"})

    def _choose_for_ticked(self, request: HttpRequest, plan: Plan) -> HttpResponse:
        ticked = ",".join(number for number in request.POST.getlist("ticked") if number.isdigit())
        return HttpResponseRedirect(self.choose_url(plan, rows=ticked))

    # ---- apply ------------------------------------------------------------------------------

    def apply(self, request: HttpRequest, row: Plan) -> HttpResponse:
        """What was looked at is what runs: checksum and the rows that the preview covers must still hold."""
        running = run_that_applies(row) or self._apply(request, row)
        return HttpResponseRedirect(admin_url(running or row))

    @staticmethod
    def _apply(request: HttpRequest, row: Plan) -> Run | None:
        """The run that does it; None if it may not be, which is said."""
        try:
            plan = _take_ticks(request, row)
            return apply_as_seen(plan, plan.checksum, request.user)
        except ValidationError as refused:
            told = _sentence(refused)
            messages.error(request, told if told == OTHER_CHECKSUM else f"Nothing was written. {told}")
            return None

    def plan_again(self, request: HttpRequest, row: Plan) -> HttpResponse:
        try:
            return HttpResponseRedirect(admin_url(make_again(row, request.user)))
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
        return HttpResponseRedirect(admin_url(row))


def figures(plan: Plan) -> dict[str, Any]:
    """What of a preview's page follows its ticks, beside the rows."""
    return {
        "ticked": plan.counts.get("selected", 0),
        "fixed": plan.changes.filter(selected=True, action__in=LOCAL).count() if plan.kind != ASSETS else 0,
        "counted": counts_of_plan(plan),
        "asked": left_to_staff(plan),
    }


def _take_ticks(request: HttpRequest, plan: Plan) -> Plan:
    """Raises `ValidationError` where the page no longer shows the preview as it is."""
    shown, ticked = (
        {int(number) for number in request.POST.getlist(name) if number.isdigit() and len(number) < 10}
        for name in ("shown", "ticked")
    )
    return take_ticks(plan, shown, ticked, checksum=request.POST.get("checksum", ""))


def _tick_all(request: HttpRequest, plan: Plan) -> Plan:
    which = request.POST["all"]
    chosen = Narrowing(ticks="asked") if which == "asked" else narrowing_of(_query(request))
    return tick(plan, chosen.rows(plan), ALL[which], checksum=plan.checksum)


def _sentence(refused: ValidationError) -> str:
    told = " ".join(refused.messages)
    return OTHER_CHECKSUM if told == NOT_THAT_ONE else told


def _query(request: HttpRequest) -> QueryDict:
    return QueryDict(request.POST.get("query", ""), mutable=True)


def _next_page(request: HttpRequest) -> str:
    """The page to go to: the one that was pressed, what was searched for, or the same one again."""
    go = request.POST.get("go", "")
    if go.startswith("?"):
        return go
    query = _query(request)
    if "look" in request.POST:
        query.pop("page", None)
        for name in FIELDS:
            query[name] = request.POST.get(name, "")
    return f"?{query.urlencode()}"
