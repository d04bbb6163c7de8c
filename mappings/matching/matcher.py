"""Which computer is which Halo asset. Pure: no database, no network.

Matched by the id that HaloPSA itself holds for the console, then serial number, MAC address and host name,
always within one Halo client. Whatever fits more than one thing is left to staff, with the reason. The order
of the input never matters, and matching again after the matches were stored finds nothing new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from mappings.matching.index import Index
from mappings.matching.keys import STEP_NAMES, AssetKeys, ComputerKeys, Ignored, Key, Step, shown
from mappings.matching.results import Ambiguous, Doubt, Match, MatchResult, named


@dataclass(frozen=True, slots=True)
class Holder:
    """The computer of this console that stands for an asset already. `gone`: the console has lost it."""

    computer_id: int
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One console's part: computers without a mapping, those that staff want exported (evidence only), and
    by asset who stands for it."""

    computers: tuple[ComputerKeys, ...]
    to_export: tuple[ComputerKeys, ...] = ()
    holders: Mapping[int, Holder] = field(default_factory=dict)


def match_computers(
    computers: Iterable[ComputerKeys],
    assets: Iterable[AssetKeys],
    refused: Collection[tuple[int, int]] = frozenset(),
    taken: Collection[int] | Mapping[int, Holder] = frozenset(),
    ignored: Ignored | None = None,
) -> MatchResult:
    """Match unmapped computers of ONE console with assets.

    `refused`: (computer id, asset id) pairs that staff took apart. `taken`: assets that already stand for
    another computer of this console; they stay among `assets`, because they are evidence, too.
    """
    holders = taken if isinstance(taken, Mapping) else {asset: Holder(0) for asset in taken}
    side = Side(tuple(computers), holders=holders)
    return match_consoles({0: side}, assets, refused, ignored=ignored)[0]


def match_consoles(
    sides: Mapping[int, Side],
    assets: Iterable[AssetKeys],
    refused: Collection[tuple[int, int]] = frozenset(),
    known: Iterable[tuple[int, ComputerKeys]] = (),
    ignored: Ignored | None = None,
) -> dict[int, MatchResult]:
    """The same for several consoles, which meet in one asset. `known`: (asset id, a computer that stands for
    it), of any console: what is known of the computer is known of the asset."""
    index = Index(assets, ignored or Ignored())
    for asset_id, computer in known:
        index.know(asset_id, computer)
    matchers = {number: _Matcher(sides[number], index, frozenset(refused)) for number in sorted(sides)}
    # What one console tells of an asset may settle what another one left open, until nothing changes: that
    # is what makes a second call find nothing.
    while any(matcher.rounds() for matcher in matchers.values()):
        pass
    return {number: matcher.result() for number, matcher in matchers.items()}


@dataclass(frozen=True, slots=True)
class _Claim:
    computer_id: int
    asset_id: int
    step: Step
    words: str
    takes_over: int | None = None

    @property
    def evidence(self) -> str:
        return f"{STEP_NAMES[self.step]} {self.words}"


class _Matcher:
    """One console. `rounds` goes on until it can give nothing away; it may be called again."""

    def __init__(self, side: Side, index: Index, refused: frozenset[tuple[int, int]]) -> None:
        self._index = index
        self._refused = refused
        self._holders = dict(side.holders)
        self._open = {computer.id: computer for computer in side.computers}
        self._keys = {computer.id: index.keys_of(computer) for computer in side.computers}
        self._twins = _twins(
            [
                *((computer, self._keys[computer.id]) for computer in side.computers),
                *((computer, index.keys_of(computer)) for computer in side.to_export),
            ]
        )
        self._matches: dict[int, Match] = {}
        self._left: dict[int, Ambiguous] = {}

    def rounds(self) -> bool:
        """Give away what is certain; True if that was anything."""
        before = len(self._matches)
        # An asset that is given away no longer competes: a round may settle what the one before left open.
        while won := self._one_round():
            for claim in won:
                self._give(claim)
        return len(self._matches) > before

    def result(self) -> MatchResult:
        for number, computer in self._open.items():
            if number not in self._left and (doubt := self._clone_without_asset(computer)):
                self._left[number] = doubt
        matches = tuple(self._matches[number] for number in sorted(self._matches))
        return MatchResult(matches, tuple(self._left[number] for number in sorted(self._left)))

    def _give(self, claim: _Claim) -> None:
        computer = self._open.pop(claim.computer_id)
        self._holders[claim.asset_id] = Holder(claim.computer_id)
        keys = self._keys[computer.id].values()
        self._index.lead(claim.asset_id, computer.client_id, chain.from_iterable(keys))
        told = f"Same {claim.evidence}"
        if claim.takes_over is not None:
            told = f"{told}; it takes the place of a computer that is gone"
        self._matches[computer.id] = Match(computer.id, claim.asset_id, told, claim.takes_over)

    # ---- one round --------------------------------------------------------------------------

    def _one_round(self) -> list[_Claim]:
        """The claims that stand; who is left undecided is in `_left`."""
        self._left = {}
        by_asset: dict[int, list[_Claim]] = defaultdict(list)
        for computer in self._open.values():
            found = self._claim(computer)
            if isinstance(found, _Claim):
                by_asset[found.asset_id].append(found)
            elif found is not None:
                self._left[computer.id] = found
        return [claim for claims in by_asset.values() for claim in self._strongest(claims)]

    def _strongest(self, claims: list[_Claim]) -> list[_Claim]:
        """The one claim on an asset that counts most; of equals none."""
        first = min(claim.step for claim in claims)
        best = [claim for claim in claims if claim.step == first]
        if len(best) == 1:
            return best
        rivals = named(claim.computer_id for claim in claims)
        for claim in claims:
            self._left[claim.computer_id] = Ambiguous(
                claim.computer_id,
                f"Several computers of this console fit the asset with the {claim.evidence}.",
                Doubt.CLONE,
                (claim.asset_id,),
                tuple(number for number in rivals if number != claim.computer_id),
            )
        return []

    def _claim(self, computer: ComputerKeys) -> _Claim | Ambiguous | None:
        """The one asset that the first telling step names; why none, if it names several; None: no trace."""
        for step in Step:
            found = self._candidates(computer, step)
            if found:
                return self._judged(computer, step, found)
        return None

    def _candidates(self, computer: ComputerKeys, step: Step) -> set[int]:
        keys = self._keys[computer.id]
        found = self._index.assets(computer.client_id, keys[step])
        if found and self._refused:
            found = {asset for asset in found if (computer.id, asset) not in self._refused}
        serials = keys[Step.SERIAL]
        if step == Step.MAC:
            # A docking station lends its address to whatever stands in it: such a trace says nothing.
            return {a for a in found if self._is_free(a) and not self._index.other_serials(a, serials)}
        if step == Step.HOST:
            # Machines may be called alike: where one has the asset, a serial number tells them apart.
            return {a for a in found if self._is_free(a) or not self._index.other_serials(a, serials)}
        return found

    def _is_free(self, asset_id: int) -> bool:
        holder = self._holders.get(asset_id)
        return holder is None or holder.gone

    def _judged(self, computer: ComputerKeys, step: Step, found: set[int]) -> _Claim | Ambiguous:
        asset = min(found)
        evidence = f"{STEP_NAMES[step]} {self._words(computer, step, asset)}"
        if len(found) > 1:
            words = f"{len(found)} assets of the client have the same {evidence}."
            return Ambiguous(computer.id, words, Doubt.ONE_TO_MANY, named(found))
        if doubt := self._held(computer, step, asset, evidence) or self._denied(
            computer, step, asset, evidence
        ):
            return doubt
        holder = self._holders.get(asset)
        words = self._words(computer, step, asset)
        return _Claim(computer.id, asset, step, words, holder.computer_id if holder else None)

    def _held(self, computer: ComputerKeys, step: Step, asset: int, evidence: str) -> Ambiguous | None:
        """Another computer of the console stands for it; one that is gone hands it on, but not by name."""
        holder = self._holders.get(asset)
        if holder is None or (holder.gone and step < Step.HOST):
            return None
        gone = ", which is gone" if holder.gone else ""
        words = f"The asset with the {evidence} already stands for another computer of this console{gone}."
        rivals = (holder.computer_id,) if holder.computer_id else ()
        return Ambiguous(computer.id, words, Doubt.CLONE, (asset,), rivals)

    def _denied(self, computer: ComputerKeys, step: Step, asset: int, evidence: str) -> Ambiguous | None:
        """Stronger or equal evidence against it."""
        serials = self._keys[computer.id][Step.SERIAL]
        others = self._index.other_serials(asset, serials)
        if others:
            words = (
                f"An asset has the same {evidence}, but another serial number ({', '.join(others).upper()})."
            )
            return Ambiguous(computer.id, words, Doubt.CONTRADICTION, (asset,))
        same_serial = self._candidates(computer, Step.SERIAL) if step == Step.LINK else set()
        if same_serial - {asset} and asset not in same_serial:
            words = f"The {evidence} names one asset, the serial number {computer.serial.strip()} another."
            return Ambiguous(computer.id, words, Doubt.CONTRADICTION, named({asset, *same_serial}))
        return None

    def _words(self, computer: ComputerKeys, step: Step, asset: int) -> str:
        """The matching value as staff know it."""
        if step in (Step.SERIAL, Step.HOST):
            return (computer.serial if step == Step.SERIAL else computer.host).strip()
        keys = [
            key
            for key in self._keys[computer.id][step]
            if self._index.leads_to(computer.client_id, key, asset)
        ]
        return shown(min(keys))

    # ---- no asset at all --------------------------------------------------------------------

    def _clone_without_asset(self, computer: ComputerKeys) -> Ambiguous | None:
        """Two machines of one console with one serial number: an export would make two assets of it."""
        for key in self._keys[computer.id][Step.SERIAL]:
            twins = self._twins.get((computer.client_id, key), ())
            rivals = [number for number in twins if number != computer.id]
            if rivals:
                also = "another computer" if len(rivals) == 1 else f"{len(rivals)} other computers"
                words = f"The console lists {also} with the serial number {computer.serial.strip()}."
                return Ambiguous(computer.id, words, Doubt.CLONE, (), named(rivals))
        return None


def _twins(
    computers: Iterable[tuple[ComputerKeys, Mapping[Step, list[Key]]]],
) -> dict[tuple[int, Key], list[int]]:
    """Computers by (client, serial number)."""
    found: dict[tuple[int, Key], list[int]] = defaultdict(list)
    for computer, keys in computers:
        for key in keys[Step.SERIAL]:
            found[computer.client_id, key].append(computer.id)
    return dict(found)
