"""The computers of a preview and what staff choose for them there: stored, then planned anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from integrations.choices import Action, PlanState
from integrations.models import (
    Computer,
    HaloClient,
    HaloSite,
    Plan,
    PlannedChange,
    Run,
)
from integrations.runs.request import request_planning
from mappings.asset_types import missing_type
from mappings.models import CompanyMapping, ComputerMapping, ExportChoice
from mappings.planning.being_applied import locked, run_that_applies
from mappings.planning.rows import ASSETS
from mappings.planning.tags import LONGEST_TAG

ROWS = 1000
OFFERED = ("asset_type", "halo_site", "inventory_number")


def name_computers(plan: Plan, computers: QuerySet[Computer]) -> int:
    """Limit a plan that is not computed yet to these computers; return how many they are.

    They are kept as rows: a filter may leave more of them than a statement takes as parameters.
    """
    numbers = computers.order_by("pk").values_list("pk", flat=True).distinct()
    count, batch = 0, []
    with transaction.atomic():
        for number in numbers.iterator(chunk_size=ROWS):
            batch.append(ExportChoice(plan=plan, computer_id=number))
            count += 1
            if len(batch) == ROWS:
                ExportChoice.objects.bulk_create(batch)
                batch = []
        ExportChoice.objects.bulk_create(batch)
        plan.parameters = {**plan.parameters, "chosen": count}
        plan.save(update_fields=["parameters"])
    return count


# ---- what may be chosen for ------------------------------------------------------------------


def rows_to_choose_for(plan: Plan) -> QuerySet[PlannedChange]:
    """New assets, and computers that were left out although they have no asset."""
    without = ComputerMapping.objects.filter(halo_asset__isnull=True, halo_credential=plan.halo_credential)
    rows = plan.changes.filter(action__in=(Action.CREATE, Action.SKIP))
    return rows.filter(subject_kind="computer") | rows.filter(
        subject_kind="computer_mapping", subject_id__in=without.values("pk")
    )


def computers_of(plan: Plan, rows: QuerySet[PlannedChange]) -> list[int]:
    """Our ids of the computers that these rows are about. Two statements."""
    direct = rows.filter(subject_kind="computer").values_list("subject_id", flat=True)
    mapped = ComputerMapping.objects.filter(
        pk__in=rows.filter(subject_kind="computer_mapping").values("subject_id")
    ).values_list("computer_id", flat=True)
    return sorted({*direct, *mapped})


# ---- choosing --------------------------------------------------------------------------------


def choose(plan: Plan, computers: Collection[int], values: dict[str, Any], staff: Any = None) -> Run | None:
    """Take `values` (of `OFFERED`) over for these computers of a ready preview and have it planned anew.

    What is not named stays; None or "" takes an earlier choice back. Returns the run that plans; None if
    nothing was chosen. Raises `ValidationError` with a sentence and then changes nothing.
    """
    values = {name: values[name] for name in OFFERED if name in values}
    if not values or not computers:
        return None
    _check(plan, computers, values)
    with transaction.atomic():
        # By condition: of two who choose at once, or one who applies meanwhile, one comes second.
        ready = Plan.objects.filter(pk=plan.pk, state=PlanState.READY)
        if run_that_applies(locked(plan)) or not ready.update(state=PlanState.PLANNING):
            raise ValidationError("This preview is being planned or applied by now; look at it again.")
        _store(plan, sorted(computers), values)
        plan.refresh_from_db()
        return request_planning(plan, requested_by=staff)


def _store(plan: Plan, computers: list[int], values: dict[str, Any]) -> None:
    columns = {
        "asset_type": values.get("asset_type"),
        "halo_site": values.get("halo_site"),
        "inventory_number": (values.get("inventory_number") or "").strip(),
    }
    for start in range(0, len(computers), ROWS):
        ExportChoice.objects.bulk_create(
            [
                ExportChoice(plan=plan, computer_id=number, **columns)
                for number in computers[start : start + ROWS]
            ],
            update_conflicts=True,
            unique_fields=["plan", "computer"],
            update_fields=list(values),
        )


def _check(plan: Plan, computers: Collection[int], values: dict[str, Any]) -> None:
    if plan.kind != ASSETS:
        raise ValidationError("Only the preview of an export has something to choose.")
    problems: dict[str, str] = {}
    kind = values.get("asset_type")
    if problem := missing_type(plan.halo_credential, () if kind is None else (kind,)):
        problems["asset_type"] = problem
    if site := values.get("halo_site"):
        problems |= _site_problem(plan, computers, site)
    tag = (values.get("inventory_number") or "").strip()
    if tag and len(computers) > 1:
        problems["inventory_number"] = "An asset tag is for one asset: choose one row."
    if len(tag) > LONGEST_TAG:
        problems["inventory_number"] = f"An asset tag has at most {LONGEST_TAG} characters."
    if problems:
        raise ValidationError(problems)


def _site_problem(plan: Plan, computers: Collection[int], site: HaloSite) -> dict[str, str]:
    if not site.active:
        return {"halo_site": f"The site {site} is not active."}
    if other := next((name for client, name in clients_of(plan, computers) if client != site.client_id), ""):
        return {"halo_site": f"The site {site} is not one of the client {other}."}
    return {}


def clients_of(plan: Plan, computers: Iterable[int]) -> list[tuple[int, str]]:
    """(Our id, name) of the clients that these computers belong to."""
    ids = list(computers)
    found: dict[int, str] = {}
    for start in range(0, len(ids), ROWS):
        companies = Computer.objects.filter(pk__in=ids[start : start + ROWS]).values("company_id")
        pairs = CompanyMapping.objects.filter(halo_credential=plan.halo_credential, company__in=companies)
        clients = HaloClient.objects.filter(pk__in=pairs.values("halo_client_id"))
        found |= dict(clients.values_list("pk", "name"))
    return sorted(found.items())
