"""What an event set would have caught in the last days, whatever was decided then."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import BooleanField, Count, Func, Q, QuerySet, Value
from django.db.models.functions import Upper

from integrations.catalogue import EVENT_TYPES
from integrations.choices import EventState
from integrations.models import Company, Computer, Event
from ticketing import clock
from ticketing.conditions import parts_of, severities_from
from ticketing.members import members_of, with_members
from ticketing.models import EventSet

MOST: Final = 10


@dataclass(frozen=True, slots=True)
class Caught:
    """Events that said *open*. `by_type` and `by_company` have the largest ten: (key or id, name, number)."""

    days: int
    events: int
    by_type: list[tuple[str, str, int]]
    by_company: list[tuple[int | None, str, int]]


def caught_by(event_set: EventSet, days: int = 30) -> Caught:
    """Five queries at most, however many events there are."""
    rows = Event.objects.filter(
        _conditions(event_set),
        state=EventState.OPEN,
        event_type__in=event_set.event_types,
        received_at__gte=clock.now() - timedelta(days=days),
    ).order_by()
    types = list(rows.values_list("event_type").annotate(number=Count("pk")).order_by("-number"))
    companies = rows.values_list("company", "company__name").annotate(number=Count("pk"))
    return Caught(
        days=days,
        events=sum(number for _, number in types),
        by_type=[(key, _name(key), number) for key, number in types[:MOST]],
        by_company=[
            (pk, name or "No known company", number)
            for pk, name, number in companies.order_by("-number", "company")[:MOST]
        ],
    )


def _name(key: str) -> str:
    info = EVENT_TYPES.get(key)
    return info.name if info else key


def _conditions(event_set: EventSet) -> Q:
    found = Q()
    if event_set.severity_from:
        found &= Q(severity__in=severities_from(event_set.severity_from))
    named = members_of(with_members(EventSet.objects.filter(pk=event_set.pk)).get())
    for column, chosen, excluded in (
        ("company", named.companies, event_set.companies_excluded),
        ("computer", named.computers, event_set.computers_excluded),
    ):
        if chosen:
            inside = Q(**{f"{column}__in": chosen})
            found &= ~inside if excluded else inside
    if event_set.tags:
        inside = Q(company__in=_tagged(Company.objects.all(), event_set.tags)) | Q(
            computer__in=_tagged(Computer.objects.all(), event_set.tags)
        )
        found &= ~inside if event_set.tags_excluded else inside
    if event_set.pattern:
        found &= Q(_holds_in_order(parts_of(event_set.pattern)))
    return found


def _holds_in_order(parts: list[str]) -> Func:
    """The title holds the parts in their order, whatever is between them: LIKE, which knows no surprises."""
    escaped = (re.sub(r"([!%_])", r"!\1", part) for part in parts)
    like = f"%{'%'.join(escaped)}%"
    return Func(
        Upper("title"),
        Upper(Value(like)),
        template="(%(expressions)s ESCAPE '!')",
        arg_joiner=" LIKE ",
        output_field=BooleanField(),
    )


def _tagged(rows: QuerySet[Any], tags: list[str]) -> list[int]:
    """Not every database can look into a list: few rows have tags, and those are looked at here."""
    wanted = {str(tag).casefold() for tag in tags}
    tagged = rows.exclude(tags=[]).values_list("pk", "tags")
    return [pk for pk, own in tagged.iterator() if wanted & {str(tag).casefold() for tag in own}]
