"""Integration profiles: what a ticket looks like. One per credential may be the default."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import BooleanRadioFilter, RelatedDropdownFilter
from unfold.widgets import UnfoldAdminSelect2Widget, UnfoldAdminTextInputWidget

from integrations.admin.bases import BridgeAdmin, Button
from integrations.admin.credential_choice import CredentialFirst
from integrations.admin.display import NOTHING, admin_url, badge
from integrations.choices import OptionKind
from integrations.models import HaloCredential, HaloOption
from ticketing.admin.preflights import PreflightPages
from ticketing.admin.profile_form import FIELDSETS, ProfileForm
from ticketing.admin.replacing import ReplacedOnDelete
from ticketing.admin.texts import TextsPage
from ticketing.first_defaults import choose_first_profile
from ticketing.halo_choices import HaloChoices
from ticketing.models import IntegrationProfile, PreflightState
from ticketing.profile_copies import CannotCopy, copy_profile
from ticketing.replacing import Use, replace_profile, use_of_profile

DEFAULT = (
    "Make “{row}” the default profile of {row.halo_credential}? It then serves every company mapping without "
    "a ticket rule of its own, and the present default no longer does."
)
NOT_DEFAULT = (
    "Let “{row}” no longer be the default? Company mappings without a ticket rule then get no tickets."
)

FIRST = (
    "“{row}” is the default profile of {row.halo_credential}, as it is the first one: it serves every "
    "company mapping without a ticket rule of its own. “No longer default” takes that back."
)
PREFLIGHT_TONES = {
    PreflightState.PASSED: "good",
    PreflightState.WARNED: "warn",
    PreflightState.FAILED: "bad",
}


class CopyForm(forms.Form):
    halo_credential: Any = forms.ModelChoiceField(
        HaloCredential.objects.all(),
        label="HaloPSA credential",
        help_text="Whose tickets the copy is for; it may be another HaloPSA.",
        widget=UnfoldAdminSelect2Widget,
    )
    name = forms.CharField(
        max_length=100,
        help_text="Of the copy. A credential has no two profiles of one name.",
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, profile: IntegrationProfile, *args: Any) -> None:
        super().__init__(*args)
        self.initial = {"halo_credential": profile.halo_credential_id, "name": f"Copy of {profile}"[:100]}


def _named(field: str, kind: OptionKind) -> Subquery:
    rows = HaloOption.objects.filter(
        halo_credential=OuterRef("halo_credential"), kind=kind, halo_id=Cast(OuterRef(field), CharField())
    )
    return Subquery(rows.values("name")[:1])


@admin.register(IntegrationProfile)
class IntegrationProfileAdmin(ReplacedOnDelete, PreflightPages, TextsPage, CredentialFirst, BridgeAdmin):
    form = ProfileForm
    fieldsets = FIELDSETS
    list_display = (
        "name",
        "halo_credential",
        "type_shown",
        "open_shown",
        "closed_shown",
        "event_set",
        "preflight_shown",
        "default_shown",
    )
    list_filter = (("halo_credential", RelatedDropdownFilter), ("is_default", BooleanRadioFilter))
    list_select_related = ("halo_credential", "event_set", "preflight")
    search_fields = ("name",)
    panel_template = "bridge/profile.html"
    empty_hint = "A profile says what a ticket looks like: its type, statuses, SLA, priority, team and more."
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "set_default",
            "Set as default",
            "star",
            tone="primary",
            ask=DEFAULT,
            shown=lambda row: not row.is_default,
        ),
        Button(
            "unset_default",
            "No longer default",
            "star_border",
            ask=NOT_DEFAULT,
            shown=lambda row: bool(row.is_default),
        ),
        Button("check_now", "Look into HaloPSA", "fact_check"),
    )

    @admin.display(description="Ticket type")
    def type_shown(self, row: Any) -> SafeString | str:
        return row.type_named or badge("No longer in HaloPSA", "bad")

    @admin.display(description="Status for creation")
    def open_shown(self, row: Any) -> SafeString | str:
        return row.open_named or badge("No longer in HaloPSA", "bad")

    @admin.display(description="Status for close")
    def closed_shown(self, row: Any) -> SafeString | str:
        return row.closed_named or badge("No longer in HaloPSA", "bad")

    @admin.display(description="Default", ordering="is_default")
    def default_shown(self, row: IntegrationProfile) -> SafeString | str:
        return badge("Default", "good") if row.is_default else NOTHING

    @admin.display(description="In HaloPSA", ordering="preflight__state")
    def preflight_shown(self, row: IntegrationProfile) -> SafeString | str:
        found = getattr(row, "preflight", None)
        return badge(found.get_state_display(), PREFLIGHT_TONES[found.state]) if found else NOTHING

    def get_queryset(self, request: HttpRequest) -> QuerySet[IntegrationProfile]:
        rows = super().get_queryset(request).select_related("halo_credential", "preflight")
        return rows.annotate(
            type_named=_named("ticket_type", OptionKind.TICKET_TYPE),
            open_named=_named("status_open", OptionKind.STATUS),
            closed_named=_named("status_closed", OptionKind.STATUS),
        )

    def panel(self, request: HttpRequest, row: IntegrationProfile) -> dict[str, Any]:
        return {
            "problems": HaloChoices.of([row]).problems(row),
            "texts_url": self.url("texts", row.pk),
            **self.preflight_told(row),
        }

    # ---- copying ----------------------------------------------------------------------------

    def page_urls(self) -> list[URLPattern]:
        return [self.page("<path:object_id>/copy/", "copy", self.copy), *super().page_urls()]

    def copy(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.row_or_404(request, object_id)
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = CopyForm(row, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                copied = copy_profile(row, values["halo_credential"], values["name"])
            except CannotCopy as problem:
                form.add_error(None, str(problem))
            else:
                self.log_addition(request, copied.profile, f"Copied from {row}.")
                messages.success(request, f"“{copied.profile}” is made.")
                if copied.left_out:
                    missing = ", ".join(copied.left_out)
                    messages.warning(request, f"Not found there, so choose anew: {missing}.")
                return HttpResponseRedirect(admin_url(copied.profile))
        context = self.page_context(request, f"Copy {row}", form=form, object=row, back=admin_url(row))
        return TemplateResponse(request, "bridge/copy_profile.html", context)

    # ---- deleting ---------------------------------------------------------------------------

    def use_of(self, row: IntegrationProfile) -> Use:
        return use_of_profile(row)

    def replacements(self, row: IntegrationProfile) -> QuerySet[IntegrationProfile]:
        return IntegrationProfile.objects.filter(halo_credential=row.halo_credential_id).exclude(pk=row.pk)

    def replace(self, row: IntegrationProfile, replacement: IntegrationProfile) -> None:
        replace_profile(row, replacement)

    # ---- default ----------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: IntegrationProfile, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change and choose_first_profile(obj):
            messages.success(request, FIRST.format(row=obj))

    def set_default(self, request: HttpRequest, row: IntegrationProfile) -> None:
        siblings = IntegrationProfile.objects.filter(halo_credential=row.halo_credential_id)
        with transaction.atomic():
            siblings.filter(is_default=True).update(is_default=False)
            siblings.filter(pk=row.pk).update(is_default=True)
        messages.success(request, f"“{row}” is the default profile of {row.halo_credential} from now on.")

    def unset_default(self, request: HttpRequest, row: IntegrationProfile) -> None:
        IntegrationProfile.objects.filter(pk=row.pk).update(is_default=False)
        messages.success(request, f"“{row}” is no longer the default.")
