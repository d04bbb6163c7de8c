"""Suggestions for companies without a client: brought up to date, and accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations.models import Company, HaloClient, HaloCredential
from integrations.sync.sentences import sentence
from mappings.linking.company_history import account, note_changes
from mappings.linking.default_sites import default_sites
from mappings.linking.newcomers import notice_newcomers
from mappings.models import (
    CUSTOM_FIELD,
    ClientField,
    CompanyField,
    CompanyMapping,
    CompanySuggestion,
    Evidence,
    IgnoredCompany,
    RefusedCompanyPair,
    SuggestionFields,
)
from mappings.suggesting import EXACT, ClientName, CompanyName, FieldPair, Suggestion, suggest_companies

ROWS = 1000
"""Rows a statement."""
_WRITTEN = ["score", "reason", "ambiguous", "evidence"]


# ---- bringing them up to date ---------------------------------------------------------------


def suggest_companies_for(credential: HaloCredential) -> dict[str, int]:
    """Bring the suggestions of this credential up to date; an unchanged world costs no write.

    Mapped, ignored and inactive companies get none, inactive clients are none. Notices what is new on either
    side as well. Returns counts: `suggested` (companies with a suggestion), `exact`, `ambiguous`.
    """
    wanted = {(s.company_id, s.client_id): s for s in _refused(credential, _compute(credential))}
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
        CompanySuggestion.objects.bulk_update(changed, _WRITTEN, batch_size=ROWS)
        CompanySuggestion.objects.bulk_create(new, batch_size=ROWS, ignore_conflicts=True)
    notice_newcomers(credential)
    return {
        "suggested": len({company for company, _ in wanted}),
        "exact": sum(found.score == EXACT and not found.ambiguous for found in wanted.values()),
        "ambiguous": len({found.company_id for found in wanted.values() if found.ambiguous}),
    }


def _compute(credential: HaloCredential) -> list[Suggestion]:
    companies = Company.objects.filter(active=True)
    if credential.associated_company_id:
        companies = companies.filter(pk=credential.associated_company_id)
    settled = {
        *CompanyMapping.objects.filter(halo_credential=credential).values_list("company_id", flat=True),
        *IgnoredCompany.objects.filter(halo_credential=credential).values_list("company_id", flat=True),
    }
    clients = HaloClient.objects.filter(halo_credential=credential, active=True)
    columns = ("id", "name", "normalised_name")
    return suggest_companies(
        (
            CompanyName(pk, name, normalised, console, domain, pk in settled)
            for pk, name, normalised, console, domain in companies.values_list(
                *columns, "console_id", "domain"
            )
        ),
        (ClientName(*row) for row in clients.values_list(*columns, "domain")),
        pairs=dict(_pairs(credential)),
    )


def _refused(credential: HaloCredential, found: list[Suggestion]) -> Iterator[Suggestion]:
    """What staff took apart stands below everything else, with that reason; it is chosen by hand only."""
    pairs = RefusedCompanyPair.objects.filter(halo_client__halo_credential=credential)
    taken = {
        (company, client): at
        for company, client, at in pairs.values_list("company", "halo_client", "refused_at")
    }
    for suggestion in found:
        at = taken.get((suggestion.company_id, suggestion.client_id))
        if at is None:
            yield suggestion
            continue
        reason = f"{suggestion.reason} Staff removed this mapping on {at:%Y-%m-%d}: choose it by hand."
        yield replace(suggestion, score=0, ambiguous=True, reason=reason, evidence=Evidence.REFUSED.value)


def _pairs(credential: HaloCredential) -> Iterator[tuple[int, FieldPair]]:
    """The chosen pairs of fields, with the values on both sides. Two statements per pair, none without."""
    for row in SuggestionFields.objects.filter(halo_credential=credential):
        companies = Company.objects.filter(console=row.console_id, active=True)
        column = "tags" if row.company_field == CompanyField.TAG else row.company_field
        clients = HaloClient.objects.filter(halo_credential=credential, active=True)
        yield (
            row.console_id,
            FieldPair(
                row.words,
                {pk: _texts(value) for pk, value in companies.values_list("pk", column)},
                {pk: _texts(value) for pk, value in _values_of_clients(clients, row.client_field)},
            ),
        )


def _values_of_clients(clients: Any, name: str) -> Iterator[tuple[int, Any]]:
    if name in (ClientField.REFERENCE, ClientField.HALO_ID, ClientField.DOMAIN):
        yield from clients.values_list("pk", name)
        return
    custom = name.startswith(CUSTOM_FIELD)
    column, key = ("custom_fields", name.removeprefix(CUSTOM_FIELD)) if custom else ("links", name)
    for pk, values in clients.values_list("pk", column):
        yield pk, (values or {}).get(key)


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [] if value is None else [str(value)]


def _row(credential: HaloCredential, found: Suggestion) -> CompanySuggestion:
    row = CompanySuggestion(
        company_id=found.company_id, halo_client_id=found.client_id, halo_credential=credential
    )
    _take_over(row, found)
    return row


def _take_over(row: CompanySuggestion, found: Suggestion) -> bool:
    """Write what was found into the row; True if that changed it."""
    before = (row.score, row.reason, row.ambiguous, row.evidence)
    row.score, row.reason, row.ambiguous = found.score, found.reason[:255], found.ambiguous
    row.evidence = found.evidence
    return before != (row.score, row.reason, row.ambiguous, row.evidence)


# ---- accepting ------------------------------------------------------------------------------


def accept_suggestions(suggestion_ids: Iterable[int], staff: Any = None) -> int:
    """Map the companies of these suggestions; return how many were mapped.

    Left alone: ambiguous ones, a company chosen twice, and what is out of date (mapped or ignored meanwhile,
    company or client no longer active). A pair that is there is never overwritten.
    """
    ids = sorted(set(suggestion_ids))
    rows: list[CompanySuggestion] = []
    for start in range(0, len(ids), ROWS):
        rows += CompanySuggestion.objects.filter(
            pk__in=ids[start : start + ROWS], ambiguous=False, company__active=True, halo_client__active=True
        ).select_related("halo_client")
    chosen = Counter((row.company_id, row.halo_credential_id) for row in rows)
    rows = [row for row in rows if chosen[row.company_id, row.halo_credential_id] == 1]
    wanted = [(row.company_id, row.halo_client, row.reason) for row in rows]
    return sum(len(map_many(wanted[start : start + ROWS], staff)) for start in range(0, len(wanted), ROWS))


def map_many(wanted: list[tuple[int, HaloClient, str]], staff: Any) -> set[int]:
    """Map companies (our ids) to clients, with a reason each; those that have a pair keep it.

    A fixed number of statements for up to 1,000 of them. Returns the companies that were mapped.
    """
    sites = default_sites([client for _, client, _ in wanted])
    stamp = timezone.now()
    with transaction.atomic():
        ignored = set(
            IgnoredCompany.objects.filter(company__in=[company for company, _, _ in wanted]).values_list(
                "company_id", "halo_credential_id"
            )
        )
        CompanyMapping.objects.bulk_create(
            [
                CompanyMapping(
                    company_id=company,
                    halo_credential_id=client.halo_credential_id,
                    halo_client=client,
                    halo_site=sites.get(client.pk),
                    known_as=client.name,
                    reason=reason,
                    mapped_at=stamp,
                    mapped_by=account(staff),
                )
                for company, client, reason in wanted
                if (company, client.halo_credential_id) not in ignored
            ],
            ignore_conflicts=True,
        )
        made = CompanyMapping.objects.filter(
            mapped_at=stamp, company__in=[company for company, _, _ in wanted]
        )
        pairs = set(made.values_list("company_id", "halo_credential_id"))
        for credential_id in {credential for _, credential in pairs}:
            companies = [company for company, credential in pairs if credential == credential_id]
            CompanySuggestion.objects.filter(halo_credential=credential_id, company__in=companies).delete()
        told = (
            (company, client.halo_credential_id, sentence(f"Mapped to {client}") + f" {reason}")
            for company, client, reason in wanted
            if (company, client.halo_credential_id) in pairs
        )
        note_changes(told, staff)
    return {company for company, _ in pairs}
