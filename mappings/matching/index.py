"""Assets by their keys, and by those of the computers that stand for them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from mappings.matching.keys import AssetKeys, ComputerKeys, Ignored, Key, Step


class Index:
    """Grows while matching goes on: whatever is known of a linked computer is known of its asset."""

    def __init__(self, assets: Iterable[AssetKeys], ignored: Ignored) -> None:
        self._ignored = ignored
        self._assets: dict[tuple[int, Key], set[int]] = defaultdict(set)
        self._serials: dict[int, set[str]] = defaultdict(set)
        for asset in assets:
            self.lead(asset.id, asset.client_id, ignored.keys_of(asset))

    def know(self, asset_id: int, computer: ComputerKeys) -> None:
        """The computer stands for the asset: its keys lead there from now on."""
        self.lead(asset_id, computer.client_id, self._ignored.keys_of(computer))

    def lead(self, asset_id: int, client_id: int, keys: Iterable[Key]) -> None:
        """These keys lead to the asset from now on."""
        for key in keys:
            self._assets[client_id, key].add(asset_id)
            if key[0] == Step.SERIAL:
                self._serials[asset_id].add(key[1])

    def keys_of(self, computer: ComputerKeys) -> dict[Step, list[Key]]:
        found: dict[Step, list[Key]] = {step: [] for step in Step}
        for key in self._ignored.keys_of(computer):
            found[key[0]].append(key)
        return found

    def assets(self, client_id: int, keys: Iterable[Key]) -> set[int]:
        """Those that any of the keys leads to. Whoever asks may not change the set."""
        found = [there for key in keys if (there := self._assets.get((client_id, key)))]
        return found[0] if len(found) == 1 else set().union(*found)

    def leads_to(self, client_id: int, key: Key, asset_id: int) -> bool:
        return asset_id in self._assets.get((client_id, key), ())

    def other_serials(self, asset_id: int, keys: Iterable[Key]) -> list[str]:
        """The asset's serial numbers, if the computer has one and none of them is it."""
        own = {text for step, text in keys if step == Step.SERIAL}
        known = self._serials.get(asset_id, set())
        return sorted(known) if own and known and not own & known else []
