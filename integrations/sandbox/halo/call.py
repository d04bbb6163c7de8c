"""One authenticated request to the simulated Halo, as the resources see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox.clock import Clock
from integrations.sandbox.constants import Application
from integrations.sandbox.halo.refusals import Refusal, model_state, not_found
from integrations.sandbox.moments import moment, stamp
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import HaloWorld, Row


class Query:
    """Query parameters. Names ignore case; booleans are lower-case; what cannot be read counts as absent."""

    def __init__(self, arguments: Mapping[str, str]) -> None:
        self._arguments = {name.lower(): value for name, value in arguments.items()}

    def text(self, name: str) -> str:
        return self._arguments.get(name, "")

    def flag(self, name: str, default: bool = False) -> bool:
        return {"true": True, "false": False}.get(self.text(name), default)

    def number(self, name: str) -> int | None:
        try:
            return int(self.text(name))
        except ValueError:
            return None

    def numbers(self, name: str) -> set[int] | None:
        """A comma-separated list of ids; None where no number was given."""
        found = {int(part) for part in self.text(name).split(",") if part.strip().lstrip("-").isdigit()}
        return found or None

    def stamp(self, name: str) -> str | None:
        """Raises Refusal for a text that is no date."""
        text = self.text(name)
        if not text:
            return None
        found = moment(text)
        if found is None:
            raise model_state({name: [f"The value '{text}' is not valid."]})
        return stamp(found)


@dataclass
class Call:
    world: HaloWorld
    switches: Switches
    clock: Clock
    application: Application
    scopes: frozenset[str]
    query: Query
    body: bytes = b""
    content_type: str = ""
    events: list[tuple[str, Row, Row | None]] = field(default_factory=list)
    """What happened, for the webhooks: (what, ticket, action)."""

    @property
    def agent(self) -> Row:
        """The Halo agent to whom everything written is attributed."""
        return self.world.agents[self.application.agent_id]

    def stamp(self) -> str:
        return self.clock.stamp()

    def mail(self, kind: str, ticket: Row, why: str) -> None:
        """Record a mail that Halo would send to the ticket's end user."""
        user = self.world.users.get(ticket["user_id"]) or {}
        to = user.get("emailaddress", "")
        mail = {"kind": kind, "to": to, "ticket_id": ticket["id"], "why": why, "at": self.stamp()}
        self.world.mails.append(mail)

    def sees(self, row: Row) -> bool:
        """Whether the agent may see a row that belongs to a client."""
        return row.get("client_id", row["id"]) not in self.switches.hidden_clients


Handler = Callable[[Call], Any]
DetailHandler = Callable[[Call, int], Any]


def known(call: Call, table: Mapping[int, Row], number: int) -> Row:
    """The row, or the tenant's way of saying that there is none."""
    row = table.get(number)
    if row is not None and call.sees(row):
        return row
    raise Refusal(200, {}) if call.switches.unknown_id_is_empty else not_found()
