"""What planning knows before it looks at single assets: places, asset types, fields, tables. Read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from integrations.models import Company, Computer, HaloAssetType, HaloCredential, HaloField, Plan
from mappings.attributes import ATTRIBUTES, Attribute, usual_fields
from mappings.models import (
    CompanyMapping,
    ComputerMapping,
    ExportChoice,
    FieldMapping,
    FieldOwner,
    ProductMapping,
)
from mappings.planning.lifecycle import Lifecycle, read_lifecycle


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


@dataclass(frozen=True, slots=True)
class AssetType:
    halo_id: int
    name: str
    active: bool
    field_ids: frozenset[int]
    key_field_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Rule:
    """One field of an asset that a computer's attribute may go into. `limit`: characters Halo takes."""

    field_id: int
    name: str
    limit: int | None
    attribute: Attribute
    owner: str
    derived: bool = False
    """From the field's usual name, not from a table that staff made."""


@dataclass(slots=True)
class World:
    places: dict[int, Place]
    types: dict[int, AssetType]
    product_types: dict[int, int]
    fields: dict[int, tuple[str, int | None]]
    marker_field_id: int | None
    lifecycle: Lifecycle
    only_fields: frozenset[int] | None = None
    """Of this export, Halo's ids; None: all."""
    _tables: dict[int | None, dict[int, tuple[str, str]]] = field(default_factory=dict)
    _rules: dict[int, list[Rule]] = field(default_factory=dict)

    def rules(self, asset_type: AssetType) -> list[Rule]:
        """What goes into assets of this type: the common table, overridden per field by the type's own."""
        only = self.only_fields
        return [rule for rule in self._all_rules(asset_type) if only is None or rule.field_id in only]

    def rules_of_new(self, asset_type: AssetType) -> list[Rule]:
        """The same for a new asset, which always gets its key fields: without a name nobody finds it."""
        only = self.only_fields
        if only is None:
            return self._all_rules(asset_type)
        wanted = only | asset_type.key_field_ids
        return [rule for rule in self._all_rules(asset_type) if rule.field_id in wanted]

    def _all_rules(self, asset_type: AssetType) -> list[Rule]:
        if asset_type.halo_id not in self._rules:
            self._rules[asset_type.halo_id] = list(self._rules_of(asset_type))
        return self._rules[asset_type.halo_id]

    def _rules_of(self, asset_type: AssetType) -> Iterable[Rule]:
        derived = not self._tables
        if derived:
            named = [(number, self.fields[number][0]) for number in asset_type.field_ids & set(self.fields)]
            table = {number: (key, str(FieldOwner.CONSOLE)) for number, key in usual_fields(named).items()}
        else:
            table = {**self._tables.get(None, {}), **self._tables.get(asset_type.halo_id, {})}
        for field_id, (key, owner) in sorted(table.items()):
            # A field that the type does not have would be lost in Halo without a word.
            known = field_id in asset_type.field_ids and field_id in self.fields and key in ATTRIBUTES
            if known and field_id != self.marker_field_id:
                name, limit = self.fields[field_id]
                yield Rule(field_id, name, limit, ATTRIBUTES[key], owner, derived)


def read_world(credential: HaloCredential, only_fields: frozenset[int] | None = None) -> World:
    """Eight statements, whatever the size."""
    tables: dict[int | None, dict[int, tuple[str, str]]] = defaultdict(dict)
    rows = FieldMapping.objects.filter(halo_credential=credential)
    for asset_type, field_id, attribute, owner in rows.values_list(
        "asset_type", "field_id", "attribute", "owner"
    ):
        tables[asset_type][field_id] = (attribute, owner)
    products = ProductMapping.objects.filter(halo_credential=credential)
    fields = HaloField.objects.filter(halo_credential=credential, kind="asset", active=True)
    return World(
        places=_places(credential),
        types=_types(credential),
        product_types=dict(products.values_list("product_id", "asset_type")),
        fields={
            number: (name, length)
            for number, name, length in fields.values_list("halo_id", "name", "data_length")
        },
        marker_field_id=credential.instance.marker_field_id,
        lifecycle=read_lifecycle(credential),
        only_fields=only_fields,
        _tables=dict(tables),
    )


def _types(credential: HaloCredential) -> dict[int, AssetType]:
    rows = HaloAssetType.objects.filter(halo_credential=credential)
    return {
        row[0]: AssetType(*row[:3], field_ids=frozenset(row[3]), key_field_ids=frozenset(row[4]))
        for row in rows.values_list("halo_id", "name", "active", "field_ids", "key_field_ids")
    }


def _places(credential: HaloCredential) -> dict[int, Place]:
    mappings = CompanyMapping.objects.filter(halo_credential=credential)
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
    return {row[0]: Place(*row[1:6], site=Site(*row[6:10]) if row[6] and row[10] else None) for row in rows}


# ---- scope ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scope:
    """What a plan looks at: one console or all, one company or all mapped ones, or chosen computers.

    `chosen_by`: the plan whose choices name the computers, which may be very many.
    """

    credential: HaloCredential
    console_id: int | None
    company_id: int | None
    computer_ids: tuple[int, ...] | None
    chosen_by: int | None = None

    @classmethod
    def of(cls, plan: Plan, credential: HaloCredential) -> Scope:
        chosen = plan.parameters.get("computers")
        ids = tuple(sorted({int(number) for number in chosen})) if chosen is not None else None
        by = plan.pk if plan.parameters.get("chosen") else None
        return cls(credential, plan.console_id, plan.company_id, ids, by)

    @property
    def is_everything(self) -> bool:
        return not self._conditions("")

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
        return conditions

    def computers(self) -> Any:
        return Computer.objects.filter(**self._conditions(""))

    def mappings(self) -> Any:
        return ComputerMapping.objects.filter(
            halo_credential=self.credential, **self._conditions("computer__")
        )

    def mapped_companies(self) -> Any:
        companies = Company.objects.filter(mappings__halo_credential=self.credential)
        if self.credential.associated_company_id:
            companies = companies.filter(pk=self.credential.associated_company_id)
        return companies.values("pk")
