"""What a computer's mapping state is and why, for one computer and for lists, in one statement."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Concat

from integrations.models import Company, Computer, Console, HaloCredential
from mappings.linking.first_that_holds import Conditions, in_state_only, state_column
from mappings.linking.ignoring import is_ignored
from mappings.models import CompanyMapping, ComputerMapping, ComputerReview, IgnoredComputer, RefusedPair


class ComputerState(models.TextChoices):
    REVIEW = "review", "To review"
    IGNORED = "ignored", "Ignored"
    GONE = "gone", "Gone"
    OFFBOARDED = "offboarded", "Company offboarded"
    HELD = "held", "Held after an undo"
    INACTIVE = "inactive", "Asset inactive"
    MAPPED = "mapped", "Mapped"
    TO_EXPORT = "to_export", "To be exported"
    UNMAPPED = "unmapped", "Unmapped"
    NOT_ELIGIBLE = "not_eligible", "Not eligible"
    COMPANY_UNMAPPED = "company_unmapped", "Company not mapped"
    NO_COMPANY = "no_company", "Without a company"


_REASONS = {
    ComputerState.REVIEW: "",
    ComputerState.IGNORED: "",
    ComputerState.GONE: "The console no longer lists it.",
    ComputerState.OFFBOARDED: "Its company is offboarded; bring it back to map its computers.",
    ComputerState.HELD: "Its export was undone; it is left alone until it is released.",
    ComputerState.INACTIVE: "Its asset is inactive in HaloPSA.",
    ComputerState.MAPPED: "",
    ComputerState.TO_EXPORT: "The next export creates an asset for it.",
    ComputerState.UNMAPPED: "No asset fits it; export it or choose an asset.",
    ComputerState.COMPANY_UNMAPPED: "Only computers of mapped companies can be mapped.",
    ComputerState.NO_COMPANY: "The console does not say which company it belongs to.",
}
_TAKEN_APART = "Taken apart from an asset by staff, and no other fits it; export it or choose an asset."
_GONE_WITH_ASSET = "The console no longer lists it; its asset is inactive in HaloPSA."


def eligible_computers(credential: HaloCredential, console: Console | None = None) -> QuerySet[Computer]:
    """Active computers that may have an asset: eligible, not ignored, of a company that is mapped in this
    credential and not offboarded."""
    companies = Company.objects.filter(
        mappings__halo_credential=credential, mappings__archived_at__isnull=True
    )
    if credential.associated_company_id:
        companies = companies.filter(pk=credential.associated_company_id)
    computers = Computer.objects.filter(active=True, eligible=True, company_id__in=companies.values("pk"))
    computers = computers.filter(~is_ignored())
    return computers.filter(console=console) if console else computers


def with_states(
    computers: QuerySet[Computer], credential: HaloCredential | OuterRef | None = None
) -> QuerySet[Computer]:
    """Annotate `mapping_state` and `mapping_reason`, towards one credential or (None) towards any.

    The credential may be named by the rows themselves: a reference to their column.

    No statement is added; lists can be filtered by `mapping_state`.
    """
    matched = _pairs(credential).filter(halo_asset__isnull=False).order_by("pk").values("reason")[:1]
    doubt = _reviews(credential).order_by("pk").values("reason")[:1]
    annotated = computers.annotate(
        mapping_state=state_column(_conditions(credential), ComputerState.UNMAPPED)
    )
    told = [When(mapping_state=state.value, then=Value(words)) for state, words in _REASONS.items() if words]
    return annotated.annotate(
        mapping_reason=Case(
            When(mapping_state=ComputerState.MAPPED.value, then=models.Subquery(matched)),
            When(mapping_state=ComputerState.REVIEW.value, then=models.Subquery(doubt)),
            When(mapping_state=ComputerState.IGNORED.value, then=_why_ignored()),
            When(
                Q(mapping_state=ComputerState.GONE.value) & _with_inactive(credential),
                then=Value(_GONE_WITH_ASSET),
            ),
            When(
                Q(mapping_state=ComputerState.UNMAPPED.value) & _was_taken_apart(credential),
                then=Value(_TAKEN_APART),
            ),
            When(Q(mapping_state=ComputerState.NOT_ELIGIBLE.value), then=F("ineligible_reason")),
            *told,
            default=Value(""),
            output_field=CharField(),
        )
    )


def in_computer_state(
    computers: QuerySet[Computer], credential: HaloCredential | None, state: str
) -> QuerySet[Computer]:
    """Those whose `mapping_state` (see `with_states`) is this one."""
    return computers.filter(in_state_only(_conditions(credential), ComputerState.UNMAPPED, state))


def _conditions(credential: Any) -> Conditions:
    pairs = _pairs(credential)
    companies = CompanyMapping.objects.filter(company=OuterRef("company_id"))
    if credential is not None:
        companies = companies.filter(halo_credential=credential)
    return (
        (ComputerState.IGNORED, is_ignored()),
        (ComputerState.REVIEW, Exists(_reviews(credential))),
        # What is dead is told before the asset that it has or had.
        (ComputerState.GONE, Q(active=False)),
        (
            ComputerState.OFFBOARDED,
            Exists(companies) & ~Exists(companies.in_use()),
        ),
        (ComputerState.HELD, Exists(pairs.filter(held=True))),
        (ComputerState.INACTIVE, _with_inactive(credential)),
        (ComputerState.MAPPED, Exists(pairs.filter(halo_asset__isnull=False))),
        (ComputerState.TO_EXPORT, Exists(pairs)),
        (ComputerState.NO_COMPANY, Q(company__isnull=True)),
        (ComputerState.COMPANY_UNMAPPED, ~Exists(companies)),
        (ComputerState.NOT_ELIGIBLE, Q(eligible=False)),
    )


def _pairs(credential: Any) -> QuerySet[ComputerMapping]:
    pairs = ComputerMapping.objects.filter(computer=OuterRef("pk"))
    return pairs if credential is None else pairs.filter(halo_credential=credential)


def _with_inactive(credential: Any) -> Exists:
    """It has an asset that is inactive in HaloPSA."""
    return Exists(_pairs(credential).filter(halo_asset__active=False))


def _was_taken_apart(credential: Any) -> Exists:
    """Staff have refused one of the assets that are there."""
    pairs = RefusedPair.objects.filter(computer=OuterRef("pk"), halo_asset__active=True)
    return Exists(pairs if credential is None else pairs.filter(halo_asset__halo_credential=credential))


def _reviews(credential: Any) -> QuerySet[ComputerReview]:
    reviews = ComputerReview.objects.filter(computer=OuterRef("pk"), decided_at__isnull=True)
    return reviews if credential is None else reviews.filter(halo_credential=credential)


def _why_ignored() -> Any:
    """Staff's own words first, else the name of the rule."""
    rows = IgnoredComputer.objects.filter(computer=OuterRef("pk")).order_by(F("rule").asc(nulls_first=True))
    by_rule = Concat(Value("By the rule “"), F("rule__name"), Value("”."))
    words = Case(
        When(rule__isnull=False, then=by_rule),
        When(reason="", then=Value("By staff.")),
        default=F("reason"),
        output_field=CharField(),
    )
    return models.Subquery(rows.annotate(words=words).values("words")[:1])


def computer_state(computer: Computer, credential: HaloCredential | None = None) -> tuple[str, str]:
    """(value of `ComputerState`, reason). Free of charge where the row came from `with_states`."""
    if not hasattr(computer, "mapping_state"):
        computer = with_states(Computer.objects.filter(pk=computer.pk), credential).get()
    return computer.mapping_state, computer.mapping_reason  # type: ignore[attr-defined]
