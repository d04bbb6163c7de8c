"""Sync settings of a credential: what is read from HaloPSA, how often, and what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from integrations.admin.choosers import asset_types, options
from integrations.admin.display import admin_url
from integrations.admin.mirror import mirror_of
from integrations.choices import OptionKind, Resource, RunKind
from integrations.models import OPEN_STATES, HaloCredential, Run, SyncSettings
from integrations.runs.mirror_forecast import MirrorForecaster
from integrations.runs.request import request_halo_sync
from integrations.runs.sync_settings import problems_of, settings_of
from integrations.sync.rights import RESOURCE_NEEDS

MANAGE: Final = "integrations.manage_sync_settings"
VIEW: Final = "integrations.view_syncsettings"

PURPOSES: Final[dict[str, str]] = {
    Resource.CLIENTS: "company mapping, and whose everything else is",
    Resource.SITES: "where assets and tickets belong",
    Resource.USERS: "the end user of a ticket",
    Resource.ASSET_TYPES: "default asset types and which fields an asset has",
    Resource.FIELDS: "field mapping, custom fields of assets",
    Resource.OPTIONS: "what integration profiles choose from: ticket types, statuses, priorities, teams …",
    Resource.LICENCES: "looking at software licences",
    Resource.ASSETS: "matching computers, updates, looking at assets",
}


class SyncSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Ids that HaloPSA does not list any more stay chosen, and are shown as such."""

    class Meta:
        model = SyncSettings
        fields = (
            "resources",
            "asset_groups",
            "asset_types",
            "include_inactive",
            "software_groups",
            "mode",
            "interval_minutes",
            "full_hours",
        )
        widgets = {
            "include_inactive": UnfoldBooleanSwitchWidget,
            "mode": UnfoldAdminSelect2Widget,
            "interval_minutes": UnfoldAdminTextInputWidget(attrs={"type": "number"}),
            "full_hours": UnfoldAdminTextInputWidget(attrs={"type": "number"}),
        }
        labels = {
            "include_inactive": "Read what is inactive in HaloPSA, too",
            "mode": "What a sync reads",
            "interval_minutes": "Minutes between two syncs",
            "full_hours": "Hours between two full reads",
        }

    def __init__(self, credential: HaloCredential, *args: Any, locked: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resources"] = forms.MultipleChoiceField(
            label="Read",
            choices=[(value, _told(credential, value, label)) for value, label in Resource.choices],
            required=False,
            widget=UnfoldAdminCheckboxSelectMultipleWidget,
            help_text="What is not read stays as it was last read; it is never counted as missing.",
        )
        groups, types = options(credential.pk, OptionKind.ASSET_GROUP), asset_types(credential.pk)
        self._choose("asset_groups", "Only assets of these groups", groups, "None chosen: all of them.")
        self._choose("asset_types", "Only assets of these types", types, "None chosen: all of them.")
        self._choose(
            "software_groups",
            "Installed software of these asset groups",
            groups,
            "Read slowly in the background, one call for each asset. Of all other assets it is read when "
            "their page is opened.",
        )
        for field in self.fields.values():
            field.disabled = locked

    def _choose(self, name: str, label: str, rows: Sequence[tuple[int, str]], help_text: str) -> None:
        stored = getattr(self.instance, name)
        live = {number for number, _ in rows}
        vanished = [(number, f"{number}: no longer in HaloPSA") for number in stored if number not in live]
        if not rows:
            help_text += " The choices appear here after the first sync."
        self.fields[name] = forms.TypedMultipleChoiceField(
            label=label,
            choices=[*rows, *vanished],
            coerce=int,
            empty_value=[],
            required=False,
            widget=UnfoldAdminSelect2MultipleWidget,
            help_text=help_text,
        )

    def clean_resources(self) -> list[str]:
        chosen = list(self.cleaned_data["resources"])
        if problems := problems_of(chosen):
            raise forms.ValidationError(problems)
        return chosen


def _told(credential: HaloCredential, resource: str, label: str) -> str:
    """What it is for, and why it can't be read at present, where it can't."""
    told = f"{label.split(' [')[0]}: {PURPOSES[resource]}"
    missing = credential.lacks(RESOURCE_NEEDS[Resource(resource)])
    return f"{told}. Not read at present: {missing}" if missing and resource != Resource.OPTIONS else told


class SyncSettingsPage:
    """For the credential's admin: its sync settings, and the panel that tells how far a read is."""

    def page_urls(self) -> list[URLPattern]:
        pages: list[URLPattern] = [
            self.page("<path:object_id>/sync-settings/", "sync_settings", self.sync_settings),  # type: ignore[attr-defined]
            self.page("<path:object_id>/mirror/", "mirror", self.mirror),  # type: ignore[attr-defined]
        ]
        return pages + super().page_urls()  # type: ignore[misc]

    def sync_panel(self, request: HttpRequest, row: HaloCredential) -> dict[str, Any]:
        syncing = Run.objects.filter(
            kind=RunKind.SYNC_HALO, halo_credential=row, state__in=OPEN_STATES
        ).first()
        may_see = request.user.has_perm(MANAGE) or request.user.has_perm(VIEW)
        return {
            "mirror": mirror_of(row),
            "syncing": syncing,
            "forecasts": None if syncing else MirrorForecaster(row).both,
            "mirror_url": self._at("mirror", row),
            "sync_settings_url": self._at("sync_settings", row) if may_see else "",
        }

    def mirror(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The moving part of the credential's page."""
        row = self.row_or_404(request, object_id)  # type: ignore[attr-defined]
        if not self.has_view_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        return TemplateResponse(request, "bridge/mirror_panel.html", self.sync_panel(request, row))

    def sync_settings(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.row_or_404(request, object_id)  # type: ignore[attr-defined]
        may_manage = request.user.has_perm(MANAGE)
        if not (may_manage or (request.method == "GET" and request.user.has_perm(VIEW))):
            raise PermissionDenied
        settings = settings_of(row)
        form = SyncSettingsForm(row, request.POST or None, instance=settings, locked=not may_manage)
        if request.method == "POST" and form.is_valid():
            return self._keep(request, row, form)
        context = self.page_context(  # type: ignore[attr-defined]
            request,
            f"Sync settings of {row}",
            form=form,
            object=row,
            credential=row,
            may_manage=may_manage,
            forecasts=MirrorForecaster(row).both,
            back=admin_url(row),
        )
        return TemplateResponse(request, "bridge/sync_settings.html", context)

    def _keep(self, request: HttpRequest, row: HaloCredential, form: SyncSettingsForm) -> HttpResponse:
        form.save()
        changed = [str(form.fields[name].label) for name in form.changed_data]
        self.log_change(request, row, f"Sync settings: {', '.join(changed) or 'unchanged'}.")  # type: ignore[attr-defined]
        if "read_now" in request.POST:
            run = request_halo_sync(row, full=True, requested_by=request.user)
            messages.success(request, "Saved. Everything that is chosen is being read now.")
            return HttpResponseRedirect(admin_url(run))
        messages.success(
            request,
            "Saved. The next sync reads like this; a list that is limited in another way is read in full.",
        )
        return HttpResponseRedirect(self._at("sync_settings", row))

    def _at(self, name: str, row: HaloCredential) -> str:
        return reverse(f"admin:integrations_halocredential_{name}", args=(row.pk,))
