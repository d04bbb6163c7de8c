"""What the state of a company is towards one HaloPSA credential, for lists, in the list's own statement."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from integrations.models import Company, HaloCredential
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
    of_company = {"company": OuterRef("pk"), "halo_credential": credential}
    mapped = CompanyMapping.objects.filter(**of_company)
    return companies.annotate(
        state=Case(
            When(Exists(mapped.filter(archived_at__isnull=False)), then=Value(CompanyState.ARCHIVED.value)),
            When(Exists(mapped.broken()), then=Value(CompanyState.BROKEN.value)),
            When(Exists(mapped), then=Value(CompanyState.MAPPED.value)),
            When(Exists(IgnoredCompany.objects.filter(**of_company)), then=Value(CompanyState.IGNORED.value)),
            When(
                Exists(CompanySuggestion.objects.filter(**of_company)),
                then=Value(CompanyState.SUGGESTED.value),
            ),
            default=Value(CompanyState.UNMAPPED.value),
            output_field=CharField(),
        )
    )


def in_state(companies: QuerySet[Company], credential: HaloCredential | None, state: str) -> QuerySet[Any]:
    """Those in this state (a value of `CompanyState`; "": in any), with `state` as `with_company_state` has
    it. Found from where the state is stored, so that a rare one takes no look at every company."""
    of_company = {"company": OuterRef("pk"), "halo_credential": credential}
    mapped = CompanyMapping.objects.filter(**of_company)
    needs = {
        CompanyState.ARCHIVED: mapped.filter(archived_at__isnull=False),
        CompanyState.BROKEN: mapped.broken(),
        CompanyState.MAPPED: mapped,
        CompanyState.IGNORED: IgnoredCompany.objects.filter(**of_company),
        CompanyState.SUGGESTED: CompanySuggestion.objects.filter(**of_company),
    }
    found = with_company_state(companies, credential)
    if not state:
        return found
    needed = needs.get(state)  # type: ignore[call-overload]
    return found.filter(*([] if needed is None else [Exists(needed)]), state=state)


def exact_suggestions(credential: HaloCredential) -> QuerySet[CompanySuggestion]:
    """Suggestions by something that is the same and unique on both sides, of which nothing else doubts."""
    return CompanySuggestion.objects.filter(halo_credential=credential, score=EXACT, ambiguous=False)
