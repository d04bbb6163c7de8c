"""What hangs on company mappings: another client or site for such a one is a plan with a preview, no change
of the mapping alone. Nothing else of a mapping is at any client, so the others are changed at once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from django.db.models import Q

from integrations.choices import IntentionKind, IntentionState
from integrations.models import HaloClient, HaloCredential, HaloSite, Intention
from mappings.models import CompanyMapping, ComputerMapping
from mappings.models.intentions import of_mappings

Above = Callable[[Collection[int], HaloCredential], set[int]]
"""Of these companies (our ids), those of which the floor above has something that would move along."""

NEEDS_PREVIEW: Final = "Assets or open tickets hang on this mapping, so another client or site is a preview"
_SENT: Final = (IntentionState.SENDING, IntentionState.UNCERTAIN)


def nothing_above(companies: Collection[int], credential: HaloCredential) -> set[int]:
    return set()


def is_elsewhere(mapping: CompanyMapping, client: HaloClient, site: HaloSite | None) -> bool:
    """Whether these are not what is mapped. No site: whichever there is."""
    if client.pk != mapping.halo_client_id:
        return True
    return site is not None and site.pk != mapping.halo_site_id


def attached_companies(
    companies: Collection[int], credential: HaloCredential, above: Above = nothing_above
) -> set[int]:
    """Those (our ids) whose mapping has assets, made or just being made, or what `above` says. One statement
    and those of `above`."""
    sent = Intention.objects.filter(kind=IntentionKind.CREATE_ASSET, state__in=_SENT)
    rows = ComputerMapping.objects.filter(computer__company__in=companies, halo_credential=credential)
    rows = rows.filter(Q(halo_asset__isnull=False) | Q(pk__in=of_mappings(sent).values("subject_id")))
    mine = rows.order_by().values_list("computer__company", flat=True).distinct()
    return {pk for pk in mine if pk is not None} | above(companies, credential)
