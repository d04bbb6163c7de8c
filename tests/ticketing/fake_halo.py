"""A HaloPSA in memory: reader and writer at once, with answers that may be lost or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import Any

from integrations.choices import Answer, IntentionKind
from integrations.models import Instance
from integrations.records import ActionRecord, TicketRecord, WriteAnswer
from integrations.runs.delivery import Delivered, deliver
from ticketing.apply import TicketSender
from ticketing.planning import plan_tickets
from ticketing.routing import route_events

KINDS = [
    IntentionKind.CREATE_TICKET,
    IntentionKind.ADD_NOTE,
    IntentionKind.CLOSE_TICKET,
    IntentionKind.REOPEN_TICKET,
    IntentionKind.UPDATE_TICKET,
    IntentionKind.MOVE_TICKET,
]
CLOSED = 9


@dataclass
class FakeHalo:
    """`answers` says what happens to the next writes: done, refused, lost (executed), unheard (not)."""

    answers: list[str] = field(default_factory=list)
    tickets: dict[int, dict[str, Any]] = field(default_factory=dict)
    actions: list[dict[str, Any]] = field(default_factory=list)
    records: dict[int, TicketRecord] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    words: str = "An Outcome must be entered for this Action"
    meanwhile: list[Callable[[], object]] = field(default_factory=list)
    """What happens elsewhere while the next writes are on their way."""

    reads: list[str] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    one_at_a_time: RLock = field(default_factory=RLock)

    # ---- writer ------------------------------------------------------------------------------

    def send_ticket(self, payload: dict[str, Any]) -> WriteAnswer:
        return self._answer(lambda: self._create(payload))

    def send_action(self, payload: dict[str, Any]) -> WriteAnswer:
        return self._answer(lambda: self._act(payload))

    def _answer(self, execute: Callable[[], int]) -> WriteAnswer:
        with self.one_at_a_time:
            return self._answer_one(execute)

    def _answer_one(self, execute: Callable[[], int]) -> WriteAnswer:
        if self.meanwhile:
            self.meanwhile.pop(0)()
        match self.answers.pop(0) if self.answers else "done":
            case "refused":
                return WriteAnswer(Answer.REFUSED, message=self.words)
            case "lost":
                execute()
                return WriteAnswer(Answer.UNCERTAIN, message="The answer was lost.")
            case "unheard":
                return WriteAnswer(Answer.UNCERTAIN, message="The connection broke.")
            case _:
                return WriteAnswer(Answer.DONE, halo_id=execute())

    def _create(self, payload: dict[str, Any]) -> int:
        if "id" in payload:
            self.updates.append(payload)
            if "assets" in payload:
                self.change(payload["id"], asset_ids=tuple(asset["id"] for asset in payload["assets"]))
            return int(payload["id"])
        halo_id = 4242 + len(self.tickets)
        self.tickets[halo_id] = payload
        self.records[halo_id] = TicketRecord(
            halo_id, payload["summary"], marker=payload["supplier_reference"], client_id=payload["client_id"]
        )
        return halo_id

    def _act(self, payload: dict[str, Any]) -> int:
        self.actions.append(payload)
        if "new_status" in payload:
            self.change(payload["ticket_id"], closed=payload["new_status"] == CLOSED)
        return len(self.actions)

    def change(self, halo_id: int, **values: Any) -> None:
        """Somebody changes a ticket there."""
        self.records[halo_id] = replace(self.records[halo_id], **values)

    # ---- reader ------------------------------------------------------------------------------

    def fetch_tickets_by_marker(self, marker: str) -> list[TicketRecord]:
        return [record for record in self.records.values() if record.marker == marker]

    def fetch_ticket(self, halo_id: int) -> TicketRecord | None:
        return self.records.get(halo_id)

    def fetch_actions(self, ticket_id: int) -> list[ActionRecord]:
        self.reads.append(f"actions of {ticket_id}")
        return [
            ActionRecord(number, ticket_id, action["note_html"], who=action.get("who", "Bridge API"))
            for number, action in enumerate(self.actions, start=1)
            if action["ticket_id"] == ticket_id
        ]

    # ---- what a test asks --------------------------------------------------------------------

    def entry(self, action: str, outcome: str, subject: str, **more: Any) -> None:
        self.entries.append({"action": action, "outcome": outcome, "subject": subject, **more})

    def notes(self, halo_id: int | None = None) -> list[dict[str, Any]]:
        return [a for a in self._of(halo_id) if "new_status" not in a]

    def closings(self, halo_id: int | None = None) -> list[dict[str, Any]]:
        return [a for a in self._of(halo_id) if a.get("new_status") == CLOSED]

    def reopenings(self, halo_id: int | None = None) -> list[dict[str, Any]]:
        return [a for a in self._of(halo_id) if a.get("new_status") not in (None, CLOSED)]

    def work_by(self, who: str, halo_id: int) -> None:
        """Somebody writes a note on a ticket there."""
        self.actions.append({"ticket_id": halo_id, "note_html": "<p>I look at it.</p>", "who": who})

    def _of(self, halo_id: int | None) -> Iterable[dict[str, Any]]:
        return [a for a in self.actions if halo_id is None or a["ticket_id"] == halo_id]


def send(halo: FakeHalo, instance: Instance) -> Delivered:
    """Deliver what is due, as the pipeline does."""
    sender = TicketSender(halo, halo, entry=halo.entry)  # type: ignore[arg-type]
    return deliver(
        instance,
        KINDS,
        lambda _: sender,
        probe=lambda: None,
        renew=lambda: None,
        time_is_up=lambda: False,
    )


def run_once(halo: FakeHalo, instance: Instance) -> dict[str, int]:
    """Events → alerts → intentions → Halo, once; the counts of planning."""
    while route_events().events:
        pass
    counts = plan_tickets(instance)
    send(halo, instance)
    return counts
