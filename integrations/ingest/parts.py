"""A read of a console that takes several steps: what its parts have seen is kept until the last is done."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django.db.models import Model

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
        self._left_open: list[Read] = []
        self._earlier: dict[str, set[Key]] = {}

    def open(self, shape: Shape, scope: Scope, grouping: Grouping | None = None) -> Read:
        what = _name(shape.model)
        new = dict((self._memory or {}).get(what, ()))
        return Read(shape, scope, grouping, seen=self._seen(what), new=new)

    def close(self, read: Read, within: Scope | None = None) -> Stored:
        if self._is_last():
            return read.close(within)
        self._left_open.append(read)
        return read.leave_open()

    def seen_of(self, model: type[Model]) -> set[str]:
        """External ids, of rows of a console, that earlier parts have seen."""
        return self.names(_name(model))

    def names(self, what: str) -> set[str]:
        """What earlier parts have seen of things that are known by one text."""
        return {str(key[0]) for key in self._seen(what)}

    def keep(self, **more: Iterable[str]) -> dict[str, Any]:
        """Store what this part has seen (`more`: other keys by name); the memory of the next."""
        if self._memory is None:
            self.forget()
        memory = dict(self._memory or {})
        for read in self._left_open:
            what = _name(read.shape.model)
            self._store(what, read.seen - self._seen(what))
            memory[what] = [[group, count] for group, count in read.new_by_group.items()]
        for what, keys in more.items():
            self._store(what, {(key,) for key in keys})
        return memory

    def forget(self) -> None:
        """The read is over, or begins anew."""
        PartSeen.objects.filter(run=self._run).delete()

    def _seen(self, what: str) -> set[Key]:
        """Keys that earlier parts have seen, read once."""
        if self._memory is None:
            return set()
        if what not in self._earlier:
            rows = PartSeen.objects.filter(run=self._run, what=what).order_by()
            keys = rows.values_list("key", flat=True).iterator()
            self._earlier[what] = {tuple(json.loads(key)) for key in keys}
        return self._earlier[what]

    def _store(self, what: str, keys: set[Key]) -> None:
        for batch in batches(sorted(json.dumps(key) for key in keys)):
            rows = [PartSeen(run=self._run, what=what, key=key) for key in batch]
            PartSeen.objects.bulk_create(rows, ignore_conflicts=True)


WHOLE: Final = Whole()


def _name(model: type[Model]) -> str:
    return str(model._meta.model_name)
