"""The one way into a snapshot table: a page of rows in, only what differs written, in one statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Final

from django.db import models, transaction

from integrations.ingest.batches import ROWS
from integrations.models import Snapshot
from integrations.sync.digest import digest_of
from integrations.sync.storable import storable_json, storable_text

Key = tuple[Any, ...]
Scope = Mapping[str, Any]
"""Columns that all rows of a read share, with their value: the console, the credential."""

STATE: Final = ("active", "missed_reads", "gone_since", "digest", "changed_at")


@dataclass(frozen=True, slots=True)
class Shape:
    """How rows of one table are told apart. Columns are named as stored (`company_id`).

    `key` identifies a row within its scope, and scope and key together are a unique constraint; `find_by` is
    the column by which a page's rows are looked up. `watched` are columns, of related rows too
    (`client__name`), whose values before a change are kept in `Page.changed`.
    """

    model: type[Snapshot]
    key: tuple[str, ...]
    find_by: str
    watched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it should be, column by column; all rows of a page have the same columns.

    `volatile` columns are stored, but a difference in them does not count as a change. `unread` are columns
    of either kind that could not be read this time: a row that exists keeps its values.
    """

    key: Key
    content: Mapping[str, Any]
    volatile: Mapping[str, Any] = field(default_factory=dict)
    active: bool = True
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Changed:
    """A stored row (key, state and watched columns) and what is written over it."""

    before: Mapping[str, Any]
    after: Any


Told = Callable[[Sequence[Changed], datetime], None]
"""Is told what a page changes, in the transaction that changes it."""


@dataclass(slots=True)
class Page:
    """What became of a page's rows; `ids` are our ids by key, `changed` is kept of watched shapes only."""

    created: list[Row] = field(default_factory=list)
    updated: int = 0
    unchanged: int = 0
    ids: dict[Key, int] = field(default_factory=dict)
    changed: list[Changed] = field(default_factory=list)


def upsert(shape: Shape, scope: Scope, rows: Iterable[Row], now: datetime, told: Told | None = None) -> Page:
    """Store the rows, the first of equal keys; at most one reading and one writing statement of its own.

    (SQLite takes a statement of many columns in parts.) A row that was read counts as present: what was
    missing before is back. `changed_at` moves with content and activity only.
    """
    page, different, like = compare(shape, scope, rows, now)
    if like is None:
        return page
    if told is None or not page.changed:
        _write(shape, scope, like, different)
    else:
        with transaction.atomic():
            _write(shape, scope, like, different)
            told(page.changed, now)
    page.ids.update({_key_of(shape, row): row.pk for row in different})
    return page


def compare(
    shape: Shape, scope: Scope, rows: Iterable[Row], now: datetime
) -> tuple[Page, list[Snapshot], Row | None]:
    """What `upsert` would do, what it would write, and one of the rows (None without any). Writes nothing."""
    wanted: dict[Key, Row] = {}
    for row in rows:
        wanted.setdefault(row.key, row)
    page = Page()
    if not wanted:
        return page, [], None
    stored = _stored(shape, scope, list(wanted.values()))
    different = []
    # In the order of their keys: two writers who meet then wait for each other, instead of a deadlock.
    for key, row in sorted(wanted.items(), key=lambda item: item[0]):
        found = _compare(shape, scope, row, stored.get(key), now, page)
        if found is not None:
            different.append(found)
    page.ids = {key: known["pk"] for key, known in stored.items() if key in wanted}
    return page, different, next(iter(wanted.values()))


def _stored(shape: Shape, scope: Scope, rows: Sequence[Row]) -> dict[Key, dict[str, Any]]:
    position = shape.key.index(shape.find_by)
    wanted = {row.key[position] for row in rows}
    unread = frozenset[str]().union(*(row.unread for row in rows))
    columns = {"pk", *shape.key, *STATE, *shape.watched, *rows[0].volatile, *unread}
    found = shape.model._default_manager.filter(**scope, **{f"{shape.find_by}__in": wanted})
    return {tuple(known[name] for name in shape.key): known for known in found.values(*sorted(columns))}


def _compare(
    shape: Shape, scope: Scope, row: Row, stored: dict[str, Any] | None, now: datetime, page: Page
) -> Snapshot | None:
    """The row to write, or None where the stored one is just as it should be."""
    content = _columns(shape.model, row.content, row.unread, stored)
    volatile = _columns(shape.model, row.volatile, row.unread, stored)
    digest = digest_of(content)
    same = stored is not None and stored["digest"] == digest and stored["active"] == row.active
    if stored is None:
        page.created.append(row)
    elif same:
        page.unchanged += 1
        if not stored["missed_reads"] and all(stored[name] == value for name, value in volatile.items()):
            return None
    else:
        page.updated += 1
    written = shape.model(
        **scope,
        **dict(zip(shape.key, row.key, strict=True)),
        **content,
        **volatile,
        active=row.active,
        gone_since=None if row.active else (stored or {}).get("gone_since") or now,
        digest=digest,
        changed_at=stored["changed_at"] if stored is not None and same else now,
    )
    if stored is not None and shape.watched:
        page.changed.append(Changed(stored, written))
    return written


def _columns(
    model: type[Snapshot], values: Mapping[str, Any], unread: frozenset[str], stored: dict[str, Any] | None
) -> dict[str, Any]:
    fit = _fits(model)
    return {
        name: stored[name] if stored is not None and name in unread else fit[name](value)
        for name, value in values.items()
    }


@lru_cache(maxsize=64)
def _fits(model: type[Snapshot]) -> dict[str, Callable[[Any], Any]]:
    """How a value is brought into each column of a model."""
    return {column.attname: _fit(column) for column in model._meta.concrete_fields}


def _fit(column: models.Field[Any, Any]) -> Callable[[Any], Any]:
    if isinstance(column, models.JSONField):
        return storable_json
    if isinstance(column, models.CharField | models.TextField):
        return partial(_text, limit=column.max_length)
    return lambda value: value


def _text(value: str | None, limit: int | None) -> str:
    return storable_text(value or "", limit)


def _write(shape: Shape, scope: Scope, like: Row, rows: list[Snapshot]) -> None:
    shape.model._default_manager.bulk_create(
        rows,
        batch_size=ROWS,
        update_conflicts=True,
        unique_fields=[*scope, *shape.key],
        update_fields=[*like.content, *like.volatile, *STATE],
    )


def _key_of(shape: Shape, row: Snapshot) -> Key:
    return tuple(getattr(row, name) for name in shape.key)
