"""At each start: is this the database that was used here last, or a copy, a backup, an older one?"""

from __future__ import annotations

import hashlib
import json
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from integrations.backups.files import write_whole
from integrations.backups.holding import hold
from integrations.backups.marking import Mark, read_mark, remove_mark
from integrations.models import Heartbeat, Installation, Run

NOTE: Final = "installation.json"
MACHINE: Final = Path("/etc/machine-id")
MOVED: Final = "The database is a copy, or has moved: it was last used in another place."
OLDER: Final = "An older copy of the database was put back in its place."


@dataclass(frozen=True, slots=True)
class Note:
    """What is kept beside the database: which one was used here last."""

    key: str = ""
    starts: int = 0


def start(var: Path) -> str:
    """To be called before anything works. Holds all credentials back where the database is not the one that
    was used here last; the reason, or ''. Broken off it does the same again."""
    note, place = read_note(var), place_of_database()
    with transaction.atomic():
        row = Installation.objects.select_for_update().order_by("pk").first()
        mark = read_mark()
        reason = mark.reason if mark else _why(row, note, place)
        if reason:
            hold(reason, _unknown_since(mark))
        remove_mark()
        row = _started(row, note, place)
    write_note(var, Note(row.key, row.starts))
    return reason


def _why(row: Installation | None, note: Note, place: str) -> str:
    if row is None:
        return ""
    if row.place != place:
        return MOVED
    return OLDER if note.key == row.key and note.starts > row.starts else ""


def _started(row: Installation | None, note: Note, place: str) -> Installation:
    row = row or Installation(key=uuid.uuid4().hex)
    before = max(row.starts, note.starts) if note.key == row.key else row.starts
    row.place, row.starts, row.started_at = place, before + 1, timezone.now()
    row.save()
    return row


def _unknown_since(mark: Mark | None) -> datetime:
    """When the backup was made; of a copy the newest sign of life that it has."""
    if mark:
        return mark.made_at
    signs = (
        Heartbeat.objects.aggregate(at=Max("stamped_at"))["at"],
        Run.objects.aggregate(at=Max("requested_at"))["at"],
        Installation.objects.aggregate(at=Max("started_at"))["at"],
    )
    return max((at for at in signs if at), default=timezone.now())


# ---- the place ------------------------------------------------------------------------------


def place_of_database() -> str:
    """The digest of where the database is: SQLite by machine and path, PostgreSQL by its own identity, which
    a dump does not carry along."""
    parts = _postgresql() if connection.vendor == "postgresql" else _file()
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _file() -> list[str]:
    name = str(connection.settings_dict["NAME"])
    machine = ""
    with suppress(OSError):
        machine = MACHINE.read_text().strip()
    return [machine, name if "memory" in name else str(Path(name).resolve())]


def _postgresql() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_function_privilege('pg_control_system()', 'execute')")
        may_ask = cursor.fetchone()[0]
        system = "(SELECT system_identifier FROM pg_control_system())" if may_ask else "0"
        cursor.execute(f"SELECT {system}, oid FROM pg_database WHERE datname = current_database()")  # noqa: S608
        return [str(part) for part in cursor.fetchone()]


# ---- the note -------------------------------------------------------------------------------


def read_note(var: Path) -> Note:
    """An unreadable note is none: it only tells more than the database does."""
    told: Any = {}
    with suppress(OSError, ValueError):
        told = json.loads((var / NOTE).read_text())
    if not isinstance(told, dict):
        return Note()
    starts = told.get("starts")
    return Note(str(told.get("key", "")), starts if isinstance(starts, int) else 0)


def write_note(var: Path, note: Note) -> None:
    write_whole(var / NOTE, json.dumps(asdict(note)).encode())
