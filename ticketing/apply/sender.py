"""Planned writes about tickets → HaloPSA, one object a call. What follows from an answer is in `outcomes`.

The place of a ticket, its text and the switches are looked at in the moment of sending, not of planning: a
mapping that went away meanwhile makes the alert wait again, and 'No notification' takes the write back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from integrations.choices import Answer, IntentionKind, Outcome
from integrations.halo import payloads
from integrations.models import Event, Intention
from integrations.net.errors import NetError, NotFound, Refused
from integrations.records import TicketRecord, WriteAnswer
from integrations.runs.writing import Cancelled
from integrations.sync.safety import BudgetExhausted
from ticketing import lanes, listing, text
from ticketing.apply import outcomes
from ticketing.apply.adopting import Adopting
from ticketing.apply.opening import opening_of
from ticketing.apply.placing import assets_of, place_of
from ticketing.apply.relocating import is_there, place_payload, why_not_moved
from ticketing.apply.touched import worked_on_by
from ticketing.apply.trial import chosen, trial_payload
from ticketing.apply.withdrawal import check_create, check_write, without_client, without_profile
from ticketing.models import Alert, Ticket
from ticketing.planning.closing import LEFT_OPEN, profiles_of

if TYPE_CHECKING:
    from integrations.halo.reader import HaloReader
    from integrations.halo.writer import HaloWriter


class TicketSender:
    """Sends creates, notes and closings of tickets; one for each credential.

    `entry` takes (action, outcome, subject, **more), as `Work.entry` does: one for each answer.
    """

    def __init__(
        self, writer: HaloWriter, reader: HaloReader, entry: Callable[..., None] | None = None
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._entry = entry
        self._found: dict[int, outcomes.Found] = {}
        self._adopting = Adopting(reader)

    # ---- what is sent -----------------------------------------------------------------------

    def payload(self, intention: Intention) -> dict[str, Any]:
        """Complete what is sent. Raises `Cancelled` where the alert, a mapping or a switch says no by now."""
        ticket = _ticket(intention)
        if intention.kind == IntentionKind.CREATE_TICKET:
            return _create(ticket)
        if intention.kind == IntentionKind.UPDATE_TICKET:
            return _update(ticket, check_write(ticket, intention))
        if intention.kind == IntentionKind.MOVE_TICKET:
            return place_payload(ticket, intention, check_write(ticket, intention))
        return _action(ticket, intention, check_write(ticket, intention))

    def send(self, intention: Intention, payload: dict[str, Any]) -> WriteAnswer:
        if intention.kind == IntentionKind.CREATE_TICKET:
            answer = self._adopt(intention, payload) or self._writer.send_ticket(payload)
        elif intention.kind == IntentionKind.UPDATE_TICKET:
            answer = self._send_update(intention, payload)
        elif intention.kind == IntentionKind.MOVE_TICKET:
            answer = self._move(intention, payload)
        else:
            untouched = bool(intention.content.get("only_untouched"))
            act = self._close_untouched if untouched else self._act
            answer = act(intention, payload)
            if answer.outcome == Answer.REFUSED:
                self._look_at_ticket(intention, payload["ticket_id"])
        if answer.outcome == Answer.UNCERTAIN:
            self._tell(intention, Outcome.UNCERTAIN, answer.message)
        return answer

    def _adopt(self, intention: Intention, payload: dict[str, Any]) -> WriteAnswer | None:
        """After a restore: the ticket that was made for the same alert in the lost time is taken instead."""
        try:
            found = self._adopting.find(intention, _ticket(intention), payload)
        except NetError as error:
            return WriteAnswer(Answer.PAUSE, message=error.sentence, safe_to_repeat=True, status=error.status)
        if found is None:
            return None
        self._found[intention.pk] = found.told
        return WriteAnswer(Answer.DONE, halo_id=found.halo_id)

    def _send_update(self, intention: Intention, payload: dict[str, Any]) -> WriteAnswer:
        """Halo replaces the list of assets, so those that a person has added are read and kept. One read."""
        if "assets" in payload:
            try:
                record = self._reader.fetch_ticket(payload["id"])
            except NetError as error:
                return WriteAnswer(
                    Answer.PAUSE, message=error.sentence, safe_to_repeat=True, status=error.status
                )
            here = outcomes.state_in_halo(record, payload["id"])
            if here.gone:
                self._found[intention.pk] = here
                return WriteAnswer(Answer.REFUSED, message=here.words)
            ours = [row["id"] for row in payload["assets"]]
            kept = record.asset_ids if record else ()
            payload = {**payload, "assets": [{"id": pk} for pk in dict.fromkeys([*kept, *ours])]}
        return self._writer.send_ticket(payload)

    def _move(self, intention: Intention, payload: dict[str, Any]) -> WriteAnswer:
        """Move a ticket that is open and still where the preview saw it. One read."""
        try:
            record = self._reader.fetch_ticket(payload["id"])
        except NetError as error:
            return WriteAnswer(Answer.PAUSE, message=error.sentence, safe_to_repeat=True, status=error.status)
        if record is not None and is_there(intention, record):
            return WriteAnswer(Answer.DONE, halo_id=record.halo_id)
        here = why_not_moved(intention, record)
        if here.words:
            self._found[intention.pk] = here if here.gone else replace(here, words="")
            return WriteAnswer(Answer.REFUSED, message=here.words)
        return self._writer.send_ticket(payload)

    def _act(self, intention: Intention, payload: dict[str, Any]) -> WriteAnswer:
        return self._writer.send_action(payload)

    def _close_untouched(self, intention: Intention, payload: dict[str, Any]) -> WriteAnswer:
        """Close a ticket on which nobody has worked; where somebody has, only a note says that it is over."""
        try:
            actions = self._reader.fetch_actions(payload["ticket_id"])
        except (NotFound, Refused):
            actions = []  # the write itself will say what is wrong with the ticket
        except NetError as error:
            return WriteAnswer(Answer.PAUSE, message=error.sentence, safe_to_repeat=True, status=error.status)
        markers = lanes.markers_of(_ticket(intention))
        who = worked_on_by(actions, markers, intention.halo_credential.halo_agent_id)
        if who:
            words = f"It is over, but {who} has worked on it, so it is left open."
            self._found[intention.pk] = outcomes.Found(words, left_open=True)
            payload = _without_closing(intention, payload, who)
        return self._writer.send_action(payload)

    def _look_at_ticket(self, intention: Intention, ticket_id: int) -> None:
        """A refused note: does its ticket still exist? One read, on refusals only."""
        with contextlib.suppress(NetError, BudgetExhausted):
            self._found[intention.pk] = outcomes.state_in_halo(
                self._reader.fetch_ticket(ticket_id), ticket_id
            )

    # ---- lost answers -----------------------------------------------------------------------

    def look_up(self, intention: Intention) -> int | None:
        """Find the write by its bridge reference: a ticket anywhere, a note on its ticket."""
        if intention.kind == IntentionKind.CREATE_TICKET:
            return self._look_up_ticket(intention)
        ticket = _ticket(intention)
        if intention.kind == IntentionKind.MOVE_TICKET:
            record = self._reader.fetch_ticket(ticket.halo_id) if ticket.halo_id else None
            return record.halo_id if record and is_there(intention, record) else None
        if ticket.halo_id is None or intention.kind == IntentionKind.UPDATE_TICKET:
            # To write the same text once more does no harm.
            return None
        actions = self._reader.fetch_actions(ticket.halo_id)
        found = min((action.halo_id for action in actions if intention.marker in action.note), default=None)
        if found is not None and intention.content.get("only_untouched"):
            self._found[intention.pk] = self._whether_left_open(ticket.halo_id)
        return found

    def _whether_left_open(self, halo_id: int) -> outcomes.Found:
        """The lost answer was to a closing that may have been only a note: the ticket itself tells."""
        state = outcomes.state_in_halo(self._reader.fetch_ticket(halo_id), halo_id)
        return outcomes.Found() if state.closed or state.gone else outcomes.Found(LEFT_OPEN, left_open=True)

    def _look_up_ticket(self, intention: Intention) -> int | None:
        found = self._reader.fetch_tickets_by_marker(intention.marker)
        if not found:
            return None
        chosen = _oldest(found)
        self._found[intention.pk] = outcomes.found_by_marker(chosen, found)
        return chosen.halo_id

    # ---- what follows -----------------------------------------------------------------------

    def done(self, intention: Intention) -> None:
        """Store what follows; called in the transaction that makes the intention *done*. No network."""
        found = self._found.pop(intention.pk, outcomes.Found())
        self._adopting.done(intention)
        outcomes.done(_ticket(intention), intention, found)
        self._tell(intention, Outcome.DONE, found.words)

    def refused(self, intention: Intention) -> None:
        """Store what follows from a refusal; same transaction. `intention.answer` has Halo's words."""
        found = self._found.pop(intention.pk, outcomes.Found())
        outcome = outcomes.refused(_ticket(intention), intention, found)
        self._tell(intention, outcome, " ".join(part for part in (intention.answer, found.words) if part))

    def _tell(self, intention: Intention, outcome: Outcome, words: str) -> None:
        if self._entry is None:
            return
        ticket = _ticket(intention)
        subject = (
            f"Ticket {ticket.halo_id}: {ticket.summary}" if ticket.halo_id else f"Ticket: {ticket.summary}"
        )
        self._entry(
            outcomes.ACTIONS[intention.kind],
            outcome,
            subject,
            subject_kind="ticket",
            subject_id=ticket.pk,
            reason=words,
            after={"bridge reference": intention.marker},
        )


def _ticket(intention: Intention) -> Ticket:
    """Raises `Cancelled` if the row is gone; nothing is ever written to Halo without one."""
    rows = Ticket.objects.select_related("profile__user", "profile__client", "previous", "halo_credential")
    ticket = rows.filter(pk=intention.subject_id).first()
    if ticket is None:
        raise Cancelled("Its ticket row was deleted.")
    return ticket


def _oldest(found: Sequence[TicketRecord]) -> TicketRecord:
    """The lowest id among those that a person has not deleted; else among all."""
    return min(found, key=lambda record: (record.deleted, record.halo_id))


# ---- building -------------------------------------------------------------------------------


def _create(ticket: Ticket) -> dict[str, Any]:
    if ticket.is_test:
        return trial_payload(ticket)
    alerts = check_create(ticket)
    profile = profiles_of([ticket])[ticket.pk]
    place = place_of(alerts, profile)
    if place is None:
        raise without_client(ticket, alerts)
    if ticket.halo_client != place.client_id:
        Ticket.objects.filter(pk=ticket.pk).update(halo_client=place.client_id)
    told = opening_of(ticket, alerts, profile)
    return payloads.ticket_create(
        marker=ticket.marker,
        alert_key=ticket.alert_key,
        summary=told.summary,
        details_html=told.body,
        client_id=place.client_id,
        site_id=place.site_id,
        user_id=place.user_id,
        asset_ids=place.asset_ids,
        occurred_at=alerts[0].opened_at,
        mail_user=profile.mail_end_user,
        **chosen(profile),
    )


def _update(ticket: Ticket, halo_id: int) -> dict[str, Any]:
    alerts = list(Alert.objects.filter(ticket=ticket).order_by("opened_at", "pk"))
    if not alerts:
        raise Cancelled("It has no alerts any more.")
    assets = assets_of(alerts)
    return payloads.ticket_text(
        halo_id,
        marker=ticket.marker,
        alert_key=ticket.alert_key,
        details_html=listing.table(ticket),
        asset_ids=assets or None,
    )


def _action(ticket: Ticket, intention: Intention, halo_id: int) -> dict[str, Any]:
    """A note, with the new status where it closes or reopens. Private unless the profile says public."""
    profile = profiles_of([ticket]).get(ticket.pk)
    if profile is None:
        raise without_profile(ticket, intention)
    ends = intention.kind == IntentionKind.CLOSE_TICKET or bool(intention.content.get("over"))
    status = {
        IntentionKind.CLOSE_TICKET: profile.status_closed,
        IntentionKind.REOPEN_TICKET: profile.status_open,
    }
    public = profile.public_closing if ends else profile.public_notes
    return payloads.note(
        marker=intention.marker,
        ticket_id=halo_id,
        note_html=_action_text(intention, ends=ends),
        outcome_id=(profile.closing_action if ends else None) or profile.note_action,
        outcome="",
        private=not public,
        new_status=status.get(IntentionKind(intention.kind)),
        run_rules=profile.run_halo_rules,
        mail_user=public and profile.mail_end_user,
    )


def _without_closing(intention: Intention, payload: dict[str, Any], who: str) -> dict[str, Any]:
    """The same action without the new status; its text says why."""
    left = text.closing(*_told_of(intention), left_to=who)
    changed = {**payload, "note_html": payloads.with_reference(left, intention.marker)}
    changed.pop("new_status", None)
    return changed


def _told_of(intention: Intention) -> tuple[Alert | None, Event | None, int]:
    content = intention.content
    rows = Alert.objects.select_related("console", "company")
    alert = rows.filter(pk=content.get("alert")).first()
    return alert, Event.objects.filter(pk=content.get("event")).first(), content.get("occurrence", 0)


def _action_text(intention: Intention, *, ends: bool) -> str:
    if words := intention.content.get("words"):
        return text.sentence(words)
    alert, event, occurrence = _told_of(intention)
    if ends:
        return text.closing(alert, event, occurrence, left_to="you" if intention.content.get("over") else "")
    if alert is None or event is None:
        raise Cancelled("The event that it was to tell of was deleted.")
    back = intention.kind == IntentionKind.REOPEN_TICKET
    return text.note(alert, event, occurrence, number=intention.content.get("events", 1), came_back=back)
