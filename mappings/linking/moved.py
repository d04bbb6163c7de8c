"""Computers whose company is another client's than their asset: found here, moved only on approval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q

from integrations.models import Console, HaloCredential
from mappings.linking.ignoring import is_ignored
from mappings.linking.queue import Wanted
from mappings.models import ComputerMapping, ReviewKind


def moved_computers(credential: HaloCredential, console: Console | None = None) -> Iterator[Wanted]:
    """One for each mapped computer that is there and whose company is mapped to another client than the
    active asset's. One statement, streamed. An approved move that waits for its export is none."""
    rows = _moved(credential)
    if console is not None:
        rows = rows.filter(console=console)
    columns = rows.order_by("pk").values_list(
        "computer_id",
        "halo_asset_id",
        "computer__company__name",
        "new_client_name",
        "halo_asset__client__name",
    )
    for computer, asset, company, client, former in columns.iterator(chunk_size=2000):
        words = (
            f"It belongs to {company} ({client} in HaloPSA), but its asset belongs to "
            f"{former or 'no client'}."
        )
        yield Wanted(computer, ReviewKind.MOVED.value, words[:500], (asset,))


def _moved(credential: HaloCredential) -> Any:
    rows = ComputerMapping.objects.filter(
        halo_credential=credential,
        halo_asset__active=True,
        computer__active=True,
        computer__company__mappings__halo_credential=credential,
        computer__company__mappings__archived_at__isnull=True,
    ).annotate(
        new_client=F("computer__company__mappings__halo_client_id"),
        new_client_name=F("computer__company__mappings__halo_client__name"),
    )
    elsewhere = ~Q(halo_asset__client=F("new_client")) | Q(halo_asset__client__isnull=True)
    approved = Q(wanted_site__isnull=False, wanted_site__client=F("new_client"))
    return rows.filter(elsewhere).exclude(approved).exclude(is_ignored("computer_id"))
