"""Searches of long lists that look into other tables as well, so that a database finds the rows by index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest
from django.utils.text import smart_split, unescape_string_literal

MOST_RESOLVED: Final = 1000
"""Rows of the other table. A word that more of them hold is looked for in the joined tables: then there are
so many results that a page of them is found soon."""


def words_of(text: str) -> list[str]:
    """As the admin splits what is typed: what stands in quotes is one word."""
    bits = (bit for bit in smart_split(text.replace("\x00", "")))
    return [
        unescape_string_literal(bit) if bit[0] == bit[-1] and bit[0] in "\"'" and len(bit) > 1 else bit
        for bit in bits
    ]


def ids_by_word(rows: QuerySet[Any], name: str, words: Sequence[str]) -> list[list[int]] | None:
    """For each word: the ids of the rows whose `name` holds it. None if they are more than 1,000. One
    statement, whatever the number of words."""
    holds = [Q(**{f"{name}__icontains": word}) for word in words]
    any_of = Q()
    for one in holds:
        any_of |= one
    told = {f"word{place}": ExpressionWrapper(one, BooleanField()) for place, one in enumerate(holds)}
    found = list(
        rows.filter(any_of).order_by().annotate(**told).values_list("pk", *told)[: MOST_RESOLVED + 1]
    )
    if len(found) > MOST_RESOLVED:
        return None
    return [[row[0] for row in found if row[place]] for place in range(1, len(words) + 1)]


class SearchedById:
    """For an admin with relations in `search_fields`: an OR over several tables reads all of them, so the ids
    of the related rows are looked up first, in one statement for each of `searched_by_id`."""

    search_fields: ClassVar[Any]
    model: Any
    searched_by_id: ClassVar[Sequence[str]] = ()
    """Relations of which a field is in `search_fields`."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        words = words_of(search_term)
        if not words:
            return queryset, False
        for condition in self._conditions(words):
            queryset = queryset.filter(condition)
        return queryset, False

    def _conditions(self, words: Sequence[str]) -> Iterable[Q]:
        every = [Q() for _ in words]
        for searched in self.search_fields:
            for place, one in enumerate(self._of_one(searched, words)):
                every[place] |= one
        return every

    def _of_one(self, searched: str, words: Sequence[str]) -> list[Q]:
        relation, _, name = searched.partition("__")
        ids = None
        if relation in self.searched_by_id:
            other = self.model._meta.get_field(relation).related_model
            ids = ids_by_word(other._default_manager.all(), name, words)
        if ids is None:
            return [Q(**{f"{searched}__icontains": word}) for word in words]
        # Without an empty list among the alternatives nothing but own columns is left, and their index.
        return [Q(**{f"{relation}__in": found}) if found else Q() for found in ids]
