"""Other integrations that link clients or assets of a HaloPSA: they may create assets and tickets as well."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Count, Q

from integrations.models import HaloAsset, HaloClient, HaloCredential

INTEGRATIONS: Final[dict[str, tuple[str, ...]]] = {
    "NinjaOne": ("ninjarmmid", "ninjarmm_id"),
    "Datto": ("datto_id", "datto_alternate_id"),
    "N-able N-central": ("ncentral_details_id", "nable_id"),
    "ConnectWise PSA": ("connectwiseid",),
    "ConnectWise RMM": ("connectwisermm_id",),
    "ConnectWise Automate": ("cautomateid", "automate_id"),
    "Autotask": ("autotaskid",),
    "Atera": ("ateraid", "atera_id"),
    "Syncro": ("syncroid",),
    "Kaseya": ("kaseyaid", "kaseya_id"),
    "IT Glue": ("itglue_id",),
    "Liongard": ("liongardid",),
    "Microsoft Intune": ("intune_id",),
}
"""Name → the keys under which HaloPSA keeps its ids on clients and assets (HaloPSA API: clients, assets)."""


def linked_by(name: str) -> Q:
    """Condition on clients or assets that this integration links. Raises KeyError for an unknown name."""
    return reduce(or_, (Q(links__has_key=key) for key in INTEGRATIONS[name]))


def note_other_integrations(credential: HaloCredential) -> int:
    """Count what is in use and linked, by integration, and keep it on the credential; how many there are.

    Two statements that read, and one that writes where something has changed.
    """
    clients, assets = (_counts(model, credential) for model in (HaloClient, HaloAsset))
    found = [
        {"name": name, "clients": clients[name], "assets": assets[name]}
        for name in INTEGRATIONS
        if clients[name] or assets[name]
    ]
    stored = HaloCredential.objects.filter(pk=credential.pk)
    if stored.values_list("other_integrations", flat=True).get() != found:
        stored.update(other_integrations=found)
    return len(found)


def _counts(model: type[Any], credential: HaloCredential) -> dict[str, int]:
    in_use = model.objects.filter(halo_credential=credential, active=True)
    numbered = {f"n{number}": name for number, name in enumerate(INTEGRATIONS)}
    counted = in_use.aggregate(**{key: Count("pk", filter=linked_by(name)) for key, name in numbered.items()})
    return {name: counted[key] for key, name in numbered.items()}
