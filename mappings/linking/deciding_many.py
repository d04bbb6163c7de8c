"""One decision for many computers of the review queue, in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from integrations.models import HaloAsset
from integrations.models.audit import locked
from mappings.linking.computers import raise_edit_problems
from mappings.linking.deciding import decisions_for
from mappings.linking.ignoring import ignore_computers
from mappings.models import (
    CompanyMapping,
    ComputerMapping,
    ComputerReview,
    MappingOrigin,
    RefusedPair,
    ReviewDecision,
)

ROWS = 1000
"""Rows a statement."""
FOR_MANY: Final = (ReviewDecision.EXPORT, ReviewDecision.IGNORE, ReviewDecision.LEAVE)
"""They need no asset and no site to be chosen."""
_NAMED = ("computer__company", "computer__console", "halo_credential")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one review; `problem` is "" where it was decided."""

    review: ComputerReview
    problem: str = ""


def decide_many(reviews: Iterable[int], decision: str, staff: Any = None) -> list[Outcome]:
    """Settle open reviews (our ids) as `decide` does each of them; one that cannot be hurts no other.

    A fixed number of statements for up to 1,000 of them. Raises `ValidationError` for a decision that needs
    more than itself.
    """
    if decision not in FOR_MANY:
        raise ValidationError("This cannot be decided about several computers at once.")
    ids = sorted(set(reviews))
    told: list[Outcome] = []
    for start in range(0, len(ids), ROWS):
        told += _decided(ids[start : start + ROWS], ReviewDecision(decision), staff)
    return told


def _decided(ids: list[int], decision: ReviewDecision, staff: Any) -> list[Outcome]:
    with transaction.atomic():
        rows = locked(ComputerReview.objects.filter(pk__in=ids)).order_by("pk").select_related(*_NAMED)
        found = list(rows)
        pairs = _pairs(found) if decision == ReviewDecision.EXPORT else {}
        told = [Outcome(row, _problem(row, decision, pairs)) for row in found]
        settled = [one.review for one in told if not one.problem]
        ComputerReview.objects.filter(pk__in=[row.pk for row in settled]).update(
            decision=decision, decided_at=timezone.now(), decided_by=staff
        )
        if decision == ReviewDecision.EXPORT:
            _export(settled, staff)
        elif decision == ReviewDecision.IGNORE:
            _ignore(settled, staff)
    return told


def _problem(
    review: ComputerReview, decision: ReviewDecision, pairs: dict[tuple[int, int], CompanyMapping]
) -> str:
    if not review.is_open:
        return "It is decided already."
    if decision not in decisions_for(review):
        return "This cannot be decided about this computer."
    if decision != ReviewDecision.EXPORT:
        return ""
    computer = review.computer
    try:
        raise_edit_problems(
            computer,
            review.halo_credential,
            pairs.get((computer.company_id or 0, review.halo_credential_id)),
            halo_asset=None,
            other=lambda: None,
            halo_site=None,
            asset_type=None,
            wanted_site=None,
            wanted_type=None,
            is_type=lambda _: True,
        )
    except ValidationError as problem:
        return " ".join(problem.messages)
    return ""


def _pairs(reviews: list[ComputerReview]) -> dict[tuple[int, int], CompanyMapping]:
    rows = CompanyMapping.objects.filter(
        company__in={row.computer.company_id for row in reviews if row.computer.company_id},
        halo_credential__in={row.halo_credential_id for row in reviews},
    )
    return {(row.company_id, row.halo_credential_id): row for row in rows}


def _ignore(reviews: list[ComputerReview], staff: Any) -> None:
    by_kind: dict[str, list[int]] = defaultdict(list)
    for row in reviews:
        by_kind[row.get_kind_display()].append(row.computer_id)
    for kind, computers in by_kind.items():
        ignore_computers(computers, f"Reviewed: {kind}.", staff)


def _export(reviews: list[ComputerReview], staff: Any) -> None:
    """None of the candidates is it; what they have is refused, too."""
    known, candidates = _mapped(reviews), _candidates(reviews)
    pairs = {(row.computer_id, pk) for row in reviews for pk in candidates[row.pk]}
    pairs |= {(row.computer_id, row.halo_asset_id) for row in known.values() if row.halo_asset_id}
    RefusedPair.objects.bulk_create(
        [RefusedPair(computer_id=pk, halo_asset_id=asset, refused_by=staff) for pk, asset in sorted(pairs)],
        batch_size=ROWS,
        ignore_conflicts=True,
    )
    values: dict[str, Any] = {
        "halo_asset": None,
        "halo_site": None,
        "asset_type": None,
        "wanted_site": None,
        "wanted_type": None,
        "created_by_us": False,
        "retired_at": None,
        "status_before": None,
        "origin": MappingOrigin.CHOSEN,
        "reason": "Chosen by hand.",
        "mapped_at": timezone.now(),
        "mapped_by": staff,
    }
    ComputerMapping.objects.filter(pk__in=[row.pk for row in known.values()]).update(**values)
    ComputerMapping.objects.bulk_create(
        [
            ComputerMapping(
                computer=row.computer,
                console_id=row.computer.console_id,
                halo_credential_id=row.halo_credential_id,
                **values,
            )
            for row in reviews
            if (row.computer_id, row.halo_credential_id) not in known
        ],
        batch_size=ROWS,
    )


def _mapped(reviews: list[ComputerReview]) -> dict[tuple[int, int], ComputerMapping]:
    rows = ComputerMapping.objects.filter(
        computer__in=[row.computer_id for row in reviews],
        halo_credential__in={row.halo_credential_id for row in reviews},
    )
    wanted = {(row.computer_id, row.halo_credential_id) for row in reviews}
    found = {(row.computer_id, row.halo_credential_id): row for row in locked(rows).order_by("pk")}
    return {key: row for key, row in found.items() if key in wanted}


def _candidates(reviews: list[ComputerReview]) -> dict[int, list[int]]:
    """By review: its candidates that are (still) there."""
    named = {pk for row in reviews for pk in row.candidates}
    there = HaloAsset.objects.filter(pk__in=named).values_list("pk", "halo_credential_id")
    credentials = dict(there)
    return {
        row.pk: [pk for pk in row.candidates if credentials.get(pk) == row.halo_credential_id]
        for row in reviews
    }
