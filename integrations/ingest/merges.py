"""Clients that were merged into another: HaloPSA does not tell, so it is concluded from what moved.

HaloPSA API: a merge is asked for by `_merge_client_into`, which can only be written. What can be seen is that
a client is not in use any more and that all its sites and assets are another client's now.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from integrations.choices import ChangeKind, Resource
from integrations.ingest.batches import batches
from integrations.ingest.history import SEPARATOR
from integrations.models import HaloAsset, HaloChange, HaloClient, HaloCredential, HaloSite, HaloUser

PRESENT: Final = Q(active=True) | Q(missed_reads=0)
"""What is there, in use or not: an inactive row that reads have missed is gone."""

Moved = Mapping[int, set[int]]
"""Clients (our ids) that hold now what has left a client."""


def conclude_merges(credential: HaloCredential) -> int:
    """Set `merged_into` where the evidence leaves one answer, and take it away from what is in use again.

    A client counts as merged if it is not in use, holds nothing any more, something has left it, and all that
    has left it belongs to one other client, which is in use. A client whose name another one bears is never
    concluded about: the history knows names only. Returns the number of merges found; the number of
    statements does not depend on the number of clients.
    """
    clients = HaloClient.objects.filter(halo_credential=credential)
    clients.filter(active=True, merged_into__isnull=False).update(merged_into=None)
    gone = clients.filter(active=False, merged_into__isnull=True)
    names = dict(gone.values_list("pk", "name"))
    suspects = _with_a_name_of_their_own(credential, names)
    if not suspects or not (moved := _moved_from(credential, suspects)):
        return 0
    emptied = moved.keys() - _holding(moved.keys())
    targets = {pk: next(iter(moved[pk])) for pk in emptied if len(moved[pk]) == 1}
    return _store(credential, targets, names, timezone.now())


def _with_a_name_of_their_own(credential: HaloCredential, names: Mapping[int, str]) -> dict[str, int]:
    """Of the clients that are not in use, our ids by name, without those whose name could be another's.

    An asset's place is told as 'client / site', so that a name with the separator in it could be either.
    """
    if not names:
        return {}
    borne = Counter(
        HaloClient.objects.filter(halo_credential=credential).order_by().values_list("name", flat=True)
    )
    unclear = {_client_in(name) for name in borne if SEPARATOR in name}
    own = {name: pk for pk, name in names.items() if borne[name] == 1 and SEPARATOR not in name}
    return {name: pk for name, pk in own.items() if name not in unclear}


def _moved_from(credential: HaloCredential, suspects: Mapping[str, int]) -> dict[int, set[int]]:
    """By suspect the clients that now hold what the history says has left it."""
    left: dict[str, defaultdict[int, set[int]]] = {
        Resource.SITES: defaultdict(set),
        Resource.ASSETS: defaultdict(set),
    }
    rows = HaloChange.objects.filter(halo_credential=credential, kind=ChangeKind.MOVED, resource__in=left)
    for resource, halo_id, before in rows.order_by().values_list("resource", "halo_id", "before").iterator():
        suspect = suspects.get(before if resource == Resource.SITES else _client_in(before))
        if suspect is not None:
            left[resource][halo_id].add(suspect)
    found: defaultdict[int, set[int]] = defaultdict(set)
    for model, resource in ((HaloSite, Resource.SITES), (HaloAsset, Resource.ASSETS)):
        for halo_id, client in _holders(credential, model, left[resource]):
            for suspect in left[resource][halo_id]:
                found[suspect].add(client)
    return dict(found)


def _client_in(place: str) -> str:
    """'Client / Site' → the client; a place without a site is a client."""
    return place.partition(SEPARATOR)[0]


def _holders(
    credential: HaloCredential, model: type[HaloSite | HaloAsset], halo_ids: Iterable[int]
) -> Iterable[tuple[int, int]]:
    """(Halo's id, our id of the client) of what is still there."""
    for ids in batches(halo_ids):
        rows = model._default_manager.filter(PRESENT, halo_credential=credential, halo_id__in=ids)
        yield from rows.filter(client__isnull=False).order_by().values_list("halo_id", "client_id")


def _holding(clients: Iterable[int]) -> set[int]:
    """Those of the clients that still hold a site, an asset or a Halo user."""
    found: set[int] = set()
    for ids in batches(clients):
        for model, client in ((HaloSite, "client"), (HaloAsset, "client"), (HaloUser, "site__client")):
            rows = model._default_manager.filter(PRESENT, **{f"{client}__in": ids}).order_by()
            found.update(rows.values_list(client, flat=True).distinct())
    return found


@transaction.atomic
def _store(
    credential: HaloCredential, targets: Mapping[int, int], names: Mapping[int, str], now: datetime
) -> int:
    """Targets that are in use themselves only: a chain of merges ends at its last client."""
    rows = HaloClient.objects.filter(halo_credential=credential, pk__in=set(targets.values()), active=True)
    name_of = dict(rows.values_list("pk", "name"))
    merged = {pk: target for pk, target in targets.items() if target in name_of and target != pk}
    found = list(HaloClient.objects.select_for_update().filter(pk__in=merged, active=False))
    for client in found:
        client.merged_into_id = merged[client.pk]
    HaloClient.objects.bulk_update(found, ["merged_into"])
    HaloChange.objects.bulk_create(
        HaloChange(
            halo_credential=credential,
            resource=Resource.CLIENTS,
            halo_id=client.halo_id,
            kind=ChangeKind.MERGED,
            before=names[client.pk],
            after=name_of[merged[client.pk]],
            noticed_at=now,
        )
        for client in found
    )
    return len(found)
