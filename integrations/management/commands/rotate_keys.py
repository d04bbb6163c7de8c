"""`manage.py rotate_keys`: encrypt all stored secrets with the newest key, so that older ones can go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management.base import CommandParser

from integrations.management.reporting import ReportingCommand
from integrations.models.audit import AuditAction, note
from integrations.models.rotation import BATCH, Rotated, rotate_secrets

NEW_KEY = (
    "Put this key in front of HALOBRIDGE_ENCRYPTION_KEYS, with a comma behind it, start everything anew, "
    "then run rotate_keys without --new-key."
)
DONE = (
    "All stored secrets are encrypted with the newest key. The {count} behind it in "
    "HALOBRIDGE_ENCRYPTION_KEYS can be removed; keep a copy for as long as you keep backups from before."
)
UNREADABLE = (
    "Some secrets can't be read: add the key they were stored with to the end of "
    "HALOBRIDGE_ENCRYPTION_KEYS, or enter them anew."
)


class Command(ReportingCommand):
    help = "Encrypt all stored secrets with the first of HALOBRIDGE_ENCRYPTION_KEYS; repeatable."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--new-key", action="store_true", help="print a new key and change nothing")
        parser.add_argument("--batch", type=int, default=BATCH, help="rows in one transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            self.stdout.write(Fernet.generate_key().decode())
            self.stderr.write(NEW_KEY)
            return
        super().handle(*args, **options)
        if older := len(settings.HALOBRIDGE_ENCRYPTION_KEYS) - 1:
            self.stderr.write(DONE.format(count="key" if older == 1 else f"{older} keys"))

    def rows_of(self, **options: Any) -> Sequence[Mapping[str, Any]]:
        done: list[Rotated] = []
        try:
            done.extend(rotate_secrets(max(1, options["batch"])))
        finally:  # also what was done until it broke off
            note(AuditAction.ACT, name="Rotation of keys", summary=_summary(done))
        rows = [
            {
                "secret": found.what,
                "renewed": found.renewed,
                "already": found.already,
                "unreadable": ", ".join(f"id {pk}" for pk in found.unreadable) or "–",
                "failed": bool(found.unreadable),
            }
            for found in done
        ]
        if any(row["failed"] for row in rows):
            self.stderr.write(UNREADABLE)
        return rows


def _summary(done: Sequence[Rotated]) -> str:
    renewed, already = (sum(getattr(found, name) for found in done) for name in ("renewed", "already"))
    unreadable = sum(len(found.unreadable) for found in done)
    return (
        f"{renewed:,} stored secrets were encrypted with the newest key, {already:,} were so already, "
        f"{unreadable:,} can't be read."
    )
