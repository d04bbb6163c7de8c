"""Which computer is which Halo asset. Pure: no database, no network.

Matched by serial number, then MAC address, then host name, always within one Halo client. Whatever fits
more than one thing is left to staff, with the reason. The order of the input never matters, and matching
again after the matches were stored finds nothing new.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

JUNK_SERIALS: Final = frozenset(
    """
    systemserialnumber tobefilledbyoem 0123456789 123456789 1234567890 12345678 1234567 123456
    defaultstring none na notspecified notapplicable notavailable chassisserialnumber serialnumber
    baseboardserialnumber unknown null nil empty invalid oem oeminvalid noserial noserialnumber
    undefined unspecified test asset assetserialnumber systemproductname
    """.split()  # noqa: SIM905
)
"""What manufacturers and consoles write where there is no serial number; letters and digits only."""

NOT_AN_ADDRESS: Final = frozenset({"0" * 12, "f" * 12})


# ---- keys -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ComputerKeys:
    """A computer of one console. `client_id`: the client that its company is mapped to."""

    id: int
    client_id: int
    serial: str = ""
    macs: tuple[str, ...] = ()
    host: str = ""


@dataclass(frozen=True, slots=True)
class AssetKeys:
    id: int
    client_id: int
    serial: str = ""
    macs: tuple[str, ...] = ()
    host: str = ""


def serial_key(text: str) -> str:
    """The serial number as it is compared; "" for junk (see `JUNK_SERIALS`, and one repeated character)."""
    bare = re.sub(r"[\W_]", "", text).casefold()
    if len(set(bare)) <= 1 or bare in JUNK_SERIALS:
        return ""
    return " ".join(text.split()).casefold()


def mac_key(text: str) -> str:
    """Twelve lower-case hex digits; "" for what is no address of one device."""
    bare = re.sub(r"[-:.\s]", "", text).lower()
    if not re.fullmatch(r"[0-9a-f]{12}", bare) or bare in NOT_AN_ADDRESS:
        return ""
    return bare


def host_key(text: str) -> str:
    return text.strip().casefold()


# ---- computers ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Match:
    computer_id: int
    asset_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Evidence that does not decide; the computer is left to staff."""

    computer_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class MatchResult:
    """Both ordered by computer."""

    matches: tuple[Match, ...]
    ambiguous: tuple[Ambiguous, ...]


class _Step(IntEnum):
    """What two things are matched by; the lower, the stronger."""

    SERIAL = 1
    MAC = 2
    HOST = 3


_NAMES: Final = {_Step.SERIAL: "serial number", _Step.MAC: "MAC address", _Step.HOST: "host name"}


@dataclass(frozen=True, slots=True)
class _Claim:
    computer_id: int
    asset_id: int
    step: _Step
    shown: str

    @property
    def evidence(self) -> str:
        return f"{_NAMES[self.step]} {self.shown}"


def match_computers(
    computers: Iterable[ComputerKeys],
    assets: Iterable[AssetKeys],
    refused: Collection[tuple[int, int]] = frozenset(),
    taken: Collection[int] = frozenset(),
) -> MatchResult:
    """Match unmapped computers of ONE console with assets.

    `refused`: (computer id, asset id) pairs that staff took apart. `taken`: assets that already stand for
    another computer of this console; they stay among `assets`, because they are evidence, too.
    """
    matcher = _Matcher(assets, refused, taken)
    open_computers = {computer.id: computer for computer in computers}
    matches: dict[int, Match] = {}
    # An asset that is given away no longer competes, so that a round may settle what the one before left
    # open. Going on until nothing changes is what makes a second call find nothing.
    while True:
        won, left = matcher.one_round(open_computers.values())
        if not won:
            return MatchResult(
                tuple(matches[number] for number in sorted(matches)),
                tuple(left[number] for number in sorted(left)),
            )
        for claim in won:
            del open_computers[claim.computer_id]
            matches[claim.computer_id] = Match(claim.computer_id, claim.asset_id, f"Same {claim.evidence}")


class _Matcher:
    def __init__(
        self, assets: Iterable[AssetKeys], refused: Collection[tuple[int, int]], taken: Collection[int]
    ) -> None:
        self._refused = frozenset(refused)
        self._taken = set(taken)
        self._serial_of: dict[int, str] = {}
        self._index: dict[tuple[_Step, int, str], set[int]] = defaultdict(set)
        for asset in assets:
            self._add(asset)

    def _add(self, asset: AssetKeys) -> None:
        self._serial_of[asset.id] = serial_key(asset.serial)
        for step, key in _keys(asset):
            self._index[step, asset.client_id, key].add(asset.id)

    def one_round(self, computers: Iterable[ComputerKeys]) -> tuple[list[_Claim], dict[int, Ambiguous]]:
        """The claims that stand, whose assets are taken from now on; and who is left undecided."""
        left: dict[int, Ambiguous] = {}
        by_asset: dict[int, list[_Claim]] = defaultdict(list)
        for computer in computers:
            found = self._claim(computer)
            if isinstance(found, _Claim):
                by_asset[found.asset_id].append(found)
            elif found is not None:
                left[computer.id] = found
        won = []
        for claims in by_asset.values():
            strongest = min(claim.step for claim in claims)
            best = [claim for claim in claims if claim.step == strongest]
            if len(best) == 1:
                won.append(best[0])
                continue
            for claim in claims:
                words = f"Several computers of this console fit the asset with the {claim.evidence}."
                left[claim.computer_id] = Ambiguous(claim.computer_id, words)
        self._taken.update(claim.asset_id for claim in won)
        return won, left

    def _claim(self, computer: ComputerKeys) -> _Claim | Ambiguous | None:
        """The one asset that the first telling step names; why none, if it names several; None: no trace."""
        for step in _Step:
            keys = [key for own_step, key in _keys(computer) if own_step == step]
            found = self._candidates(computer, step, keys)
            if not found:
                continue
            claim = _Claim(computer.id, min(found), step, _shown(computer, step, keys, self._index))
            if problem := self._doubt(computer, claim, found):
                return Ambiguous(computer.id, problem)
            return claim
        return None

    def _candidates(self, computer: ComputerKeys, step: _Step, keys: Sequence[str]) -> set[int]:
        found: set[int] = set()
        for key in keys:
            found |= self._index.get((step, computer.client_id, key), set())
        found = {asset for asset in found if (computer.id, asset) not in self._refused}
        if step == _Step.MAC:
            # A docking station lends its address to whatever stands in it: such a trace says nothing.
            found = {a for a in found if a not in self._taken and not self._other_serial(computer, a)}
        return found

    def _other_serial(self, computer: ComputerKeys, asset_id: int) -> bool:
        own, other = serial_key(computer.serial), self._serial_of[asset_id]
        return bool(own and other and own != other)

    def _doubt(self, computer: ComputerKeys, claim: _Claim, found: set[int]) -> str:
        if len(found) > 1:
            return f"{len(found)} assets of the client have the same {claim.evidence}."
        if claim.asset_id in self._taken:
            return f"The asset with the {claim.evidence} already stands for another computer of this console."
        if self._other_serial(computer, claim.asset_id):
            return (
                f"An asset has the same {claim.evidence}, but another serial number "
                f"({self._serial_of[claim.asset_id].upper()})."
            )
        return ""


def _keys(thing: ComputerKeys | AssetKeys) -> list[tuple[_Step, str]]:
    keys = [(_Step.SERIAL, serial_key(thing.serial)), (_Step.HOST, host_key(thing.host))]
    keys += [(_Step.MAC, mac_key(mac)) for mac in thing.macs]
    return [(step, key) for step, key in keys if key]


def _shown(
    computer: ComputerKeys,
    step: _Step,
    keys: Sequence[str],
    index: Mapping[tuple[_Step, int, str], set[int]],
) -> str:
    """The matching value as staff know it."""
    if step == _Step.SERIAL:
        return computer.serial.strip()
    if step == _Step.HOST:
        return computer.host.strip()
    key = min(key for key in keys if (step, computer.client_id, key) in index)
    return ":".join(key[at : at + 2] for at in range(0, 12, 2)).upper()
