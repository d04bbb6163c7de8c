"""Computers without an asset: create one, or say why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db.models import Count, Q

from integrations.choices import Action
from integrations.models import HaloAsset
from mappings.attributes import COLUMNS, ComputerFacts
from mappings.linking.found import find_matches
from mappings.linking.ignoring import is_ignored
from mappings.linking.states import eligible_computers, with_states
from mappings.models import ComputerMapping, RefusedPair
from mappings.planning.drafts import Drafts, Wanted
from mappings.planning.options import ExportOptions
from mappings.planning.rows import Change, skip, subject_of
from mappings.planning.twins import Twins
from mappings.planning.world import Scope, Site, World

_OWN = (
    "pk",
    "held",
    "held_by",
    "asset_type",
    "halo_site_id",
    "halo_site__halo_id",
    "halo_site__name",
    "halo_site__client_id",
    "halo_site__active",
)


def changes_of_computers(
    world: World, scope: Scope, counts: Counter[str], options: ExportOptions
) -> Iterator[Change]:
    """A create, link or skip for each computer of the scope that has no asset yet."""
    present = scope.computers().filter(active=True)
    active = present.filter(~is_ignored())
    counts.update(_left_out(scope, present))
    found, told = _matched(scope)
    refused = _refused(scope)
    wanted = [*_to_export(world, scope), *_unmapped(world, scope, active)]
    drafts = Drafts(world, scope, options)
    twins = Twins(world, scope, {row.facts.id for row in wanted if row.facts.id not in told})
    for row in sorted(wanted, key=lambda row: row.facts.id):
        if row.mapping_id is None and (halo := found.get(row.facts.id)):
            yield Change(Action.LINK.value, *row.subject, {}, halo, told[row.facts.id], selected=False)
        elif row.mapping_id is None and row.facts.id in told:
            yield row.skip(f"{told[row.facts.id]} Choose the asset by hand, or “to be exported”.")
        elif first := twins.first_of(row.facts.id):
            yield row.skip(first)
        else:
            yield _second_thought(drafts.change(row), refused.get(row.facts.id, ""))
    if scope.names_computers:
        yield from _ignored(scope, present)


def _ignored(scope: Scope, present: Any) -> Iterator[Change]:
    """Somebody has named them, so each says why nothing comes of it."""
    linked = ComputerMapping.objects.filter(halo_credential=scope.credential, halo_asset__isnull=False)
    ignored = present.filter(is_ignored()).exclude(pk__in=linked.values("computer"))
    rows: Any = with_states(ignored, scope.credential)
    told = rows.values_list("pk", "name", "company__name", "mapping_reason")
    for pk, name, company, reason in told.iterator(chunk_size=2000):
        yield skip(subject_of(name, company or ""), "computer", pk, f"Staff ignore it: {reason}")


def _left_out(scope: Scope, present: Any) -> dict[str, int]:
    unmapped = ~Q(company_id__in=scope.mapped_companies()) | Q(company_id__isnull=True)
    told: dict[str, int] = present.aggregate(
        ignored=Count("pk", filter=is_ignored()),
        company_unmapped=Count("pk", filter=~is_ignored() & unmapped),
    )
    return told


def _second_thought(change: Change, refused: str) -> Change:
    """Staff took the computer apart from an asset: a new one beside it is theirs to tick."""
    if not refused or change.action != Action.CREATE:
        return change
    why = f"It was taken apart from the asset “{refused}”, which it would double. Tick it if you want that."
    return replace(change, selected=False, reason=f"{change.reason} {why}".strip())


def _refused(scope: Scope) -> dict[int, str]:
    """By computer without a mapping: an active asset that staff took it apart from."""
    pairs = RefusedPair.objects.filter(
        computer__in=scope.computers(),
        halo_asset__halo_credential=scope.credential,
        halo_asset__active=True,
    ).exclude(computer__mappings__halo_credential=scope.credential)
    return dict(pairs.values_list("computer", "halo_asset__name"))


def _to_export(world: World, scope: Scope) -> Iterator[Wanted]:
    """Mappings without an asset."""
    columns = (*_OWN, *(f"computer__{name}" for name in COLUMNS))
    rows = scope.mappings().filter(~is_ignored("computer_id"), halo_asset__isnull=True).values_list(*columns)
    for row in rows.iterator(chunk_size=2000):
        facts = ComputerFacts(*row[len(_OWN) :])
        place = world.places.get(facts.company_id or 0)
        if place is not None:
            site = Site(*row[4:8]) if row[4] and row[8] else None
            yield Wanted(*(facts, place, *row[:4], site))


def _unmapped(world: World, scope: Scope, active: Any) -> Iterator[Wanted]:
    rows = active.filter(company_id__in=scope.mapped_companies()).exclude(
        mappings__halo_credential=scope.credential
    )
    for row in rows.values_list(*COLUMNS).iterator(chunk_size=2000):
        facts = ComputerFacts(*row)
        place = world.places.get(facts.company_id or 0)
        if place is not None:
            yield Wanted(facts, place)


def _matched(scope: Scope) -> tuple[dict[int, dict[str, Any]], dict[int, str]]:
    """By computer: the asset that fits (nobody has linked it yet), and the words about match or doubt.

    Creating an asset for such a computer would make a double.
    """
    among = scope.computers().filter(pk__in=eligible_computers(scope.credential).values("pk"))
    results = [result for result, _ in find_matches(scope.credential, among).values()]
    matches = [match for result in results for match in result.matches]
    told = {doubt.computer_id: doubt.reason for result in results for doubt in result.ambiguous}
    told |= {match.computer_id: f"{match.reason}; matching links it." for match in matches}
    rows = HaloAsset.objects.filter(pk__in=[match.asset_id for match in matches])
    assets = (
        {
            pk: {"halo_id": halo_id, "name": name}
            for pk, halo_id, name in rows.values_list("pk", "halo_id", "name")
        }
        if matches
        else {}
    )
    return {match.computer_id: assets[match.asset_id] for match in matches}, told
