"""Which computers are backed up and which are managed, as their connectors declare it."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from integrations.choices import ConsolePurpose
from integrations.registry import connector_class

NO_COMPUTERS: Final = ("printer", "network", "mobile", "other")
"""Device classes, as connectors spell them, of what no backup agent can be installed on."""
HYPERVISOR: Final = "esxi"
"""A word in the operating system of hosts that are servers to every console, but take no agent either."""


def is_served(kinds: list[str], purpose: ConsolePurpose) -> bool:
    """Whether one of these consoles is there for it: a gap is only where something could fill it."""
    return any(purpose in connector_class(kind).purposes for kind in kinds)


def serves(kinds: list[str], purpose: ConsolePurpose) -> Q:
    """Condition on computers: their console certainly does this for them.

    Not for one that is not eligible (it has no agent, say), nor where the product tells and is not known.
    """
    return _by_kind(kinds, purpose, unknown_product=False)


def may_serve(kinds: list[str], purpose: ConsolePurpose) -> Q:
    """Condition on computers: their console does this for them, or the product that would tell is unknown."""
    return _by_kind(kinds, purpose, unknown_product=True)


def could_take(kinds: list[str], purpose: ConsolePurpose) -> Q:
    """Condition on computers: an agent for this could be installed on them."""
    if purpose != ConsolePurpose.BACKUP:
        return Q()
    condition = ~Q(device_class__in=NO_COMPUTERS) & ~Q(os_name__icontains=HYPERVISOR)
    for kind in kinds:
        if agentless := connector_class(kind).agentless_products:
            condition &= ~Q(console__kind=kind, product__name__in=sorted(agentless))
    return condition


def _by_kind(kinds: list[str], purpose: ConsolePurpose, *, unknown_product: bool) -> Q:
    condition = Q(pk__in=[])
    for kind in kinds:
        connector = connector_class(kind)
        odd = connector.product_purposes.items()
        named = [name for name, purposes in odd if purpose in purposes]
        others = [name for name, purposes in odd if purpose not in purposes]
        of_product = Q()
        if odd and purpose in connector.purposes:
            of_product = Q(product__isnull=False) & ~Q(product__name__in=others)
        elif purpose not in connector.purposes:
            of_product = Q(product__name__in=named)
        if odd and unknown_product:
            of_product |= Q(product__isnull=True)
        if named or purpose in connector.purposes:
            condition |= Q(console__kind=kind, console__enabled=True, eligible=True) & of_product
    return condition
