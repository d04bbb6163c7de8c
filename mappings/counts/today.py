"""The counts of this moment, by the database in one statement.

A computer counts once for each console that has it, under the product that decides its asset type. It counts
with the client and type of its asset while that is active in HaloPSA, else with the client of its company and
no type. Computers of companies that are not mapped have no client and do not count, those of offboarded
companies do not count at all; ignored ones only do while they have an asset.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from integrations.models import Computer, HaloCredential
from mappings.gaps.scope import with_halo
from mappings.linking import is_ignored, without_ignored
from mappings.models import CompanyMapping, IgnoredCompany

KEYS = (
    *("client", "client_halo_id", "client_name", "console", "console_name"),
    *("product_name", "asset_type", "asset_type_name"),
)
IN_HALO = Q(own__halo_asset__active=True, own__halo_asset__client__isnull=False)
WAITING = Q(~is_ignored(), active=True, eligible=True, place__isnull=False)
"""Counts without an asset, too."""
ORDER = ("client_name", "console_name", "product_name", "asset_type_name", "client", "console", "asset_type")


def of_credential(credential: HaloCredential, computers: QuerySet[Computer]) -> QuerySet[Computer]:
    """Those that the credential may be about: all, or those of the company that it is restricted to."""
    if credential.associated_company_id:
        return computers.filter(company=credential.associated_company_id)
    return computers


def counted(credential: HaloCredential, among: QuerySet[Computer] | None = None) -> QuerySet[Any]:
    """The computers that count, each with the names that it counts under (`KEYS`)."""
    computers = Computer.objects.all() if among is None else among
    return (
        with_halo(of_credential(credential, computers), credential)
        .filter(IN_HALO | WAITING, place__archived_at__isnull=True)
        .annotate(
            client=_either("client_id", F("place__halo_client_id"), IntegerField()),
            client_halo_id=_either("client__halo_id", F("place__halo_client__halo_id"), IntegerField()),
            client_name=_either("client__name", F("place__halo_client__name"), CharField()),
            console_name=F("console__name"),
            product_name=Coalesce(F("product__name"), Value("")),
            asset_type=_either("asset_type__halo_id", Value(None), IntegerField()),
            asset_type_name=Coalesce(_either("asset_type__name", Value(""), CharField()), Value("")),
        )
        .order_by()
    )


def _either(of_asset: str, otherwise: Any, output_field: Any) -> Case:
    asset = F(f"own__halo_asset__{of_asset}")
    return Case(When(IN_HALO, then=asset), default=otherwise, output_field=output_field)


def present_counts(credential: HaloCredential, among: QuerySet[Computer] | None = None) -> QuerySet[Any]:
    """Rows `{*KEYS, number}` by client, console, product and asset type."""
    return counted(credential, among).values(*KEYS).annotate(number=Count("pk")).order_by(*ORDER)


def left_out(credential: HaloCredential) -> int:
    """Active computers that count for nobody: no HaloPSA credential has their company mapped.

    Those that staff ignore, and those of ignored companies, are left out on purpose and not told.
    """
    if credential.associated_company_id:
        return 0
    mapped = CompanyMapping.objects.values("company")
    ignored = IgnoredCompany.objects.filter(halo_credential=credential).values("company")
    lacking = Q(company__isnull=True) | ~Q(company__in=mapped) & ~Q(company__in=ignored)
    return without_ignored(Computer.objects.filter(lacking, active=True, eligible=True)).count()
