"""Which computers are backed up and which are managed, as their connectors declare it."""

from __future__ import annotations

from django.db.models import Q

from integrations.choices import ConsolePurpose
from integrations.models import Console
from integrations.registry import connector_class


def used_kinds() -> list[str]:
    """Kinds of the consoles that are switched on. One statement."""
    return sorted(set(Console.objects.filter(enabled=True).values_list("kind", flat=True)))


def is_served(kinds: list[str], purpose: ConsolePurpose) -> bool:
    """Whether one of these consoles is there for it: a gap is only where something could fill it."""
    return any(purpose in connector_class(kind).purposes for kind in kinds)


def serves(kinds: list[str], purpose: ConsolePurpose) -> Q:
    """Condition on computers: their console does this for them."""
    condition = Q(pk__in=[])
    for kind in kinds:
        connector = connector_class(kind)
        odd = connector.product_purposes.items()
        of_kind = Q(console__kind=kind, console__enabled=True)
        if purpose in connector.purposes:
            others = [name for name, purposes in odd if purpose not in purposes]
            condition |= of_kind & ~Q(product__name__in=others) if others else of_kind
        elif named := [name for name, purposes in odd if purpose in purposes]:
            condition |= of_kind & Q(product__name__in=named)
    return condition
