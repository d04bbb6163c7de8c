"""One run that applies one plan: what it works with, and what it has left to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db.models import QuerySet
from django.utils import timezone

from integrations.choices import IntentionKind, IntentionState, Purpose
from integrations.models import HaloCredential, Instance, Intention, Plan, Run
from integrations.records import AssetRecord, AssetTypeRecord, WriteAnswer
from integrations.runs.budget import BudgetGate
from integrations.runs.pauses import WRITE_LIMIT, span
from integrations.runs.steps import Work
from integrations.sync.safety import WritesStopped

KINDS = (IntentionKind.CREATE_ASSET, IntentionKind.UPDATE_ASSET)
UNFINISHED = (IntentionState.PLANNED, IntentionState.SENDING, IntentionState.UNCERTAIN)
"""Of this run; what waits for staff is not waited for."""


class Reader(Protocol):
    """What applying asks of Halo. Raises `NetError` and `BudgetExhausted`."""

    def probe(self) -> None: ...
    def fetch_asset(self, halo_id: int) -> AssetRecord | None: ...
    def fetch_assets(
        self, since: datetime | None = None, client_id: int | None = None, with_fields: bool = True
    ) -> Iterator[list[AssetRecord]]: ...
    def fetch_assets_by_tag(self, client_id: int, tag: str) -> list[AssetRecord]: ...
    def fetch_assets_changed(self, since: datetime, client_id: int | None = None) -> list[AssetRecord]: ...
    def fetch_asset_type_list(self) -> list[AssetTypeRecord]: ...


class Writer(Protocol):
    """Sends, never decides. Raises `WritesStopped` and `BudgetExhausted`; then nothing was sent."""

    def send_asset(self, payload: Mapping[str, Any]) -> WriteAnswer: ...
    def send_assets(self, payloads: Sequence[Mapping[str, Any]]) -> WriteAnswer: ...
    def send_asset_type(self, payload: Mapping[str, Any]) -> WriteAnswer: ...


class Paused(Exception):
    """Nothing is wrong with what was sent: the whole instance has to rest. The text says why."""


@dataclass(slots=True)
class Job:
    work: Work
    plan: Plan
    credential: HaloCredential
    reader: Reader
    writer: Writer

    @property
    def run(self) -> Run:
        return self.work.run

    @property
    def instance(self) -> Instance:
        return self.credential.instance

    def look_again(self) -> None:
        """Staff may switch batches and list reads or forget a proof: it holds from the next call."""
        self.instance.refresh_from_db(
            fields=["batches_allowed", "list_reads_allowed", "batch_size", "list_fields_proven"]
        )

    def intentions(self, *states: str) -> QuerySet[Intention]:
        rows = Intention.objects.filter(run=self.run, kind__in=KINDS, state__in=states)
        return rows.select_related("instance").order_by("id")

    def why_stopped(self) -> str:
        """The reason why nothing may be written at this moment; "" if it may."""
        try:
            BudgetGate(self.credential, Purpose.ASSETS).check_writes("/Asset")
        except WritesStopped as stopped:
            return stopped.reason
        return ""

    def next_due_at(self) -> datetime | None:
        """When the first of what rests may be looked at again; None if nothing is left."""
        waiting = self.intentions(*UNFINISHED).order_by().values_list("state", "not_before", "sent_at")
        now = timezone.now()
        times = [
            sent_at + stale_after() if state == IntentionState.SENDING and sent_at else not_before or now
            for state, not_before, sent_at in waiting
        ]
        return min(times, default=None)


def stale_after() -> timedelta:
    """After so long nobody can still be waiting for the answer of a write: its worker died."""
    return span(WRITE_LIMIT + 30)
