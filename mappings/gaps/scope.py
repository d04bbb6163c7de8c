"""Which computers and assets gaps and counts are about, towards one HaloPSA credential."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
)

from integrations.models import Computer, HaloAsset, HaloAssetType, HaloCredential
from mappings.linking import without_ignored
from mappings.matching import Ignored
from mappings.models import CompanyMapping, ComputerMapping, IgnoredCompany, ProductMapping


@dataclass(frozen=True, slots=True)
class Looking:
    """What one look knows before it reads.

    Serial numbers and other values that say nothing, names of all consoles by our id, kinds of those that are
    switched on, the time.
    """

    credential: HaloCredential
    computer_junk: list[str]
    asset_junk: list[str]
    ignored: Ignored
    consoles: dict[int, str]
    kinds: list[str]
    now: datetime


def computers_of(credential: HaloCredential) -> QuerySet[Computer]:
    """Active computers of companies that are mapped in this credential, or in none and not ignored.

    Computers that staff ignore and those of offboarded companies are none of them. A credential that is
    restricted to a company is about that one alone.
    """
    computers = without_ignored(Computer.objects.filter(active=True))
    if credential.associated_company_id:
        mine = computers.filter(company=credential.associated_company_id)
        return mine.exclude(company__in=_offboarded(credential).values("company"))
    anywhere = CompanyMapping.objects.filter(company=OuterRef("company"))
    here = anywhere.in_use().filter(halo_credential=credential)
    ignored = IgnoredCompany.objects.filter(company=OuterRef("company"), halo_credential=credential)
    return computers.filter(Exists(here) | (~Exists(anywhere) & ~Exists(ignored)))


def _offboarded(credential: HaloCredential) -> QuerySet[CompanyMapping]:
    return CompanyMapping.objects.filter(halo_credential=credential, archived_at__isnull=False)


def with_halo(computers: QuerySet[Computer], credential: HaloCredential) -> QuerySet[Any]:
    """Annotate the mapped client, the computer's mapping and its asset, by our ids.

    `in_client`, `pair`, `paired_asset`; joined, since a subquery in each place of a window costs its time.
    """
    return computers.annotate(
        place=FilteredRelation(
            "company__mappings", condition=Q(company__mappings__halo_credential=credential)
        ),
        own=FilteredRelation("mappings", condition=Q(mappings__halo_credential=credential)),
    ).annotate(
        in_client=_number("place__halo_client_id"),
        pair=_number("own__pk"),
        paired_asset=_number("own__halo_asset_id"),
    )


def _number(path: str) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(F(path), output_field=BigIntegerField())


def assets_of(credential: HaloCredential) -> QuerySet[HaloAsset]:
    """Active assets, without those of clients whose companies are all offboarded; of a restricted credential
    those of its company's client."""
    in_use = CompanyMapping.objects.in_use().filter(halo_client=OuterRef("client"))
    over = _offboarded(credential).filter(halo_client=OuterRef("client"))
    assets = HaloAsset.objects.filter(halo_credential=credential, active=True)
    assets = assets.filter(~Exists(over) | Exists(in_use))
    if credential.associated_company_id:
        mapped = CompanyMapping.objects.filter(
            halo_credential=credential, company=credential.associated_company_id
        )
        assets = assets.filter(client__in=mapped.values("halo_client"))
    return assets


def computer_types(credential: HaloCredential) -> QuerySet[HaloAssetType]:
    """Asset types that computers have: default ones of products, and those of linked assets.

    HaloPSA also holds printers, phones and licences, which no console could ever show.
    """
    defaults = ProductMapping.objects.filter(halo_credential=credential)
    linked = ComputerMapping.objects.filter(halo_credential=credential, halo_asset__isnull=False)
    return HaloAssetType.objects.filter(halo_credential=credential).filter(
        Q(halo_id__in=defaults.values("asset_type")) | Q(pk__in=linked.values("halo_asset__asset_type"))
    )
