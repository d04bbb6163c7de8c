"""The stored pairs of computers and assets."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin, messages
from django.http import HttpRequest
from unfold.contrib.filters.admin import BooleanRadioFilter, RelatedDropdownFilter

from integrations.admin.bases import Button, HistoryAdmin
from mappings.admin.undoing import RELEASE_BUTTON, Releasing
from mappings.apply import lost_creates, retry_lost
from mappings.models import ComputerMapping

RETRY = (
    "Try again to make the asset of “{row}”? The next export looks for it in HaloPSA first and sends it only "
    "if it is not there."
)


def _waits_for_staff(mapping: ComputerMapping) -> bool:
    return lost_creates().filter(subject_id=mapping.pk).exists()


@admin.register(ComputerMapping)
class ComputerMappingAdmin(Releasing, HistoryAdmin):
    """The pairs as they are stored; they are changed from the computer's row."""

    list_display = ("computer", "halo_asset", "halo_site", "origin", "held", "reason", "halo_credential")
    fields = (
        "computer",
        "halo_asset",
        "halo_site",
        "wanted_site",
        "origin",
        "created_by_us",
        "held",
        "reason",
        "halo_credential",
    )
    list_filter = (("halo_credential", RelatedDropdownFilter), ("held", BooleanRadioFilter))
    list_select_related = ("computer", "halo_asset", "halo_site", "wanted_site", "halo_credential")
    search_fields = ("computer__name", "halo_asset__name", "halo_asset__inventory_number")
    buttons: ClassVar[tuple[Button, ...]] = (
        Button("retry", "Try again", "replay", ask=RETRY, shown=_waits_for_staff),
        RELEASE_BUTTON,
    )
    empty_hint = (
        "Computers of mapped companies are matched with assets by the ID that HaloPSA itself holds, serial "
        "number, MAC address and name."
    )

    def retry(self, request: HttpRequest, row: ComputerMapping) -> None:
        if retry_lost(row):
            messages.success(
                request, f"{row.computer} can be exported again: make a new preview and apply it."
            )
        else:
            messages.warning(request, f"Nothing of {row.computer} waits for staff any more.")
