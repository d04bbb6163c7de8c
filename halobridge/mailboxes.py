"""Reading a mailbox: each mail is stored as it came before anybody tries to understand it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils import timezone

from halobridge import verdicts
from integrations.ingest import mails
from integrations.ingest.batches import batches
from integrations.models import Console
from integrations.runs.request import request_deliveries
from integrations.runs.steps import Again, Done, Result, Work

if TYPE_CHECKING:
    from integrations.connectors.base import Connector

AT_ONCE: Final = 10
"""Mails that are stored together; memory holds no more of them."""


def read_mailbox(work: Work, console: Console, connector: Connector) -> Result:
    """What came before a broken connection is stored with its position; the next read goes on there."""
    started, done = timezone.now(), 0
    for records in batches(connector.fetch_mails(console.mail_position), AT_ONCE):
        new = mails.keep(console, records)
        done += len(records)
        work.count(mails=new, known=len(records) - new)
        work.progress("Mails", done)
        if new:
            request_deliveries(console)
        if work.time_is_up:
            return Again()
    mails.note_position(console, connector.mails_read_to)
    Console.objects.filter(pk=console.pk).update(events_read_at=started)
    verdicts.warn(work, connector.warnings)
    return Done()
