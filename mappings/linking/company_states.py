"""What the state of a company is towards one HaloPSA credential, for lists, in the list's own statement."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from integrations.models import Company, HaloCredential
from mappings.linking.first_that_holds import Conditions, in_state_only, state_column
from mappings.models import CompanyMapping, CompanySuggestion, IgnoredCompany
from mappings.suggesting import EXACT


class CompanyState(models.TextChoices):
    UNMAPPED = "unmapped", "Unmapped"
    SUGGESTED = "suggested", "Suggested"
    MAPPED = "mapped", "Mapped"
    BROKEN = "broken", "Broken"
    IGNORED = "ignored", "Ignored"
    ARCHIVED = "archived", "Offboarded"


def companies_of(credential: HaloCredential | None) -> QuerySet[Company]:
    """Those that can be mapped through it: all active ones and those that are mapped, or its associated
    company alone."""
    mapped = CompanyMapping.objects.filter(company=OuterRef("pk"), halo_credential=credential)
    companies = Company.objects.filter(Q(active=True) | Exists(mapped))
    if credential is not None and credential.associated_company_id:
        return companies.filter(pk=credential.associated_company_id)
    return companies


def with_company_state(companies: QuerySet[Company], credential: HaloCredential | None) -> QuerySet[Any]:
    """Annotate `state`, a value of `CompanyState`; no statement is added."""
    return companies.annotate(state=state_column(_conditions(credential), CompanyState.UNMAPPED))


def in_state(companies: QuerySet[Company], credential: HaloCredential | None, state: str) -> QuerySet[Any]:
    """The same of those in this state alone ("": in any)."""
    found = with_company_state(companies, credential)
    wanted = in_state_only(_conditions(credential), CompanyState.UNMAPPED, state)
    return found.filter(wanted) if state else found


def _conditions(credential: HaloCredential | None) -> Conditions:
    of_company = {"company": OuterRef("pk"), "halo_credential": credential}
    mapped = CompanyMapping.objects.filter(**of_company)
    return (
        (CompanyState.ARCHIVED, Exists(mapped.filter(archived_at__isnull=False))),
        (CompanyState.BROKEN, Exists(mapped.broken())),
        (CompanyState.MAPPED, Exists(mapped)),
        (CompanyState.IGNORED, Exists(IgnoredCompany.objects.filter(**of_company))),
        (CompanyState.SUGGESTED, Exists(CompanySuggestion.objects.filter(**of_company))),
    )


def exact_suggestions(credential: HaloCredential) -> QuerySet[CompanySuggestion]:
    """Suggestions by something that is the same and unique on both sides, of which nothing else doubts."""
    return CompanySuggestion.objects.filter(halo_credential=credential, score=EXACT, ambiguous=False)
