"""Matching over the database: what fits is linked, what is doubtful goes to the review queue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from integrations.ingest.batches import batches
from integrations.ingest.collecting import rare_collection
from integrations.ingest.sizes import learn_sizes_of
from integrations.models import Computer, Console, HaloAsset, HaloCredential
from mappings.linking.evidence import ignored_values, read_clients
from mappings.linking.ignoring import refresh_ignored
from mappings.linking.moved import moved_computers
from mappings.linking.queue import Wanted, sync_reviews
from mappings.linking.states import eligible_computers
from mappings.linking.storing import store_pairs
from mappings.matching import Ambiguous, Match, MatchResult, match_consoles
from mappings.models import CompanyMapping, ComputerMapping, MappingOrigin, RefusedPair


def match_computers_for(credential: HaloCredential, console: Console | None = None) -> dict[str, int]:
    """Link every unmapped, eligible computer of a mapped company with the one asset that fits it.

    What does not decide itself, and computers that have moved to another company, go to the review queue.
    Returns counts: `linked`, `ambiguous`, `unmatched`. A second call finds nothing to do and writes nothing.
    """
    with rare_collection():
        return _match(credential, console)


def _match(credential: HaloCredential, console: Console | None) -> dict[str, int]:
    learn_sizes_of(Computer, HaloAsset, ComputerMapping)
    refresh_ignored(console)
    _forget_fulfilled(credential)
    results = find_matches(credential, eligible_computers(credential, console))
    counts = {"linked": 0, "ambiguous": 0, "unmatched": 0}
    doubts: list[Wanted] = []
    for console_id, (result, computers) in results.items():
        linked = _link(credential, console_id, result.matches)
        counts["linked"] += linked
        counts["ambiguous"] += len(result.ambiguous)
        counts["unmatched"] += computers - len(result.ambiguous) - linked
        doubts += map(_wanted, result.ambiguous)
    doubts += moved_computers(credential, console)
    sync_reviews(credential, doubts, console)
    return counts


def find_matches(credential: HaloCredential, among: QuerySet[Computer]) -> dict[int, tuple[MatchResult, int]]:
    """Per console: what fits the unmapped ones of these computers, and how many they are. Reads only.

    All that the clients of these computers hold is evidence, whatever is asked about.
    """
    asked: dict[int, set[int]] = defaultdict(set)
    companies: set[int | None] = set()
    unmapped = among.exclude(mappings__halo_credential=credential).order_by()
    columns = unmapped.values_list("console_id", "pk", "company_id")
    for console_id, pk, company in columns.iterator(chunk_size=2000):
        asked[console_id].add(pk)
        companies.add(company)
    if not asked:
        return {}
    # Told apart here: joined with computers just filled in, a database may choose to compare each with each.
    mapped = CompanyMapping.objects.filter(halo_credential=credential)
    pairs = mapped.values_list("company_id", "halo_client_id").iterator(chunk_size=2000)
    clients = {client for company, client in pairs if company in companies}
    refused = frozenset(
        RefusedPair.objects.filter(halo_asset__halo_credential=credential).values_list(
            "computer_id", "halo_asset_id"
        )
    )
    ignored = ignored_values(credential)
    matches: dict[int, list[Match]] = defaultdict(list)
    doubts: dict[int, list[Ambiguous]] = defaultdict(list)
    for client in read_clients(credential, clients):
        found = match_consoles(client.sides(), client.assets, refused, client.known, ignored)
        for console_id, result in found.items():
            matches[console_id] += [row for row in result.matches if row.computer_id in asked[console_id]]
            doubts[console_id] += [row for row in result.ambiguous if row.computer_id in asked[console_id]]
    return {
        number: (MatchResult(_ordered(matches[number]), _ordered(doubts[number])), len(mine))
        for number, mine in asked.items()
        if mine
    }


def _ordered(rows: Iterable[Match] | Iterable[Ambiguous]) -> tuple:  # type: ignore[type-arg]
    return tuple(sorted(rows, key=lambda row: row.computer_id))


def _wanted(doubt: Ambiguous) -> Wanted:
    return Wanted(doubt.computer_id, doubt.kind.value, doubt.reason[:500], doubt.assets, doubt.rivals)


def _forget_fulfilled(credential: HaloCredential) -> None:
    """What staff wanted of an asset and what HaloPSA holds by now is wanted no longer."""
    mine = ComputerMapping.objects.filter(halo_credential=credential, halo_asset__isnull=False)
    moved = mine.filter(wanted_site__isnull=False, wanted_site=F("halo_asset__site"))
    retyped = mine.filter(wanted_type__isnull=False, wanted_type=F("halo_asset__asset_type__halo_id"))
    for rows, field in ((moved, "wanted_site"), (retyped, "wanted_type")):
        if ids := list(rows.values_list("pk", flat=True)):
            ComputerMapping.objects.filter(pk__in=ids).update(**{field: None})


# ---- storing --------------------------------------------------------------------------------


def _link(credential: HaloCredential, console_id: int, matches: Sequence[Match]) -> int:
    """Store the pairs; one that somebody else made meanwhile stays. Returns how many are new."""
    stamp = timezone.now()
    pattern = ComputerMapping(
        halo_credential=credential, console_id=console_id, origin=MappingOrigin.MATCHED, mapped_at=stamp
    )
    new = (match for match in matches if match.takes_over is None)
    for batch in batches(new):
        store_pairs(pattern, batch)
    for batch in batches(match for match in matches if match.takes_over is not None):
        _hand_over(credential, batch, stamp)
    if not matches:
        return 0
    mine = ComputerMapping.objects.filter(halo_credential=credential, console_id=console_id)
    return mine.filter(mapped_at=stamp).count()


def _hand_over(credential: HaloCredential, matches: Sequence[Match], stamp: object) -> None:
    """A computer that came back under a new id keeps its asset: the mapping goes to it as it is."""
    by_old = {match.takes_over: match for match in matches}
    with transaction.atomic():
        mapped = ComputerMapping.objects.filter(
            halo_credential=credential, computer__in=[match.computer_id for match in matches]
        )
        late = set(mapped.values_list("computer_id", flat=True))
        rows = ComputerMapping.objects.filter(
            halo_credential=credential, computer__in=by_old, computer__active=False
        ).select_for_update(of=("self",))
        handed = []
        for row in rows.order_by("pk"):
            match = by_old[row.computer_id]
            if row.halo_asset_id == match.asset_id and match.computer_id not in late:
                row.computer_id, row.reason = match.computer_id, match.reason[:255]
                row.mapped_at = stamp  # type: ignore[assignment]
                handed.append(row)
        ComputerMapping.objects.bulk_update(handed, ["computer", "reason", "mapped_at"])
