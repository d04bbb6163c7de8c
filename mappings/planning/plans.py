"""Plans as rows: made, ticked, and compared with the world before they are applied."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.choices import PlanState, RunKind, RunState
from integrations.ingest.collecting import rare_collection
from integrations.ingest.sizes import learn_sizes_of
from integrations.models import (
    OPEN_STATES,
    Company,
    Computer,
    Console,
    HaloAsset,
    HaloCredential,
    Plan,
    PlannedChange,
    Run,
)
from mappings.models import CompanyMapping, ComputerMapping
from mappings.planning.changes import Computed, compute_changes
from mappings.planning.forecast import forecast
from mappings.planning.links_back import local_acts_of
from mappings.planning.rows import TICKET, UNDO, WRITES, Change, NotPlannable
from mappings.planning.undo import writes_of

ROWS = 1000
NAMED = 3
"""Rows that a sentence names before it says *and so on*."""
COLUMNS = ("action", "subject_kind", "subject_id", "before", "after", "selected")
"""What a checksum is made of."""


# ---- making ---------------------------------------------------------------------------------


def credentials_for(console: Console | None, company: Company | None = None) -> list[HaloCredential]:
    """The credentials in which companies of this console (or this company) are mapped and not offboarded."""
    mapped = CompanyMapping.objects.in_use()
    if console is not None:
        mapped = mapped.filter(company__console=console)
    if company is not None:
        mapped = mapped.filter(company=company)
    wanted = mapped.values("halo_credential_id")
    return list(HaloCredential.objects.filter(pk__in=wanted, enabled=True).select_related("instance"))


def new_plan(
    *,
    console: Console | None = None,
    company: Company | None = None,
    halo_credential: HaloCredential | None = None,
    parameters: dict[str, Any] | None = None,
    created_by: Any = None,
) -> Plan:
    """An empty plan of this scope, to be filled by a run. Raises `ValidationError` with a sentence.

    `parameters`, each optional: *asset_type* (Halo's id, for computers whose product decides none) ·
    *computers* (our ids) · *product_types* (product → Halo's id of the asset type) · *fields* (Halo's ids of
    those that are written) · *tag* (host, next, template) and *tag_template* · *halo_site* (our id, for new
    assets of its client) · *main_site* (true: a company without a default site uses the client's main site).
    Without a credential the one in which the companies are mapped is taken, if there is only one.
    """
    if company is not None and console is not None and company.console_id != console.pk:
        raise ValidationError({"company": f"{company} is not a company of {console}."})
    if halo_credential is None:
        candidates = credentials_for(console, company)
        if not candidates:
            raise ValidationError(
                {"halo_credential": "No company of this scope is mapped to a Halo client yet."}
            )
        if len(candidates) > 1:
            names = ", ".join(str(candidate) for candidate in candidates)
            raise ValidationError({"halo_credential": f"Choose one of the HaloPSA credentials: {names}."})
        halo_credential = candidates[0]
    return Plan.objects.create(
        console=console,
        company=company,
        halo_credential=halo_credential,
        parameters=parameters or {},
        created_by=created_by,
    )


def new_undo(run: Run, created_by: Any = None) -> Plan:
    """An empty plan that takes a run of an export back. Raises `ValidationError` with a sentence."""
    if run.kind != RunKind.APPLY_ASSETS or run.halo_credential is None:
        raise ValidationError("Only the export of assets can be undone.")
    if run.state in (*OPEN_STATES, RunState.WAITING):
        raise ValidationError(f"{run} is still at work; cancel it or wait until it has ended.")
    if not writes_of(run).exists() and not local_acts_of(run).exists():
        raise ValidationError(f"{run} wrote nothing to HaloPSA, so there is nothing to undo.")
    return Plan.objects.create(
        kind=UNDO, halo_credential=run.halo_credential, parameters={"run": run.pk}, created_by=created_by
    )


More = Callable[[Plan, Sequence[Change]], Iterable[Change]]
"""Rows of the floor above for a plan with these changes. Raises `NotPlannable`."""


def plan_assets(plan: Plan, more: More | None = None) -> None:
    """Compute all changes of the plan's scope and store them; the plan is *ready* afterwards, or *failed*.

    Planned anew, rows that staff have unticked stay so; what they have ticked as well, if nothing about the
    row is different.
    """
    with rare_collection():
        _plan_assets(plan, more)


def _plan_assets(plan: Plan, more: More | None) -> None:
    learn_sizes_of(Computer, HaloAsset, ComputerMapping)
    try:
        computed = compute_changes(plan)
        if more is not None:
            computed = computed.with_more(more(plan, computed.changes))
    except NotPlannable as problem:
        plan.state, plan.error = PlanState.FAILED, str(problem)
        plan.save(update_fields=["state", "error"])
        return
    store(plan, computed)


def store(plan: Plan, computed: Computed) -> None:
    """Store the changes of a plan, which is *ready* afterwards."""
    plan.state, plan.error = PlanState.READY, ""
    with transaction.atomic():
        changes = _as_ticked(plan, computed.changes)
        plan.changes.all().delete()
        PlannedChange.objects.bulk_create(
            (_row(plan, place, change) for place, change in enumerate(changes, 1)), batch_size=ROWS
        )
        summarise(plan, [_facts(change) for change in changes], computed.counts)


def _as_ticked(plan: Plan, changes: list[Change]) -> list[Change]:
    columns = ("subject_kind", "subject_id", "selected", "action", "reason")
    earlier = {
        (kind, number): (selected, about)
        for kind, number, selected, *about in plan.changes.filter(action__in=WRITES).values_list(*columns)
    }
    return [_ticked(change, *earlier.get(change.key, (None, []))) for change in changes]


def _ticked(change: Change, selected: bool | None, about: list[str]) -> Change:
    if change.action not in WRITES or selected in (None, change.selected):
        return change
    # A tick on what was doubtful holds for that doubt only.
    same = [change.action, change.reason] == about
    return replace(change, selected=bool(selected)) if same or not selected else change


def _row(plan: Plan, position: int, change: Change) -> PlannedChange:
    return PlannedChange(
        plan=plan,
        position=position,
        action=change.action,
        subject=change.subject[:300],
        subject_kind=change.subject_kind,
        subject_id=change.subject_id,
        before=change.before,
        after=change.after,
        reason=change.reason,
        selected=change.selected,
    )


def _facts(change: Change) -> tuple[Any, ...]:
    return tuple(getattr(change, name) for name in COLUMNS)


def summarise(plan: Plan, rows: Sequence[tuple[Any, ...]], counts: dict[str, int]) -> None:
    """Checksum, counts and forecast from the rows (see `COLUMNS`), in their order."""
    chosen = [(row[0], row[3], row[4]) for row in rows if row[5] and row[1] != TICKET]
    tickets = sum(row[5] and row[1] == TICKET for row in rows)
    cost = forecast(plan.halo_credential, chosen, tickets) if plan.halo_credential else None
    plan.checksum = checksum(rows)
    plan.counts = {**counts, "selected": len(chosen) + tickets}
    if cost:
        plan.forecast_calls, plan.forecast_seconds = cost.calls, cost.seconds
        plan.lower_bound = cost.lower_bound
    plan.save()


def sum_of(changes: Iterable[Change]) -> str:
    """The checksum that a plan of these changes has."""
    return checksum(_facts(change) for change in changes)


def checksum(rows: Iterable[tuple[Any, ...]]) -> str:
    """SHA-256 over (action, subject_kind, subject_id, before, after, selected) of all rows, in order."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, sort_keys=True, separators=(",", ":")).encode())
        digest.update(b"\n")
    return digest.hexdigest()


# ---- before applying ------------------------------------------------------------------------


def verify(plan: Plan) -> str | None:
    """A sentence if the world has changed under the selected rows since the plan was made; else None.

    Tickets are compared with HaloPSA itself, one by one, when they are written.
    """
    try:
        computed = compute_changes(plan)
    except NotPlannable as problem:
        return str(problem)
    selected = plan.changes.filter(selected=True).exclude(subject_kind=TICKET).order_by("position")
    rows = list(selected.values_list("action", "subject_kind", "subject_id", "before", "after", "subject"))
    stale = _stale(computed, rows)
    if not stale:
        return None
    names = "; ".join(stale[:NAMED]) + (" …" if len(stale) > NAMED else "")
    verb = "is" if len(stale) == 1 else "are"
    return f"{len(stale)} of {len(rows)} changes {verb} out of date: {names}. Make a new preview."


def _stale(computed: Computed, rows: Sequence[tuple[Any, ...]]) -> list[str]:
    fresh = {change.key: change for change in computed.changes}
    stale = []
    for action, kind, number, before, after, subject in rows:
        now = fresh.get((kind, number))
        if now is None or (now.action, now.before, now.after) != (action, before, after):
            stale.append(subject)
    return stale
