"""Which of the computers with a gap are one machine that several consoles list. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mappings.matching import ComputerKeys, Ignored, first_of_twins


@dataclass(frozen=True, slots=True)
class Listed:
    """A computer as one console lists it. `asset`: ours, of the asset that it is linked with."""

    console_id: int
    asset: int | None
    keys: ComputerKeys


def machines(listed: Sequence[Listed], ignored: Ignored) -> Iterator[list[int]]:
    """The computers of each machine, ascending: of one asset, or twins by the rules of matching.

    No machine has two computers of one console, or two assets: such ones are told one by one.
    """
    groups = {one.keys.id: [one] for one in listed}
    first = {one.keys.id: one.keys.id for one in listed}
    for pair in (*_of_one_asset(listed), *_twins(listed, ignored)):
        kept, joined = sorted((first[pair[0]], first[pair[1]]))
        if kept == joined or not _fit([*groups[kept], *groups[joined]]):
            continue
        for one in groups[joined]:
            first[one.keys.id] = kept
        groups[kept] += groups.pop(joined)
    for group in groups.values():
        yield sorted(one.keys.id for one in group)


def _of_one_asset(listed: Iterable[Listed]) -> Iterator[tuple[int, int]]:
    linked = sorted((one.asset, one.keys.id) for one in listed if one.asset is not None)
    for (asset, earlier), (other, later) in pairwise(linked):
        if asset == other:
            yield earlier, later


def _twins(listed: Iterable[Listed], ignored: Ignored) -> list[tuple[int, int]]:
    found = first_of_twins(((one.console_id, one.keys) for one in listed), ignored)
    return sorted((leader, later) for later, (leader, _) in found.items())


def _fit(group: Sequence[Listed]) -> bool:
    consoles = {one.console_id for one in group}
    assets = {one.asset for one in group if one.asset is not None}
    return len(consoles) == len(group) and len(assets) <= 1
