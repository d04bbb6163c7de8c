"""What the new asset of a computer would be: type, place, tag and fields, each with who decided it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.db.models import F

from integrations.choices import Action, IntentionKind, IntentionState
from integrations.models import HaloAsset, HaloSite, Intention, Location
from mappings.attributes import ComputerFacts
from mappings.models.intentions import of_mappings
from mappings.planning.desired import FieldValues, new_fields
from mappings.planning.options import ExportOptions
from mappings.planning.rows import Change, held_words, skip, subject_of
from mappings.planning.tags import NEXT, NoTag, Tags
from mappings.planning.world import AssetType, Place, Scope, Site, World
from mappings.targets import Unwritable

LOST = (
    "Sent several times without a readable answer; staff have to look into HaloPSA and press “Try again” "
    "at this computer. It is then looked up before anything is sent."
)
NO_REFERENCE = (
    "HaloPSA's next tag needs an asset field for the bridge reference on the asset type {kind}: without it a "
    "new asset whose answer is lost could not be found again. Choose another kind of tag, or that field on "
    "the HaloPSA instance."
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A computer that lacks an asset, with what its mapping (if there is one) says about it."""

    facts: ComputerFacts
    place: Place
    mapping_id: int | None = None
    held: bool = False
    held_by: int | None = None
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


class Drafts:
    """Turns a wanted asset into a create or a skip. Tags are handed out in the order of the calls."""

    def __init__(self, world: World, scope: Scope, options: ExportOptions) -> None:
        self._world, self._scope = world, scope
        self._options = options
        assets = HaloAsset.objects.filter(halo_credential=scope.credential)
        tags = assets.values_list("inventory_number", flat=True)
        self._tags = Tags(tags, options.tag, options.template)
        self._main_sites = _main_sites(scope) if options.main_site else {}
        sent = Intention.objects.filter(
            halo_credential=scope.credential,
            kind=IntentionKind.CREATE_ASSET,
            state__in=(IntentionState.SENDING, IntentionState.UNCERTAIN, IntentionState.STAFF),
        )
        self._sent = dict(of_mappings(sent).values_list("subject_id", "state"))

    def change(self, row: Wanted) -> Change:
        type_id, by_whom = self._type_of(row)
        kind = self._world.types.get(type_id) if type_id is not None else None
        site, why_there = self._site_of(row)
        problem = self._problem(row, type_id, kind, site)
        if problem or kind is None or site is None:
            return row.skip(problem)
        try:
            fields, left_out = new_fields(self._world.rules_of_new(kind), [row.facts])
            after = self._after(row, kind, site, fields)
        except (Unwritable, NoTag) as impossible:
            return row.skip(str(impossible))
        tag_told = "" if after["inventory_number"] else "HaloPSA gives the asset tag."
        without = [f"Left out: {words}" for words in left_out]
        why = " ".join(filter(None, (by_whom, why_there, tag_told, *without)))
        if self._sent.get(row.mapping_id or 0):
            why = "It was sent before without an answer, so it is looked up before anything is sent."
        return Change(Action.CREATE.value, *row.subject, {}, after, why)

    def _after(self, row: Wanted, kind: AssetType, site: Site, fields: FieldValues) -> dict[str, object]:
        places = {"client": row.place.client_name, "site": site.name, "asset_type": kind.name}
        return {
            "asset_type_id": kind.halo_id,
            "asset_type_name": kind.name,
            "client_id": row.place.client_id,
            "client_name": row.place.client_name,
            "site_id": site.halo_id,
            "site_name": site.name,
            "inventory_number": self._tags.next(row.facts, places, self._options.row(row.facts.id).tag),
            "fields": fields,
        }

    def _problem(self, row: Wanted, type_id: int | None, kind: AssetType | None, site: Site | None) -> str:
        """The first thing that stands in the way, as a sentence; "" if nothing does."""
        facts = row.facts
        if row.held:
            return held_words(row.held_by)
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
        if self._options.tag == NEXT and self._world.known.marker_field_id not in kind.field_ids:
            typed = self._options.row(facts.id).tag
            return "" if typed and site else NO_REFERENCE.format(kind=kind.name)
        return "" if site else _site_is_missing(row.place)

    def _type_of(self, row: Wanted) -> tuple[int | None, str]:
        """Halo's id of the asset type, and who decided it."""
        here = self._options.row(row.facts.id).asset_type
        if here is not None:
            return here, "Asset type chosen in this preview."
        if row.asset_type_id is not None:
            return row.asset_type_id, "Asset type chosen by hand."
        product = row.facts.product_id or 0
        if kind := self._options.product_types.get(product):
            return kind, f"Asset type of the product “{row.facts.product_name}” in this preview."
        if product not in self._options.product_types and product in self._world.product_types:
            told = f"Asset type by the product “{row.facts.product_name}”."
            return self._world.product_types[product], told
        return self._options.asset_type, "Asset type chosen for this preview."

    def _site_of(self, row: Wanted) -> tuple[Site | None, str]:
        """A site of the client, and who decided it where that is no default of location or company."""
        options, client = self._options, row.place.client_pk
        chosen = options.row(row.facts.id).site
        if chosen and chosen.client_pk == client:
            return chosen, "Site chosen in this preview."
        if row.site and row.site.client_pk == client:
            return row.site, ""
        if options.site and options.site.client_pk == client:
            return options.site, "Site chosen for this preview."
        if usual := row.place.site_at(row.facts.location_id):
            return usual, self._why_default(row)
        main = self._main_sites.get(client)
        of = f"{row.place.company} has no default site"
        if row.place.lost_site:
            of = f"The default site {row.place.lost_site} is not an active one of the client any more"
        return main, f"{of}, so it goes to the client's main site."

    def _why_default(self, row: Wanted) -> str:
        """A sentence where the computer has a location, which has no site of its own."""
        location = row.facts.location_id
        if location is None or location in row.place.sites:
            return ""
        return f"Location {self._locations[location]} is not mapped, so it goes to the default site."

    @cached_property
    def _locations(self) -> dict[int, str]:
        """Names, by our id. One statement when the first is needed."""
        companies = Location.objects.filter(company__in=self._scope.mapped_companies())
        return defaultdict(lambda: "of the computer", companies.values_list("pk", "name"))


def _main_sites(scope: Scope) -> dict[int, Site]:
    """By client (our id): the site that Halo names as its main one. One statement."""
    rows = HaloSite.objects.filter(
        halo_credential=scope.credential, active=True, halo_id=F("client__main_site_id")
    )
    return {row[3]: Site(*row) for row in rows.values_list("pk", "halo_id", "name", "client_id")}


def _type_is_missing(facts: ComputerFacts) -> str:
    if facts.product_name:
        return f"Asset type required: map the product “{facts.product_name}” to an asset type, or choose one."
    return "Asset type required: this computer has no product that decides it, so choose one."


def _site_is_missing(place: Place) -> str:
    if place.lost_site:
        return (
            f"No site: the default site {place.lost_site} of {place.company} is not an active one of "
            f"{place.client_name} any more. Choose another one."
        )
    return f"No site: choose a default site for {place.company}."


def _for(facts: ComputerFacts) -> str:
    return f" for the product “{facts.product_name}”" if facts.product_name else ""
