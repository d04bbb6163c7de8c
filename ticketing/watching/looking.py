"""Looking at our tickets in HaloPSA: those that webhooks named, those that changed, or all that are open.

HaloPSA's webhooks say *that* something happened, polling is the safety net under them, and a nightly look at
every open ticket the one under both. What we have written ourselves comes back the same way and is known by
its number: it costs no call.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from integrations.choices import Action, IntentionKind, Outcome
from integrations.ingest import halo_news
from integrations.ingest.halo_news import News
from integrations.models import HaloCredential, Intention
from integrations.records import TicketRecord
from integrations.runs.request import watch_begins
from integrations.runs.steps import Again, Done, Result, Work
from ticketing.models import Ticket, TicketState, TicketWatch
from ticketing.watching.seen import Seen, busy_since, differences, store

if TYPE_CHECKING:
    from integrations.halo.reader import HaloReader

AT_ONCE: Final = 100
"""Tickets that one call reads by their numbers."""
MOST_SINGLE: Final = 10
"""Tickets that are read one by one to know more about them; of more the list is believed."""
OVERLAP: Final = timedelta(minutes=2)
"""Read again before the position: HaloPSA may store a change later than it dates it."""
_NOTES = (IntentionKind.ADD_NOTE, IntentionKind.CLOSE_TICKET, IntentionKind.REOPEN_TICKET)
MANY_MISSING: Final = (
    "{number} of our open tickets are missing from HaloPSA's list at once. Nothing was concluded: check "
    "whether the Halo agent may still see their ticket types, teams and clients."
)


@dataclass(slots=True)
class Look:
    """One look with one credential. `began` is our clock before the first call."""

    work: Work
    credential: HaloCredential
    reader: HaloReader
    began: datetime

    def records(self, records: Iterable[TicketRecord]) -> set[int]:
        """Store what these say of our tickets; the numbers of all of them."""
        by_id = {record.halo_id: record for record in records}
        found = differences(self.credential, by_id)
        if found:
            store(self.work, self._completed(self._settled(found)))
        return set(by_id)

    def numbers(self, numbers: Sequence[int]) -> None:
        """Read up to `AT_ONCE` tickets by their numbers, and look for those that are not listed."""
        present = self.records(self.reader.fetch_tickets(numbers))
        missing = [number for number in numbers if number not in present]
        if len(missing) > MOST_SINGLE:
            words = MANY_MISSING.format(number=len(missing))
            self.work.entry(Action.SKIP, Outcome.WARNING, f"{len(missing)} tickets", reason=words)
            return
        self.records(self._single(number) for number in missing)

    def _single(self, number: int) -> TicketRecord:
        return self.reader.fetch_ticket(number) or TicketRecord(number, deleted=True)

    def _settled(self, found: list[Seen]) -> list[Seen]:
        """Without those to which we have written since the look began: what was read may be older."""
        busy = busy_since([seen.ticket for seen in found], self.began)
        return [seen for seen in found if seen.ticket.pk not in busy]

    def _completed(self, found: list[Seen]) -> list[Seen]:
        """A list does not say whether a ticket was merged, and may call one closed that was reopened."""
        turned = [seen for seen in found if seen.turned]
        if len(turned) > MOST_SINGLE:
            return found
        single = {seen.ticket.pk: self._single(seen.record.halo_id) for seen in turned}
        return [seen.with_record(single.get(seen.ticket.pk, seen.record)) for seen in found]


def watch(work: Work, credential: HaloCredential, reader: HaloReader) -> Result:
    """One look; goes on from the cursor. Raises NetError and BudgetExhausted, after which it is repeated."""
    if not work.cursor:
        work.cursor.update(asked=watch_begins(work.run), after=0)
    asked = work.cursor["asked"]
    state, _ = TicketWatch.objects.get_or_create(halo_credential=credential)
    look = Look(work, credential, reader, timezone.now())
    _read_news(look)
    if asked.get("everything") or (asked.get("poll") and state.position is None):
        return _read_everything(look, state)
    if asked.get("poll") and state.position is not None:
        _read_changed(look, state, state.position)
    return Done()


# ---- webhooks -------------------------------------------------------------------------------


def _read_news(look: Look) -> None:
    deliveries, news = halo_news.waiting(look.credential)
    numbers = sorted(_of_others(look.credential, news))
    for start in range(0, len(numbers), AT_ONCE):
        look.numbers(numbers[start : start + AT_ONCE])
    if deliveries:
        halo_news.done_with(deliveries)


def _of_others(credential: HaloCredential, news: Collection[News]) -> set[int]:
    """Our tickets of which something is told that is not our own doing. Two queries at most."""
    tickets = dict(
        Ticket.objects.filter(
            halo_credential=credential, halo_id__in={item.ticket_id for item in news}
        ).values_list("halo_id", "pk")
    )
    actions = {item.action_id for item in news if item.action_id is not None}
    rows = Intention.objects.filter(subject_id__in=tickets.values(), kind__in=_NOTES, halo_id__in=actions)
    ours = set(rows.values_list("subject_id", "halo_id")) if tickets and actions else set()
    return {
        item.ticket_id
        for item in news
        if item.ticket_id in tickets and (tickets[item.ticket_id], item.action_id) not in ours
    }


# ---- polling --------------------------------------------------------------------------------


def _read_changed(look: Look, state: TicketWatch, position: datetime) -> None:
    types = _types(look.credential)
    if types:
        for page in look.reader.fetch_tickets_changed(position - OVERLAP, types):
            look.records(page)
            look.work.renew()
    _move_on(look, state)


def _types(credential: HaloCredential) -> list[int]:
    rows = Ticket.objects.filter(halo_credential=credential, halo_id__isnull=False, profile__isnull=False)
    return sorted(set(rows.order_by().values_list("profile__ticket_type", flat=True).distinct()))


def _read_everything(look: Look, state: TicketWatch) -> Result:
    """Every ticket of ours that is open, by numbers, from the cursor on."""
    states = (TicketState.OPEN, TicketState.STAFF, TicketState.CLOSING, TicketState.REOPENING)
    rows = Ticket.objects.filter(halo_credential=look.credential, state__in=states).order_by("halo_id")
    cursor: dict[str, Any] = look.work.cursor
    while True:
        numbers = list(rows.filter(halo_id__gt=cursor["after"]).values_list("halo_id", flat=True)[:AT_ONCE])
        if not numbers:
            _move_on(look, state)
            return Done()
        if look.work.time_is_up:
            return Again(cursor)
        look.numbers([number for number in numbers if number is not None])
        cursor["after"] = numbers[-1]
        look.work.renew()


def _move_on(look: Look, state: TicketWatch) -> None:
    """From now on what changes later is read. Halo's clock counts, ours only if it tells none."""
    TicketWatch.objects.filter(pk=state.pk).update(
        position=look.reader.halo_time or look.began, looked_at=look.began
    )
