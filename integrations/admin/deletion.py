"""Deleting a connection takes its whole mirror along: the page says how much, not each row of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db import models, transaction
from django.db.models import Count, Value
from django.http import HttpRequest

INNER: Final = frozenset({"integrations.knownseries", "integrations.mirrorstate"})
"""What the bridge remembers for itself: staff know nothing of that name, a count would tell them nothing."""


class CountedDeletion:
    """Counts instead of a list of (up to hundreds of thousands of) rows on the confirmation page."""

    opts: Any

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """(rows, counts by name, rights that lack, protected), as Django's pages take them."""
        rows = list(objs)
        counts: dict[str, int] = {str(self.opts.verbose_name_plural): len(rows)}
        relations = [each for each in self._cascades() if each.related_model._meta.label_lower not in INNER]
        for number, lost in _lost(relations, rows) if relations else ():
            name = str(relations[number].related_model._meta.verbose_name_plural)
            if lost:
                counts[name] = counts.get(name, 0) + lost
        return [str(row) for row in rows], counts, set(), []

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete those first that would protect other rows of the same mirror (a mapping its client)."""
        with transaction.atomic():
            for relation in self._cascades():
                if _protects(relation.related_model):
                    _pointing_at(relation, [obj]).delete()
            obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            self.delete_model(request, row)

    def _cascades(self) -> Iterator[Any]:
        for relation in self.opts.get_fields(include_hidden=True):
            points_here = relation.auto_created and not relation.concrete and relation.one_to_many
            if points_here and relation.on_delete is models.CASCADE:
                yield relation


class ConnectionDeletion(CountedDeletion):
    """For what HaloPSA stands behind: the page says what stays there."""

    delete_confirmation_template: Any = "bridge/delete_connection.html"
    delete_selected_confirmation_template: Any = "bridge/delete_connections.html"


def without(told: list[Any], beginnings: tuple[str, ...]) -> list[Any]:
    """A list of lists of texts, without those that begin so."""
    return [
        without(item, beginnings) if isinstance(item, list) else item
        for item in told
        if isinstance(item, list) or not (beginnings and str(item).startswith(beginnings))
    ]


def _lost(relations: list[Any], rows: list[Any]) -> Any:
    """How many rows each of the relations (by its number) takes along, in one statement."""
    parts = [
        _pointing_at(relation, rows)
        .order_by()
        .annotate(of=Value(number))
        .values("of")
        .annotate(lost=Count("pk"))
        .values_list("of", "lost")
        for number, relation in enumerate(relations)
    ]
    return parts[0].union(*parts[1:], all=True)


def _pointing_at(relation: Any, rows: list[Any]) -> Any:
    return relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})


def _protects(model: Any) -> bool:
    """Whether its rows keep others from being deleted."""
    keys = (field.remote_field for field in model._meta.fields if field.remote_field)
    return any(key.on_delete is models.PROTECT for key in keys)
