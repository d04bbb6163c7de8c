"""Models whose changes are told: by `save`, `delete` and every set-based statement of their managers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.db import models, transaction

from integrations.models.audit.changes import name_of, told_fields, values_of, with_names
from integrations.models.audit.entries import AuditAction
from integrations.models.audit.noting import (
    Noted,
    beside,
    is_told,
    most_rows,
    note_many,
    note_rows,
    saved,
)

M = TypeVar("M", bound=models.Model)


class AuditedQuerySet(models.QuerySet[M]):
    """Statements for many rows tell each of them; very many (see `most_rows`) are one entry.

    Beside the statement itself: one query for the rows before, one for those after, one for each relation
    that changed, and one insert, whatever the number of rows.
    """

    def update(self, **values: Any) -> int:
        fields = {field.name for field in told_fields(self.model).values()} & {
            name.removesuffix("_id") if name not in _names(self.model) else name for name in values
        }
        if not fields or not is_told(self.model):
            return super().update(**values)
        with transaction.atomic(using=self.db, savepoint=False):
            before = self._before(self)
            number = super().update(**values)
            self._tell_update(before, number, fields, values)
        return number

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[M], *args: Any, **named: Any) -> list[M]:
        rows = list(objs)
        if not rows or not is_told(self.model):
            return super().bulk_create(rows, *args, **named)
        with transaction.atomic(using=self.db, savepoint=False):
            made = super().bulk_create(rows, *args, **named)
            if len(made) > most_rows(self.model):
                note_many(self.model, AuditAction.ADD, len(made))
            else:
                self._tell_added(made)
        return made

    def bulk_update(self, objs: Iterable[M], fields: Iterable[str], batch_size: int | None = None) -> int:
        rows, only = list(objs), list(fields)
        if not rows or not is_told(self.model):
            return super().bulk_update(rows, only, batch_size=batch_size)
        with transaction.atomic(using=self.db, savepoint=False):
            before = self._before(self.model._base_manager.filter(pk__in=[row.pk for row in rows]))
            # By `update`, which would tell these very changes once more.
            plain: models.QuerySet[Any] = models.QuerySet(self.model, using=self.db)
            number = plain.bulk_update(rows, only, batch_size=batch_size)
            self._tell_update(before, number, set(only), {})
        return number

    bulk_update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        if not is_told(self.model):
            return super().delete()
        # With a savepoint: what is protected is refused, and whoever asked may go on in their transaction.
        with transaction.atomic(using=self.db):
            gone = self._before(self, to_delete=True)
            found = super().delete()
            if gone is None:
                note_many(self.model, AuditAction.DELETE, found[1].get(self.model._meta.label, 0))
            else:
                rows = [Noted(row.pk, name_of(row), values_of(row)) for row in gone]
                note_rows(self.model, AuditAction.DELETE, rows, beside(self.model, found[1]))
        return found

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def _before(self, rows: models.QuerySet[Any], *, to_delete: bool = False) -> Sequence[M] | None:
        """The rows with their names as they are stored; None if they are very many."""
        most = most_rows(self.model)
        numbers = rows.order_by().values("pk")
        stored = locked(with_names(self.model).using(self.db).filter(pk__in=numbers), to_delete=to_delete)
        found = list(stored.order_by("pk")[: most + 1])
        return None if len(found) > most else found

    def _tell_update(
        self, before: Sequence[M] | None, number: int, fields: set[str], values: dict[str, Any]
    ) -> None:
        if before is None:
            note_many(self.model, AuditAction.CHANGE, number, _literals(self.model, values))
            return
        if not number:
            return
        # Read again: values may be computed, and of rows that others changed meanwhile not all were met.
        numbers = [row.pk for row in before]
        now = self.model._base_manager.using(self.db).in_bulk(numbers)
        rows = [
            Noted(row.pk, name_of(row), values_of(row, fields), values_of(now[row.pk], fields))
            for row in before
            if row.pk in now
        ]
        note_rows(self.model, AuditAction.CHANGE, rows)

    def _tell_added(self, made: Sequence[M]) -> None:
        """With names as they are stored; rows that were there already may be among those without a number."""
        numbers = [row.pk for row in made if row.pk]
        names = {row.pk: name_of(row) for row in with_names(self.model).using(self.db).filter(pk__in=numbers)}
        rows = [Noted(row.pk, names.get(row.pk, ""), {}, values_of(row)) for row in made]
        note_rows(self.model, AuditAction.ADD, rows)


def locked(rows: models.QuerySet[Any], *, to_delete: bool = False) -> models.QuerySet[Any]:
    """Whoever changes them at the same time comes before or after: what is told as *before* is what this
    change replaces. No stronger than the change itself: others may go on to refer to the rows."""
    return rows.select_for_update(of=("self",), no_key=not to_delete)


def _names(model: type[models.Model]) -> set[str]:
    return {field.name for field in model._meta.concrete_fields}


def _literals(model: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    """By column, with the numbers of related rows; what the database computes is left out."""
    told = {field.name: field for field in told_fields(model).values()}
    told |= {field.attname: field for field in told_fields(model).values()}
    return {
        told[name].attname: value.pk if isinstance(value, models.Model) else value
        for name, value in values.items()
        if name in told and not hasattr(value, "resolve_expression")
    }


class Audited(models.Model):
    """A model that staff and programs change. Nothing is told, and nothing read, where nobody acts.

    A queryset of its own extends `AuditedQuerySet`.
    """

    audit_names: ClassVar[tuple[str, ...]] = ()
    """Relations that the row's name is made of."""
    audit_also: ClassVar[frozenset[str]] = frozenset()
    """Fields that are told although no form has them; the others of these are kept by the machine."""
    audit_per_computer: ClassVar[bool] = False
    """Whether its rows are as many as computers or alerts: runs tell what they do to each of them."""

    if not TYPE_CHECKING:  # the checker knows each model's own
        objects = AuditedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **named: Any) -> None:
        if not is_told(type(self)):
            super().save(*args, **named)
            return
        with transaction.atomic(savepoint=False):
            former = None if self._state.adding else locked(with_names(type(self)).filter(pk=self.pk)).first()
            super().save(*args, **named)
            saved(self, former, named.get("update_fields"))

    def delete(self, *args: Any, **named: Any) -> tuple[int, dict[str, int]]:
        model = type(self)
        if not is_told(model):
            return super().delete(*args, **named)
        gone = Noted(self.pk, name_of(self), values_of(self))
        with transaction.atomic():
            found = super().delete(*args, **named)
            note_rows(model, AuditAction.DELETE, [gone], beside(model, found[1]))
        return found
