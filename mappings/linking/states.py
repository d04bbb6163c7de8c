"""What a computer's mapping state is and why, for one computer and for lists, in one statement."""

from __future__ import annotations

from django.db import models
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from integrations.models import Company, Computer, Console, HaloCredential
from mappings.models import CompanyMapping, ComputerMapping


class ComputerState(models.TextChoices):
    MAPPED = "mapped", "Mapped"
    TO_EXPORT = "to_export", "To be exported"
    UNMAPPED = "unmapped", "Unmapped"
    NOT_ELIGIBLE = "not_eligible", "Not eligible"
    COMPANY_UNMAPPED = "company_unmapped", "Company not mapped"
    NO_COMPANY = "no_company", "Without a company"
    GONE = "gone", "Gone"


_REASONS = {
    ComputerState.MAPPED: "",
    ComputerState.TO_EXPORT: "The next export creates an asset for it.",
    ComputerState.UNMAPPED: "No asset fits it; export it or choose an asset.",
    ComputerState.COMPANY_UNMAPPED: "Only computers of mapped companies can be mapped.",
    ComputerState.NO_COMPANY: "The console does not say which company it belongs to.",
    ComputerState.GONE: "The console no longer lists it.",
}


def eligible_computers(credential: HaloCredential, console: Console | None = None) -> QuerySet[Computer]:
    """Active computers that may have an asset: eligible, of a company that is mapped in this credential."""
    companies = Company.objects.filter(mappings__halo_credential=credential)
    if credential.associated_company_id:
        companies = companies.filter(pk=credential.associated_company_id)
    computers = Computer.objects.filter(active=True, eligible=True, company_id__in=companies.values("pk"))
    return computers.filter(console=console) if console else computers


def with_states(
    computers: QuerySet[Computer], credential: HaloCredential | None = None
) -> QuerySet[Computer]:
    """Annotate `mapping_state` and `mapping_reason`, towards one credential or (None) towards any.

    No statement is added; lists can be filtered by `mapping_state`.
    """
    pairs = ComputerMapping.objects.filter(computer=OuterRef("pk"))
    companies = CompanyMapping.objects.filter(company=OuterRef("company_id"))
    if credential is not None:
        pairs, companies = (
            pairs.filter(halo_credential=credential),
            companies.filter(halo_credential=credential),
        )
    matched = pairs.filter(halo_asset__isnull=False).order_by("pk").values("reason")[:1]
    annotated = computers.annotate(
        mapping_state=Case(
            When(Exists(pairs.filter(halo_asset__isnull=False)), then=Value(ComputerState.MAPPED.value)),
            When(active=False, then=Value(ComputerState.GONE.value)),
            When(Exists(pairs), then=Value(ComputerState.TO_EXPORT.value)),
            When(company__isnull=True, then=Value(ComputerState.NO_COMPANY.value)),
            When(~Exists(companies), then=Value(ComputerState.COMPANY_UNMAPPED.value)),
            When(eligible=False, then=Value(ComputerState.NOT_ELIGIBLE.value)),
            default=Value(ComputerState.UNMAPPED.value),
            output_field=CharField(),
        )
    )
    told = [When(mapping_state=state.value, then=Value(words)) for state, words in _REASONS.items() if words]
    return annotated.annotate(
        mapping_reason=Case(
            When(mapping_state=ComputerState.MAPPED.value, then=models.Subquery(matched)),
            When(Q(mapping_state=ComputerState.NOT_ELIGIBLE.value), then=F("ineligible_reason")),
            *told,
            default=Value(""),
            output_field=CharField(),
        )
    )


def computer_state(computer: Computer, credential: HaloCredential | None = None) -> tuple[str, str]:
    """(value of `ComputerState`, reason). Free of charge where the row came from `with_states`."""
    if not hasattr(computer, "mapping_state"):
        computer = with_states(Computer.objects.filter(pk=computer.pk), credential).get()
    return computer.mapping_state, computer.mapping_reason  # type: ignore[attr-defined]
