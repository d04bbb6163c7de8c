"""What a sync will cost before it runs: calls and seconds, counted from what is known of each list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Any, Final

from django.db.models import CharField, Count, F, QuerySet, Value

from integrations.choices import OptionKind, Purpose, ReadState, Resource
from integrations.models import (
    HaloAsset,
    HaloAssetType,
    HaloClient,
    HaloCredential,
    HaloLicence,
    HaloOption,
    HaloSite,
    HaloUser,
    MirrorState,
    Run,
    SyncSettings,
)
from integrations.runs.sync_settings import settings_of
from integrations.runs.window import windows_of
from integrations.sync.rights import FIELD_NEEDS, OPTION_NEEDS, RESOURCE_NEEDS

PAGE: Final = 100
SECONDS_A_CALL: Final = 0.5
PAGED: Final[dict[str, Any]] = {
    Resource.CLIENTS: HaloClient,
    Resource.SITES: HaloSite,
    Resource.USERS: HaloUser,
    Resource.LICENCES: HaloLicence,
    Resource.ASSETS: HaloAsset,
}
INCREMENTAL: Final = frozenset({Resource.CLIENTS, Resource.SITES, Resource.USERS, Resource.ASSETS})
TOLD_BY_TYPES: Final = frozenset({OptionKind.ASSET_TYPE, OptionKind.ASSET_STATUS})
"""Choices that cost no call: the asset types tell them."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """`at_least`: some lists have never been seen, so that only their first page is counted.

    Left out: the token, single objects that are looked up because they are missing, and rows that are new.
    """

    calls: int
    seconds: int
    at_least: bool = False

    @property
    def minutes(self) -> int:
        return ceil(self.seconds / 60)

    def __str__(self) -> str:
        """In words, such as *about 57 calls, 1 min*."""
        about = "at least" if self.at_least else "about"
        calls = f"{self.calls} call{'' if self.calls == 1 else 's'}"
        return f"{about} {calls}, {self.minutes} min" if self.calls else "no calls"


@dataclass(frozen=True, slots=True)
class Forecasts:
    """Of a read of everything that the settings want, and of one in which nothing has changed."""

    full: Forecast
    incremental: Forecast


class MirrorForecaster:
    """Asks once for what is known of a credential's lists, and only for what a forecast needs."""

    def __init__(self, credential: HaloCredential, settings: SyncSettings | None = None) -> None:
        self._credential = credential
        self._given = settings
        self._window = windows_of([credential.instance])[credential.instance_id]

    @cached_property
    def _settings(self) -> SyncSettings:
        return self._given or settings_of(self._credential)

    @cached_property
    def _states(self) -> dict[str, MirrorState]:
        return {row.resource: row for row in MirrorState.objects.filter(halo_credential=self._credential)}

    @cached_property
    def _kept(self) -> dict[str, int]:
        """How many rows there are by now of what no read has told the length of. One query."""
        own: dict[str, QuerySet[Any]] = {
            name: model.objects.filter(halo_credential=self._credential)
            for name, model in PAGED.items()
            if self._listed(name) is None
        }
        if Resource.ASSETS in own or _limits(self._settings):
            assets = HaloAsset.objects.filter(halo_credential=self._credential)
            own[Resource.ASSETS] = assets.filter(**_limits(self._settings))
        own[Resource.ASSET_TYPES] = HaloAssetType.objects.filter(
            halo_credential=self._credential, active=True
        )
        own[OptionKind.TICKET_TYPE] = HaloOption.objects.filter(
            halo_credential=self._credential, kind=OptionKind.TICKET_TYPE
        )
        parts = [_counted(name, rows) for name, rows in own.items()]
        return dict(parts[0].union(*parts[1:], all=True))

    def _listed(self, resource: str) -> int | None:
        """As many rows as its list had when it was read."""
        state = self._states.get(resource)
        return state.listed if state else None

    @property
    def both(self) -> Forecasts:
        wanted = [resource for resource in Resource if self._wants(resource)]
        return Forecasts(
            self.of(dict.fromkeys(wanted, True)),
            self.of(dict.fromkeys((name for name in wanted if name in INCREMENTAL), False)),
        )

    def of(self, todo: Mapping[str, bool]) -> Forecast:
        """Of a round: the resources that it reads, and whether all of each (else what has changed)."""
        counted = [self._calls(name) if full else (1, False) for name, full in todo.items()]
        calls = sum(number for number, _ in counted)
        if todo.get(Resource.ASSETS) and self._proves_lists:
            calls += 1
        windows = max(0, calls - 1) // self._window.room(Purpose.MIRROR)
        seconds = windows * self._window.seconds + ceil(calls * SECONDS_A_CALL)
        return Forecast(calls, seconds, any(unknown for _, unknown in counted))

    # ---- one resource -----------------------------------------------------------------------

    def _wants(self, resource: str) -> bool:
        if resource not in self._settings.resources:
            return False
        if resource in (Resource.OPTIONS, Resource.FIELDS):
            return bool(self._kinds(OPTION_NEEDS if resource == Resource.OPTIONS else FIELD_NEEDS))
        return not self._credential.lacks(RESOURCE_NEEDS[Resource(resource)])

    def _calls(self, resource: str) -> tuple[int, bool]:
        """(calls, whether it may be more for want of knowledge) of reading all of it."""
        if resource in PAGED:
            rows = self._count(resource)
            return max(1, ceil((rows or 0) / PAGE)), rows is None
        state = self._states.get(resource)
        if state and state.state == ReadState.DONE and state.calls:
            # Always read as a whole: it will be as many as the last time.
            return state.calls, False
        if resource == Resource.ASSET_TYPES:
            types = self._kept.get(Resource.ASSET_TYPES, 0)
            return 1 + types, not types
        if resource == Resource.FIELDS:
            return len(self._kinds(FIELD_NEEDS)), False
        kinds = self._kinds(OPTION_NEEDS)
        if self._wants(Resource.ASSET_TYPES):
            kinds = [kind for kind in kinds if kind not in TOLD_BY_TYPES]
        kinds = [kind for kind in kinds if kind != OptionKind.ASSET_STATUS]
        reads_types = OptionKind.TICKET_TYPE in kinds
        ticket_types = self._kept.get(OptionKind.TICKET_TYPE, 0) if reads_types else 0
        return len(kinds) + ticket_types, reads_types and not ticket_types

    def _kinds(self, needs: Mapping[Any, str]) -> list[Any]:
        return [kind for kind, key in needs.items() if not self._credential.lacks(key)]

    @property
    def _proves_lists(self) -> bool:
        instance = self._credential.instance
        return instance.list_reads_allowed and not instance.list_fields_proven

    def _count(self, resource: str) -> int | None:
        """Rows of its list, as far as is known; None where it has never been seen."""
        listed = self._listed(resource)
        if resource == Resource.ASSETS and _limits(self._settings):
            return self._kept.get(resource) or (None if listed is None else min(listed, PAGE))
        return listed if listed is not None else self._kept.get(resource)


def foretell(run: Run, todo: Mapping[str, bool]) -> None:
    """Store on a sync what it is going to cost, so that it can be compared with what it took.

    A run that goes round again adds what the next round costs to what it has taken already.
    """
    assert run.halo_credential is not None  # noqa: S101  the request names it
    told = MirrorForecaster(run.halo_credential).of(todo)
    Run.objects.filter(pk=run.pk).update(
        forecast_calls=F("calls") + told.calls, forecast_seconds=told.seconds
    )


def _counted(name: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The name and the number, as one row; none where there is nothing."""
    named = rows.order_by().annotate(name_of=Value(name, output_field=CharField())).values("name_of")
    return named.annotate(number=Count("pk")).values_list("name_of", "number")


def _limits(settings: SyncSettings) -> dict[str, Iterable[int]]:
    limits: dict[str, Iterable[int]] = {}
    if settings.asset_types:
        limits["asset_type__halo_id__in"] = settings.asset_types
    if settings.asset_groups:
        limits["asset_type__group_id__in"] = settings.asset_groups
    return limits
