"""What a person can make happen in the simulated IT Glue."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

from integrations.sandbox.clock import Clock
from integrations.sandbox.events import LOOK_SYNC
from integrations.sandbox.itglue.fleet import shown
from integrations.sandbox.itglue.world import ITGlueWorld
from integrations.sandbox.life import NothingFound
from integrations.sandbox.world import Row

YEAR = timedelta(days=365)


class ITGlueEvents:
    """`known` are the events by name; each takes `{"computer", "message"}` and tells what it did."""

    def __init__(self, glue: ITGlueWorld, clock: Clock, chance: random.Random) -> None:
        self._glue = glue
        self._clock = clock
        self._chance = chance
        self.known: dict[str, Callable[[Row], Row]] = {
            "itglue-archive": self._archive,
            "itglue-delete": self._delete,
            "itglue-delete-organization": self._delete_organization,
            "itglue-warranty": self._extend,
        }

    def _archive(self, asked: Row) -> Row:
        row = self._configuration(asked)
        self._change(row, archived=True)
        return self._told(row, "was archived")

    def _delete(self, asked: Row) -> Row:
        row = self._configuration(asked)
        del self._glue.configurations[str(row["id"])]
        return self._told(row, "was deleted")

    def _delete_organization(self, asked: Row) -> Row:
        """That of the computer that is named."""
        owner = self._configuration(asked)["organization-id"]
        for held in (self._glue.locations, self._glue.configurations):
            for number in [number for number, row in held.items() if row["organization-id"] == owner]:
                del held[number]
        gone = self._glue.organizations.pop(str(owner))
        return {"did": f"IT Glue: {gone['name']} was deleted.", "look": LOOK_SYNC, "organization": owner}

    def _extend(self, asked: Row) -> Row:
        """By a year from its end, or from today where it had none."""
        row = self._configuration(asked)
        ends = row["warranty-expires-at"]
        begins = date.fromisoformat(ends) if ends else self._clock.now().date()
        self._change(row, **{"warranty-expires-at": (begins + YEAR).isoformat()})
        return self._told(row, f"has warranty until {row['warranty-expires-at']}")

    def _configuration(self, asked: Row) -> Row:
        """The one of that id, name or host name, or any that is not archived."""
        wanted = str(asked.get("computer") or "").strip().casefold()
        rows = list(self._glue.configurations.values())
        if not wanted:
            return self._chance.choice([row for row in rows if not row["archived"]])
        for row in rows:
            names = (str(row["id"]), row["name"] or "", row["hostname"] or "")
            if wanted in {name.strip().casefold() for name in names}:
                return row
        raise NothingFound(f"IT Glue has no configuration {asked['computer']!r}.")

    def _change(self, row: Row, **values: object) -> None:
        row.update(values, **{"updated-at": shown(self._clock.stamp())})

    def _told(self, row: Row, what: str) -> Row:
        did = f"IT Glue: {row['name']} ({row['organization-name'].strip()}) {what}."
        return {"did": did, "look": LOOK_SYNC, "configuration": row["id"]}
