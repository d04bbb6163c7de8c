"""Assets as Halo holds them now. What is changed is read at most a minute before, by the cheapest way."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from integrations.models import Instance, Intention
from integrations.records import AssetRecord
from mappings.apply.answers import values_of
from mappings.apply.job import Job
from mappings.planning.reads import (
    MOST_CALLS,
    client_to_prove,
    clients_of,
    list_pays,
    pages_of,
    sizes_of,
    whole_list_pays,
)
from mappings.targets import is_custom

OLDEST = 60.0
"""Seconds that a record may have been read before it is written back."""


class FreshAssets:
    """Kept for one step. `clock` tells seconds."""

    def __init__(self, job: Job, clock: Callable[[], float] = time.monotonic) -> None:
        self._job = job
        self._now = clock
        self._read: dict[int, tuple[AssetRecord | None, float]] = {}
        self._may_prove = True
        self._in_detail: set[int] = set()
        """Their custom fields matter, and lists do not tell all of those: an empty one says nothing."""
        self._singly: set[int] = set()

    def read(self, rows: Sequence[Intention], at_once: int) -> dict[int, AssetRecord | None]:
        """Records by Halo's id for the first of these intentions: more by list, `at_once` if singly.

        None: Halo has no such asset (any more). At least one is read, if there is one.
        """
        wanted = [row.content["before"]["halo_id"] for row in rows]
        self._in_detail |= {row.content["before"]["halo_id"] for row in rows if _names_custom(row)}
        missing = [number for number in wanted if not self._is_fresh(number)]
        soon = [number for number in wanted[:at_once] if number in missing]
        self._fetch_singly([number for number in soon if number in self._in_detail])
        listed = [number for number in missing if number not in self._in_detail]
        if listed:
            self._fetch(listed, [number for number in soon if number in listed])
        return {number: self._read[number][0] for number in wanted if self._is_fresh(number)}

    def forget(self, halo_ids: Iterable[int]) -> None:
        for number in halo_ids:
            self._read.pop(number, None)
            self._singly.discard(number)

    def _is_fresh(self, halo_id: int) -> bool:
        known = self._read.get(halo_id)
        if known is None or self._now() - known[1] >= OLDEST:
            return False
        return halo_id not in self._in_detail or halo_id in self._singly or known[0] is None

    # ---- ways of reading --------------------------------------------------------------------

    def _fetch(self, missing: Sequence[int], singly: Sequence[int]) -> None:
        client_of = clients_of(self._job.credential, missing)
        instance = self._job.instance
        if instance.list_reads_allowed and (instance.list_fields_proven or self._prove(client_of)):
            self._fetch_by_list([n for n in missing if not self._is_fresh(n)], client_of)
        else:
            self._fetch_singly([n for n in singly if not self._is_fresh(n)])

    def _fetch_by_list(self, wanted: Sequence[int], client_of: dict[int, int | None]) -> None:
        """The whole list, lists of clients, or single reads: whichever takes the fewest calls."""
        by_client: dict[int | None, list[int]] = defaultdict(list)
        for number in wanted:
            by_client[client_of.get(number)].append(number)
        sizes = sizes_of(self._job.credential)
        if whole_list_pays(sizes, {client: len(own) for client, own in by_client.items()}):
            self._keep_pages(None, wanted)
            return
        calls = 0
        for client, own in by_client.items():
            if calls >= MOST_CALLS:
                return
            if list_pays(sizes, client, len(own)):
                self._keep_pages(client, own)
                calls += pages_of(sizes[client])
            else:
                self._fetch_singly(own)
                calls += len(own)

    def _fetch_singly(self, wanted: Sequence[int]) -> None:
        for number in wanted[:MOST_CALLS]:
            at = self._now()
            self._read[number] = self._job.reader.fetch_asset(number), at
            self._singly.add(number)

    def _keep_pages(self, client: int | None, wanted: Sequence[int]) -> dict[int, AssetRecord]:
        """Read a complete list (None: of all clients); also remembers who is not in it."""
        started = self._now()
        found: dict[int, AssetRecord] = {}
        for page in self._job.reader.fetch_assets(None, client, True):
            at = self._now()
            for record in page:
                found[record.halo_id] = record
                self._read[record.halo_id] = record, at
                self._singly.discard(record.halo_id)
        for number in wanted:
            if number not in found:
                self._read[number] = None, started
        return found

    # ---- proof ------------------------------------------------------------------------------

    def _prove(self, client_of: dict[int, int | None]) -> bool:
        """Once a step, where it may pay: does a list row tell the same fields as the asset itself?"""
        client = client_to_prove(Counter(client_of.values()))
        if not self._may_prove or client is None:
            return False
        self._may_prove = False
        own = [number for number, owner in client_of.items() if owner == client]
        listed = self._keep_pages(client, own)
        told = [number for number in own if number in listed and values_of(listed[number])]
        number = max(told, key=lambda number: len(values_of(listed[number]) or {}), default=None)
        single = self._job.reader.fetch_asset(number) if number is not None else None
        if single is None or values_of(single) != values_of(listed[single.halo_id]):
            self.forget(listed)
            self.forget(own)
            return False
        Instance.objects.filter(pk=self._job.instance.pk).update(list_fields_proven=True)
        self._job.instance.list_fields_proven = True
        return True


def _names_custom(row: Intention) -> bool:
    return any(is_custom(key) for key in row.content.get("after", {}).get("fields", {}))
