"""`python -m halobridge.environment`: write a `.env` with new keys where there is none yet."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

from cryptography.fernet import Fernet

PLACE = Path(__file__).resolve().parent.parent / ".env"


def write_environment(place: Path = PLACE) -> bool:
    """Make the file, readable by its owner only. False if it is there or both keys are in the environment."""
    if place.exists() or {"HALOBRIDGE_SECRET_KEY", "HALOBRIDGE_ENCRYPTION_KEYS"} <= os.environ.keys():
        return False
    text = (
        "# Written at the first start; .env.example explains every setting. Keep it secret, keep a copy.\n"
        f"HALOBRIDGE_SECRET_KEY={secrets.token_urlsafe(50)}\n"
        f"HALOBRIDGE_ENCRYPTION_KEYS={Fernet.generate_key().decode()}\n"
    )
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    return True


if __name__ == "__main__" and write_environment():
    sys.stdout.write("Wrote .env with new keys.\n")
