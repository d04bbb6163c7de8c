"""Computers to review: the evidence side by side, decided with one click."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RelatedDropdownFilter

from integrations.admin.bases import HistoryAdmin, about_one_row
from integrations.admin.choosers import id_in
from integrations.admin.display import (
    admin_url,
    badge,
    halo_url,
    moment,
    state_badge,
    time_column,
    two_lines,
)
from integrations.admin.pressing import not_pressed
from integrations.models import HaloAsset, HaloSite
from mappings.admin.bulk_reviews import MAY_DECIDE, DecidingMany
from mappings.linking import NothingToDecide, decide, decisions_for, match_again
from mappings.linking.comparing import compare
from mappings.models import CompanyMapping, ComputerReview, ReviewDecision, ReviewKind

TONES: Final = {kind.value: "warn" for kind in ReviewKind} | {ReviewKind.MOVED.value: "info"}
TOLD: Final = {
    ReviewDecision.LINK: "{computer} is {asset} from now on.",
    ReviewDecision.EXPORT: "{computer} is to be exported as an asset of its own.",
    ReviewDecision.IGNORE: "{computer} is ignored from now on.",
    ReviewDecision.MOVE: "The next export moves the asset of {computer}; its preview shows it first.",
    ReviewDecision.LEAVE: "{computer} stays as it is, until its facts change.",
}


class OpenFilter(DropdownFilter):
    """Open ones, unless history is asked for."""

    title = "state"
    parameter_name = "state"
    all_option = ["", "To decide"]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [("decided", "Decided"), ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(decided_at__isnull=self.value() != "decided")


class MoveForm(forms.Form):
    """To which site of the new client."""

    def __init__(self, pair: CompanyMapping, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = HaloSite.objects.filter(client=pair.halo_client_id, active=True).order_by("name")
        self.fields["halo_site"] = forms.ModelChoiceField(
            sites,
            label=f"Site of {pair.halo_client}",
            help_text="Where the asset stands from then on.",
            initial=pair.halo_site_id,
            empty_label=None if pair.halo_site_id else "– choose –",
            widget=forms.Select(attrs={"class": "hb-input"}),
        )


@admin.register(ComputerReview)
class ComputerReviewAdmin(DecidingMany, HistoryAdmin):
    list_display = ("computer_shown", "kind_shown", "found", "decision_shown")
    list_filter = (
        OpenFilter,
        ("kind", ChoicesDropdownFilter),
        ("halo_credential", RelatedDropdownFilter),
        ("computer__console", RelatedDropdownFilter),
    )
    list_select_related = ("computer__company", "computer__console", "decided_by")
    search_fields = ("computer__name", "computer__serial_number", "computer__company__name", "reason")
    search_help_text = "Device name, serial number, company, reason"
    empty_hint = (
        "Nothing to decide. Computers come here when several fit one asset, one fits several, the evidence "
        "disagrees, or a computer has moved to another company."
    )
    found = time_column("found_at", "Found")

    @admin.display(description="Computer", ordering="computer__name")
    def computer_shown(self, row: ComputerReview) -> SafeString:
        place = " · ".join(str(part) for part in (row.computer.company, row.computer.console) if part)
        return two_lines(row.computer, place)

    @admin.display(description="Why", ordering="kind")
    def kind_shown(self, row: ComputerReview) -> SafeString:
        return two_lines(state_badge(row, "kind", TONES), row.reason)

    @admin.display(description="Decision", ordering="decided_at")
    def decision_shown(self, row: ComputerReview) -> SafeString:
        if row.is_open:
            return badge("To decide", "warn")
        by = f" by {row.decided_by}" if row.decided_by else ""
        return two_lines(
            badge(row.get_decision_display(), "good"), format_html("{}{}", moment(row.decided_at), by)
        )

    # ---- one review -------------------------------------------------------------------------

    def page_urls(self) -> list[URLPattern]:
        return [self.page("<int:review_id>/decide/", "decide", self.decide)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ComputerReview]:
        rows = super().get_queryset(request).select_related(*self.list_select_related, "halo_credential")
        compared = ("computer__location", "computer__product")
        return rows.select_related(*compared) if about_one_row(request) else rows

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        review: ComputerReview = self.row_or_404(request, object_id)
        if not self.has_view_permission(request, review):
            raise PermissionDenied
        return self._page(request, review)

    def _page(self, request: HttpRequest, review: ComputerReview) -> HttpResponse:
        found = compare(review)
        offered = decisions_for(review) if review.is_open and request.user.has_perm(MAY_DECIDE) else ()
        pair = _pair(review) if ReviewDecision.MOVE in offered else None
        server = review.halo_credential.resource_server
        context = self.page_context(
            request,
            f"Review {review}",
            object=review,
            review=review,
            kind=state_badge(review, "kind", TONES),
            found=found,
            offered=offered,
            pair=pair,
            form=MoveForm(pair) if pair else None,
            asset_links={thing.row.pk: _in_halo(server, thing.row) for thing in found.assets},
            rival_reviews=_reviews_of_rivals(review),
            waiting=_open_like(review).exclude(pk=review.pk).count(),
            listed=f"{self.url('changelist')}?halo_credential__id__exact={review.halo_credential_id}",
        )  # fmt: skip
        return TemplateResponse(request, "bridge/computer_review.html", context)

    def decide(self, request: HttpRequest, review_id: int) -> HttpResponse:
        """One click of the page; the next one to decide follows."""
        if not request.user.has_perm(MAY_DECIDE):
            raise PermissionDenied
        review: ComputerReview = self.row_or_404(request, review_id)
        if request.method != "POST":
            return not_pressed(request, admin_url(review))
        decision, _, asset_id = request.POST.get("decision", "").partition(":")
        asset = HaloAsset.objects.filter(pk=id_in(asset_id) or 0).first()
        site = HaloSite.objects.filter(pk=id_in(request.POST.get("halo_site", "")) or 0).first()
        try:
            review = decide(review, decision, halo_asset=asset, halo_site=site, staff=request.user)
        except NothingToDecide as problem:
            messages.warning(request, str(problem))
            return HttpResponseRedirect(self.url("changelist"))
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
            return HttpResponseRedirect(admin_url(review))
        match_again(review.halo_credential)
        self.log_change(request, review, f"Decided: {review.get_decision_display()}.")
        told = TOLD[ReviewDecision(review.decision)].format(computer=review.computer, asset=asset)
        messages.success(request, _with_way_on(request, review, told))
        following = _open_like(review).order_by("found_at", "pk").first()
        return HttpResponseRedirect(admin_url(following) if following else self.url("changelist"))


def _in_halo(server: str, asset: Any) -> str:
    return halo_url(server, "assets", asset.halo_id)


def _with_way_on(request: HttpRequest, review: ComputerReview, told: str) -> SafeString | str:
    """What has to be written to HaloPSA waits for an export: a link to it, for whoever may make one."""
    exports = review.decision in (ReviewDecision.MOVE, ReviewDecision.EXPORT)
    if not exports or not request.user.has_perm("integrations.add_plan"):
        return told
    url = f"{reverse('admin:integrations_plan_add')}?halo_credential={review.halo_credential_id}"
    return format_html('{} <a class="hb-link" href="{}">Export computers</a>', told, url)


def _pair(review: ComputerReview) -> CompanyMapping | None:
    rows = CompanyMapping.objects.filter(
        company=review.computer.company_id, halo_credential=review.halo_credential
    )
    return rows.select_related("halo_client").first()


def _open_like(review: ComputerReview) -> QuerySet[ComputerReview]:
    """What else there is to decide in this HaloPSA."""
    return ComputerReview.objects.filter(halo_credential=review.halo_credential, decided_at__isnull=True)


def _reviews_of_rivals(review: ComputerReview) -> dict[int, str]:
    """By rival (our id): the address of its own open review."""
    rows = _open_like(review).filter(computer__in=review.rivals)
    return {row.computer_id: admin_url(row) for row in rows}
