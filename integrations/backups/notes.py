"""The note that is kept beside the database: which one was used here last, and how often it was started."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from integrations.backups.files import write_whole

NOTE: Final = "installation.json"


@dataclass(frozen=True, slots=True)
class Note:
    """`key`, `starts`, `former`: those of the `Installation` at the last start."""

    key: str = ""
    starts: int = 0
    former: list[str] = field(default_factory=list)


def read_note(var: Path) -> Note:
    """An unreadable note is none."""
    told: Any = {}
    with suppress(OSError, ValueError):
        told = json.loads((var / NOTE).read_text())
    if not isinstance(told, dict):
        return Note()
    starts, former = told.get("starts"), told.get("former")
    return Note(
        str(told.get("key", "")),
        starts if isinstance(starts, int) else 0,
        [str(key) for key in former] if isinstance(former, list) else [],
    )


def write_note(var: Path, note: Note) -> None:
    write_whole(var / NOTE, json.dumps(asdict(note)).encode())
