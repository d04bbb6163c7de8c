"""In words: how a plan's changes will go to HaloPSA, and what its forecast rests on."""

from __future__ import annotations

from integrations.choices import Purpose
from integrations.models import HaloCredential, Instance
from integrations.runs.window import windows_of
from mappings.planning.forecast import LARGEST_BATCH, PROOF, batch_size


def ways(credential: HaloCredential) -> list[str]:
    """Sentences for the preview: several assets in one call or not, reads, and the window. One query."""
    instance = credential.instance
    return [_creating(instance), _reading(instance), _window(instance)]


def _creating(instance: Instance) -> str:
    size = batch_size(instance)
    if not instance.batches_allowed:
        return "One call for each asset: sending several in one call is switched off for this HaloPSA."
    if size == 1:
        return "One call for each asset: this HaloPSA has shown that it does not take several in one call."
    if size:
        told = f"Up to {size} assets go in one call, as this HaloPSA has proven."
    else:
        told = (
            f"The first {PROOF} new assets prove whether this HaloPSA takes up to {LARGEST_BATCH} in one "
            "call; changed ones have one call each until then."
        )
    if instance.marker_field_id is None:
        return f"{told} New assets go one by one: no asset field for the bridge reference is chosen."
    return told


def _reading(instance: Instance) -> str:
    if not instance.list_reads_allowed:
        return "Each asset is read before it is changed: reading from lists is switched off for this HaloPSA."
    if instance.list_fields_proven:
        return "Assets are read before they are changed, from lists where that takes fewer calls."
    return (
        "Assets are read before they are changed: the first list is compared with one asset, and lists are "
        "used where they tell the same and take fewer calls."
    )


def _window(instance: Instance) -> str:
    window = windows_of([instance])[instance.pk]
    told = f"Assets may use {window.room(Purpose.ASSETS)} calls in {window.seconds} s"
    if window.reduced:
        return f"{told}: at the moment HaloPSA allows less than the {window.configured} calls that were set."
    return f"{told}, {Purpose.ASSETS} % of the API limit."
