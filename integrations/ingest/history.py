"""What was changed in HaloPSA, as a history in words: names before and after, never ids.

It is written from the page that brought the change, in the same transaction. A first read tells nothing: what
was not known before has not changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from integrations.choices import ChangeKind, Resource
from integrations.ingest.batches import ROWS
from integrations.ingest.upsert import Changed
from integrations.models import HaloChange, HaloCredential
from integrations.sync.storable import storable_text

News = tuple[ChangeKind, str, str]
"""What has happened, the name before it and after it."""
Names = Mapping[int | None, str]
"""Name by our id."""

SEPARATOR: Final = " / "
"""Between a client and its site."""

WATCHED: Final[Mapping[Resource, tuple[str, ...]]] = {
    Resource.CLIENTS: ("name",),
    Resource.SITES: ("name", "client_id", "client__name"),
    Resource.USERS: ("name", "site_id", "site__name", "site__client__name"),
    Resource.ASSET_TYPES: ("name",),
    Resource.LICENCES: ("name",),
    Resource.ASSETS: (
        "name",
        "client_id",
        "client__name",
        "site_id",
        "site__name",
        "asset_type_id",
        "asset_type__name",
    ),
}
"""Columns of a stored row which have to be known to tell what became of it; they come with the row itself."""

_LONGEST: Final = 255


class Recorder:
    """Writes the history of one resource; `names` are those of what rows point to, by relation."""

    def __init__(self, credential: HaloCredential, resource: Resource, **names: Names) -> None:
        self._credential_id = credential.pk
        self._resource = resource
        self._names = names

    def __call__(self, changed: Sequence[Changed], now: datetime) -> None:
        """At most one statement; none where nothing has changed that matters."""
        rows = [
            _change(self._credential_id, self._resource, change.after.halo_id, news, now)
            for change in changed
            for news in self._news(change)
        ]
        HaloChange.objects.bulk_create(rows, batch_size=ROWS)

    def _news(self, change: Changed) -> Iterator[News]:
        before, after = change.before, change.after
        yield from _activity(before, after)
        if before["name"] != after.name:
            yield ChangeKind.RENAMED, before["name"], after.name
        if tell := _PLACES.get(self._resource):
            yield from tell(before, after, self._names)
        if _differs(before, after, "asset_type_id"):
            yield (
                ChangeKind.RETYPED,
                before["asset_type__name"] or "",
                self._names["asset_type"].get(after.asset_type_id, ""),
            )


def note_gone(
    credential: HaloCredential, resource: str, rows: Iterable[tuple[int, str]], now: datetime
) -> None:
    """Objects, as (Halo's id, name), that complete reads did not hold any more."""
    news = ((halo_id, (ChangeKind.GONE, name, "")) for halo_id, name in rows)
    HaloChange.objects.bulk_create(
        [_change(credential.pk, resource, halo_id, told, now) for halo_id, told in news], batch_size=ROWS
    )


def place_of(*names: str | None) -> str:
    """A client and its site in words, as far as they are known."""
    return SEPARATOR.join(name for name in names if name)


def _change(credential_id: int, resource: str, halo_id: int, news: News, now: datetime) -> HaloChange:
    kind, before, after = news
    return HaloChange(
        halo_credential_id=credential_id,
        resource=resource,
        halo_id=halo_id,
        kind=kind,
        before=storable_text(before, _LONGEST),
        after=storable_text(after, _LONGEST),
        noticed_at=now,
    )


def _activity(before: Mapping[str, Any], after: Any) -> Iterator[News]:
    """An inactive row that reads had missed was gone; one that Halo itself calls inactive was not."""
    was_gone = not before["active"] and before["missed_reads"] > 0
    if was_gone:
        yield ChangeKind.BACK, "", after.name
    elif after.active and not before["active"]:
        yield ChangeKind.REACTIVATED, "", after.name
    if not after.active and (before["active"] or was_gone):
        yield ChangeKind.DEACTIVATED, before["name"], ""


def _moved_site(before: Mapping[str, Any], after: Any, names: Mapping[str, Names]) -> Iterator[News]:
    if _differs(before, after, "client_id"):
        yield ChangeKind.MOVED, before["client__name"] or "", names["client"].get(after.client_id, "")


def _moved_user(before: Mapping[str, Any], after: Any, names: Mapping[str, Names]) -> Iterator[News]:
    if _differs(before, after, "site_id"):
        left = place_of(before["site__client__name"], before["site__name"])
        yield ChangeKind.MOVED, left, names["site"].get(after.site_id, "")


def _moved_asset(before: Mapping[str, Any], after: Any, names: Mapping[str, Names]) -> Iterator[News]:
    if _differs(before, after, "client_id") or _differs(before, after, "site_id"):
        client, site = names["client"].get(after.client_id), names["site"].get(after.site_id)
        yield ChangeKind.MOVED, place_of(before["client__name"], before["site__name"]), place_of(client, site)


_PLACES: Final[Mapping[Resource, Callable[..., Iterator[News]]]] = {
    Resource.SITES: _moved_site,
    Resource.USERS: _moved_user,
    Resource.ASSETS: _moved_asset,
}


def _differs(before: Mapping[str, Any], after: Any, column: str) -> bool:
    """Whether a row points to something else; what was or is not mirrored is no news."""
    old, new = before.get(column), getattr(after, column, None)
    return old is not None and new is not None and old != new
