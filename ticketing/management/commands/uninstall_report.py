"""`manage.py uninstall_report`: what is left in HaloPSA; and a clean-up that is previewed, then applied."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.management.base import CommandError, CommandParser

from integrations.choices import PlanState
from integrations.management.reporting import ENDED_BADLY, ReportingCommand, execute_here, named, work_off
from integrations.models import OPEN_STATES, HaloCredential, Plan, Run
from integrations.runs.request import request_delivery, request_planning
from mappings.models import CompanyMapping
from mappings.planning import OFFBOARD, request_apply
from mappings.planning.offboarding import new_offboard
from ticketing.leaving import what_is_left

PREVIEW: Final = "Nothing was changed. To offboard these companies: --clean-up --apply --checksum {}"
WITHOUT: Final = "Nothing was done: {} goes with --clean-up, which offboards. Without it this only reports."
AGAIN: Final = "A later clean-up has previewed it again."
CHANGED: Final = "Nothing was changed: the world has changed since the preview with that checksum."


class Command(ReportingCommand):
    help = "Tell what the bridge has made in HaloPSA and what stays there; with --clean-up preview its end."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--clean-up", action="store_true", help="preview the offboarding of all companies"
        )
        parser.add_argument("--halo", help="name of one HaloPSA credential, for the clean-up")
        parser.add_argument("--apply", action="store_true", help="do it; needs the preview's --checksum")
        parser.add_argument("--checksum", default="", help="as the preview has told it")

    def rows_of(self, **options: Any) -> Sequence[Mapping[str, Any]]:
        if not options["clean_up"]:
            if unused := [name for name in ("apply", "checksum", "halo") if options[name]]:
                raise CommandError(WITHOUT.format(", ".join(f"--{name}" for name in unused)))
            return [
                {"halo": row.credential, "what": row.what, "number": row.number, "to do": row.to_do}
                for row in what_is_left()
            ]
        if options["apply"] and not options["checksum"]:
            raise CommandError("--apply needs the --checksum of a preview: run the command without it first.")
        mappings = _mappings(options["halo"])
        _supersede(mappings)
        plans = [_preview(mapping) for mapping in mappings]
        checksum = _checksum(plans)
        if not options["apply"]:
            self.stderr.write(PREVIEW.format(checksum))
            return [_facts(plan) for plan in plans]
        if options["checksum"] != checksum:
            raise CommandError(CHANGED)
        return [_applied(plan) if plan.state == PlanState.READY else _facts(plan) for plan in plans]


def _mappings(halo: str | None) -> list[CompanyMapping]:
    rows = CompanyMapping.objects.in_use().order_by("pk")
    if halo:
        rows = rows.filter(halo_credential=named(HaloCredential, halo))
    return list(rows.select_related("company", "halo_credential"))


def _supersede(mappings: Sequence[CompanyMapping]) -> None:
    """What an earlier clean-up has previewed and nobody applied waits for nobody any more. Previews that
    staff or programs have asked for name who did, and stay."""
    earlier = Plan.objects.filter(kind=OFFBOARD, created_by=None, state=PlanState.READY)
    mine = earlier.filter(halo_credential__in={mapping.halo_credential_id for mapping in mappings})
    mine.exclude(runs__state__in=OPEN_STATES).update(state=PlanState.STALE, error=AGAIN)


def _preview(mapping: CompanyMapping) -> Plan:
    plan = new_offboard(mapping)
    run = work_off(request_planning(plan))
    plan.refresh_from_db()
    plan.error = plan.error or run.error
    return plan


def _checksum(plans: Sequence[Plan]) -> str:
    """Of all previews together; each has its own of its changes."""
    told = "\n".join(f"{plan.parameters['mapping']}:{plan.state}:{plan.checksum}" for plan in plans)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _applied(plan: Plan) -> dict[str, Any]:
    if not plan.counts.get("selected"):
        return {**_facts(plan), "result": "Nothing to change."}
    run = work_off(request_apply(plan, plan.checksum), _deliver)
    totals = ", ".join(f"{number} {what}" for what, number in run.totals.items())
    result = " ".join(filter(None, (run.error, totals))) or "–"
    return {**_facts(plan), "result": result, "run": run.pk, "failed": run.state in ENDED_BADLY}


def _facts(plan: Plan) -> dict[str, Any]:
    return {
        "halo": str(plan.halo_credential),
        "company": str(plan.company),
        "plan": plan.pk,
        **{name: plan.counts.get(name, 0) for name in ("deactivate", "close", "skip")},
        "calls": plan.forecast_calls,
        "result": plan.error or "Ready to be applied.",
        "failed": plan.state != PlanState.READY,
    }


def _deliver(run: Run) -> None:
    """It waits for the closings of tickets: they are delivered here as well, no queue has to be running."""
    if run.instance is not None:
        execute_here(request_delivery(run.instance))
