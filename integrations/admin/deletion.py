"""Deleting a connection takes its whole mirror along: the page says how much, not each row of it."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest


class CountedDeletion:
    """Counts instead of a list of (up to hundreds of thousands of) rows on the confirmation page."""

    opts: Any

    def get_deleted_objects(
        self, objs: QuerySet[Model] | list[Model], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        rows = list(objs)
        counts: dict[str, int] = {str(self.opts.verbose_name_plural): len(rows)}
        for relation in self.opts.get_fields():
            if not (relation.auto_created and not relation.concrete and relation.field.many_to_one):
                continue
            lost = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows}).count()
            if lost and relation.on_delete.__name__ == "CASCADE":
                name = str(relation.related_model._meta.verbose_name_plural)
                counts[name] = counts.get(name, 0) + lost
        return [str(row) for row in rows], counts, set(), []
