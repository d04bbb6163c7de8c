"""The audit log: what staff and programs change, with the values before and after, in the same transaction.

Only where somebody is known to act (`integrations.acting`): what the machine writes by itself has its runs.
"""

from integrations.models.audit.entries import AuditAction, AuditEntry
from integrations.models.audit.noting import deleted, note, related_changed, saved
from integrations.models.audit.rows import Audited, AuditedQuerySet, locked

__all__ = [
    "AuditAction",
    "AuditEntry",
    "Audited",
    "AuditedQuerySet",
    "deleted",
    "locked",
    "note",
    "related_changed",
    "saved",
]
