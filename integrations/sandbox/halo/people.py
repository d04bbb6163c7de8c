"""What a technician does in the simulated Halo's own pages: no API call, and yet webhooks tell of it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from integrations.sandbox import constants
from integrations.sandbox.clock import Clock
from integrations.sandbox.halo import actions, ticket_writing
from integrations.sandbox.halo.call import Call, Query
from integrations.sandbox.halo.refusals import Refusal
from integrations.sandbox.halo.webhooks import WebhookSender
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import HaloWorld, Row

_NOTE = 7


class People:
    """One named technician. Every method raises ValueError with a sentence where Halo would not let them."""

    def __init__(
        self,
        world: HaloWorld,
        switches: Switches,
        clock: Clock,
        lock: threading.RLock,
        webhooks: WebhookSender,
        changed: Callable[[], None],
    ) -> None:
        self._world, self._switches, self._clock = world, switches, clock
        self._lock, self._webhooks, self._changed = lock, webhooks, changed

    def do(self, sent: Row) -> Row:
        """`{"do": "close", "ticket": 4201, …}`: the control door's form of the methods below."""
        doing = dict(sent)
        name, ticket = doing.pop("do", ""), doing.pop("ticket", None)
        doers: dict[str, Callable[..., None]] = {
            "close": self.close,
            "reopen": self.reopen,
            "note": self.note,
            "move": self.move,
            "assign": self.assign,
            "merge": self.merge,
            "delete": self.delete,
            "split": self.split,
        }
        doer = doers.get(str(name))
        if doer is None or not isinstance(ticket, int):
            raise ValueError(f"`do` is one of {', '.join(doers)}; `ticket` a number.")
        try:
            doer(ticket, **doing)
        except TypeError as problem:
            raise ValueError(str(problem)) from None
        return {"ticket": ticket, "done": name}

    # ---- what they do -----------------------------------------------------------------------

    def close(self, ticket: int, *, status: int = 9, category: str = "") -> None:
        more = {"category_1": category} if category else {}
        self._update(ticket, status_id=status, **more)

    def reopen(self, ticket: int, *, status: int = 2) -> None:
        self._update(ticket, status_id=status)

    def assign(self, ticket: int, *, agent: int) -> None:
        self._update(ticket, agent_id=agent)

    def move(self, ticket: int, *, client: int) -> None:
        self._update(ticket, client_id=client)

    def note(self, ticket: int, *, text: str = "I look at it.") -> None:
        self._act(actions.write_action, {"ticket_id": ticket, "outcome_id": _NOTE, "note": text})

    def merge(self, ticket: int, *, into: int) -> None:
        """HaloPSA: the merged ticket is closed and names the one that took it in."""
        with self._lock:
            self._known(ticket)["merged_into_id"] = self._known(into)["id"]
        self.close(ticket)

    def delete(self, ticket: int) -> None:
        with self._lock:
            self._known(ticket).update(deleted=True, _updated=self._clock.stamp())
            self._changed()

    def split(self, ticket: int, *, summary: str = "Part of the work") -> None:
        """Make an open child ticket."""
        with self._lock:
            parent = self._known(ticket)
            number = self._world.next_id("tickets", 4201)
            child = {**parent, "id": number, "summary": summary, "parent_id": ticket, "assets": []}
            child.update(supplier_reference="", key=str(uuid.uuid4()), _created=self._clock.stamp())
            self._world.tickets[number] = child
            self._changed()

    # ---- how --------------------------------------------------------------------------------

    def _update(self, ticket: int, **values: Any) -> None:
        self._act(ticket_writing.write_ticket, {"id": ticket, **values})

    def _act(self, write: Callable[[Call, Row], Row], sent: Row) -> None:
        with self._lock:
            self._known(sent.get("id") or sent["ticket_id"])
            call = self._call()
            try:
                write(call, sent)
            except Refusal as refusal:
                raise ValueError(refusal.text) from None
            self._changed()
            self._webhooks.send(call)

    def _known(self, ticket: int) -> Row:
        row = self._world.tickets.get(ticket)
        if row is None or row["deleted"]:
            raise ValueError(f"There is no ticket {ticket}.")
        return row

    def _call(self) -> Call:
        application = next(iter(constants.APPLICATIONS.values()))
        return Call(
            world=self._world,
            switches=self._switches,
            clock=self._clock,
            application=replace(application, agent_id=constants.TECHNICIAN_ID),
            scopes=frozenset({"all"}),
            query=Query({}),
        )
