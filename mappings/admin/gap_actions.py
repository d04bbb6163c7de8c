"""What staff do to gaps, one by one or all that the filters leave: dismiss them, ignore their computers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from unfold.widgets import UnfoldAdminTextInputWidget

from integrations.admin.bases import Button
from integrations.admin.display import admin_url
from mappings.gaps import dismiss, restore
from mappings.gaps.dismissing import LONGEST_REASON
from mappings.linking import ignore_computers
from mappings.models import Gap

if TYPE_CHECKING:
    from integrations.admin.bases import HistoryAdmin as _Base
else:
    _Base = object


@dataclass(frozen=True, slots=True)
class Doing:
    """Something that is done with a reason. `do` takes gaps, reason and staff; it returns how many it did."""

    name: str
    label: str
    right: str
    asks: str
    says: str
    help_text: str
    one: str
    several: str
    do: Callable[[QuerySet[Gap], str, Any], int]


def _ignore(gaps: QuerySet[Gap], reason: str, staff: Any) -> int:
    """The computers of these gaps, in every console that lists them; an asset of HaloPSA can't be ignored."""
    rows = gaps.with_their_machines().filter(computer__isnull=False)  # type: ignore[attr-defined]
    return ignore_computers(rows.values_list("computer", flat=True).distinct(), reason, staff)


DISMISS: Final = Doing(
    *("dismiss", "Dismiss", "mappings.change_gap", "Why is it none?"),
    says="Nothing changes in HaloPSA or in a console. It stays out of the report until something about it "
    "changes, and can be taken back under Filters, “Dismissed”.",
    help_text="E.g. “Firewall, has no agent”. Shown with the gap.",
    one="1 gap is dismissed until it changes.",
    several="{} gaps are dismissed, each until it changes.",
    do=dismiss,
)
IGNORE: Final = Doing(
    *("ignore", "Ignore", "mappings.add_ignoredcomputer", "Why is it ignored?"),
    says="An ignored computer has no export, no updates, no new tickets and no gaps of any kind, until you "
    "stop ignoring it in the list of computers. Its asset in HaloPSA stays as it is.",
    help_text="Shown in the list of computers, e.g. “Test bench”.",
    one="1 computer is ignored from now on.",
    several="{} computers are ignored from now on.",
    do=_ignore,
)


class ReasonForm(forms.Form):
    def __init__(self, doing: Doing, *args: Any) -> None:
        super().__init__(*args)
        self.fields["reason"] = forms.CharField(
            label=doing.asks,
            max_length=LONGEST_REASON,
            widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True}),
            help_text=doing.help_text,
        )


class GapActions(_Base):
    """For the list of gaps: a page with a reason for one, an action with one reason for many."""

    actions = ("dismiss_selected", "ignore_selected", "restore_selected")
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "restore",
            "Take back",
            ask="Take the dismissal of “{row}” back? It is in the report again.",
            shown=lambda row: row.dismissed_at is not None,
        ),
    )

    def page_urls(self) -> list[URLPattern]:
        return [
            self.page("<path:object_id>/dismiss/", "dismiss", self.dismiss),
            self.page("<path:object_id>/ignore/", "ignore", self.ignore),
            *super().page_urls(),
        ]

    # ---- one --------------------------------------------------------------------------------

    def dismiss(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._one(request, object_id, DISMISS)

    def ignore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._one(request, object_id, IGNORE)

    def _one(self, request: HttpRequest, object_id: str, doing: Doing) -> HttpResponse:
        row = self.row_or_404(request, object_id)
        if not request.user.has_perm(doing.right):
            raise PermissionDenied
        if doing is IGNORE and row.computer_id is None:
            raise Http404("Only computers can be ignored.")
        back = f"{self.url('changelist')}?halo_credential={row.halo_credential_id}"
        form = ReasonForm(doing, request.POST or None)
        if form.is_valid():
            self._do(request, doing, Gap.objects.filter(pk=row.pk), form)
            self.log_change(request, row, f"{doing.label}: {form.cleaned_data['reason']}")
            return HttpResponseRedirect(back)
        return self._ask(request, doing, form, back, question=f"{row}. {row.reason}")

    def restore(self, request: HttpRequest, row: Gap) -> HttpResponse:
        restore(Gap.objects.filter(pk=row.pk))
        messages.success(request, f"“{row.name}” is in the report again.")
        return HttpResponseRedirect(admin_url(row))

    @staticmethod
    def _do(request: HttpRequest, doing: Doing, gaps: QuerySet[Gap], form: ReasonForm) -> None:
        number = doing.do(gaps, form.cleaned_data["reason"], request.user)
        messages.success(request, doing.one if number == 1 else doing.several.format(number))

    def _ask(
        self, request: HttpRequest, doing: Doing, form: ReasonForm, back: str, **more: Any
    ) -> HttpResponse:
        context = self.page_context(
            request, doing.label, form=form, media=form.media, back=back, doing=doing, **more
        )
        return TemplateResponse(request, "bridge/dismiss_gaps.html", context)

    # ---- many -------------------------------------------------------------------------------

    def has_dismiss_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(DISMISS.right))

    def has_ignore_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(IGNORE.right))

    @admin.action(description="Dismiss", permissions=["dismiss"])
    def dismiss_selected(self, request: HttpRequest, queryset: QuerySet[Gap]) -> HttpResponse | None:
        return self._many(request, queryset, DISMISS)

    @admin.action(description="Ignore the computers", permissions=["ignore"])
    def ignore_selected(self, request: HttpRequest, queryset: QuerySet[Gap]) -> HttpResponse | None:
        return self._many(request, queryset, IGNORE)

    def _many(self, request: HttpRequest, queryset: QuerySet[Gap], doing: Doing) -> HttpResponse | None:
        """Asks for one reason for all of them first."""
        form = ReasonForm(doing, request.POST if "reason" in request.POST else None)
        if form.is_valid():
            self._do(request, doing, queryset, form)
            return None
        number = queryset.count()
        return self._ask(
            request,
            doing,
            form,
            request.get_full_path(),
            question=f"{doing.label}: {number} {'gap' if number == 1 else 'gaps'}?",
            ticked=request.POST.getlist(ACTION_CHECKBOX_NAME),
            across=request.POST.get("select_across", "0"),
        )

    @admin.action(description="Take back the dismissal", permissions=["dismiss"])
    def restore_selected(self, request: HttpRequest, queryset: QuerySet[Gap]) -> None:
        number = restore(queryset)
        told = "1 gap is" if number == 1 else f"{number} gaps are"
        messages.success(request, f"{told} in the report again.")
