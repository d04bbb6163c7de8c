"""HaloPSA credentials: enter, test, see what is granted, switch between observe and write."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter

from integrations.admin.bases import BridgeAdmin, Button
from integrations.admin.deletion import ConnectionDeletion
from integrations.admin.display import (
    admin_url,
    badge,
    badge_column,
    state_badge,
    time_column,
)
from integrations.admin.gauges import gauge_of
from integrations.admin.halo_credential_form import FIELDSETS, HaloCredentialForm, fieldsets_to_look_at
from integrations.admin.hook_addresses import HOOK_ADDRESS, HookAddress
from integrations.admin.other_integrations import linked_lists
from integrations.admin.sync_settings import SyncSettingsPage
from integrations.admin.writing import HELD, STOPPED, told_of
from integrations.choices import IntentionState, WriteMode
from integrations.connections import give_up_move, save_halo_credential
from integrations.models import HaloCredential, Intention, Run
from integrations.runs.request import (
    request_delivery,
    request_halo_sync,
    request_halo_test,
    request_release,
)
from integrations.sync.rights import missed, switched_off

START_WRITING = "Let {row} write to HaloPSA? What is planned and selected from then on is really written."
BEGUN = (IntentionState.PLANNED, IntentionState.SENDING, IntentionState.UNCERTAIN)


def _what_writing_means(row: HaloCredential) -> list[str]:
    """Of the switch to write: what stays as it is, what goes out, and what may follow."""
    waiting = Intention.objects.filter(halo_credential=row, state__in=BEGUN).count()
    writes = f"{waiting} write{' waits and goes' if waiting == 1 else 's wait and go'} out at once."
    stopped = f"All writing to {row.instance} is stopped, so nothing goes out before that is allowed again."
    return [
        "Alerts that are open now are the baseline: they get no ticket unless you choose them.",
        "New alerts of companies with tickets on become tickets, and are closed again.",
        "Assets are written where you apply a preview, and on schedule where Enable Configuration is on.",
        writes if waiting else "No write waits: nothing goes out at once.",
        *([stopped] if row.instance.writes_stopped else []),
    ]


@admin.register(HaloCredential)
class HaloCredentialAdmin(SyncSettingsPage, HookAddress, ConnectionDeletion, BridgeAdmin):
    hook_route = "halo-hook"
    form = HaloCredentialForm
    fieldsets = FIELDSETS
    autocomplete_fields = ("associated_company",)
    list_display = ("name", "state_shown", "writing", "instance", "reason", "tested", "synced")
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("write_mode", ChoicesDropdownFilter),
        ("enabled", BooleanRadioFilter),
    )
    list_select_related = ("instance",)
    search_fields = ("name", "resource_server", "tenant")
    panel_template = "bridge/halo_credential.html"
    empty_hint = "Connect a HaloPSA here: its servers and an API application. It is tested when you save it."
    save_buttons: ClassVar[dict[str, bool]] = {
        "show_save_and_add_another": False,
        "show_save_and_continue": False,
    }
    buttons: ClassVar[tuple[Button, ...]] = (
        Button("test_now", "Test now", "network_check", permission="sync"),
        Button("sync_now", "Sync now", "sync", permission="sync"),
        Button(
            "give_up_move",
            "Keep the old address",
            "undo",
            shown=lambda row: bool(row.moving_to or row.move_refused),
        ),
        Button("release", "Release", "lock_open", permission="allow", shown=lambda row: bool(row.held_since)),
        Button(
            "start_writing",
            "Switch to write",
            "edit",
            permission="allow",
            ask=START_WRITING,
            means=_what_writing_means,
            shown=lambda row: row.write_mode == WriteMode.OBSERVE,
        ),
        Button(
            "only_observe",
            "Switch to observe",
            "visibility",
            permission="stop",
            shown=lambda row: row.write_mode == WriteMode.WRITE,
        ),
        HOOK_ADDRESS,
    )

    state_shown = badge_column("state", "State")
    tested = time_column("tested_at", "Tested")
    synced = time_column("synced_at", "Synced")

    @admin.display(description="Reason")
    def reason(self, row: HaloCredential) -> str:
        return row.state_reason or "–"

    @admin.display(description="Writing", ordering="write_mode")
    def writing(self, row: HaloCredential) -> SafeString:
        state = told_of(row)
        why = {
            STOPPED: "All writing to this HaloPSA instance has been stopped.",
            HELD: row.held_reason,
        }
        return badge(*state, why.get(state, ""))

    def get_queryset(self, request: HttpRequest) -> QuerySet[HaloCredential]:
        return super().get_queryset(request).select_related("instance")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        only_looks = obj is not None and not self.has_change_permission(request, obj)
        return fieldsets_to_look_at() if only_looks else super().get_fieldsets(request, obj)

    # ---- saving -----------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: HaloCredential, form: Any, change: bool) -> None:
        request.test_run = save_halo_credential(obj, requested_by=request.user)  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: HaloCredential, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._to_test(request, obj)

    def response_change(self, request: HttpRequest, obj: HaloCredential) -> HttpResponse:
        return self._to_test(request, obj)

    def _to_test(self, request: HttpRequest, obj: HaloCredential) -> HttpResponse:
        messages.success(request, f"{obj} is saved and is being tested now.")
        return HttpResponseRedirect(admin_url(request.test_run))  # type: ignore[attr-defined]

    # ---- buttons ----------------------------------------------------------------------------

    def test_now(self, request: HttpRequest, row: HaloCredential) -> HttpResponse:
        return _follow(request_halo_test(row, sync=row.synced_at is None, requested_by=request.user))

    def sync_now(self, request: HttpRequest, row: HaloCredential) -> HttpResponse:
        return _follow(request_halo_sync(row, full=True, requested_by=request.user))

    def release(self, request: HttpRequest, row: HaloCredential) -> HttpResponse | None:
        if not row.enabled:
            messages.error(
                request, f"{row} is switched off: nothing can be read. Switch it on, then release."
            )
            return None
        messages.success(request, f"{row} is released as soon as HaloPSA has been read anew.")
        return _follow(request_release(row, requested_by=request.user))

    def start_writing(self, request: HttpRequest, row: HaloCredential) -> None:
        HaloCredential.objects.filter(pk=row.pk).update(write_mode=WriteMode.WRITE)
        request_delivery(row.instance)
        messages.success(request, f"{row} may write to HaloPSA from now on.")

    def only_observe(self, request: HttpRequest, row: HaloCredential) -> None:
        HaloCredential.objects.filter(pk=row.pk).update(write_mode=WriteMode.OBSERVE)
        messages.success(request, f"{row} only observes from now on: nothing is written to HaloPSA.")

    def give_up_move(self, request: HttpRequest, row: HaloCredential) -> None:
        give_up_move(row)
        messages.success(request, "The address stays as it was.")

    # ---- the page ---------------------------------------------------------------------------

    def panel(self, request: HttpRequest, row: HaloCredential) -> dict[str, Any]:
        stop = "allow" if row.instance.writes_stopped else "stop"
        runs = Run.objects.filter(halo_credential=row).select_related("plan", "halo_credential")
        return {
            "state_badge": state_badge(row),
            "writing_badge": self.writing(row),
            "gauge": gauge_of(row.instance),
            "refused": missed(row.permissions, row.scopes),
            "switched_off": switched_off(row.permissions),
            "stop_url": admin_url(row.instance, stop),
            "may_stop": request.user.has_perm(f"integrations.{stop}_instance"),
            **self.sync_panel(request, row),
            "other_integrations": linked_lists(row),
            "last_runs": runs[:5],
        }


def _follow(run: Run) -> HttpResponse:
    return HttpResponseRedirect(admin_url(run))
