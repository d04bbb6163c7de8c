"""A read of a console that takes several steps: what its parts have seen is kept until the last is done."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Final

from integrations.ingest.absence import Grouping
from integrations.ingest.batches import batches
from integrations.ingest.reads import Read
from integrations.ingest.stored import Stored
from integrations.ingest.upsert import Key, Scope, Shape
from integrations.models import PartSeen, Run

SERIES: Final = "series"
UNREAD: Final = "unread series"


class Whole:
    """A read in one step: its end is the end of the list."""

    def open(self, shape: Shape, scope: Scope, grouping: Grouping | None = None) -> Read:
        return Read(shape, scope, grouping)

    def close(self, read: Read, within: Scope | None = None) -> Stored:
        return read.close(within)


class Part(Whole):
    """One of its steps. `memory` is what the last one has given to the cursor; None in the first.

    `is_last` is asked once the rows have come. A part that is repeated (its worker died) does no harm: what
    it has seen is seen.
    """

    def __init__(self, run: Run, memory: Mapping[str, Any] | None, is_last: Callable[[], bool]) -> None:
        self._run = run
        self._memory = memory
        self._is_last = is_last
        self._left_open: list[tuple[str, Read, set[Key]]] = []

    def open(self, shape: Shape, scope: Scope, grouping: Grouping | None = None) -> Read:
        what = _name(shape)
        new: Counter[Hashable] = Counter()
        for group, count in (self._memory or {}).get(what, []):
            new[group] += count
        return Read(shape, scope, grouping, seen=self.seen(what), new=new)

    def close(self, read: Read, within: Scope | None = None) -> Stored:
        if self._is_last():
            return read.close(within)
        self._left_open.append((_name(read.shape), read, set(read.seen)))
        return read.leave_open()

    def seen(self, what: str) -> set[Key]:
        """Keys that earlier parts have seen."""
        if self._memory is None:
            return set()
        rows = PartSeen.objects.filter(run=self._run, what=what).order_by()
        return {tuple(json.loads(key)) for key in rows.values_list("key", flat=True).iterator()}

    def seen_of(self, shape: Shape) -> set[Key]:
        return self.seen(_name(shape))

    def keep(self, **more: Iterable[str]) -> dict[str, Any]:
        """Store what this part has seen (`more`: other keys by name); the memory of the next."""
        if self._memory is None:
            self.forget()
        memory = dict(self._memory or {})
        for what, read, seen in self._left_open:
            self._store(what, seen)
            memory[what] = [[group, count] for group, count in read.new_by_group.items()]
        for what, keys in more.items():
            self._store(what, {(key,) for key in keys})
        return memory

    def forget(self) -> None:
        """The read is over, or begins anew."""
        PartSeen.objects.filter(run=self._run).delete()

    def _store(self, what: str, keys: set[Key]) -> None:
        for batch in batches(sorted(json.dumps(key) for key in keys)):
            rows = [PartSeen(run=self._run, what=what, key=key) for key in batch]
            PartSeen.objects.bulk_create(rows, ignore_conflicts=True)


WHOLE: Final = Whole()


def _name(shape: Shape) -> str:
    return str(shape.model._meta.model_name)
