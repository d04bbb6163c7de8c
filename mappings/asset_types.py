"""Asset types that staff and programs name by HaloPSA's ids."""

from __future__ import annotations

from collections.abc import Collection

from integrations.models import HaloAssetType, HaloCredential


def missing_type(credential: HaloCredential | None, wanted: Collection[int]) -> str:
    """A sentence about the first of these that HaloPSA does not have (any more); '' if it has all of them."""
    if not wanted:
        return ""
    rows = HaloAssetType.objects.filter(halo_credential=credential, active=True, halo_id__in=wanted)
    missing = sorted(set(wanted) - set(rows.values_list("halo_id", flat=True)))
    return f"HaloPSA has no asset type {missing[0]}." if missing else ""
