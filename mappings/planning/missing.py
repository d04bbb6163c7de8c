"""Computers without an asset: create one, or say why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from integrations.choices import Action, IntentionKind, IntentionState
from integrations.models import HaloAsset, Intention
from mappings.attributes import COLUMNS, ComputerFacts
from mappings.linking.found import find_matches
from mappings.linking.ignoring import is_ignored
from mappings.linking.states import eligible_computers
from mappings.models import RefusedPair
from mappings.planning.desired import left_out, new_fields
from mappings.planning.rows import Change, skip, subject_of
from mappings.planning.twins import Twins
from mappings.planning.world import AssetType, Place, Scope, Site, World
from mappings.targets import Unwritable

LONGEST_TAG = 255
LOST = (
    "Sent several times without a readable answer; staff have to look into HaloPSA and press “Try again” "
    "at this computer. It is then looked up before anything is sent."
)
_OWN = (
    "pk",
    "held",
    "asset_type",
    "halo_site_id",
    "halo_site__halo_id",
    "halo_site__name",
    "halo_site__client_id",
    "halo_site__active",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A computer that lacks an asset, with what its mapping (if there is one) says about it."""

    facts: ComputerFacts
    place: Place
    mapping_id: int | None = None
    held: bool = False
    asset_type_id: int | None = None
    site: Site | None = None

    @property
    def subject(self) -> tuple[str, str, int]:
        name = subject_of(self.facts.name, self.place.company)
        if self.mapping_id is None:
            return name, "computer", self.facts.id
        return name, "computer_mapping", self.mapping_id

    def skip(self, reason: str) -> Change:
        return skip(*self.subject, reason)


def changes_of_computers(
    world: World, scope: Scope, counts: Counter[str], *, asset_type_id: int | None
) -> Iterator[Change]:
    """`asset_type_id`: Halo's id of the type for computers whose product decides none."""
    present = scope.computers().filter(active=True)
    active = present.filter(~is_ignored())
    counts["ignored"] += present.filter(is_ignored()).count()
    counts["company_unmapped"] += active.exclude(company_id__in=scope.mapped_companies()).count()
    found, told = _matched(scope)
    refused = _refused(scope)
    wanted = [*_to_export(world, scope), *_unmapped(world, scope, active)]
    drafts = _Drafts(world, scope, asset_type_id)
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
            site = Site(*row[3:7]) if row[3] and row[7] else None
            yield Wanted(facts, place, row[0], row[1], row[2], site)


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


class _Drafts:
    """Turns a wanted asset into a create or a skip. Tags are handed out in the order of the calls."""

    def __init__(self, world: World, scope: Scope, asset_type_id: int | None) -> None:
        self._world = world
        self._default_type = asset_type_id
        assets = HaloAsset.objects.filter(halo_credential=scope.credential)
        self._tags = {tag.strip().casefold() for tag in assets.values_list("inventory_number", flat=True)}
        sent = Intention.objects.filter(
            halo_credential=scope.credential,
            kind=IntentionKind.CREATE_ASSET,
            state__in=(IntentionState.SENDING, IntentionState.UNCERTAIN, IntentionState.STAFF),
        )
        self._sent = dict(sent.values_list("subject_id", "state"))

    def change(self, row: Wanted) -> Change:
        type_id, why = self._type_of(row)
        kind = self._world.types.get(type_id) if type_id is not None else None
        site = row.site if row.site and row.site.client_pk == row.place.client_pk else None
        site = site or row.place.site_at(row.facts.location_id)
        problem = self._problem(row, type_id, kind, site)
        if problem or kind is None or site is None:
            return row.skip(problem)
        kind_rules = self._world.rules(kind)
        try:
            fields = new_fields(kind_rules, [row.facts])
        except Unwritable as problem_of_key:
            return row.skip(str(problem_of_key))
        why = " ".join([why, *(f"Left out: {words}" for words in left_out(kind_rules, [row.facts]))])
        after = {
            "asset_type_id": kind.halo_id,
            "asset_type_name": kind.name,
            "client_id": row.place.client_id,
            "client_name": row.place.client_name,
            "site_id": site.halo_id,
            "site_name": site.name,
            "inventory_number": self._tag(row.facts),
            "fields": fields,
        }
        if self._sent.get(row.mapping_id or 0):
            why = "It was sent before without an answer, so it is looked up before anything is sent."
        return Change(Action.CREATE.value, *row.subject, {}, after, why)

    def _problem(self, row: Wanted, type_id: int | None, kind: AssetType | None, site: Site | None) -> str:
        """The first thing that stands in the way, as a sentence; "" if nothing does."""
        facts = row.facts
        if row.held:
            return "Held until released."
        if not facts.active:
            return "The console no longer lists this computer."
        if not facts.eligible:
            return facts.ineligible_reason or "Not eligible."
        if self._sent.get(row.mapping_id or 0) == IntentionState.STAFF:
            return LOST
        if not row.place.client_active:
            return f"The Halo client {row.place.client_name} is no longer active."
        if type_id is None:
            return _type_is_missing(facts)
        if kind is None or not kind.active:
            name = kind.name if kind else str(type_id)
            return f"The asset type {name} no longer exists in HaloPSA: choose another one{_for(facts)}."
        return "" if site else f"No site: choose a default site for {row.place.company}."

    def _type_of(self, row: Wanted) -> tuple[int | None, str]:
        """Halo's id of the asset type, and who decided it."""
        if row.asset_type_id is not None:
            return row.asset_type_id, "Asset type chosen by hand."
        by_product = self._world.product_types.get(row.facts.product_id or 0)
        if by_product is not None:
            return by_product, f"Asset type by the product “{row.facts.product_name}”."
        return self._default_type, "Asset type chosen for this preview."

    def _tag(self, facts: ComputerFacts) -> str:
        """The computer's name, numbered where an asset has that tag: some HaloPSA insist on unique tags."""
        base = (facts.name.strip() or facts.external_id)[: LONGEST_TAG - 8]
        tag, number = base, 1
        while tag.casefold() in self._tags:
            number += 1
            tag = f"{base}-{number}"
        self._tags.add(tag.casefold())
        return tag


def _type_is_missing(facts: ComputerFacts) -> str:
    if facts.product_name:
        return f"Asset type required: map the product “{facts.product_name}” to an asset type, or choose one."
    return "Asset type required: this computer has no product that decides it, so choose one."


def _for(facts: ComputerFacts) -> str:
    return f" for the product “{facts.product_name}”" if facts.product_name else ""
