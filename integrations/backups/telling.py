"""Backups and restores in the audit log."""

from __future__ import annotations

import logging

from django.db import DatabaseError, transaction

from integrations.models.audit import AuditAction, note

log = logging.getLogger(__name__)


def tell(name: str, summary: str) -> None:
    """Where somebody acts. What has been done is done all the same where the tables are those of an older
    version, without a log, or the disk is full."""
    try:
        with transaction.atomic():
            note(AuditAction.ACT, name=name, summary=summary)
    except DatabaseError:
        log.warning("%s: it could not be told in the audit log. %s", name, summary, exc_info=True)
