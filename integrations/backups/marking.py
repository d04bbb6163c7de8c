"""What a restored database says of itself from its first commit on, wherever it is started next.

The mark is a table of its own and no model: it has to fit into a backup of any version.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import connection
from django.utils import timezone

TABLE: Final = "halobridge_restored"
RESTORED: Final = "The database was restored from a backup of {}."


@dataclass(frozen=True, slots=True)
class Mark:
    """`made_at`: when the backup was made that was put back; `key`: of this one restore."""

    made_at: datetime
    key: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def reason(self) -> str:
        return RESTORED.format(f"{timezone.localtime(self.made_at):%Y-%m-%d %H:%M %Z}")


def marking(mark: Mark) -> Sequence[str]:
    """SQL that leaves the mark; for either engine."""
    return (
        f"CREATE TABLE IF NOT EXISTS {TABLE} (key varchar(32) NOT NULL, made_at varchar(40) NOT NULL)",
        f"INSERT INTO {TABLE} VALUES ({_text(mark.key)}, {_text(mark.made_at.isoformat())})",  # noqa: S608
    )


def holding(mark: Mark) -> str:
    """SQL that holds back what is not held yet. A backup from before credentials could be held has no such
    columns: there the mark alone has it done, at the start that follows the upgrade."""
    now, since = (_moment(at) for at in (timezone.now(), mark.made_at))
    return (
        f"UPDATE integrations_halocredential SET held_since = {now}, "  # noqa: S608
        f"held_reason = {_text(mark.reason)}, unknown_since = {since} WHERE held_since IS NULL"
    )


def read_mark() -> Mark | None:
    """The oldest, where a backup was made of what had been put back and not been started."""
    return min(_marks(), key=lambda mark: mark.made_at, default=None)


def is_marked(mark: Mark) -> bool:
    """Whether the database holds what was put back with this mark."""
    return mark in _marks()


def _marks() -> list[Mark]:
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return []
        cursor.execute(f"SELECT made_at, key FROM {TABLE}")  # noqa: S608
        return [Mark(datetime.fromisoformat(made_at), key) for made_at, key in cursor.fetchall()]


def remove_mark() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def _moment(at: datetime) -> str:
    return _text(str(connection.ops.adapt_datetimefield_value(at)))


def _text(value: str) -> str:
    quoted = value.replace("'", "''")
    return f"'{quoted}'"
