"""Where assets carry our marker: an asset field that HaloPSA has for it."""

from __future__ import annotations

from integrations.models import HaloCredential, HaloField, Instance

REFERENCE_FIELDS = ("bridge reference", "bridge id")


def propose_marker_field(credential: HaloCredential) -> None:
    """Take an asset field called *Bridge reference* or *Bridge Id* as the place of our marker.

    Only where none has been chosen; staff may choose another one on the instance.
    """
    if credential.instance.marker_field_id is not None:
        return
    fields = HaloField.objects.filter(halo_credential=credential, kind="asset", active=True)
    by_name = {name.strip().lower(): halo_id for name, halo_id in fields.values_list("name", "halo_id")}
    found = next((by_name[name] for name in REFERENCE_FIELDS if name in by_name), None)
    if found is not None:
        Instance.objects.filter(pk=credential.instance_id, marker_field_id=None).update(marker_field_id=found)
