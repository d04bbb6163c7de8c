"""The same machine in two consoles, before it has an asset: it gets one, not two. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from mappings.matching.keys import ComputerKeys, Ignored, Key, Step
from mappings.matching.results import MOST_NAMED


def first_of_twins(
    computers: Iterable[tuple[int, ComputerKeys]], ignored: Ignored | None = None
) -> dict[int, tuple[int, Key]]:
    """By computer: the earlier one of another console that is the same machine, and by which key.

    `computers`: (console id, keys), in any order. Same client; serial numbers that differ speak against it.
    """
    rules = ignored or Ignored()
    leaders: dict[tuple[int, Key], list[int]] = {}
    serial_of: dict[int, str] = {}
    consoles: dict[int, set[int]] = {}
    found: dict[int, tuple[int, Key]] = {}
    for console_id, computer in sorted(computers, key=lambda row: row[1].id):
        # A link is an id of one kind of console only: it never leads to a twin.
        keys = [key for key in rules.keys_of(computer) if key[0] != Step.LINK]
        serial = next((text for step, text in keys if step == Step.SERIAL), "")

        def fits(leader: int, *, console_id: int = console_id, serial: str = serial) -> bool:
            other = serial_of[leader]
            return console_id not in consoles[leader] and not (serial and other and serial != other)

        pairs = (
            (number, key)
            for key in keys
            for number in leaders.get((computer.client_id, key), [])[:MOST_NAMED]
        )
        leader, key = next(((n, k) for n, k in pairs if fits(n)), (computer.id, None))
        if key is not None:
            found[computer.id] = (leader, key)
        consoles.setdefault(leader, set()).add(console_id)
        serial_of[leader] = serial_of.get(leader) or serial
        for own in keys:
            leaders.setdefault((computer.client_id, own), []).append(leader)
    return found
