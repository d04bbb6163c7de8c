"""One decision for all reviews that are ticked: asked once, each told with its outcome."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from mappings.admin.pressed import by_outcome
from mappings.linking import decide_many, match_again
from mappings.models import ComputerReview, ReviewDecision

if TYPE_CHECKING:
    from integrations.admin.bases import BridgeAdmin as _Base
else:
    _Base = object

MAY_DECIDE: Final = "mappings.decide_computerreview"
MOST_TOLD = 500
"""Outcomes on the page; of more the rest is a number."""
WHAT_IT_DOES: Final = {
    ReviewDecision.EXPORT: "Each gets an asset of its own by the next export, after a preview. The assets "
    "that came into question are not matched with it again.",
    ReviewDecision.IGNORE: "No export, no updates, no new tickets and no gaps, until you stop ignoring. "
    "Their assets in HaloPSA stay as they are.",
    ReviewDecision.LEAVE: "Nothing changes. Each comes back here when its facts change.",
}


class DecidingMany(_Base):
    """For the admin of reviews. What needs an asset or a site to be chosen is decided one by one."""

    def get_actions(self, request: HttpRequest) -> Any:
        if not request.user.has_perm(MAY_DECIDE):
            return {}
        own = {
            f"decide_{decision.value}": (
                partial(_ask_or_decide, decision=decision),
                f"decide_{decision.value}",
                str(decision.label),
            )
            for decision in WHAT_IT_DOES
        }
        return {**super().get_actions(request), **own}

    def decide_ticked(
        self, request: HttpRequest, rows: QuerySet[ComputerReview], decision: ReviewDecision
    ) -> HttpResponse:
        if not request.user.has_perm(MAY_DECIDE):
            raise PermissionDenied
        ids = list(rows.order_by().values_list("pk", flat=True))
        context = self.page_context(
            request,
            decision.label,
            decision=decision,
            does=WHAT_IT_DOES[decision],
            number=len(ids),
            ticked=request.POST.getlist(ACTION_CHECKBOX_NAME),
            across=request.POST.get("select_across", "0"),
            back=request.get_full_path(),
        )
        if "confirmed" not in request.POST:
            return TemplateResponse(request, "bridge/decide_many.html", context)
        outcomes = decide_many(ids, decision, request.user)
        done = [one for one in outcomes if not one.problem]
        for credential in {one.review.halo_credential for one in done}:
            match_again(credential)
        messages.add_message(request, *_told(len(done), len(outcomes)))
        refused_first = sorted(outcomes, key=lambda one: not one.problem)
        context |= {
            "outcomes": refused_first[:MOST_TOLD],
            "more": len(outcomes) - MOST_TOLD,
            "exports": decision == ReviewDecision.EXPORT and request.user.has_perm("integrations.add_plan"),
        }
        return TemplateResponse(request, "bridge/decide_many.html", context)


def _ask_or_decide(
    pages: DecidingMany, request: HttpRequest, rows: QuerySet[Any], decision: ReviewDecision
) -> HttpResponse:
    return pages.decide_ticked(request, rows, decision)


def _told(done: int, all_of_them: int) -> tuple[int, str]:
    computers = "computer is" if done == 1 else "computers are"
    words = f"{done} {computers} decided."
    left = all_of_them - done
    return by_outcome(done, left), f"{words} {left} left alone; each says why." if left else words
