"""How many reads come before the updates of a plan: the same choice of ways as when it is applied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from django.db.models import Count

from integrations.ingest.batches import batches
from integrations.models import HaloAsset, HaloCredential
from mappings.targets import is_custom

PAGE = 100
MOST_CALLS = 25
"""Reads in front of one write, so that the first is still fresh."""
WORTH_A_PROOF = 3
"""Updates in one client from which reading its list may be cheaper than reading each asset."""
AT_ONCE = 100
"""Updates that are looked at together."""

Rows = Sequence[tuple[dict[str, Any], dict[str, Any]]]


def reads_of(credential: HaloCredential, rows: Rows) -> int:
    """Calls that read these (before, after) of updates. A list that is too old by its last update is read
    anew; that is not counted. Two statements, one more for each 1,000 updates, or none without list reads."""
    singly = [before for before, after in rows if any(map(is_custom, after.get("fields", {})))]
    if not credential.instance.list_reads_allowed or len(singly) == len(rows):
        return len(rows)
    own = {id(before) for before in singly}
    listed = [before.get("halo_id") for before, _ in rows if id(before) not in own]
    assets = HaloAsset.objects.filter(halo_credential=credential)
    client_of: dict[int, int | None] = {}
    for numbers in batches([number for number in listed if number is not None]):
        client_of |= dict(assets.filter(halo_id__in=numbers).values_list("halo_id", "client__halo_id"))
    sizes = dict(assets.values_list("client__halo_id").annotate(n=Count("pk")).order_by())
    reading = _Reading(sizes, credential.instance.list_fields_proven)
    for start in range(0, len(listed), AT_ONCE):
        reading.read([client_of.get(number or 0) for number in listed[start : start + AT_ONCE]])
    return len(singly) + reading.calls


@dataclass(slots=True)
class _Reading:
    sizes: Mapping[int | None, int]
    proven: bool
    calls: int = 0
    all_known: bool = False
    known: set[int | None] = field(default_factory=set)
    """Clients whose list was read."""

    def read(self, clients: Sequence[int | None]) -> None:
        """`clients`: the owners of the assets that are looked at together."""
        wanted = Counter(client for client in clients if not self.all_known and client not in self.known)
        if not self.proven:
            self._prove(wanted)
        if not self.proven:
            self.calls += wanted.total()
            return
        pages = {client: self._pages(client) for client in wanted}
        whole = max(1, ceil(sum(self.sizes.values()) / PAGE))
        if whole <= MOST_CALLS and whole < sum(min(pages[client], own) for client, own in wanted.items()):
            self.calls += whole
            self.all_known = True
            return
        for client, own in wanted.items():
            by_list = client is not None and pages[client] < own and pages[client] <= MOST_CALLS
            self.calls += pages[client] if by_list else own
            self.known |= {client} if by_list else set()

    def _prove(self, wanted: Counter[int | None]) -> None:
        """The list of the client with the most of them, and one asset to compare with."""
        client, count = next(iter(wanted.most_common(1)), (None, 0))
        if client is None or count < WORTH_A_PROOF:
            return
        self.calls += self._pages(client) + 1
        self.known.add(client)
        self.proven = True
        del wanted[client]

    def _pages(self, client: int | None) -> int:
        return max(1, ceil(self.sizes.get(client, 0) / PAGE))
