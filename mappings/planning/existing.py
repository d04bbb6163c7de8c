"""Assets that stand for computers already: update, make inactive, or leave alone with a reason.

Desired state is computed per asset over all its computers, of all consoles; the scope of a plan only
selects assets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from integrations.choices import Action
from integrations.registry import UnknownKind, connector_class
from integrations.sync.safety import judge_loss
from mappings.attributes import ComputerFacts
from mappings.models import AssetProperty, TargetKind
from mappings.planning.desired import Difference, difference
from mappings.planning.lifecycle import Sides
from mappings.planning.mapped import Asset, Member, read_assets
from mappings.planning.placing import Placed, Wish, placed, wish_of
from mappings.planning.rows import Change, held_words, skip, subject_of
from mappings.planning.world import AssetType, Place, Scope, World
from mappings.targets import key_of, together

GRACE = timedelta(days=7)
"""How long a computer has to be gone before the asset that we created for it is made inactive, if the asset
rules of the credential do not say otherwise."""
STATUS = key_of(TargetKind.PROPERTY, None, AssetProperty.STATUS)


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
        if all(member.ignored for member in asset.members):
            return []
        living = [
            member
            for member in asset.members
            if member.computer.active and not member.ignored and self._place(member)
        ]
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
        clients = {asset.client_pk, *(place.client_pk for _, place in eligible)}
        wish = wish_of([member.wish for member in living], clients)
        client_pk = wish.client_pk or asset.client_pk
        if problem := self._problem(asset, client_pk, eligible):
            return [self._skip(asset, problem)]
        computers = [facts for facts, place in eligible if place.client_pk == client_pk]
        return self._compare(asset, computers, wish)

    def _problem(
        self, asset: Asset, client_pk: int | None, eligible: Sequence[tuple[ComputerFacts, Place]]
    ) -> str:
        """`client_pk`: the client that it is in, or that it is to move to."""
        if not asset.active and not self._returns(asset):
            return "The asset is inactive in HaloPSA."
        if all(place.client_pk != client_pk for _, place in eligible):
            place = eligible[0][1]
            owner = asset.client_name or "no client"
            return (
                f"The asset belongs to {owner} in HaloPSA, "
                f"but {place.company} is mapped to {place.client_name}. Staff decide in the review queue."
            )
        if self._type(asset) is None or asset.fields is None:
            return "The fields of the asset have not been read yet: sync HaloPSA first."
        return ""

    def _type(self, asset: Asset) -> AssetType | None:
        return self._world.types.get(asset.type_id) if asset.type_id is not None else None

    def _compare(self, asset: Asset, computers: Sequence[ComputerFacts], wish: Wish) -> Iterable[Change]:
        kind = self._type(asset)
        rules = self._world.rules(kind) if kind else []
        found = difference(
            rules,
            computers,
            together(asset.fields, asset.custom_fields, asset.properties, asset.status_id),
            created_by_us=asset.created_by_us,
            custom_read=asset.custom_fields is not None,
        )
        place = placed(wish, asset.now, asset.client_name, asset.type_id, self._world.types)
        return self._differs(asset, found, place)

    def _differs(self, asset: Asset, found: Difference, place: Placed) -> Iterable[Change]:
        back = None if asset.active else asset.retired
        was, becomes = self._activity(asset, back)
        if "status_id" in becomes:
            # It gets the status back that it had; what is mapped to the status may change that afterwards.
            found = found.without(STATUS)
        changed = back or found.after or place.after
        if not changed and found.left_out:
            return [self._skip(asset, " ".join(found.left_out))]
        if not changed:
            self._counts["unchanged"] += 1
            return []
        told = [f"{back.console} lists its computer, so the asset is made active again."] if back else []
        names = ", ".join(value["name"] for value in found.after.values())
        told += [f"Differs in: {names}."] if names else []
        told += ["Staff chose its place or type."] if place.after else []
        told += [f"Left out: {words}" for words in found.left_out]
        before = {"halo_id": asset.halo_id, **was, "fields": found.before, **place.before}
        after = {**becomes, "fields": found.after, **place.after}
        return [self._change(asset, Action.UPDATE, before, after, " ".join(told))]

    def _returns(self, asset: Asset) -> bool:
        since = asset.retired.retired_at if asset.retired else None
        return self._world.lifecycle.may_bring_back(asset.halo_id, since)

    def _activity(self, asset: Asset, back: Member | None) -> Sides:
        """What makes an asset active again that we made inactive; nothing of one that is active."""
        if back is None:
            return {}, {}
        return self._world.lifecycle.bring_back(asset.status_id, back.status_before)

    # ---- computers that are gone ------------------------------------------------------------

    def _gone(self, asset: Asset) -> Iterable[Change]:
        if not asset.active:
            self._counts["unchanged"] += 1
            return []
        consoles = ", ".join(sorted({member.console for member in asset.members}))
        since = max((at for m in asset.members if (at := m.computer.gone_since)), default=None)
        told = f"Gone from {consoles}" + (f" since {since:%Y-%m-%d}." if since else ".")
        if any(member.ignored and member.computer.active for member in asset.members):
            return [self._skip(asset, f"{told} A computer that staff ignore still stands for it.")]
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
