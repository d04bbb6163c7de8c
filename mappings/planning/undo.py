"""Undoing a run of an export, as a plan: what it wrote is taken back where nobody has changed it since.

Assets that it created become inactive, those that it moved or retyped go back, fields and statuses get their
earlier values, assets that it made inactive become active. What it did not write itself, and what somebody
has changed since, stays. The mappings are held until released, so that no later export does it all again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from integrations.choices import Action, IntentionKind, IntentionState, RunKind
from integrations.models import HaloCredential, Intention, Plan, Run
from mappings.models import ComputerMapping, SheetAsset
from mappings.models.intentions import SHEET_ASSET
from mappings.planning.earlier import ACTIVITY, Now, Unused, Written, earlier, unused_of
from mappings.planning.lifecycle import Lifecycle, read_lifecycle
from mappings.planning.links_back import changes_of_links
from mappings.planning.rows import ASKED, COMPUTER_MAPPING, Change, NotPlannable, told_of

KINDS = (IntentionKind.CREATE_ASSET, IntentionKind.UPDATE_ASSET)
ALREADY = "HaloPSA held these values before anything was sent, so there is nothing to undo."
UNLINKED = "Its mapping was removed or leads to another asset by now, so the asset is left alone."
CLEARED = "The bridge reference of an asset whose mapping was removed stays cleared."
SHARED = "It also stands for {} (another console): {}"
_OTHER = ("computer__name", "computer__company__name", "computer__console__name")


def writes_of(run: Run) -> QuerySet[Intention]:
    """What a run wrote to assets, as far as it is known to be done."""
    return Intention.objects.filter(run=run, kind__in=KINDS, state=IntentionState.DONE)


def changes_of_undo(plan: Plan, credential: HaloCredential, counts: Counter[str]) -> Iterator[Change]:
    """At most one change for each write and each link, in eleven statements whatever their number. Raises
    `NotPlannable`."""
    run = Run.objects.filter(
        pk=plan.parameters.get("run"), kind=RunKind.APPLY_ASSETS, halo_credential=credential
    ).first()
    if run is None:
        raise NotPlannable("The run that is to be undone no longer exists.")
    lifecycle = read_lifecycle(credential)
    unused = unused_of(credential)
    for written in _read(run):
        yield _change(written, lifecycle, unused)
    yield from changes_of_links(run, credential)


def _read(run: Run) -> Iterator[Written]:
    """Three statements: what stands for the assets by key, the writes streamed."""
    now = _now(run)
    for intention in writes_of(run).order_by("pk").iterator(chunk_size=500):
        content = intention.content
        kind = content.get("subject_kind", COMPUTER_MAPPING)
        yield Written(
            subject_kind=kind,
            subject_id=intention.subject_id,
            subject=content["subject"],
            action=content["action"],
            halo_id=content["before"].get("halo_id") or intention.halo_id,
            before=content["before"],
            after=content["after"],
            # A repeat that found it done already was sent before all the same.
            was_sent=intention.sent_at is not None or intention.attempts > 0,
            now=now.get((kind, intention.subject_id)),
        )


def _now(run: Run) -> dict[tuple[str, int], Now]:
    """The assets by what stands for them here: a computer mapping, or a row of an imported sheet."""
    found = {}
    mappings = ComputerMapping.objects.filter(halo_asset=OuterRef("halo_asset")).order_by("pk")
    subjects: tuple[tuple[str, Any, QuerySet[ComputerMapping]], ...] = (
        (COMPUTER_MAPPING, ComputerMapping, mappings.exclude(pk=OuterRef("pk"))),
        (SHEET_ASSET, SheetAsset, mappings),
    )
    columns = ("created_by_us", *(f"halo_asset__{name}" for name in Now.COLUMNS))
    for kind, model, others in subjects:
        rows = model.objects.filter(pk__in=writes_of(run).values("subject_id"))
        other = [Subquery(others.values(column)[:1]) for column in _OTHER]
        for pk, *values in rows.values_list("pk", *columns, *other):
            found[kind, pk] = Now(*values)
    return found


def _change(written: Written, lifecycle: Lifecycle, unused: Unused) -> Change:
    if written.subject_kind not in (COMPUTER_MAPPING, SHEET_ASSET):
        return written.skip(CLEARED)
    if not written.was_sent:
        return written.skip(ALREADY)
    if written.now is None or written.now.halo_id is None or written.now.halo_id != written.halo_id:
        return written.skip(UNLINKED)
    if written.action == Action.CREATE:
        return _uncreate(written, written.now, lifecycle)
    return _restore(written, written.now, lifecycle, unused)


def _uncreate(written: Written, now: Now, lifecycle: Lifecycle) -> Change:
    if not now.created_by_us:
        return written.skip("The asset is no longer known as created here, so it is left alone.")
    if not now.active:
        return written.skip("The asset that was created is inactive already.")
    before, after = lifecycle.retire(now.status_id)
    change = written.change(Action.DEACTIVATE, before, after, "Created by that run.")
    if now.other is not None and now.other_console is not None:
        other = told_of(now.other, now.other_company, now.other_console)
        return replace(change, selected=False, reason=f"{change.reason} {SHARED.format(other, ASKED)}")
    return change


def _restore(written: Written, now: Now, lifecycle: Lifecycle, unused: Unused) -> Change:
    """Each value that is still the one that was written goes back to what it was."""
    back = earlier(written, now, lifecycle, unused)
    told = back.told
    if not now.active and "inactive" not in back.after:
        return written.skip(f"The asset is inactive in HaloPSA. {told}".strip())
    if not back.after:
        return written.skip(told or "Nothing is left to undo.")
    only_activity = back.after.get("inactive") and back.after.keys() <= ACTIVITY
    action = Action.DEACTIVATE if only_activity else Action.UPDATE
    return written.change(action, back.before, back.after, f"Back to what it was before that run. {told}")
