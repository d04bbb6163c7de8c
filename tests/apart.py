"""Which files hold tests of their own kind, told by their text: importing the others takes its time."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
WORDS: Final = {
    "browser": ("mark.browser",),
    "faults": ("mark.faults",),
    "imap": ("mark.imap", "needs_dovecot"),
    "migrates": ("mark.migrates",),
    "redis": ("mark.redis",),
    "waits": ("mark.waits",),
}
"""By marker: what stands in a file with such tests. `conftest.py` refuses one that would be missed."""


@cache
def files_with(marker: str) -> tuple[Path, ...]:
    """Absolute paths."""
    found = (
        path for path in HERE.rglob("test_*.py") if any(word in path.read_text() for word in WORDS[marker])
    )
    return tuple(sorted(found))
