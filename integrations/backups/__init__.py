"""Backup and restore of the whole database, and what keeps a copy from writing to HaloPSA unasked.

All that is kept, uploaded files included, is in the database. The keys that encrypt its secrets are not:
a backup without them is of no use to a thief, and none to you.
"""

from integrations.backups.errors import BackupProblem
from integrations.backups.holding import NotHeld, hold, release, why_not_read
from integrations.backups.installation import LIFE_EVERY, show_life, start
from integrations.backups.making import Made, make_backup
from integrations.backups.restoring import Restored, restore

__all__ = [
    "LIFE_EVERY",
    "BackupProblem",
    "Made",
    "NotHeld",
    "Restored",
    "hold",
    "make_backup",
    "release",
    "restore",
    "show_life",
    "start",
    "why_not_read",
]
