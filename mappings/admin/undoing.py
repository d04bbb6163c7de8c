"""Undoing an export: a preview of what it would take back, and letting go of what was held by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern

from integrations.admin.bases import Button
from integrations.admin.credential_choice import credential_choice
from integrations.admin.display import admin_url
from integrations.admin.pressing import not_pressed
from integrations.models import Computer, Plan, Run
from mappings.admin.previewing import previewed
from mappings.keeping import release
from mappings.models import ComputerMapping
from mappings.planning import UNDO, new_undo

if TYPE_CHECKING:
    from integrations.admin.bases import BridgeAdmin as _Base
else:
    _Base = object

MAY_RELEASE = "mappings.change_computermapping"
RELEASED = "{} released: the next export looks after {} again."


def held_by(plan: Plan) -> QuerySet[ComputerMapping]:
    """Mappings that an undo holds."""
    return ComputerMapping.objects.filter(held=True, held_by__plan=plan)


def tell_released(request: HttpRequest, number: int) -> None:
    if number:
        mappings = "1 mapping is" if number == 1 else f"{number} mappings are"
        messages.success(request, RELEASED.format(mappings, "it" if number == 1 else "them"))
    else:
        messages.warning(request, "Nothing was held any more.")


class Undoing(_Base):
    """For the admin of previews."""

    def page_urls(self) -> list[URLPattern]:
        return [
            self.page("undo/<int:run_id>/", "undo", self.undo),
            self.page("<path:object_id>/release/", "release", self.release),
            *super().page_urls(),
        ]

    def undo(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Make the preview of an undo. Nothing is written before it is applied."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        run = get_object_or_404(Run, pk=run_id)
        if request.method != "POST":
            return not_pressed(request, admin_url(run), "Undo …")
        plan = previewed(request, lambda: new_undo(run, request.user))
        return HttpResponseRedirect(admin_url(plan or run))

    def release(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then let go of all mappings that this undo holds."""
        plan: Plan = self.row_or_404(request, object_id)
        if not request.user.has_perm(MAY_RELEASE):
            raise PermissionDenied
        if request.method == "POST":
            tell_released(request, release(held_by(plan)))
            return HttpResponseRedirect(admin_url(plan))
        question = (
            f"Release the {held_by(plan).count()} mappings that are held since this undo? The next export "
            "plans them like any other: what was taken back may be written again, after a preview."
        )
        return self.confirm_page(request, question, "Release", back=admin_url(plan), row=plan, tone="primary")

    @staticmethod
    def undo_context(request: HttpRequest, plan: Plan) -> dict[str, Any]:
        """For the page of an undo; one query."""
        if plan.kind != UNDO:
            return {"undoes": None}
        held = held_by(plan).count() if request.user.has_perm(MAY_RELEASE) else 0
        return {"undoes": plan.parameters.get("run"), "held": held}


RELEASE_BUTTON = Button(
    "release",
    "Release",
    "lock_open",
    ask="Release {row}? The next export plans it like any other, after a preview.",
    shown=lambda mapping: mapping.held,
)


class Releasing(_Base):
    """For the admin of computer mappings: held ones are let go, one by one or many at once."""

    actions = ("release_selected",)

    def has_release_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY_RELEASE))

    def release(self, request: HttpRequest, row: ComputerMapping) -> None:
        tell_released(request, release(ComputerMapping.objects.filter(pk=row.pk)))

    @admin.action(description="Release", permissions=["release"])
    def release_selected(self, request: HttpRequest, queryset: QuerySet[ComputerMapping]) -> None:
        tell_released(request, release(queryset.order_by()))


class ReleasingComputers(_Base):
    """For the admin of computers: what is held of them is let go, from the row or of all that are ticked."""

    actions: Any = ("release_selected",)

    def has_release_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY_RELEASE))

    @admin.action(description="Release (held after an undo)", permissions=["release"])
    def release_selected(self, request: HttpRequest, queryset: QuerySet[Computer]) -> None:
        """Of the HaloPSA that the list looks at."""
        credential = credential_choice(request).chosen
        computers = queryset.order_by().values("pk")
        held = ComputerMapping.objects.filter(halo_credential=credential, computer__in=computers)
        tell_released(request, release(held))

    def page_urls(self) -> list[URLPattern]:
        route = "<int:credential_id>/<int:computer_id>/release/"
        return [self.page(route, "release", self.release), *super().page_urls()]

    def release(self, request: HttpRequest, credential_id: int, computer_id: int) -> HttpResponse:
        """Ask, then let go of one."""
        if not self.has_release_permission(request):
            raise PermissionDenied
        rows = ComputerMapping.objects.filter(computer=computer_id, halo_credential=credential_id)
        mapping = get_object_or_404(rows.select_related("computer", "halo_asset"))
        back = f"{self.url('changelist')}?halo_credential={credential_id}"
        if request.method == "POST":
            tell_released(request, release(rows))
            return HttpResponseRedirect(back)
        question = RELEASE_BUTTON.ask.format(row=mapping)
        return self.confirm_page(
            request, question, "Release", back=back, row=mapping.computer, tone="primary"
        )
