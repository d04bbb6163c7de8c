"""Choices that live in HaloPSA, named by Halo's own id: is there such a one, as far as the mirror knows?"""

from __future__ import annotations

from integrations.models import HaloAssetType, HaloCredential


def asset_type_problem(credential: HaloCredential, halo_id: int) -> str | None:
    """A sentence if HaloPSA has no such asset type; None if it has, or if none have been read yet."""
    rows = HaloAssetType.objects.filter(halo_credential=credential, active=True)
    known = set(rows.values_list("halo_id", flat=True))
    if not known or halo_id in known:
        return None
    return no_such("asset type", halo_id, credential)


def no_such(what: str, halo_id: int, credential: HaloCredential) -> str:
    return f"HaloPSA has no {what} with the ID {halo_id} (credential {credential})."
