"""Writing entries: of rows that were added, changed or deleted, and of what was done otherwise."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.apps import apps
from django.db import models

from integrations.acting import Actor, current_actor
from integrations.models.audit.changes import (
    Changes,
    Values,
    difference,
    name_of,
    name_relations,
    names_of,
    told_fields,
    values_of,
)
from integrations.models.audit.entries import AuditAction, AuditEntry
from integrations.net.log_context import known

MANY: Final = 500
MANY_PER_COMPUTER: Final = 50
"""Rows of one statement that get an entry each; more of them are one entry with their number."""
LONGEST_NAME: Final = 300
LONGEST_SUMMARY: Final = 500


@dataclass(frozen=True, slots=True)
class Noted:
    """A row before and after; nothing before: it is new, nothing after: it is gone."""

    pk: Any
    name: str
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)


def is_told(model: type[models.Model]) -> bool:
    """Whether its changes go into the log now. What runs do to each computer, they tell themselves."""
    actor = current_actor()
    return actor is not None and not (actor.in_queue and getattr(model, "audit_per_computer", False))


def most_rows(model: type[models.Model]) -> int:
    return MANY_PER_COMPUTER if getattr(model, "audit_per_computer", False) else MANY


def note_rows(
    model: type[models.Model], action: AuditAction, rows: Sequence[Noted], summary: str = ""
) -> None:
    """An entry for each row in one statement, and one query for each relation that changed.

    A row that was changed to what it was before has none.
    """
    actor = current_actor()
    if actor is None:
        return
    fields = told_fields(model)
    found = [(row, difference(fields, row.before, row.after)) for row in rows]
    if action == AuditAction.CHANGE:
        found = [(row, changes) for row, changes in found if changes]
    name_relations(fields, [changes for _, changes in found])
    AuditEntry.objects.bulk_create(
        [
            _entry(actor, action, model, row.pk, row.name, changes=changes, summary=summary)
            for row, changes in found
        ],
        batch_size=MANY,
    )


def note_many(
    model: type[models.Model], action: AuditAction, number: int, values: Values | None = None
) -> None:
    """One entry for very many rows: how many, what they were set to, and (as the page) which list."""
    actor = current_actor()
    if actor is None or not number:
        return
    fields = told_fields(model)
    changes = difference(fields, {}, dict(values or {}))
    name_relations(fields, [changes])
    for change in changes.values():
        change.pop("before", None)
    name = f"{number:,} {model._meta.verbose_name_plural}"
    _entry(actor, action, model, None, name, rows=number, changes=changes).save()


def note(
    action: AuditAction,
    about: models.Model | None = None,
    *,
    name: str = "",
    rows: int = 1,
    summary: str = "",
    changes: Changes | None = None,
    actor: Actor | None = None,
) -> None:
    """An entry about what no row shows: a start, a download, a log-in. Nothing where nobody acts."""
    actor = actor or current_actor()
    if actor is None:
        return
    told: dict[str, Any] = {"summary": summary, "rows": rows, "changes": changes}
    if about is None:
        _entry(actor, action, None, None, name, **told).save()
        return
    _entry(actor, action, about._meta.model, about.pk, name or name_of(about), **told).save()


def _entry(
    actor: Actor, action: AuditAction, model: Any, pk: Any, name: str, *, summary: str = "", **more: Any
) -> AuditEntry:
    told = known()
    return AuditEntry(
        action=action,
        who=actor.who[:LONGEST_NAME],
        account_id=actor.account_id,
        source=actor.source,
        address=actor.address,
        place=actor.place[:LONGEST_NAME],
        request_id=(actor.request_id or str(told.get("request_id", "")))[:128],
        run=told.get("run"),
        kind=model._meta.label_lower if model else "",
        object_id=pk if isinstance(pk, int) else None,
        name=name[:LONGEST_NAME],
        summary=summary[:LONGEST_SUMMARY],
        **{key: value for key, value in more.items() if value is not None},
    )


def saved(row: models.Model, former: models.Model | None, only: Iterable[str] | None = None) -> None:
    """A row was stored; `former` is what was stored before, `only` the fields that a save was narrowed to."""
    after = values_of(row, only)
    if former is None:
        note_rows(type(row), AuditAction.ADD, [Noted(row.pk, name_of(row), {}, after)])
        return
    note_rows(type(row), AuditAction.CHANGE, [Noted(row.pk, name_of(row), values_of(former, only), after)])


def deleted(row: models.Model) -> None:
    """A row is being taken away; what it holds is told once more."""
    note_rows(type(row), AuditAction.DELETE, [Noted(row.pk, name_of(row), values_of(row))])


def related_changed(
    row: models.Model, name: str, model: Any, *, added: Collection[Any], lost: Collection[Any]
) -> None:
    """Rows were added to, or taken from, a relation of many to many. One query."""
    told = [*added, *lost][:MANY]
    names = names_of(model, told)
    changes = {
        name: {
            "removed": sorted(names[pk] for pk in told if pk in names and pk in lost),
            "added": sorted(names[pk] for pk in told if pk in names and pk in added),
        }
    }
    summary = f"{len(added) + len(lost):,} in all." if len(added) + len(lost) > MANY else ""
    note(AuditAction.CHANGE, row, changes=changes, summary=summary)


def beside(model: type[models.Model], gone: Mapping[str, int]) -> str:
    """What a deletion took along, as a sentence."""
    others = [
        f"{number:,} {apps.get_model(label)._meta.verbose_name_plural}"
        for label, number in sorted(gone.items())
        if number and label != model._meta.label
    ]
    return f"With it: {', '.join(others)}." if others else ""
