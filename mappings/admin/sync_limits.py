"""Limits of scheduled asset updates: what happens by itself, and what waits for an approval."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from integrations.admin.bases import BridgeAdmin, Button
from integrations.admin.display import admin_url
from mappings.keeping.waiting import waiting_runs
from mappings.models import CompanyMapping, SyncLimits
from mappings.schedules import request_keeping


class SyncLimitsForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = SyncLimits
        fields = "__all__"  # noqa: DJ007  the admin names them
        help_texts = {
            "halo_credential": "The limits are for its companies with “Enable configuration”.",
            "interval_minutes": "How often those companies are compared.",
        }


@admin.register(SyncLimits)
class SyncLimitsAdmin(BridgeAdmin):
    form = SyncLimitsForm
    list_display = (
        "halo_credential",
        "interval_minutes",
        "create_assets",
        "share_shown",
        "always_allowed",
        "most_deactivations",
    )
    list_select_related = ("halo_credential",)
    fieldsets = (
        (None, {"fields": ("halo_credential", "interval_minutes", "create_assets")}),
        (
            "Without an approval",
            {
                "fields": ("most_share", "always_allowed", "most_deactivations"),
                "description": "What goes beyond these waits on a preview until somebody applies it.",
            },
        ),
    )
    panel_template = "bridge/sync_limits.html"
    empty_hint = (
        "Companies with “Enable configuration” are compared by schedule. Without limits for their HaloPSA "
        "credential each change waits for an approval; with limits small ones happen by themselves."
    )
    buttons: ClassVar[tuple[Button, ...]] = (Button("update_now", "Update now", "sync"),)

    @admin.display(description="Most changes of a company", ordering="most_share")
    def share_shown(self, row: SyncLimits) -> str:
        return f"{row.most_share} %"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Whose limits they are stays as it is."""
        return ("halo_credential",) if obj else ()

    def panel(self, request: HttpRequest, row: SyncLimits) -> dict[str, Any]:
        on = CompanyMapping.objects.filter(halo_credential=row.halo_credential_id, enable_configuration=True)
        return {
            "companies_on": on.count(),
            "waiting": waiting_runs().filter(halo_credential=row.halo_credential_id).order_by("-pk").first(),
        }

    def update_now(self, request: HttpRequest, row: SyncLimits) -> HttpResponse:
        """Compare at once instead of when it is due."""
        return HttpResponseRedirect(admin_url(request_keeping(row.halo_credential, request.user)))
