"""Undoing a run of an export, as a plan: what it wrote is taken back where nobody has changed it since.

Assets that it created become inactive, fields and statuses get their earlier values, assets that it made
inactive become active. What it did not write itself, and what somebody has changed since, stays. The
mappings are held until released, so that no later export does it all again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, QuerySet

from integrations.choices import Action, IntentionKind, IntentionState, RunKind
from integrations.models import HaloCredential, Intention, Plan, Run
from mappings.models import ComputerMapping
from mappings.planning.lifecycle import Lifecycle, read_lifecycle
from mappings.planning.rows import Change, NotPlannable, skip

KINDS = (IntentionKind.CREATE_ASSET, IntentionKind.UPDATE_ASSET)
ALREADY = "HaloPSA held these values before anything was sent, so there is nothing to undo."
UNLINKED = "Its mapping was removed or leads to another asset by now, so the asset is left alone."
SHARED = "It stands for a computer of another console, too: tick it if you want that."


@dataclass(frozen=True, slots=True)
class Written:
    """One write of the run, and its asset as the mirror holds it. `others`: mappings of other consoles."""

    mapping_id: int
    subject: str
    action: str
    halo_id: int | None
    before: dict[str, Any]
    after: dict[str, Any]
    was_sent: bool
    created_by_us: bool = False
    asset_id: int | None = None
    active: bool = False
    status_id: int | None = None
    fields: dict[str, str] | None = None
    others: int = 0

    def change(self, action: Action, before: dict[str, Any], after: dict[str, Any], reason: str) -> Change:
        whole = {"halo_id": self.halo_id, **before}
        return Change(
            action.value, self.subject, "computer_mapping", self.mapping_id, whole, after, reason.strip()
        )

    def skip(self, reason: str) -> Change:
        return skip(self.subject, "computer_mapping", self.mapping_id, reason)


def writes_of(run: Run) -> QuerySet[Intention]:
    """What a run wrote to assets, as far as it is known to be done."""
    return Intention.objects.filter(run=run, kind__in=KINDS, state=IntentionState.DONE)


def changes_of_undo(plan: Plan, credential: HaloCredential, counts: Counter[str]) -> Iterator[Change]:
    """At most one change a write, in six statements whatever their number. Raises `NotPlannable`."""
    run = Run.objects.filter(
        pk=plan.parameters.get("run"), kind=RunKind.APPLY_ASSETS, halo_credential=credential
    ).first()
    if run is None:
        raise NotPlannable("The run that is to be undone no longer exists.")
    lifecycle = read_lifecycle(credential)
    for written in _read(run):
        yield _change(written, lifecycle)


def _read(run: Run) -> Iterator[Written]:
    """Two statements: the mappings by key, the writes streamed."""
    rows = ComputerMapping.objects.filter(pk__in=writes_of(run).values("subject_id"))
    columns = ("halo_id", "active", "status_id", "fields")
    now = {
        row[0]: row[1:]
        for row in rows.annotate(others=Count("halo_asset__mappings")).values_list(
            "pk", "created_by_us", *(f"halo_asset__{name}" for name in columns), "others"
        )
    }
    for intention in writes_of(run).order_by("pk").iterator(chunk_size=500):
        content = intention.content
        written = Written(
            mapping_id=intention.subject_id,
            subject=content["subject"],
            action=content["action"],
            halo_id=content["before"].get("halo_id") or intention.halo_id,
            before=content["before"],
            after=content["after"],
            # A repeat that found it done already was sent before all the same.
            was_sent=intention.sent_at is not None or intention.attempts > 0,
        )
        if found := now.get(intention.subject_id):
            ours, asset_id, active, status_id, fields, others = found
            written = replace(
                written,
                created_by_us=ours,
                asset_id=asset_id,
                active=active,
                status_id=status_id,
                fields=fields,
                others=others - 1,
            )
        yield written


def _change(written: Written, lifecycle: Lifecycle) -> Change:
    if not written.was_sent:
        return written.skip(ALREADY)
    if written.asset_id is None or written.asset_id != written.halo_id:
        return written.skip(UNLINKED)
    if written.action == Action.CREATE:
        return _uncreate(written, lifecycle)
    return _restore(written, lifecycle)


def _uncreate(written: Written, lifecycle: Lifecycle) -> Change:
    if not written.created_by_us:
        return written.skip("The asset is no longer known as created here, so it is left alone.")
    if not written.active:
        return written.skip("The asset that was created is inactive already.")
    before, after = lifecycle.retire(written.status_id)
    change = written.change(Action.DEACTIVATE, before, after, "Created by that run.")
    if written.others:
        return replace(change, selected=False, reason=f"{change.reason} {SHARED}")
    return change


# ---- earlier values -------------------------------------------------------------------------


def _restore(written: Written, lifecycle: Lifecycle) -> Change:
    """Each value that is still the one that was written goes back to what it was."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    kept = [*_activity(written, before, after, lifecycle), *_fields(written, before, after)]
    told = f"Changed since, so it stays: {', '.join(kept)}." if kept else ""
    if not written.active and "inactive" not in after:
        return written.skip(f"The asset is inactive in HaloPSA. {told}".strip())
    if not after:
        return written.skip(told or "Nothing is left to undo.")
    action = Action.DEACTIVATE if after.get("inactive") and not after.get("fields") else Action.UPDATE
    return written.change(action, before, after, f"Back to what it was before that run. {told}")


def _activity(
    written: Written, before: dict[str, Any], after: dict[str, Any], lifecycle: Lifecycle
) -> list[str]:
    """Fill in activity and status; return the names of what was changed since."""
    kept = []
    if "inactive" in written.after:
        if written.active == written.after["inactive"]:
            kept.append("active or inactive")
        else:
            before["inactive"], after["inactive"] = written.after["inactive"], written.before["inactive"]
    if "status_id" in written.after:
        if written.status_id != written.after["status_id"]:
            kept.append("status")
        elif written.before["status_id"] is not None:
            was, becomes = lifecycle.with_status(({}, {}), written.status_id, written.before["status_id"])
            before |= was
            after |= becomes
    return kept


def _fields(written: Written, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Fill in the fields; return the names of those that were changed since."""
    was, becomes, kept = {}, {}, []
    earlier = written.before.get("fields", {})
    for number, row in written.after.get("fields", {}).items():
        now = str((written.fields or {}).get(number) or "").strip()
        if now == earlier[number]["value"].strip():
            continue
        if now != row["value"].strip():
            kept.append(f"{row['name']} (now “{now}”)")
            continue
        was[number], becomes[number] = {"name": row["name"], "value": now}, earlier[number]
    if becomes:
        before["fields"], after["fields"] = was, becomes
    return kept
