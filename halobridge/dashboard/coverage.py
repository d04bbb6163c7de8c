"""How much of each console has its counterpart in HaloPSA, counted as the lists behind count it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Value
from django.urls import reverse
from django.utils.http import urlencode

from integrations.models import Computer, Console, HaloCredential
from mappings.linking import CompanyState, ComputerState, companies_of, with_company_state, with_states

WITHOUT_ASSET = (
    ComputerState.UNMAPPED,
    ComputerState.TO_EXPORT,
    ComputerState.REVIEW,
    ComputerState.HELD,
    ComputerState.INACTIVE,
)
"""Computers of mapped companies that an export can take, or staff can decide about; also those whose asset
is not in use."""


Link = tuple[str, int, str]
"""Label, number, the list of just these."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """A console towards a HaloPSA credential: companies and computers by their state there."""

    credential: HaloCredential
    console: Console
    companies: dict[str, int] = field(default_factory=dict)
    computers: dict[str, int] = field(default_factory=dict)

    @property
    def mapped(self) -> int:
        return self.companies.get(CompanyState.MAPPED, 0)

    @property
    def is_used(self) -> bool:
        """Whether anything of this console is mapped there."""
        return bool({CompanyState.MAPPED, CompanyState.BROKEN, CompanyState.ARCHIVED} & set(self.companies))

    @property
    def with_asset(self) -> int:
        return self.computers.get(ComputerState.MAPPED, 0)

    @property
    def without_asset(self) -> int:
        return sum(self.computers.get(state, 0) for state in WITHOUT_ASSET)

    @property
    def companies_percent(self) -> int:
        left = (self.companies.get(state, 0) for state in (CompanyState.SUGGESTED, CompanyState.UNMAPPED))
        return _percent(self.mapped, sum(left))

    @property
    def computers_percent(self) -> int:
        return _percent(self.with_asset, self.without_asset)

    @property
    def company_links(self) -> list[Link]:
        """Of the states that there are, and of mapped ones always."""
        states = sorted(CompanyState, key=lambda state: state != CompanyState.MAPPED)
        return self._links("mappings_companymapping", "console", "state", states, self.companies)

    @property
    def computer_links(self) -> list[Link]:
        """The same of computers."""
        states = (ComputerState.MAPPED, *WITHOUT_ASSET)
        return self._links(
            "integrations_computer", "console__id__exact", "mapping_state", states, self.computers
        )

    def _links(
        self, lists: str, by_console: str, by_state: str, states: Iterable[Any], numbers: dict[str, int]
    ) -> list[Link]:
        """The first of the states stands there even if nothing is in it."""
        url = reverse(f"admin:{lists}_changelist")
        known: dict[str, Any] = {"halo_credential": self.credential.pk, by_console: self.console.pk}
        return [
            (
                state.label.lower(),
                numbers.get(state, 0),
                f"{url}?{urlencode({**known, by_state: state.value})}",
            )
            for place, state in enumerate(states)
            if place == 0 or numbers.get(state)
        ]


Counts = tuple[tuple[int, int, str, int], ...]
"""Of rows: credential, console, state, how many."""
CoverageCounts = tuple[Counts, Counts]
"""Of companies, and of computers."""


def coverage_counts(credentials: list[HaloCredential], consoles: list[Console]) -> CoverageCounts:
    """Two statements."""
    if not credentials or not consoles:
        return (), ()
    return tuple(_companies(credentials)), tuple(_computers())


def coverage_of(
    credentials: list[HaloCredential], consoles: list[Console], counts: CoverageCounts
) -> list[Coverage]:
    """Each console towards each credential that something of it is mapped in, or else the first in use."""
    if not credentials or not consoles:
        return []
    companies, computers = counts
    pairs = {(row.pk, console.pk): Coverage(row, console) for row in credentials for console in consoles}
    for credential, console, state, number in companies:
        if (credential, console) in pairs:
            pairs[credential, console].companies[state] = number
    for credential, console, state, number in computers:
        if (credential, console) in pairs:
            pairs[credential, console].computers[state] = number
    first = next((row for row in credentials if row.enabled and row.synced_at), credentials[0])
    used = {pair.console.pk for pair in pairs.values() if pair.is_used}
    return [
        pair
        for pair in pairs.values()
        if pair.is_used or (pair.console.pk not in used and pair.credential == first)
    ]


def _companies(credentials: list[HaloCredential]) -> Iterable[tuple[int, int, str, int]]:
    """As the mapping page counts them, credential by credential, in one statement."""
    parts = [
        with_company_state(companies_of(row), row)
        .order_by()
        .annotate(towards=Value(row.pk, output_field=IntegerField()))
        .values("towards", "console", "state")
        .annotate(number=Count("pk"))
        .values_list("towards", "console", "state", "number")
        for row in credentials
    ]
    return parts[0].union(*parts[1:], all=True)


def _computers() -> Iterable[tuple[int, int, str, int]]:
    """As the list of computers counts them: each towards the credentials of its company, in one pass."""
    towards = OuterRef("company__mappings__halo_credential")
    rows: QuerySet[Any] = with_states(Computer.objects.filter(company__mappings__isnull=False), towards)
    by_state = rows.order_by().values_list("company__mappings__halo_credential", "console", "mapping_state")
    return by_state.annotate(number=Count("pk"))


def _percent(done: int, left: int) -> int:
    return 100 * done // (done + left) if done else 0
