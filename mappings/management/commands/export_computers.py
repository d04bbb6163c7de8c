"""`manage.py export_computers`: preview the assets of a console's computers, and bring them to HaloPSA."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.db.models import Count

from integrations.choices import Action, PlanState, RunState
from integrations.management.reporting import ENDED_BADLY, ReportingCommand, named, work_off
from integrations.models import Company, Console, HaloCredential, Plan
from integrations.runs.request import request_planning
from mappings.management.export_options import add_options, parameters
from mappings.planning import new_plan, request_apply


class Command(ReportingCommand):
    help = (
        "Preview what an export of computers would change in HaloPSA. With --apply and the checksum of that "
        "preview it is done, unless something has changed since."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--console", metavar="NAME", required=True, help="whose computers")
        parser.add_argument("--company", metavar="NAME", help="only this company of the console")
        parser.add_argument("--halo", metavar="NAME", help="HaloPSA credential, where there is a choice")
        add_options(parser)
        parser.add_argument("--apply", action="store_true", help="write to HaloPSA; needs --checksum")
        parser.add_argument("--checksum", metavar="TEXT", help="of the preview that you have looked at")

    def rows_of(self, **options: Any) -> Sequence[Mapping[str, Any]]:
        apply, checksum = options["apply"], options["checksum"]
        if apply and not checksum:
            raise CommandError("--apply needs the --checksum of a preview: run the command without it first.")
        plan = _preview(**options)
        if plan.state != PlanState.READY:
            return [{**_facts(plan), "result": plan.error or "The preview failed.", "failed": True}]
        if not apply:
            return [{**_facts(plan), "result": _told(plan), "failed": False}]
        if checksum != plan.checksum:
            words = "Nothing was written: the world has changed since the preview with that checksum."
            return [{**_facts(plan), "result": words, "failed": True}]
        return [_applied(plan)]


def _preview(*, console: str, company: str | None, halo: str | None, **options: Any) -> Plan:
    source = named(Console, console)
    only = _company(source, company) if company else None
    try:
        with transaction.atomic():
            plan = new_plan(
                console=source, company=only, halo_credential=named(HaloCredential, halo) if halo else None
            )
            assert plan.halo_credential is not None  # noqa: S101  it has found the one that fits
            plan.parameters = parameters(options, source, only, plan.halo_credential)
            plan.save(update_fields=["parameters"])
    except ValidationError as problem:
        raise CommandError(" ".join(problem.messages)) from problem
    run = work_off(request_planning(plan))
    plan.refresh_from_db()
    if run.state != RunState.SUCCEEDED and not plan.error:
        plan.error = run.error
    return plan


def _company(console: Console, name: str) -> Company:
    found = list(Company.objects.filter(console=console, name=name)[:2])
    if len(found) > 1:
        raise CommandError(f"{console} has several companies called {name!r}; use the admin to choose one.")
    if not found:
        raise CommandError(f"{console} has no company called {name!r}.")
    return found[0]


def _applied(plan: Plan) -> dict[str, Any]:
    if not plan.counts.get("selected"):
        return {**_facts(plan), "result": f"Nothing to change. {_told(plan)}"}
    run = work_off(request_apply(plan, plan.checksum))
    totals = ", ".join(f"{number} {what}" for what, number in run.totals.items())
    return {
        **_facts(plan),
        "state": run.get_state_display(),
        "calls": run.calls,
        "result": " ".join(filter(None, (run.error, totals))) or "–",
        "run": run.pk,
        "failed": run.state in ENDED_BADLY,
    }


def _facts(plan: Plan) -> dict[str, Any]:
    actions = ("create", "update", "deactivate", "skip", "unchanged")
    return {
        "plan": plan.pk,
        "halo": str(plan.halo_credential),
        "state": plan.get_state_display(),
        **{name: plan.counts.get(name, 0) for name in actions},
        "calls": plan.forecast_calls,
        "lower_bound": plan.lower_bound,
        "seconds": plan.forecast_seconds,
        "checksum": plan.checksum,
    }


def _told(plan: Plan) -> str:
    """Why computers are left out, the commonest reasons first."""
    skipped = plan.changes.filter(action=Action.SKIP).order_by().values_list("reason")
    reasons = skipped.annotate(n=Count("pk")).order_by("-n", "reason")[:5]
    told = [f"{number} left out: {reason}" for reason, number in reasons]
    if number := plan.counts.get("company_unmapped"):
        told.append(f"{number} computers of companies that are not mapped.")
    if number := plan.counts.get("ignored"):
        told.append(f"{number} computer{'s'[: number != 1]} that staff ignore.")
    return " ".join(told) or "Ready to be applied."
