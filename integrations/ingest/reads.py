"""One read of one kind of thing: pages come in, and at its end what was missing is marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from django.utils import timezone

from integrations.ingest.absence import Grouping, mark_absent
from integrations.ingest.batches import batches
from integrations.ingest.stored import Stored
from integrations.ingest.upsert import Key, Row, Scope, Shape, Told, upsert


class Read:
    """Stores the rows of a read and remembers which were seen.

    A row that comes twice counts once, as it came first. Without `close` nothing is ever marked as missing,
    so a read that breaks off has only stored what it saw. `told` hears what each page changed. `seen` and
    `new` are what earlier parts of the same read have seen, and brought by group.
    """

    def __init__(
        self,
        shape: Shape,
        scope: Scope,
        grouping: Grouping | None = None,
        told: Told | None = None,
        *,
        seen: Iterable[Key] = (),
        new: Mapping[Hashable, int] | None = None,
    ) -> None:
        self.shape = shape
        self._scope = scope
        self._grouping = grouping
        self._told = told
        self._created = 0
        self.new_by_group: Counter[Hashable] = Counter(new)
        self._updated = 0
        self._unchanged = 0
        self.seen: set[Key] = set(seen)

    def store(self, rows: Iterable[Row]) -> dict[Key, int]:
        """Store the rows, a thousand at a time; our ids by key, of those that had not come before."""
        ids: dict[Key, int] = {}
        for batch in batches(row for row in rows if row.key not in self.seen):
            page = upsert(self.shape, self._scope, batch, timezone.now(), self._told)
            self._created += len(page.created)
            self.new_by_group.update(self._group_of(row) for row in page.created if row.active)
            self._updated += page.updated
            self._unchanged += page.unchanged
            ids |= page.ids
            self.seen.update(page.ids)
        return ids

    def close(self, within: Scope | None = None) -> Stored:
        """The read was complete: mark what it did not hold (`within`, where rows share no column)."""
        absent = mark_absent(
            self.shape,
            self._scope if within is None else within,
            self.seen,
            timezone.now(),
            new=self.new_by_group,
            grouping=self._grouping,
        )
        return self._stored() + absent

    def leave_open(self) -> Stored:
        """The read goes on elsewhere, or was never meant to be complete."""
        return self._stored()

    def _stored(self) -> Stored:
        return Stored(self._created, self._updated, self._unchanged)

    def _group_of(self, row: Row) -> Any:
        return row.content[self._grouping.column] if self._grouping else None
