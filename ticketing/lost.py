"""Before a credential is released after a restore: which tickets did HaloPSA get that we do not know of?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from integrations.choices import Action, Outcome
from integrations.models import HaloCredential, Intention, LostTicket
from integrations.records import MARKER_BEGINS, TicketRecord
from integrations.runs.steps import Work
from ticketing.models import Ticket

if TYPE_CHECKING:
    from integrations.halo.reader import HaloReader

OVERLAP: Final = timedelta(hours=1)
"""Clocks differ, and a backup takes a while."""
REASON: Final = (
    "Made after the backup, so this database does not know it. It is taken over when its alert is open; "
    "otherwise close it in HaloPSA by hand."
)


def look_for_lost(work: Work, credential: HaloCredential, reader: HaloReader) -> None:
    """Store each ticket of ours in HaloPSA that no row here stands for; done twice it goes on.

    One list, and one read for each ticket that is not known. Raises `NetError` and `BudgetExhausted`.
    """
    if credential.unknown_since is None:
        return
    found = _unknown(credential, reader, credential.unknown_since - OVERLAP)
    for number, halo_id in enumerate(found):
        work.progress("Tickets made after the backup", number)
        record = reader.fetch_ticket(halo_id)
        if record is not None and _is_ours(record):
            _store(work, credential, record)


def _unknown(credential: HaloCredential, reader: HaloReader, since: datetime) -> Iterator[int]:
    for page in reader.fetch_bridge_tickets(since):
        numbers = [record.halo_id for record in page]
        tickets = Ticket.objects.filter(instance=credential.instance_id, halo_id__in=numbers)
        stored = LostTicket.objects.filter(halo_credential=credential, halo_id__in=numbers)
        known = {number for rows in (tickets, stored) for number in rows.values_list("halo_id", flat=True)}
        yield from (number for number in numbers if number not in known)


def _is_ours(record: TicketRecord) -> bool:
    """A reference that an intention here bears is looked up by that intention itself."""
    if record.deleted or record.merged_into or not record.marker.startswith(MARKER_BEGINS):
        return False
    return not Intention.objects.filter(marker=record.marker).exists()


def _store(work: Work, credential: HaloCredential, record: TicketRecord) -> None:
    _, made = LostTicket.objects.get_or_create(
        halo_credential=credential,
        halo_id=record.halo_id,
        defaults={
            "marker": record.marker[:24],
            "alert_key": record.alert_key,
            "summary": record.summary[:255],
            "client_id": record.client_id,
        },
    )
    if made:
        work.count(lost_tickets=1)
        work.entry(
            Action.SKIP,
            Outcome.WARNING,
            f"Ticket {record.halo_id}: {record.summary}",
            subject_kind="lost_ticket",
            subject_id=record.halo_id,
            reason=REASON,
        )
