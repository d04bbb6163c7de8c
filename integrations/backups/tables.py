"""Which tables are HaloBridge's: a restore drops those, and no other."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

from integrations.backups.errors import BackupProblem

OWN: Final = ("halobridge_", "integrations_", "mappings_", "ticketing_")
"""Also those of other versions, which no model of this one stands for."""
MIGRATIONS: Final = "django_migrations"
FOREIGN: Final = (
    "This database holds tables that are not HaloBridge's: {}. Nothing has been changed. Restore into a "
    "database of HaloBridge's own, or move them to another one first."
)
NAMED: Final = 5


def table_names(cursor: Any) -> list[str]:
    """All but those that the database keeps for itself, as SQLite's statistics."""
    names = connection.introspection.table_names(cursor)
    return sorted(name for name in names if not name.startswith("sqlite_"))


def own_tables() -> list[str]:
    """Of those that are there. Raises `BackupProblem` where others are beside them: what a backup of such a
    database would do to them nobody can tell."""
    known = {*connection.introspection.django_table_names(), MIGRATIONS}
    with connection.cursor() as cursor:
        names = table_names(cursor)
    foreign = [name for name in names if name not in known and not name.startswith(OWN)]
    if foreign:
        more = [f"and {len(foreign) - NAMED} more"] if len(foreign) > NAMED else []
        raise BackupProblem(FOREIGN.format(", ".join(foreign[:NAMED] + more)))
    return names
