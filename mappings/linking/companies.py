"""Companies and clients: suggestions, accepting them, mapping one, its switches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from integrations.models import Company, HaloClient, HaloCredential, HaloSite
from mappings.models import CompanyMapping, CompanySuggestion
from mappings.suggesting import ClientName, CompanyName, Suggestion, suggest_companies

ROWS = 1000
"""Rows a statement."""


# ---- suggestions ----------------------------------------------------------------------------


def suggest_companies_for(credential: HaloCredential) -> dict[str, int]:
    """Bring the suggestions of this credential up to date; an unchanged world costs no write.

    Mapped and inactive companies get none, inactive clients are none. Returns counts: `suggested`
    (companies with a suggestion), `exact`, `ambiguous`.
    """
    wanted = {(s.company_id, s.client_id): s for s in _compute(credential)}
    stored = {
        (row.company_id, row.halo_client_id): row
        for row in CompanySuggestion.objects.filter(halo_credential=credential)
    }
    gone = [row.pk for key, row in stored.items() if key not in wanted]
    changed = [row for key, row in stored.items() if key in wanted and _take_over(row, wanted[key])]
    new = [_row(credential, found) for key, found in wanted.items() if key not in stored]
    with transaction.atomic():
        for start in range(0, len(gone), ROWS):
            CompanySuggestion.objects.filter(pk__in=gone[start : start + ROWS]).delete()
        CompanySuggestion.objects.bulk_update(changed, ["score", "reason", "ambiguous"], batch_size=ROWS)
        CompanySuggestion.objects.bulk_create(new, batch_size=ROWS, ignore_conflicts=True)
    return {
        "suggested": len({company for company, _ in wanted}),
        "exact": sum(found.score == 100 and not found.ambiguous for found in wanted.values()),
        "ambiguous": len({found.company_id for found in wanted.values() if found.ambiguous}),
    }


def _compute(credential: HaloCredential) -> list[Suggestion]:
    companies = Company.objects.filter(active=True).exclude(mappings__halo_credential=credential)
    if credential.associated_company_id:
        companies = companies.filter(pk=credential.associated_company_id)
    clients = HaloClient.objects.filter(halo_credential=credential, active=True)
    columns = ("id", "name", "normalised_name")
    return suggest_companies(
        (CompanyName(*row) for row in companies.values_list(*columns, "console_id")),
        (ClientName(*row) for row in clients.values_list(*columns)),
    )


def _row(credential: HaloCredential, found: Suggestion) -> CompanySuggestion:
    row = CompanySuggestion(
        company_id=found.company_id, halo_client_id=found.client_id, halo_credential=credential
    )
    _take_over(row, found)
    return row


def _take_over(row: CompanySuggestion, found: Suggestion) -> bool:
    """Write what was found into the row; True if that changed it."""
    before = (row.score, row.reason, row.ambiguous)
    row.score, row.reason, row.ambiguous = found.score, found.reason[:255], found.ambiguous
    return before != (row.score, row.reason, row.ambiguous)


def accept_suggestions(suggestion_ids: Iterable[int], staff: Any = None) -> int:
    """Map the companies of these suggestions; return how many were mapped.

    Left alone: ambiguous ones, a company chosen twice, and what is out of date (mapped meanwhile, company
    or client no longer active).
    """
    ids = sorted(set(suggestion_ids))
    rows: list[CompanySuggestion] = []
    for start in range(0, len(ids), ROWS):
        rows += CompanySuggestion.objects.filter(
            pk__in=ids[start : start + ROWS], ambiguous=False, company__active=True, halo_client__active=True
        ).select_related("halo_client")
    chosen = Counter((row.company_id, row.halo_credential_id) for row in rows)
    rows = [row for row in rows if chosen[row.company_id, row.halo_credential_id] == 1]
    return sum(_accept(rows[start : start + ROWS], staff) for start in range(0, len(rows), ROWS))


def _accept(rows: list[CompanySuggestion], staff: Any) -> int:
    sites = default_sites([row.halo_client for row in rows])
    stamp = timezone.now()
    with transaction.atomic():
        CompanyMapping.objects.bulk_create(
            [
                CompanyMapping(
                    company_id=row.company_id,
                    halo_credential_id=row.halo_credential_id,
                    halo_client_id=row.halo_client_id,
                    halo_site=sites.get(row.halo_client_id),
                    reason=row.reason,
                    mapped_at=stamp,
                    mapped_by=staff,
                )
                for row in rows
            ],
            ignore_conflicts=True,
        )
        made = CompanyMapping.objects.filter(mapped_at=stamp, company__in=[row.company_id for row in rows])
        pairs = set(made.values_list("company_id", "halo_credential_id"))
        for credential_id in {credential for _, credential in pairs}:
            companies = [company for company, credential in pairs if credential == credential_id]
            CompanySuggestion.objects.filter(halo_credential=credential_id, company__in=companies).delete()
    return len(pairs)


# ---- mapping --------------------------------------------------------------------------------


def default_sites(clients: Iterable[HaloClient]) -> dict[int, HaloSite]:
    """By client (our id): its main site as Halo names it, else its first active site. One statement."""
    main = {client.pk: client.main_site_id for client in clients}
    found: dict[int, HaloSite] = {}
    for site in HaloSite.objects.filter(client__in=main, active=True).order_by("pk"):
        if site.client_id is not None and site.halo_id == main[site.client_id]:
            found[site.client_id] = site
        elif site.client_id is not None:
            found.setdefault(site.client_id, site)
    return found


def map_company(
    company: Company,
    halo_client: HaloClient,
    *,
    halo_site: HaloSite | None = None,
    staff: Any = None,
    reason: str = "",
    create_tickets: bool | None = None,
    no_notification: bool | None = None,
    enable_configuration: bool | None = None,
) -> CompanyMapping:
    """Map a company to a client of a credential, or change its mapping there.

    Without a site the client's default site is taken (a site of the same client that was chosen earlier
    stays). Switches that are None stay as they are. Raises `ValidationError`.
    """
    _check_client(halo_client, halo_site)
    credential = halo_client.halo_credential
    if credential.associated_company_id not in (None, company.pk):
        raise ValidationError(f"The credential {credential} is associated with another company.")
    with transaction.atomic():
        mapping = CompanyMapping.objects.filter(company=company, halo_credential=credential).first()
        mapping = mapping or CompanyMapping(company=company, halo_credential=credential)
        stays = mapping.halo_site if mapping.halo_client_id == halo_client.pk else None
        mapping.halo_client = halo_client
        mapping.halo_site = halo_site or stays or default_sites([halo_client]).get(halo_client.pk)
        mapping.reason = (reason or ("Chosen by hand." if staff else ""))[:255]
        mapping.mapped_at, mapping.mapped_by = timezone.now(), staff
        mapping.clean()
        mapping.save()
        CompanySuggestion.objects.filter(company=company, halo_credential=credential).delete()
        return set_switches(
            mapping,
            create_tickets=create_tickets,
            no_notification=no_notification,
            enable_configuration=enable_configuration,
        )


def _check_client(halo_client: HaloClient, halo_site: HaloSite | None) -> None:
    if not halo_client.active:
        raise ValidationError({"halo_client": f"The Halo client {halo_client} is not active."})
    if halo_site is None:
        return
    if halo_site.client_id != halo_client.pk:
        raise ValidationError({"halo_site": "This site belongs to another client."})
    if not halo_site.active:
        raise ValidationError({"halo_site": f"The site {halo_site} is not active."})


def set_switches(
    mapping: CompanyMapping,
    *,
    create_tickets: bool | None = None,
    no_notification: bool | None = None,
    enable_configuration: bool | None = None,
) -> CompanyMapping:
    """Set the switches that are not None. Switching tickets on starts a new baseline from now.

    The only place that does so: what was open before `tickets_since` gets no ticket by itself. Compares
    with the stored row, so that a form may have changed `mapping` already (but not have saved it).
    """
    row = CompanyMapping.objects.filter(pk=mapping.pk)
    with transaction.atomic():
        if create_tickets:
            off = Q(create_tickets=False) | Q(tickets_since__isnull=True)
            row.filter(off).update(create_tickets=True, tickets_since=timezone.now())
        elif create_tickets is not None:
            row.filter(create_tickets=True).update(create_tickets=False)
        if no_notification is not None:
            row.exclude(no_notification=no_notification).update(no_notification=no_notification)
        if enable_configuration is not None:
            row.exclude(enable_configuration=enable_configuration).update(
                enable_configuration=enable_configuration
            )
    mapping.refresh_from_db(
        fields=["create_tickets", "tickets_since", "no_notification", "enable_configuration"]
    )
    return mapping
