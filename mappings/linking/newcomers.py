"""To-dos for what is new: companies of a console, clients of HaloPSA. Nothing is created on either side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from integrations.models import Company, HaloClient, HaloCredential
from mappings.linking.company_history import account
from mappings.models import CompanyMapping, IgnoredCompany, Newcomer, NewcomerState

ROWS = 1000
"""Rows a statement."""


def notice_newcomers(credential: HaloCredential) -> int:
    """Remember what was not there before; return how many became to-dos. An unchanged world costs no write.

    The first look at HaloPSA, and the first at a console, find nothing new: all of it is known from then on.
    """
    seen = Newcomer.objects.filter(halo_credential=credential)
    clients = HaloClient.objects.filter(halo_credential=credential, active=True)
    unseen = clients.exclude(Exists(seen.filter(halo_client=OuterRef("pk")))).order_by("pk")
    first = not seen.filter(halo_client__isnull=False).exists()
    rows = [
        Newcomer(halo_credential=credential, halo_client_id=pk, state=_state(first))
        # Through a credential of one company no other client can be mapped.
        for pk in (unseen.values_list("pk", flat=True) if credential.associated_company_id is None else ())
    ]
    rows += _new_companies(credential, seen)
    Newcomer.objects.bulk_create(rows, batch_size=ROWS, ignore_conflicts=True)
    return sum(row.state == NewcomerState.OPEN for row in rows)


def _new_companies(credential: HaloCredential, seen: QuerySet[Newcomer]) -> list[Newcomer]:
    companies = Company.objects.filter(active=True)
    if credential.associated_company_id:
        companies = companies.filter(pk=credential.associated_company_id)
    unseen = companies.exclude(Exists(seen.filter(company=OuterRef("pk")))).order_by("pk")
    found = list(unseen.values_list("pk", "console_id"))
    if not found:
        return []
    looked_at = set(
        seen.filter(company__isnull=False).values_list("company__console_id", flat=True).distinct()
    )
    return [
        Newcomer(halo_credential=credential, company_id=pk, state=_state(console not in looked_at))
        for pk, console in found
    ]


def _state(first: bool) -> NewcomerState:
    return NewcomerState.KNOWN if first else NewcomerState.OPEN


def open_todos(credential: HaloCredential | None = None) -> QuerySet[Newcomer]:
    """What is new and still waits for staff: neither mapped, ignored nor dismissed, and not gone again."""
    same = {"halo_credential": OuterRef("halo_credential")}
    mapped = CompanyMapping.objects.filter(**same)
    company: Any = Q(company__active=True) & ~Exists(mapped.filter(company=OuterRef("company")))
    company &= ~Exists(IgnoredCompany.objects.filter(**same, company=OuterRef("company")))
    client: Any = Q(halo_client__active=True) & ~Exists(mapped.filter(halo_client=OuterRef("halo_client")))
    rows = Newcomer.objects.filter(company | client, state=NewcomerState.OPEN)
    return rows.filter(halo_credential=credential) if credential else rows


def dismiss_todos(ids: Iterable[int], staff: Any = None) -> int:
    """Take to-dos off the list; return how many were on it. The company or client stays as it is."""
    return Newcomer.objects.filter(pk__in=list(ids), state=NewcomerState.OPEN).update(
        state=NewcomerState.DISMISSED, dismissed_by=account(staff)
    )
