"""A look at everything stores what is new, changed or mended; an unchanged world costs no write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from integrations.ingest.batches import ROWS, batches
from integrations.models import HaloCredential
from integrations.sync.digest import digest_of
from mappings.gaps.finders import FINDERS, Finder
from mappings.gaps.keys import junk_serials
from mappings.gaps.purposes import used_kinds
from mappings.gaps.scope import Looking, assets_of, computers_of
from mappings.models import Gap, GapKind

CHUNK: Final = 2000
_OF_COMPUTERS: Final = ("company_id", "console_id", "in_client", "last_seen")
_RENAMED: Final = ("name",)
_CHANGED: Final = (
    *("name", "reason", "console", "company", "client", "last_seen", "digest", "noticed_at"),
    *("dismissed_at", "dismissed_by", "dismissed_because"),
)


@dataclass(frozen=True, slots=True)
class _Known:
    pk: int
    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class _Found:
    subject: int
    name: str
    reason: str
    last_seen: datetime | None
    digest: str
    place: dict[str, int | None]
    is_asset: bool

    def row(self, look: Looking, kind: GapKind, pk: int | None = None) -> Gap:
        """As it is to be stored: open, noticed now."""
        return Gap(
            pk=pk,
            halo_credential=look.credential,
            kind=kind,
            name=self.name,
            reason=self.reason,
            last_seen=self.last_seen,
            digest=self.digest,
            noticed_at=look.now,
            halo_asset_id=self.subject if self.is_asset else None,
            computer_id=None if self.is_asset else self.subject,
            **self.place,
        )


def look_at(credential: HaloCredential, now: datetime | None = None) -> Looking:
    """What every kind needs to know. Five statements."""
    return Looking(
        credential,
        junk_serials(computers_of(credential), credential),
        junk_serials(assets_of(credential), credential),
        used_kinds(),
        now or timezone.now(),
    )


def look_for(look: Looking, kind: GapKind) -> int:
    """Bring the stored gaps of this kind up to date; return how many there are.

    Two statements, and one per 1,000 gaps that are new, changed or mended. A dismissed gap that has changed
    is open again.
    """
    finder = FINDERS[kind]
    of = "halo_asset_id" if finder.of_assets else "computer_id"
    rows = Gap.objects.filter(halo_credential=look.credential, kind=kind)
    stored = {
        subject: _Known(pk, name, digest)
        for subject, pk, name, digest in rows.values_list(of, "pk", "name", "digest")
    }
    found = 0
    for batch in batches(_found(look, finder), CHUNK):
        found += len(batch)
        _store(look, kind, [(gap, stored.pop(gap.subject, None)) for gap in batch])
    for gone in batches(known.pk for known in stored.values()):
        Gap.objects.filter(pk__in=gone).delete()
    return found


def _found(look: Looking, finder: Finder) -> Iterator[_Found]:
    rows = finder.rows(look)
    if rows is None:
        return
    columns = ("client_id",) if finder.of_assets else _OF_COMPUTERS
    names = dict.fromkeys(("pk", "name", *columns, *finder.more))
    for row in rows.order_by().values(*names).iterator(chunk_size=CHUNK):
        place = {
            "client_id": row["client_id"] if finder.of_assets else row["in_client"],
            "company_id": row.get("company_id"),
            "console_id": row.get("console_id"),
        }
        reason = finder.reason(row)[:500]
        digest = digest_of({"reason": reason, **place})
        yield _Found(row["pk"], row["name"], reason, row.get("last_seen"), digest, place, finder.of_assets)


def _store(look: Looking, kind: GapKind, pairs: list[tuple[_Found, _Known | None]]) -> None:
    """New ones are added; one whose content differs is open again; a new name alone changes nothing else."""
    new = [found.row(look, kind) for found, known in pairs if known is None]
    renamed, changed = list[Gap](), list[Gap]()
    for found, known in pairs:
        if known is not None and found.digest != known.digest:
            changed.append(found.row(look, kind, known.pk))
        elif known is not None and found.name != known.name:
            renamed.append(found.row(look, kind, known.pk))
    if not (new or renamed or changed):
        return
    with transaction.atomic():
        # Whoever looks at the same moment finds the same: the first one's row stays.
        Gap.objects.bulk_create(new, batch_size=ROWS, ignore_conflicts=True)
        Gap.objects.bulk_update(changed, _CHANGED, batch_size=ROWS)
        Gap.objects.bulk_update(renamed, _RENAMED, batch_size=ROWS)
