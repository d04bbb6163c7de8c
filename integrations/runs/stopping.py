"""Whether this machine's queue is being stopped; what is at work then hands back at its next good place."""

from __future__ import annotations

import os

STOP_FILE = "HALOBRIDGE_STOP_FILE"
"""Environment variable: path of a file that is there while this machine's queue stops. `serve` sets it."""


def is_stopping() -> bool:
    """Cheap enough to be asked at every page and every object. False where nobody has set the variable."""
    path = os.environ.get(STOP_FILE, "")
    return bool(path) and os.path.exists(path)
