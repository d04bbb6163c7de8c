"""The review queue follows what matching leaves to staff."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from integrations.ingest.batches import ROWS, batches
from integrations.models import Console, HaloCredential
from mappings.models import ComputerReview, ReviewDecision


class Wanted(NamedTuple):
    """One computer that staff should look at. Ids are ours."""

    computer_id: int
    kind: str
    reason: str
    candidates: tuple[int, ...] = ()
    rivals: tuple[int, ...] = ()

    @property
    def facts(self) -> tuple[str, str, list[int], list[int]]:
        return self.kind, self.reason, list(self.candidates), list(self.rivals)


_FACTS = ("kind", "reason", "candidates", "rivals")


def sync_reviews(credential: HaloCredential, wanted: Iterable[Wanted], console: Console | None = None) -> int:
    """Bring the open reviews (of one console's computers) to what is wanted; how many rows changed.

    What staff left as it is stays away until its facts change. An unchanged world costs two statements.
    """
    rows = ComputerReview.objects.filter(halo_credential=credential)
    if console is not None:
        rows = rows.filter(computer__console=console)
    by_computer = {row.computer_id: row for row in wanted}
    left = _left(rows.filter(decision=ReviewDecision.LEAVE))
    present: dict[int, tuple[int, tuple[object, ...]]] = {}
    opened = rows.filter(decided_at__isnull=True).values_list("pk", "computer_id", *_FACTS)
    for pk, computer, *facts in opened.iterator(chunk_size=2000):
        present[computer] = (pk, tuple(facts))
    gone = [pk for computer, (pk, _) in present.items() if computer not in by_computer]
    new = [
        row
        for computer, row in by_computer.items()
        if computer not in present and left.get(computer) != row.facts
    ]
    changed = [
        _row(credential, row, present[computer][0])
        for computer, row in by_computer.items()
        if computer in present and present[computer][1] != row.facts
    ]
    if not (gone or new or changed):
        return 0
    with transaction.atomic():
        for batch in batches(gone):
            # What staff have decided meanwhile is history.
            ComputerReview.objects.filter(pk__in=batch, decided_at__isnull=True).delete()
        ComputerReview.objects.bulk_update(changed, _FACTS, batch_size=ROWS)
        for group in batches(new):
            ComputerReview.objects.bulk_create(
                [_row(credential, row) for row in group], ignore_conflicts=True
            )
    return len(gone) + len(changed) + len(new)


def _left(rows: object) -> dict[int, tuple[object, ...]]:
    """By computer: the facts that staff have seen last and left as they are."""
    found = rows.order_by("pk").values_list("computer_id", *_FACTS)  # type: ignore[attr-defined]
    return {computer: tuple(facts) for computer, *facts in found.iterator(chunk_size=2000)}


def _row(credential: HaloCredential, row: Wanted, pk: int | None = None) -> ComputerReview:
    kind, reason, candidates, rivals = row.facts
    return ComputerReview(
        pk=pk,
        halo_credential=credential,
        computer_id=row.computer_id,
        kind=kind,
        reason=reason,
        candidates=candidates,
        rivals=rivals,
        found_at=timezone.now(),
    )
