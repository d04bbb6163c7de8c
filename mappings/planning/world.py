"""What planning knows before it looks at single assets: places, asset types, fields, tables. Read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.models import Company, Computer, HaloCredential, Plan
from mappings.definitions import AssetType, Definitions, definitions_of
from mappings.models import (
    CompanyMapping,
    ComputerMapping,
    ExportChoice,
    FieldMapping,
    LocationMapping,
    ProductMapping,
)
from mappings.planning.lifecycle import Lifecycle, read_lifecycle
from mappings.planning.rules import Rule, RuleBook
from mappings.targets import is_field

__all__ = ["AssetType", "Place", "Rule", "Scope", "Site", "World", "read_world"]


@dataclass(frozen=True, slots=True)
class Site:
    pk: int
    halo_id: int
    name: str
    client_pk: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where things of a company go. `client_pk` is our id, `client_id` Halo's."""

    company: str
    client_pk: int
    client_id: int
    client_name: str
    client_active: bool
    site: Site | None
    sites: Mapping[int, Site] = field(default_factory=dict)
    """Sites of the client by location, where a location has one of its own."""
    lost_site: str = ""
    """The name of the default site that is not an active one of the client any more."""

    def site_at(self, location_id: int | None) -> Site | None:
        """Where new things at a location go: its own site, else the default site."""
        return self.sites.get(location_id or 0, self.site)


@dataclass(slots=True)
class World:
    places: dict[int, Place]
    product_types: dict[int, int]
    known: Definitions
    book: RuleBook
    lifecycle: Lifecycle
    only_fields: frozenset[int] | None = None
    """Asset fields of this export, Halo's ids, and nothing else of an asset; None: all that is mapped."""

    @property
    def types(self) -> Mapping[int, AssetType]:
        return self.known.types

    def rules(self, asset_type: AssetType) -> list[Rule]:
        """What goes into assets of this type: the common table, overridden per place by the type's own."""
        return [rule for rule in self.book.of(asset_type) if self._is_wanted(rule)]

    def rules_of_new(self, asset_type: AssetType) -> list[Rule]:
        """The same for a new asset, which always gets its key fields: without a name nobody finds it."""
        return [rule for rule in self.book.of(asset_type) if rule.is_key or self._is_wanted(rule)]

    def _is_wanted(self, rule: Rule) -> bool:
        key = rule.target.key
        return self.only_fields is None or (is_field(key) and int(key) in self.only_fields)


def read_world(credential: HaloCredential, only_fields: frozenset[int] | None = None) -> World:
    """Eight statements, whatever the size."""
    products = ProductMapping.objects.filter(halo_credential=credential)
    known = definitions_of([credential])[credential.pk]
    return World(
        places=_places(credential),
        product_types=dict(products.values_list("product_id", "asset_type")),
        known=known,
        book=RuleBook(list(FieldMapping.objects.filter(halo_credential=credential)), known),
        lifecycle=read_lifecycle(credential, known.statuses),
        only_fields=only_fields,
    )


def _places(credential: HaloCredential) -> dict[int, Place]:
    mappings = CompanyMapping.objects.in_use().filter(halo_credential=credential)
    if credential.associated_company_id:
        mappings = mappings.filter(company_id=credential.associated_company_id)
    rows = mappings.values_list(
        "company_id",
        "company__name",
        "halo_client_id",
        "halo_client__halo_id",
        "halo_client__name",
        "halo_client__active",
        "halo_site_id",
        "halo_site__halo_id",
        "halo_site__name",
        "halo_site__client_id",
        "halo_site__active",
    )
    sites = _sites_by_location(credential)
    return {row[0]: _place(row, sites.get(row[0], {})) for row in rows}


def _place(row: tuple[Any, ...], sites: Mapping[int, Site]) -> Place:
    """A default site that is inactive, or another client's by now, is none: HaloPSA moves sites, too."""
    company, client_pk, client_id, client_name, client_active = row[1:6]
    site, active = Site(*row[6:10]) if row[6] else None, row[10]
    usable = site if site is not None and active and site.client_pk == client_pk else None
    lost = site.name if site is not None and usable is None else ""
    return Place(company, client_pk, client_id, client_name, client_active, usable, sites, lost)


def _sites_by_location(credential: HaloCredential) -> dict[int, dict[int, Site]]:
    """By company: the sites of its locations."""
    found: dict[int, dict[int, Site]] = defaultdict(dict)
    rows = LocationMapping.objects.in_use().filter(company_mapping__halo_credential=credential)
    for company, location, pk, halo_id, name, client in rows.values_list(
        "company_mapping__company_id",
        "location_id",
        "halo_site_id",
        "halo_site__halo_id",
        "halo_site__name",
        "halo_site__client_id",
    ):
        found[company][location] = Site(pk, halo_id, name, client)
    return found


# ---- scope ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scope:
    """What a plan looks at: one console or all, one company, some or all mapped ones, or chosen computers.

    `chosen_by`: the plan whose choices name the computers, which may be very many.
    """

    credential: HaloCredential
    console_id: int | None
    company_id: int | None
    computer_ids: tuple[int, ...] | None
    company_ids: tuple[int, ...] | None = None
    chosen_by: int | None = None

    @classmethod
    def of(cls, plan: Plan, credential: HaloCredential) -> Scope:
        chosen = plan.parameters.get("computers")
        ids = tuple(sorted({int(number) for number in chosen})) if chosen is not None else None
        companies = plan.parameters.get("companies")
        several = tuple(sorted({int(number) for number in companies})) if companies is not None else None
        by = plan.pk if plan.parameters.get("chosen") else None
        return cls(credential, plan.console_id, plan.company_id, ids, several, by)

    @property
    def is_everything(self) -> bool:
        return not self._conditions("")

    @property
    def names_computers(self) -> bool:
        return self.computer_ids is not None or self.chosen_by is not None

    def _conditions(self, prefix: str) -> dict[str, Any]:
        conditions: dict[str, Any] = {}
        if self.console_id is not None:
            conditions[f"{prefix}console_id"] = self.console_id
        if self.company_id is not None:
            conditions[f"{prefix}company_id"] = self.company_id
        if self.computer_ids is not None:
            conditions[f"{prefix}pk__in"] = self.computer_ids
        elif self.chosen_by is not None:
            chosen = ExportChoice.objects.filter(plan=self.chosen_by)
            conditions[f"{prefix}pk__in"] = chosen.values("computer_id")
        if self.company_ids is not None:
            conditions[f"{prefix}company_id__in"] = self.company_ids
        return conditions

    def computers(self) -> Any:
        return Computer.objects.filter(**self._conditions(""))

    def mappings(self) -> Any:
        return ComputerMapping.objects.filter(
            halo_credential=self.credential, **self._conditions("computer__")
        )

    def mapped_companies(self) -> Any:
        companies = Company.objects.filter(
            mappings__halo_credential=self.credential, mappings__archived_at__isnull=True
        )
        if self.credential.associated_company_id:
            companies = companies.filter(pk=self.credential.associated_company_id)
        return companies.values("pk")
