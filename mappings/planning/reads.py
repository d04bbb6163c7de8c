"""How assets are read before they are updated: which way takes the fewest calls, and how many that makes."""

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


Wanted = Mapping[int | None, int]
"""How many assets of each client (Halo's id; None: of none) are to be read."""


def reads_of(credential: HaloCredential, rows: Rows) -> int:
    """Calls that read these (before, after) of updates. A list that is too old by its last update is read
    anew; that is not counted. Two statements, one more for each 1,000 updates, or none without list reads."""
    singly = [before for before, after in rows if any(map(is_custom, after.get("fields", {})))]
    if not credential.instance.list_reads_allowed or len(singly) == len(rows):
        return len(rows)
    own = {id(before) for before in singly}
    listed = [before.get("halo_id") for before, _ in rows if id(before) not in own]
    client_of = clients_of(credential, [number for number in listed if number is not None])
    reading = _Reading(sizes_of(credential), credential.instance.list_fields_proven)
    for start in range(0, len(listed), AT_ONCE):
        reading.read([client_of.get(number or 0) for number in listed[start : start + AT_ONCE]])
    return len(singly) + reading.calls


# ---- which way takes the fewest calls; also asked when it is done ------------------------------


def clients_of(credential: HaloCredential, halo_ids: Sequence[int]) -> dict[int, int | None]:
    """Asset → client, both Halo's ids, as the mirror knows them."""
    assets = HaloAsset.objects.filter(halo_credential=credential)
    found: dict[int, int | None] = {}
    for numbers in batches(halo_ids):
        found |= dict(assets.filter(halo_id__in=numbers).values_list("halo_id", "client__halo_id"))
    return found


def sizes_of(credential: HaloCredential) -> Counter[int | None]:
    """Assets per client, by Halo's id."""
    rows = HaloAsset.objects.filter(halo_credential=credential)
    return Counter(dict(rows.values_list("client__halo_id").annotate(n=Count("pk")).order_by()))


def pages_of(assets: int) -> int:
    return max(1, ceil(assets / PAGE))


def whole_list_pays(sizes: Counter[int | None], wanted: Wanted) -> bool:
    """Whether the list of all clients takes fewer calls than the cheaper way for each client."""
    whole = pages_of(sizes.total())
    return whole <= MOST_CALLS and whole < sum(min(pages_of(sizes[c]), n) for c, n in wanted.items())


def list_pays(sizes: Counter[int | None], client: int | None, wanted: int) -> bool:
    """Whether the list of this client takes fewer calls than reading so many of its assets singly."""
    return client is not None and pages_of(sizes[client]) < wanted and pages_of(sizes[client]) <= MOST_CALLS


def client_to_prove(wanted: Counter[int | None]) -> int | None:
    """The client whose list is compared with an asset of it; None where it would not pay."""
    client, count = next(iter(wanted.most_common(1)), (None, 0))
    return client if count >= WORTH_A_PROOF else None


@dataclass(slots=True)
class _Reading:
    sizes: Counter[int | None]
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
        if whole_list_pays(self.sizes, wanted):
            self.calls += pages_of(self.sizes.total())
            self.all_known = True
            return
        for client, own in wanted.items():
            by_list = list_pays(self.sizes, client, own)
            self.calls += pages_of(self.sizes[client]) if by_list else own
            self.known |= {client} if by_list else set()

    def _prove(self, wanted: Counter[int | None]) -> None:
        """The list of one client, and one asset to compare with."""
        client = client_to_prove(wanted)
        if client is None:
            return
        self.calls += pages_of(self.sizes[client]) + 1
        self.known.add(client)
        self.proven = True
        del wanted[client]
