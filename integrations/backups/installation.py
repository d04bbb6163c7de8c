"""At each start: is this the database that was used here last, or a copy, a backup, an older one?"""

from __future__ import annotations

import hashlib
import json
import logging
import time
import uuid
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from integrations.backups.holding import hold
from integrations.backups.marking import Mark, read_mark, remove_mark
from integrations.backups.notes import Note, read_note, write_note
from integrations.models import HaloCredential, Heartbeat, Installation, Run

MACHINE: Final = Path("/etc/machine-id")
MOVED: Final = "The database is a copy, or has moved: it was last used in another place."
OLDER: Final = "An older copy of the database was put back in its place."
NEW_HOST: Final = (
    "The database was started on a new host (or with an empty var folder) while no other machine worked with "
    "it: it may be a copy."
)
FORMER_KEYS: Final = 50
LIFE_EVERY: Final = 10.0
LOOKS_FOR_LIFE = 90
SECONDS_BETWEEN = 1.0

log = logging.getLogger(__name__)


def start(var: Path) -> str:
    """To be called before anything works, by each part on each machine. Holds all credentials back where the
    database is not the one that was used here last; the reason, or ''. Broken off it does the same again.

    What has been held back once is not held back again by another machine: see `Installation.former`.
    """
    note, place = read_note(var), place_of_database()
    alone = read_mark() is None and _is_new_here(_row(), note) and not _somebody_works()
    if _row() is None:
        # Of several parts that start a new database at once one makes the row; all others find it.
        Installation.objects.get_or_create(pk=1, defaults={"key": uuid.uuid4().hex, "place": place})
    with transaction.atomic():
        row = _locked_row()
        mark = read_mark()
        reason = mark.reason if mark else _why(row, note, place, alone)
        if reason:
            hold(reason, _unknown_since(mark))
        remove_mark()
        row = _started(row, note, place, held=bool(reason))
    write_note(var, Note(row.key, row.starts, row.former))
    return reason


def show_life() -> None:
    """To be called every `LIFE_EVERY` seconds by whoever has started: a new machine knows by it that the
    database is in use, and no copy."""
    Installation.objects.update(alive_at=timezone.now())


def _row() -> Installation | None:
    return Installation.objects.order_by("pk").first()


def _locked_row() -> Installation:
    return Installation.objects.select_for_update().order_by("pk")[0]


def _is_new_here(row: Installation | None, note: Note) -> bool:
    """The database has been used, but not with this var folder."""
    if row is None or note.key in {row.key, *row.former} or row.key in note.former:
        return False
    return HaloCredential.objects.exists()


def _somebody_works() -> bool:
    """Whether the sign of life moves while one looks: in a copy it stands still, however young it is."""
    log.info("This machine is new to the database; looking for another one that works with it ...")
    first = Installation.objects.aggregate(at=Max("alive_at"))["at"]
    for _ in range(LOOKS_FOR_LIFE):
        time.sleep(SECONDS_BETWEEN)
        if Installation.objects.aggregate(at=Max("alive_at"))["at"] != first:
            return True
    return False


def _why(row: Installation, note: Note, place: str, alone: bool) -> str:
    if row.place != place:
        return MOVED
    if row.key in note.former or (note.key == row.key and note.starts > row.starts):
        return OLDER
    return NEW_HOST if alone and _is_new_here(row, note) else ""


def _started(row: Installation, note: Note, place: str, *, held: bool) -> Installation:
    before = max(row.starts, note.starts) if note.key == row.key else row.starts
    if held:
        known = dict.fromkeys([*note.former, note.key, *row.former, row.key])
        row.former = [key for key in known if key][-FORMER_KEYS:]
        row.key = uuid.uuid4().hex
    row.place, row.starts, row.started_at = place, before + 1, timezone.now()
    row.alive_at = row.started_at
    row.save()
    return row


def _unknown_since(mark: Mark | None) -> datetime:
    """When the backup was made; of a copy the newest sign of life that it has."""
    if mark:
        return mark.made_at
    signs = (
        Heartbeat.objects.aggregate(at=Max("stamped_at"))["at"],
        Run.objects.aggregate(at=Max("requested_at"))["at"],
        *Installation.objects.aggregate(Max("started_at"), Max("alive_at")).values(),
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
