"""What a person can make happen in the simulated ConnectSecure."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from integrations.sandbox.connectsecure import findings
from integrations.sandbox.connectsecure.happenings import Happenings
from integrations.sandbox.connectsecure.world import ConnectSecureWorld
from integrations.sandbox.life import NothingFound
from integrations.sandbox.world import Row

LOOK = "A console of the kind ConnectSecure sees it at its next poll."


class ConnectSecureEvents:
    """`known` are the events by name; each takes `{"computer", "alert", "message"}`, tells what it did."""

    def __init__(self, held: ConnectSecureWorld, now: Callable[[], str]) -> None:
        self._held = held
        self._now = now
        self._happenings = Happenings(held, now)
        self._chance = random.Random()
        self.known: dict[str, Callable[[Row], Row]] = {
            "connectsecure-event": self._begin,
            "connectsecure-end": self._end,
            "connectsecure-find": self._find,
            "connectsecure-remedy": self._remedy,
            "connectsecure-audit": self._audit,
            "connectsecure-remove-asset": self._remove,
        }

    def _begin(self, asked: Row) -> Row:
        asset = self._asset(asked)
        kind, message = str(asked.get("alert") or "port"), str(asked.get("message") or "")
        event = self._happenings.begin(asset, kind, message)
        return self._told(asset, f"has an event: {event['description']}", event=event["id"])

    def _end(self, asked: Row) -> Row:
        """The oldest open event of the asset of that name, or the oldest of all."""
        wanted = self._asset(asked)["id"] if asked.get("computer") else None
        is_open = (row for row in self._held.events.values() if row["status"] == "open")
        event = next((row for row in is_open if wanted in (None, row["_asset"])), None)
        if event is None:
            raise NothingFound("ConnectSecure has no such event that is open.")
        self._happenings.end(event)
        return {"did": f"ConnectSecure: closed: {event['description']}.", "look": LOOK, "event": event["id"]}

    def _find(self, asked: Row) -> Row:
        """A scan finds a program that has to be updated (`alert` names it)."""
        asset, product = self._asset(asked), str(asked.get("alert") or "Google Chrome")
        if product not in findings.PRODUCTS:
            known = ", ".join(findings.PRODUCTS)
            raise NothingFound(f"There is no program {product!r}; there are: {known}.")
        fix = findings.add(self._held, asset, product, self._now())
        return self._told(asset, f"has to be remedied: {fix['product']}, {fix['fix']}")

    def _remedy(self, asked: Row) -> Row:
        """All that the asset of that name needs is done, or of any that needs something."""
        named = self._asset(asked)["id"] if asked.get("computer") else None
        number = named or next((row["asset_id"] for row in self._held.fixes.values()), None)
        gone = [row for row in self._held.fixes.values() if row["asset_id"] == number]
        if not gone:
            raise NothingFound("ConnectSecure has nothing to be remedied there.")
        findings.remove(self._held, gone)
        asset = self._held.assets[str(number)]
        return self._told(asset, f"needs none of its {len(gone)} fixes any more")

    def _audit(self, asked: Row) -> Row:
        """The domain controller of that name logs something (`alert` is the Windows event number)."""
        asset = self._asset(asked)
        entry = self._happenings.add_ad_entry(asset, str(asked.get("alert") or "4740"))
        return self._told(asset, f"has logged: {entry['description']}", entry=entry["id"])

    def _remove(self, asked: Row) -> Row:
        asset = self._asset(asked)
        number = asset["id"]
        findings.remove(self._held, [row for row in self._held.fixes.values() if row["asset_id"] == number])
        self._held.assets = {key: row for key, row in self._held.assets.items() if row["id"] != number}
        return self._told(asset, "was deleted")

    def _asset(self, asked: Row) -> Row:
        """The asset of that name (case ignored) or id; without a name any with an agent."""
        wanted = str(asked.get("computer") or "").strip().casefold()
        if not wanted:
            return self._chance.choice(list(self._usual()))
        for row in self._held.assets.values():
            names = (row["host_name"], row["visible_name"], str(row["id"]))
            if wanted in {str(name).strip().casefold() for name in names if name}:
                return row
        raise NothingFound(f"ConnectSecure has no asset {asked['computer']!r}.")

    def _usual(self) -> Iterable[Row]:
        for row in self._held.assets.values():
            if row["agent_type"] == "LIGHTWEIGHT" and not row["is_deprecated"] and not row["is_deleted"]:
                yield row

    def _told(self, asset: Row, what: str, **more: object) -> Row:
        name = str(asset["visible_name"] or asset["host_name"] or asset["id"])
        did = f"ConnectSecure: {name} {what}."
        return {"did": did, "look": LOOK, "computer": name, "asset": asset["id"], **more}
