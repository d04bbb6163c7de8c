"""What staff decide about a computer in the review queue.

Nothing goes to HaloPSA here: what has to be written there is shown by the next plan.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from integrations.models import HaloAsset, HaloSite
from mappings.linking.computers import edit_computer_mapping
from mappings.linking.ignoring import ignore_computers
from mappings.models import (
    CompanyMapping,
    ComputerMapping,
    ComputerReview,
    RefusedPair,
    ReviewDecision,
    ReviewKind,
)


class NothingToDecide(Exception):
    """Somebody has decided already, or the facts have changed. The text is a sentence for staff."""


_OFFERED = {
    ReviewKind.MOVED: (
        ReviewDecision.MOVE,
        ReviewDecision.EXPORT,
        ReviewDecision.LEAVE,
        ReviewDecision.IGNORE,
    ),
}
_ELSE = (ReviewDecision.LINK, ReviewDecision.EXPORT, ReviewDecision.IGNORE, ReviewDecision.LEAVE)


def decisions_for(review: ComputerReview) -> tuple[ReviewDecision, ...]:
    """What can be decided about it, the most likely first."""
    offered = _OFFERED.get(ReviewKind(review.kind), _ELSE)
    return tuple(one for one in offered if one != ReviewDecision.LINK or review.candidates)


def decide(
    review: ComputerReview,
    decision: str,
    *,
    halo_asset: HaloAsset | None = None,
    halo_site: HaloSite | None = None,
    staff: Any = None,
) -> ComputerReview:
    """Settle an open review.

    `link`: the computer is `halo_asset` (one of the candidates), which a rival may have to let go of.
    `export`: none of them; it gets a new asset. `ignore`: as by hand. `move`: the next export moves the
    asset to `halo_site`, else the default site of its new company. `leave`: nothing, until the facts change.
    Raises `NothingToDecide`, and `ValidationError` with a sentence per field.
    """
    if decision not in decisions_for(review):
        raise ValidationError({"decision": "This cannot be decided about this computer."})
    chosen = ReviewDecision(decision)
    with transaction.atomic():
        mine = ComputerReview.objects.filter(pk=review.pk, decided_at__isnull=True)
        settled = {"decision": chosen, "decided_at": timezone.now(), "decided_by": staff}
        if not mine.update(**settled):
            raise NothingToDecide("Somebody has decided about this computer already, or it is settled.")
        match chosen:
            case ReviewDecision.LINK:
                _link(review, halo_asset, staff)
            case ReviewDecision.EXPORT:
                _export(review, staff)
            case ReviewDecision.IGNORE:
                ignore_computers([review.computer_id], f"Reviewed: {review.reason}", staff)
            case ReviewDecision.MOVE:
                _move(review, halo_site)
    review.refresh_from_db()
    return review


def _link(review: ComputerReview, asset: HaloAsset | None, staff: Any) -> None:
    if asset is None or asset.pk not in review.candidates:
        raise ValidationError({"halo_asset": "Choose one of the assets that come into question."})
    edit_computer_mapping(review.computer, review.halo_credential, halo_asset=asset, take=True, staff=staff)


def _export(review: ComputerReview, staff: Any) -> None:
    """None of the candidates is it, and matching is not to come back to them."""
    candidates = HaloAsset.objects.filter(
        pk__in=review.candidates, halo_credential=review.halo_credential
    ).values_list("pk", flat=True)
    RefusedPair.objects.bulk_create(
        [
            RefusedPair(computer_id=review.computer_id, halo_asset_id=pk, refused_by=staff)
            for pk in candidates
        ],
        ignore_conflicts=True,
    )
    edit_computer_mapping(review.computer, review.halo_credential, staff=staff)


def _move(review: ComputerReview, site: HaloSite | None) -> None:
    pair = (
        CompanyMapping.objects.filter(
            company=review.computer.company_id, halo_credential=review.halo_credential
        )
        .select_related("halo_client", "halo_site")
        .first()
    )
    if pair is None:
        raise NothingToDecide("Its company is not mapped any more.")
    site = site or pair.halo_site
    if site is None:
        raise ValidationError({"halo_site": f"Choose a site of {pair.halo_client}: no default site is set."})
    if site.client_id != pair.halo_client_id or not site.active:
        raise ValidationError({"halo_site": f"This site is not an active one of {pair.halo_client}."})
    mapped = ComputerMapping.objects.filter(
        computer=review.computer, halo_credential=review.halo_credential, halo_asset__in=review.candidates
    )
    if not mapped.update(wanted_site=site):
        raise NothingToDecide("The computer has another asset by now.")
