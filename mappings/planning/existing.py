"""Assets that stand for computers already: update, make inactive, or leave alone with a reason.

Desired state is computed per asset over all its computers, of all consoles; the scope of a plan only
selects assets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils import timezone

from integrations.choices import Action
from integrations.registry import UnknownKind, connector_class
from integrations.sync.safety import judge_loss
from mappings.attributes import COLUMNS, ComputerFacts
from mappings.models import ComputerMapping
from mappings.planning.desired import TooLong, difference, in_order
from mappings.planning.rows import Change, held_words, skip, subject_of
from mappings.planning.world import AssetType, Place, Scope, World

GRACE = timedelta(days=7)
"""How long a computer has to be gone before the asset that we created for it is made inactive, if the asset
rules of the credential do not say otherwise."""

_OWN = (
    "pk",
    "halo_asset_id",
    "held",
    "created_by_us",
    "retired_at",
    "status_before",
    "held_by",
    "console__name",
    "console__kind",
)
_ASSET = ("halo_id", "client_id", "client__name", "active", "asset_type__halo_id", "fields", "status_id")


@dataclass(frozen=True, slots=True)
class Member:
    """One computer of an asset."""

    mapping_id: int
    held: bool
    created_by_us: bool
    retired_at: datetime | None
    status_before: int | None
    held_by: int | None
    console: str
    console_kind: str
    computer: ComputerFacts


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset as the mirror holds it, with all its computers. `client_pk` is our id."""

    halo_id: int
    client_pk: int | None
    client_name: str | None
    active: bool
    type_id: int | None
    fields: dict[str, str] | None
    status_id: int | None
    members: tuple[Member, ...]

    @property
    def created_by_us(self) -> bool:
        return any(member.created_by_us for member in self.members)

    @property
    def retired(self) -> Member | None:
        """The member that tells when we made the asset inactive; None if we did not."""
        return next((member for member in self.members if member.retired_at), None)


def changes_of_assets(world: World, scope: Scope, counts: Counter[str]) -> Iterator[Change]:
    """Changes of all mapped assets of the scope; what is unchanged only adds to `counts`."""
    judge = _Judge(world, counts, timezone.now())
    rows = [change for asset in read_assets(scope) for change in judge.changes(asset)]
    yield from _guarded(rows, judge.ours)


def _guarded(rows: list[Change], ours: int) -> list[Change]:
    """A large loss waits for approval: its rows are not ticked."""
    gone = sum(row.action == Action.DEACTIVATE for row in rows)
    verdict = judge_loss(ours, gone, what="assets that were created here")
    if verdict.allowed:
        return rows
    return [
        replace(row, selected=False, reason=f"{row.reason} {verdict.reason}")
        if row.action == Action.DEACTIVATE
        else row
        for row in rows
    ]


def read_assets(scope: Scope) -> Iterator[Asset]:
    """One statement, streamed: the assets which the scope selects, each with all its computers."""
    mappings = ComputerMapping.objects.filter(halo_credential=scope.credential, halo_asset__isnull=False)
    if not scope.is_everything:
        mappings = mappings.filter(halo_asset_id__in=scope.mappings().values("halo_asset_id"))
    columns = (
        *_OWN,
        *(f"halo_asset__{name}" for name in _ASSET),
        *(f"computer__{name}" for name in COLUMNS),
    )
    rows = mappings.order_by("halo_asset_id", "pk").values_list(*columns).iterator(chunk_size=2000)
    for _, group in groupby(rows, key=lambda row: row[1]):
        yield _asset(list(group))


def _asset(rows: Sequence[tuple[Any, ...]]) -> Asset:
    split = len(_OWN)
    end = split + len(_ASSET)
    members = tuple(Member(*(row[0], *row[2:split], ComputerFacts(*row[end:]))) for row in rows)
    return Asset(*(*rows[0][split:end], members))


class _Judge:
    """Decides about one asset after the other; `ours` counts the active ones that we created."""

    def __init__(self, world: World, counts: Counter[str], now: datetime) -> None:
        self._world = world
        self._counts = counts
        self._now = now
        self.ours = 0

    def changes(self, asset: Asset) -> Iterable[Change]:
        """At most one change."""
        self.ours += asset.active and asset.created_by_us
        if not any(self._place(member) for member in asset.members):
            return []
        if held := next((member for member in asset.members if member.held), None):
            return [self._skip(asset, held_words(held.held_by))]
        living = [member for member in asset.members if member.computer.active and self._place(member)]
        return self._living(asset, living) if living else self._gone(asset)

    def _place(self, member: Member) -> Place | None:
        return self._world.places.get(member.computer.company_id or 0)

    # ---- computers that are there -----------------------------------------------------------

    def _living(self, asset: Asset, living: Sequence[Member]) -> Iterable[Change]:
        eligible = [
            (member.computer, place)
            for member in living
            if member.computer.eligible and (place := self._place(member))
        ]
        if not eligible:
            return [self._skip(asset, living[0].computer.ineligible_reason or "Not eligible.")]
        if problem := self._problem(asset, eligible):
            return [self._skip(asset, problem)]
        computers = [facts for facts, place in eligible if place.client_pk == asset.client_pk]
        return self._compare(asset, in_order(computers))

    def _problem(self, asset: Asset, eligible: Sequence[tuple[ComputerFacts, Place]]) -> str:
        if not asset.active and not self._returns(asset):
            return "The asset is inactive in HaloPSA."
        if all(place.client_pk != asset.client_pk for _, place in eligible):
            place = eligible[0][1]
            owner = asset.client_name or "no client"
            return (
                f"The asset belongs to {owner} in HaloPSA, "
                f"but {place.company} is mapped to {place.client_name}."
            )
        if self._type(asset) is None or asset.fields is None:
            return "The fields of the asset have not been read yet: sync HaloPSA first."
        return ""

    def _type(self, asset: Asset) -> AssetType | None:
        return self._world.types.get(asset.type_id) if asset.type_id is not None else None

    def _compare(self, asset: Asset, computers: Sequence[ComputerFacts]) -> Iterable[Change]:
        kind = self._type(asset)
        rules = self._world.rules(kind) if kind else []
        try:
            found = difference(rules, computers, asset.fields or {}, created_by_us=asset.created_by_us)
        except TooLong as problem:
            return [self._skip(asset, str(problem))]
        names = ", ".join(value["name"] for value in found.after.values())
        told = f"Differs in: {names}." if names else ""
        before, after = {"fields": found.before}, {"fields": found.after}
        if back := not asset.active and asset.retired:
            was, becomes = self._world.lifecycle.bring_back(asset.status_id, back.status_before)
            before, after = {**was, **before}, {**becomes, **after}
            told = f"Back in {back.console}, so the asset is made active again. {told}".strip()
        elif not found.after:
            self._counts["unchanged"] += 1
            return []
        return [self._change(asset, Action.UPDATE, {"halo_id": asset.halo_id, **before}, after, told)]

    def _returns(self, asset: Asset) -> bool:
        since = asset.retired.retired_at if asset.retired else None
        return self._world.lifecycle.may_bring_back(asset.halo_id, since)

    # ---- computers that are gone ------------------------------------------------------------

    def _gone(self, asset: Asset) -> Iterable[Change]:
        if not asset.active:
            self._counts["unchanged"] += 1
            return []
        consoles = ", ".join(sorted({member.console for member in asset.members}))
        since = max((at for m in asset.members if (at := m.computer.gone_since)), default=None)
        told = f"Gone from {consoles}" + (f" since {since:%Y-%m-%d}." if since else ".")
        if reason := self._why_it_stays(asset, since):
            return [self._skip(asset, f"{told} {reason}")]
        before, after = self._world.lifecycle.retire(asset.status_id)
        return [self._change(asset, Action.DEACTIVATE, {"halo_id": asset.halo_id, **before}, after, told)]

    def _why_it_stays(self, asset: Asset, since: datetime | None) -> str:
        if not asset.created_by_us:
            return "The asset was not created here, so it is left alone."
        unproven = sorted({m.console for m in asset.members if not _proves_existence(m.console_kind)})
        if unproven:
            return f"What is missing from the list of {', '.join(unproven)} may only be asleep."
        grace = self._world.lifecycle.grace
        if since is None or self._now - since < grace:
            return f"It is made inactive when that has lasted {grace.days} day{'s'[: grace.days != 1]}."
        return ""

    # ---- rows -------------------------------------------------------------------------------

    def _change(
        self, asset: Asset, action: Action, before: dict[str, Any], after: dict[str, Any], reason: str
    ) -> Change:
        subject, mapping_id = self._subject(asset)
        return Change(action.value, subject, "computer_mapping", mapping_id, before, after, reason)

    def _skip(self, asset: Asset, reason: str) -> Change:
        subject, mapping_id = self._subject(asset)
        return skip(subject, "computer_mapping", mapping_id, reason)

    def _subject(self, asset: Asset) -> tuple[str, int]:
        first = asset.members[0]
        place = self._place(first)
        return subject_of(first.computer.name, place.company if place else ""), first.mapping_id


def _proves_existence(kind: str) -> bool:
    try:
        return connector_class(kind).abilities.list_proves_existence
    except UnknownKind:
        return False
