"""A look at everything stores what is new, changed or mended; an unchanged world costs no write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from integrations.ingest.batches import ROWS, batches
from integrations.models import Console, HaloCredential
from integrations.sync.digest import digest_of
from mappings.gaps.finders import FINDERS, Finder, Row
from mappings.gaps.keys import ignored_by_halo, junk_serials
from mappings.gaps.machines import Listed, machines
from mappings.gaps.scope import Looking, assets_of, computers_of
from mappings.matching import ComputerKeys, Ignored
from mappings.models import Gap, GapKind

CHUNK: Final = 2000
_OF_COMPUTERS: Final = (
    *("company_id", "console_id", "in_client", "last_seen", "paired_asset"),
    *("serial_number", "mac_addresses", "host_name"),
)
_TOLD: Final = ("name", "told_with_id", "also_in")
"""What may change without opening a dismissed gap."""
_CHANGED: Final = (
    *("name", "told_with", "also_in"),
    *("reason", "console", "company", "client", "last_seen", "digest", "noticed_at"),
    *("dismissed_at", "dismissed_by", "dismissed_because"),
)


@dataclass(frozen=True, slots=True)
class _Known:
    pk: int
    digest: str
    told: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    subject: int
    name: str
    reason: str
    last_seen: datetime | None
    digest: str
    place: dict[str, int | None]
    is_asset: bool
    told_with_id: int | None = None
    also_in: str = ""

    @property
    def told(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in _TOLD)

    def row(self, look: Looking, kind: GapKind, pk: int | None = None) -> Gap:
        """As it is to be stored: open, noticed now."""
        return Gap(
            pk=pk,
            halo_credential=look.credential,
            kind=kind,
            **dict(zip(_TOLD, self.told, strict=True)),
            reason=self.reason,
            last_seen=self.last_seen,
            digest=self.digest,
            noticed_at=look.now,
            halo_asset_id=self.subject if self.is_asset else None,
            computer_id=None if self.is_asset else self.subject,
            **self.place,
        )


def look_at(credential: HaloCredential, now: datetime | None = None) -> Looking:
    """What every kind needs to know. Four statements."""
    listed = ignored_by_halo(credential)
    consoles = list(Console.objects.order_by("pk").values_list("pk", "name", "kind", "enabled"))
    return Looking(
        credential,
        computer_junk=junk_serials(computers_of(credential), listed),
        asset_junk=junk_serials(assets_of(credential), listed),
        ignored=Ignored(listed),
        consoles={pk: name for pk, name, _, _ in consoles},
        kinds=sorted({kind for _, _, kind, enabled in consoles if enabled}),
        now=now or timezone.now(),
    )


def look_for(look: Looking, kind: GapKind) -> int:
    """Bring the stored gaps of this kind up to date; return how many there are, a machine counted once.

    Two statements, and one per 1,000 gaps that are new, changed or mended. A dismissed gap that has changed
    is open again.
    """
    finder = FINDERS[kind]
    of = "halo_asset_id" if finder.of_assets else "computer_id"
    rows = Gap.objects.filter(halo_credential=look.credential, kind=kind)
    stored = {
        subject: _Known(pk, digest, tuple(told))
        for subject, pk, digest, *told in rows.values_list(of, "pk", "digest", *_TOLD)
    }
    found = 0
    for batch in batches(_found(look, finder), CHUNK):
        found += sum(gap.told_with_id is None for gap in batch)
        _store(look, kind, [(gap, stored.pop(gap.subject, None)) for gap in batch])
    for gone in batches(known.pk for known in stored.values()):
        Gap.objects.filter(pk__in=gone).delete()
    return found


def _found(look: Looking, finder: Finder) -> Iterator[_Found]:
    rows = finder.rows(look)
    if rows is None:
        return
    place = "client_id" if finder.of_assets else "in_client"
    names = dict.fromkeys(("pk", "name", place, *(() if finder.of_assets else _OF_COMPUTERS), *finder.more))
    ordered = rows.order_by(place, "pk").values(*names).iterator(chunk_size=CHUNK)
    if finder.of_assets:
        yield from (_gap(row, finder) for row in ordered)
        return
    for client, of_client in groupby(ordered, itemgetter("in_client")):
        for machine in _by_machine(look, finder, client, of_client):
            yield from _told_once(look, finder, machine)


def _by_machine(
    look: Looking, finder: Finder, client: int | None, of_client: Iterator[Row]
) -> Iterator[list[Row]]:
    """The rows of each machine of a client, the one that tells of all first.

    Of companies that are not mapped nobody knows whose machines they are: one by one.
    """
    if client is None:
        yield from ([row] for row in of_client)
        return
    rows = list(of_client)
    listed = [
        Listed(
            row["console_id"],
            row["paired_asset"],
            ComputerKeys(
                row["pk"],
                row["in_client"],
                row["serial_number"],
                tuple(row["mac_addresses"]),
                row["host_name"] or row["name"],
            ),
        )
        for row in rows
    ]
    by_id = {row["pk"]: row for row in rows}
    for ids in machines(listed, look.ignored):
        yield sorted((by_id[pk] for pk in ids), key=finder.first)


def _told_once(look: Looking, finder: Finder, machine: list[Row]) -> Iterator[_Found]:
    first, *others = machine
    also_in = ", ".join(look.consoles.get(row["console_id"], "?") for row in others)
    yield replace(_gap(first, finder), also_in=also_in[:500])
    for row in others:
        yield replace(_gap(row, finder), told_with_id=first["pk"])


def _gap(row: Row, finder: Finder) -> _Found:
    place = {
        "client_id": row["client_id"] if finder.of_assets else row["in_client"],
        "company_id": row.get("company_id"),
        "console_id": row.get("console_id"),
    }
    reason = finder.reason(row)[:500]
    digest = digest_of({"reason": reason, **place})
    return _Found(row["pk"], row["name"], reason, row.get("last_seen"), digest, place, finder.of_assets)


def _store(look: Looking, kind: GapKind, pairs: list[tuple[_Found, _Known | None]]) -> None:
    """New ones are added; one whose content differs is open again; how it is told changes nothing else."""
    new = [found.row(look, kind) for found, known in pairs if known is None]
    renamed, changed = list[Gap](), list[Gap]()
    for found, known in pairs:
        if known is not None and found.digest != known.digest:
            changed.append(found.row(look, kind, known.pk))
        elif known is not None and found.told != known.told:
            renamed.append(found.row(look, kind, known.pk))
    if not (new or renamed or changed):
        return
    with transaction.atomic():
        # Whoever looks at the same moment finds the same: the first one's row stays.
        Gap.objects.bulk_create(new, batch_size=ROWS, ignore_conflicts=True)
        Gap.objects.bulk_update(changed, _CHANGED, batch_size=ROWS)
        Gap.objects.bulk_update(renamed, ("name", "told_with", "also_in"), batch_size=ROWS)
