"""Reading a whole HaloPSA into snapshots, resource by resource, in slices that can be taken up again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from halobridge.verdicts import report
from integrations.choices import Action, OptionKind, Outcome
from integrations.connections import propose_marker_field
from integrations.ingest import halo_side
from integrations.ingest.stored import Stored
from integrations.models import HaloAsset, HaloClient, HaloCredential, HaloSite, HaloUser, Instance
from integrations.net.errors import Forbidden, ShortList
from integrations.records import AssetRecord
from integrations.runs.steps import Again, Result, Then, Work
from integrations.sync.safety import BudgetExhausted

if TYPE_CHECKING:
    from integrations.halo.reader import HaloReader


@dataclass(frozen=True, slots=True)
class Paged:
    """A resource that comes in pages; `fetch` takes the first page and the rows that came before it."""

    label: str
    model: type[Any]
    fetch: Callable[[HaloReader, int, int], Iterator[list[Any]]]
    store: Callable[..., Stored]


PAGED: dict[str, Paged] = {
    "clients": Paged(
        "Halo clients",
        HaloClient,
        lambda reader, first, before: reader.fetch_clients(first=first, before=before),
        halo_side.store_clients,
    ),
    "sites": Paged(
        "Halo sites",
        HaloSite,
        lambda reader, first, before: reader.fetch_sites(first=first, before=before),
        halo_side.store_sites,
    ),
    "users": Paged(
        "Halo users",
        HaloUser,
        lambda reader, first, before: reader.fetch_users(first=first, before=before),
        halo_side.store_users,
    ),
    "assets": Paged(
        "Halo assets",
        HaloAsset,
        lambda reader, first, before: reader.fetch_assets(first=first, before=before),
        halo_side.store_assets,
    ),
}
RESOURCES = ("clients", "sites", "users", "asset_types", "fields", "options", "assets")
"""In this order: what points at something comes after it."""


def read(work: Work, credential: HaloCredential, reader: HaloReader) -> Result | None:
    """Read the resource that the cursor names; None after the last one.

    A resource that Halo refuses, or whose list was cut short, is one result; the others are read all the
    same, and nothing of the one that failed counts as gone.
    """
    name = work.cursor["resource"]
    try:
        slice_ends = (_paged if name in PAGED else _listed)(work, credential, reader, name)
    except (Forbidden, ShortList) as refused:
        work.entry(Action.SKIP, Outcome.FAILED, name.replace("_", " ").capitalize(), reason=str(refused))
        slice_ends = None
    if slice_ends:
        return slice_ends
    position = RESOURCES.index(name) + 1
    return Then("read", {"resource": RESOURCES[position]}) if position < len(RESOURCES) else None


def _paged(work: Work, credential: HaloCredential, reader: HaloReader, name: str) -> Again | None:
    paged, cursor = PAGED[name], dict(work.cursor)
    seen, page = set(cursor.get("seen", ())), int(cursor.get("page", 1))
    total, created = Stored(), int(cursor.get("created", 0))
    try:
        for rows in paged.fetch(reader, page, len(seen)):
            total += paged.store(credential, [rows], seen=seen)
            if name == "assets":
                _prove_list_fields(credential, reader, rows)
            page += 1
            work.progress(paged.label, len(seen))
            if work.time_is_up:
                return _to_be_continued(work, paged, total, page, seen, created)
    except BudgetExhausted as full:
        rest = timezone.now() + timedelta(seconds=max(0.2, full.seconds))
        return _to_be_continued(work, paged, total, page, seen, created, rest)
    closed = halo_side.close_read(credential, paged.model, seen, created=created + total.created)
    report(work, paged.label, total + closed)
    return None


def _to_be_continued(
    work: Work,
    paged: Paged,
    total: Stored,
    page: int,
    seen: set[int],
    created: int,
    not_before: datetime | None = None,
) -> Again:
    """Count what has been read and keep where to take it up."""
    report(work, paged.label, total)
    cursor = {
        "resource": work.cursor["resource"],
        "page": page,
        "seen": sorted(seen),
        "created": created + total.created,
    }
    return Again(cursor, not_before=not_before)


def _listed(work: Work, credential: HaloCredential, reader: HaloReader, name: str) -> Again | None:
    work.progress(name.replace("_", " ").capitalize(), 0)
    if name == "asset_types":
        report(work, "asset types", halo_side.store_asset_types(credential, reader.fetch_asset_types()))
    elif name == "fields":
        report(work, "fields", halo_side.store_fields(credential, reader.fetch_fields()))
        propose_marker_field(credential)
    else:
        _options(work, credential, reader)
    return None


def _options(work: Work, credential: HaloCredential, reader: HaloReader) -> None:
    """Each kind by itself: one that Halo refuses leaves the others alone."""
    total = Stored()
    for position, kind in enumerate(OptionKind.values):
        work.progress("Choices", position, len(OptionKind.values))
        try:
            total += halo_side.store_options(credential, kind, reader.fetch_options(kind))
        except Forbidden as refused:
            work.entry(Action.SKIP, Outcome.FAILED, OptionKind(kind).label, reason=str(refused))
    report(work, "choices", total)


def _prove_list_fields(credential: HaloCredential, reader: HaloReader, rows: list[AssetRecord]) -> None:
    """Once per instance: do a list row's fields equal the detail's? Then lists serve for merging."""
    instance = credential.instance
    sample = next((row for row in rows if row.fields), None)
    if instance.list_fields_proven or sample is None or sample.fields is None:
        return
    detail = reader.fetch_asset(sample.halo_id)
    if detail and detail.fields is not None and set(detail.fields) == set(sample.fields):
        Instance.objects.filter(pk=instance.pk).update(list_fields_proven=True)
        instance.list_fields_proven = True
