"""HaloPSA instances: where all writing is stopped, and where the bridge reference of assets is put."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.safestring import SafeString

from integrations.admin.bases import BridgeAdmin, Button
from integrations.admin.choosers import asset_fields, number_field
from integrations.admin.display import badge
from integrations.admin.gauges import gauge_of
from integrations.admin.pages import came_from
from integrations.admin.pressing import not_pressed
from integrations.connections.writing import allow_writing, prove_again, stop_all_writing, stop_writing
from integrations.models import Instance


class InstanceForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Instance
        fields = ("batches_allowed", "list_reads_allowed", "marker_field_id")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "marker_field_id" not in self.fields:
            return
        credentials = self.instance.credentials.values_list("pk", flat=True) if self.instance.pk else []
        self.fields["marker_field_id"] = number_field(
            asset_fields(credentials),
            label="Asset field for the bridge reference",
            chosen=self.instance.marker_field_id,
            help_text=(
                "An asset field of your own in HaloPSA, used for nothing else. New assets carry their bridge "
                "reference in it, so that they can be sent in batches and found again. Without it they go "
                "one by one."
            ),
            nothing_yet="The fields appear here after the first sync.",
        )


@admin.register(Instance)
class InstanceAdmin(BridgeAdmin):
    form = InstanceForm
    list_display = ("__str__", "resource_server", "writing", "resting")
    search_fields = ("resource_server", "tenant")
    panel_template = "bridge/instance.html"
    empty_hint = "An instance appears here when its first HaloPSA credential is saved."
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "stop",
            "Stop all writing",
            "front_hand",
            tone="bad",
            permission="stop",
            shown=lambda row: not row.writes_stopped,
        ),
        Button(
            "allow",
            "Allow writing again",
            "play_arrow",
            ask="Allow writing to {row} again? What is planned there goes out at once.",
            permission="allow",
            shown=lambda row: bool(row.writes_stopped),
        ),
        Button(
            "prove_again",
            "Prove again",
            "restart_alt",
            shown=lambda row: bool(row.batch_size or row.list_fields_proven),
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="Writing")
    def writing(self, row: Instance) -> SafeString:
        return badge("Stopped", "bad") if row.writes_stopped else badge("Allowed", "good")

    @admin.display(description="Pause")
    def resting(self, row: Instance) -> str:
        return row.pause_reason or "–"

    def panel(self, request: HttpRequest, row: Instance) -> dict[str, Any]:
        return {
            "gauge": gauge_of(row),
            "credentials": list(row.credentials.all()),
            "instance": row,
            "writing_badge": self.writing(row),
        }

    # ---- effects ----------------------------------------------------------------------------

    def stop(self, request: HttpRequest, row: Instance) -> None:
        stop_writing(row)
        messages.warning(request, f"All writing to {row} is stopped.")

    def allow(self, request: HttpRequest, row: Instance) -> None:
        allow_writing(row)
        messages.success(request, f"Writing to {row} is allowed again.")

    def prove_again(self, request: HttpRequest, row: Instance) -> None:
        prove_again(row)
        messages.success(
            request, f"What {row} had proven is forgotten; the next sync and the next export prove it anew."
        )

    # ---- the page that every page leads to --------------------------------------------------

    def page_urls(self) -> list[URLPattern]:
        return [
            self.page("stop-writing/", "stop_writing", self.stop_writing),
            self.page("stop-all/", "stop_all", self.stop_all),
        ]

    def stop_all(self, request: HttpRequest) -> HttpResponse:
        """One click from every page: nothing is written to any HaloPSA any more. The person stays there."""
        if not request.user.has_perm("integrations.stop_instance"):
            raise PermissionDenied
        if request.method != "POST":
            return not_pressed(request, self.url("stop_writing"), "Stop all writing")
        for row in stop_all_writing():
            self.log_change(request, row, "Stop all writing.")
        messages.warning(request, "All writing to HaloPSA is stopped.")
        return HttpResponseRedirect(came_from(request) or self.url("stop_writing"))

    def stop_writing(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = [
            (row, self.buttons_of(request, row))
            for row in Instance.objects.order_by("tenant", "resource_server")
        ]
        context = self.page_context(request, "Stop all writing", rows=rows)
        return TemplateResponse(request, "bridge/stop_writing.html", context)
