"""Computers that count elsewhere after a plan: something about their asset, link or company changes.

Ticked changes are read first; then each computer that they touch is counted twice: as it is, as it will be.
Only computers of the plan's scope are: the others are not among its counts before either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db.models import BigIntegerField, BooleanField, Case, Q, QuerySet, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from integrations.choices import Action
from integrations.models import HaloAsset, HaloCredential, Plan, PlannedChange
from mappings.counts.today import WAITING, of_credential
from mappings.gaps.scope import with_halo
from mappings.models import CompanyMapping, ComputerMapping
from mappings.models.intentions import SHEET_ASSET
from mappings.planning.rows import COMPANY_MAPPING, COMPUTER, COMPUTER_MAPPING, LOCAL
from mappings.planning.world import Scope

Key = tuple[str, str, str]
"""Client, product, asset type; no type: not in HaloPSA."""
Moved = tuple[Key | None, Key | None]
"""Before, after; None: does not count."""

CHUNK: Final = 2000
_ASSET: Final = ("pk", "active", "client__name", "asset_type__name")
_COUNTED: Final = ["inactive", "client_name", "asset_type_name"]
"""What a change of an asset can say that alters a count."""


@dataclass(frozen=True, slots=True)
class _Asset:
    pk: int | None
    active: bool | None
    client: str | None
    kind: str | None


@dataclass(frozen=True, slots=True)
class _Computer:
    """`waits`: it counts without an asset as well. `client`: of its company, None where that has none."""

    pk: int
    company: int | None
    product: str
    waits: bool
    client: str | None
    archived: bool
    asset: _Asset

    @property
    def key(self) -> Key | None:
        if self.archived:
            return None
        asset = self.asset
        if asset.active and asset.client is not None:
            return asset.client, self.product, asset.kind or ""
        return (self.client, self.product, "") if self.waits and self.client is not None else None


_NO_ASSET: Final = _Asset(None, None, None, None)


@dataclass(slots=True)
class _Ticked:
    """What ticked changes say: of assets and companies by our id, of computers the asset that they get."""

    assets: dict[int, dict[str, Any]] = field(default_factory=dict)
    companies: dict[int, dict[str, Any]] = field(default_factory=dict)
    links: dict[int, _Asset] = field(default_factory=dict)

    def later(self, computer: _Computer) -> _Computer:
        asset = self.links.get(computer.pk, computer.asset)
        if asset.pk is not None and (told := self.assets.get(asset.pk)):
            asset = _Asset(
                asset.pk,
                not told["inactive"] if "inactive" in told else asset.active,
                told.get("client_name") or asset.client,
                told.get("asset_type_name") or asset.kind,
            )
        told = self.companies.get(computer.company or 0, {})
        archived = told["mapping"] == "archived" if "mapping" in told else computer.archived
        client = told.get("client_name") or computer.client
        return replace(computer, asset=asset, archived=archived, client=client)


def moved_by(plan: Plan, credential: HaloCredential) -> Iterator[Moved]:
    """One for each computer of the scope that ticked changes touch, creates aside. Seven statements at most,
    two where they touch none."""
    ticked = plan.changes.filter(selected=True).order_by()
    of_assets = ticked.filter(
        Q(action=Action.DEACTIVATE) | Q(action=Action.UPDATE, after__has_any_keys=_COUNTED),
        subject_kind__in=(COMPUTER_MAPPING, SHEET_ASSET),
    )
    of_ours = ticked.filter(action__in=LOCAL)
    told = _Ticked()
    _read_assets(told, of_assets, credential)
    touched = _read_ours(told, of_ours, credential)
    if told.assets:
        touched |= Q(pk__in=_computers_of(of_assets, credential))
    if not touched:
        return
    for computer in _computers(credential, Scope.of(plan, credential).computers().filter(touched)):
        yield computer.key, told.later(computer).key


# ---- what is ticked -----------------------------------------------------------------------------


def _read_assets(told: _Ticked, rows: QuerySet[PlannedChange], credential: HaloCredential) -> None:
    """By the mapping that stands for the asset; a row of a sheet names its asset by HaloPSA's id."""
    by_mapping: dict[int, dict[str, Any]] = {}
    by_number: dict[int, dict[str, Any]] = {}
    columns = ("action", "subject_kind", "subject_id", "before", "after")
    for action, kind, number, before, after in rows.values_list(*columns).iterator(chunk_size=CHUNK):
        said = {name: after[name] for name in _COUNTED if name in after}
        if action == Action.DEACTIVATE:
            said["inactive"] = True
        if kind == COMPUTER_MAPPING:
            by_mapping[number] = said
        else:
            by_number[before["halo_id"]] = said
    if by_mapping:
        for pk, asset in _mappings(rows).values_list("pk", "halo_asset_id"):
            told.assets[asset] = by_mapping[pk]
    if by_number:
        for number, asset in _named(rows, "before__halo_id", credential).values_list("halo_id", "pk"):
            told.assets[asset] = by_number[number]


def _read_ours(told: _Ticked, rows: QuerySet[PlannedChange], credential: HaloCredential) -> Q:
    """What changes on our side alone; the computers that it touches."""
    columns = ("action", "subject_kind", "subject_id", "after")
    mappings: dict[int, dict[str, Any]] = {}
    links: dict[int, int] = {}
    for action, kind, number, after in rows.values_list(*columns).iterator(chunk_size=CHUNK):
        if kind == COMPANY_MAPPING:
            mappings[number] = after
        elif kind == COMPUTER and action == Action.UNLINK:
            told.links[number] = _NO_ASSET
        elif kind == COMPUTER:
            links[number] = after["halo_id"]
    touched = Q()
    if mappings:
        companies = CompanyMapping.objects.filter(pk__in=mappings, halo_credential=credential)
        told.companies = {company: mappings[pk] for pk, company in companies.values_list("pk", "company_id")}
        touched |= Q(company__in=told.companies)
    if links:
        wanted = rows.filter(action=Action.LINK, subject_kind=COMPUTER)
        found = _named(wanted, "after__halo_id", credential).values_list("halo_id", *_ASSET)
        assets = {number: _Asset(*values) for number, *values in found}
        told.links |= {pk: assets[number] for pk, number in links.items() if number in assets}
    if told.links:
        touched |= Q(pk__in=rows.filter(subject_kind=COMPUTER).values("subject_id"))
    return touched


def _named(rows: QuerySet[PlannedChange], path: str, credential: HaloCredential) -> QuerySet[HaloAsset]:
    numbers = rows.annotate(halo_number=Cast(KT(path), BigIntegerField())).values("halo_number")
    return HaloAsset.objects.filter(halo_credential=credential, halo_id__in=numbers).order_by()


def _mappings(rows: QuerySet[PlannedChange]) -> QuerySet[ComputerMapping]:
    subjects = rows.filter(subject_kind=COMPUTER_MAPPING).values("subject_id")
    return ComputerMapping.objects.filter(pk__in=subjects, halo_asset__isnull=False).order_by()


# ---- whom it touches ----------------------------------------------------------------------------


def _computers_of(rows: QuerySet[PlannedChange], credential: HaloCredential) -> QuerySet[Any]:
    """All that share these assets. Of those there are few: they are looked up, not all gone through."""
    of_sheet = _named(rows.filter(subject_kind=SHEET_ASSET), "before__halo_id", credential)
    assets = Q(halo_asset__in=_mappings(rows).values("halo_asset")) | Q(halo_asset__in=of_sheet.values("pk"))
    return ComputerMapping.objects.filter(assets, halo_credential=credential).order_by().values("computer")


def _computers(credential: HaloCredential, among: QuerySet[Any]) -> Iterator[_Computer]:
    rows = with_halo(of_credential(credential, among), credential).annotate(
        waits=Case(When(WAITING, then=True), default=False, output_field=BooleanField()),
        offboarded=Case(
            When(place__archived_at__isnull=False, then=True), default=False, output_field=BooleanField()
        ),
        product_name=Coalesce("product__name", Value("")),
    )
    told = rows.order_by().values_list(
        *("pk", "company_id", "product_name", "waits", "place__halo_client__name", "offboarded"),
        *(f"own__halo_asset__{name}" for name in _ASSET),
    )
    for row in told.iterator(chunk_size=CHUNK):
        pk, company, product, waits, client, offboarded, *asset = row
        yield _Computer(pk, company, product, waits, client, offboarded, _Asset(*asset))
