"""What was (or would have been) written, by company and by day, and the same of what really happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings

from integrations.choices import IntentionKind, IntentionState
from integrations.models import Company, Intention
from ticketing import clock
from ticketing.models import Ticket

CREATED: Final = "created"
NOTED: Final = "noted"
CLOSED: Final = "closed"
REOPENED: Final = "reopened"
WHAT: Final = (CREATED, NOTED, CLOSED, REOPENED)

KINDS: Final[dict[IntentionKind, str]] = {
    IntentionKind.CREATE_TICKET: CREATED,
    IntentionKind.ADD_NOTE: NOTED,
    IntentionKind.CLOSE_TICKET: CLOSED,
    IntentionKind.REOPEN_TICKET: REOPENED,
}

_Cell = tuple[str, int | None, str]
"""What, company, day."""


def day_of(moment: datetime) -> str:
    """The day in the installation's own zone, as `2026-11-25`."""
    return f"{moment.astimezone(ZoneInfo(settings.HALOBRIDGE_TIME_ZONE)):%Y-%m-%d}"


class Counts:
    """Counts only what happens from `since` on."""

    def __init__(self, since: datetime) -> None:
        self._since = since
        self._cells: Counter[_Cell] = Counter()

    def add(self, what: str, company: int | None) -> None:
        now = clock.now()
        if now >= self._since:
            self._cells[what, company, day_of(now)] += 1

    def told(self, *, events: int, until: datetime) -> dict[str, Any]:
        """Totals, and rows by day and by company, each beside what really happened. In the real world."""
        really = _really(self._since, until)
        companies = {company for _, company, _ in (*self._cells, *really)}
        names = dict(Company.objects.filter(pk__in=companies - {None}).values_list("pk", "name"))
        return {
            "events": events,
            "forecast": _sums(self._cells.items()),
            "really": _sums(really.items()),
            "by_day": [
                {"day": day, "forecast": _sums(self._of(day=day)), "really": _sums(_of(really, day=day))}
                for day in sorted({day for *_, day in (*self._cells, *really)})
            ],
            "by_company": sorted(
                (
                    {
                        "company": pk,
                        "name": names.get(pk or 0, "No company"),
                        "forecast": _sums(self._of(company=pk)),
                        "really": _sums(_of(really, company=pk)),
                    }
                    for pk in companies
                ),
                key=lambda row: (-row["forecast"][CREATED], row["name"]),
            ),
        }

    def _of(self, **wanted: Any) -> list[tuple[_Cell, int]]:
        return _of(self._cells, **wanted)


def _of(cells: Counter[_Cell], **wanted: Any) -> list[tuple[_Cell, int]]:
    place = {"company": 1, "day": 2}
    return [
        item for item in cells.items() if all(item[0][place[name]] == value for name, value in wanted.items())
    ]


def _sums(items: Iterable[tuple[_Cell, int]]) -> dict[str, int]:
    found = dict.fromkeys(WHAT, 0)
    for (what, _, _), number in items:
        found[what] += number
    return found


def _really(since: datetime, until: datetime) -> Counter[_Cell]:
    """Writes that HaloPSA has taken in that time, for alerts: test tickets are none. Two queries."""
    rows = Intention.objects.filter(
        kind__in=KINDS, state=IntentionState.DONE, finished_at__gte=since, finished_at__lt=until
    ).values_list("kind", "subject_id", "finished_at")
    found = list(rows)
    rows_of = Ticket.objects.filter(pk__in={row[1] for row in found})
    tickets = list(rows_of.values_list("pk", "company", "is_test"))
    companies = {pk: company for pk, company, _ in tickets}
    tests = {pk for pk, _, is_test in tickets if is_test}
    return Counter(
        (KINDS[IntentionKind(kind)], companies.get(pk), day_of(at))
        for kind, pk, at in found
        if at and pk not in tests
    )
