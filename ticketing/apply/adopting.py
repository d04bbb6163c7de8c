"""Creates after a restore: what was made for the same alert in the lost time is found, not made again.

Tickets of the lost time are stored when a credential is released (`ticketing.lost`). Here one of them takes
the place of a create: by the key that its text names, else (older texts) by client and summary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Min
from django.utils import timezone

from integrations.choices import EventState
from integrations.models import Intention, LostTicket
from integrations.records import TicketRecord
from ticketing.apply.outcomes import Found
from ticketing.models import Alert, Ticket

if TYPE_CHECKING:
    from integrations.halo.reader import HaloReader

ROUNDED: Final = timedelta(minutes=1)
"""HaloPSA is told when the alert began, and may keep less of that time than we do."""


@dataclass(frozen=True, slots=True)
class Adopted:
    halo_id: int
    marker: str
    told: Found


class Adopting:
    """`find` before a create, `done` in the transaction that settles it."""

    def __init__(self, reader: HaloReader) -> None:
        self._reader = reader
        self._adopted: dict[int, tuple[Adopted, Ticket]] = {}

    def find(self, intention: Intention, ticket: Ticket, payload: Mapping[str, Any]) -> Adopted | None:
        """The ticket of the lost time that is this one; one read for each that may be. Raises `NetError`.

        A credential that was never held back costs nothing.
        """
        if intention.halo_credential.unknown_since is None or ticket.is_test:
            return None
        for lost in _candidates(ticket, payload):
            record = self._reader.fetch_ticket(lost.halo_id)
            if record is None or record.marker != lost.marker or not _is_for(ticket, record, payload):
                continue
            adopted = Adopted(lost.halo_id, lost.marker, _told(record))
            self._adopted[intention.pk] = adopted, ticket
            return adopted
        return None

    def done(self, intention: Intention) -> None:
        """Our rows bear the reference that HaloPSA has, so that every later look-up finds the ticket."""
        adopted, ticket = self._adopted.pop(intention.pk, (None, None))
        if adopted is None or ticket is None:
            return
        Ticket.objects.filter(pk=ticket.pk).update(marker=adopted.marker)
        Intention.objects.filter(pk=intention.pk).update(marker=adopted.marker)
        ticket.marker = intention.marker = adopted.marker
        rows = LostTicket.objects.filter(halo_credential=ticket.halo_credential_id, halo_id=adopted.halo_id)
        rows.update(adopted_at=timezone.now())


def _candidates(ticket: Ticket, payload: Mapping[str, Any]) -> Sequence[LostTicket]:
    """The newest first. What names no key counts only if it is the only one that fits."""
    rows = LostTicket.objects.filter(halo_credential=ticket.halo_credential_id, adopted_at__isnull=True)
    by_key = rows.filter(alert_key=ticket.alert_key).order_by("-halo_id") if ticket.alert_key else ()
    if by_key:
        return list(by_key)
    alike = list(rows.filter(alert_key="", client_id=payload["client_id"], summary=payload["summary"])[:2])
    return alike if len(alike) == 1 else []


def _is_for(ticket: Ticket, record: TicketRecord, payload: Mapping[str, Any]) -> bool:
    """An open one is; one that was closed only if it was made since the alert is open.

    Keys of grouped tickets are made of our own numbers, which a later row may have got anew: there the
    client has to be the same.
    """
    if record.deleted or record.merged_into:
        return False
    if ticket.grouped and record.client_id != payload["client_id"]:
        return False
    return not record.closed or _made_since(ticket, record.created_at)


def _made_since(ticket: Ticket, made_at: datetime | None) -> bool:
    alerts = Alert.objects.filter(ticket=ticket, state=EventState.OPEN)
    opened_at = alerts.aggregate(first=Min("opened_at"))["first"]
    return made_at is not None and opened_at is not None and made_at >= opened_at - ROUNDED


def _told(record: TicketRecord) -> Found:
    words = "It was made after the backup and has been found again in HaloPSA."
    return Found(f"{words} A person has closed it there.", closed=True) if record.closed else Found(words)
