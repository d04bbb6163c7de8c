"""How every command reports: a table for people, JSON for programs, exit 1 when something failed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.module_loading import import_string

from integrations.choices import RunState, StepState
from integrations.models import OPEN_STATES, Run

ENDED_BADLY = (RunState.FAILED, RunState.PARTIAL, RunState.CANCELLED)
LONGEST_NAP = 5.0
"""Seconds between two looks at a run that rests."""


class ReportingCommand(BaseCommand):
    """A command that ends with a table; subclasses give its rows. A row with `failed` fails the command."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")

    def rows_of(self, **options: Any) -> Sequence[Mapping[str, Any]]:
        raise NotImplementedError

    def handle(self, *_: Any, **options: Any) -> None:
        rows = self.rows_of(**options)
        if options["json"]:
            self.stdout.write(json.dumps(list(rows), default=str))
        else:
            self.stdout.write(table(rows))
        if any(row.get("failed") for row in rows):
            raise SystemExit(1)


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Columns as wide as their widest cell; a `failed` column is said as words."""
    if not rows:
        return "Nothing to do."
    names = [name for name in rows[0] if name != "failed"]
    cells = [[str(row.get(name, "")) for name in names] for row in rows]
    widths = [max(len(name), *(len(line[i]) for line in cells)) for i, name in enumerate(names)]
    lines = ["  ".join(name.ljust(width) for name, width in zip(names, widths, strict=True))]
    lines += [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells
    ]
    return "\n".join(line.rstrip() for line in lines)


def execute_here(run: Run) -> Run:
    """Work at a run in this process until it has ended or rests; return it as it stands then.

    If a queue worker was faster, wait for that one.
    """
    execute = import_string(settings.HALOBRIDGE_EXECUTE)
    while True:
        execute(run.pk)
        run.refresh_from_db()
        open_steps = run.steps.exclude(state__in=(StepState.DONE, StepState.FAILED))
        resting = open_steps.filter(state=StepState.QUEUED, not_before__gt=timezone.now()).exists()
        if run.state not in OPEN_STATES or resting:
            return run
        time.sleep(0.2)


def work_off(run: Run, meanwhile: Callable[[Run], None] = lambda run: None) -> Run:
    """Work at a run in this process until it has ended, also over rests (API limit, look-ups).

    `meanwhile` is called whenever it rests: what it waits for may have to be done here as well.
    """
    while (run := execute_here(run)).state in OPEN_STATES:
        meanwhile(run)
        due = run.steps.filter(not_before__gt=timezone.now()).values_list("not_before", flat=True).first()
        wait = (due - timezone.now()).total_seconds() if due else 0.2
        time.sleep(min(LONGEST_NAP, max(0.05, wait)))
    return run


def row_of(run: Run, name: str) -> dict[str, Any]:
    totals = ", ".join(f"{number} {what}" for what, number in run.totals.items())
    return {
        "name": name,
        "what": run.get_kind_display(),
        "state": run.get_state_display(),
        "calls": run.calls,
        "result": run.error or totals or "–",
        "run": run.pk,
        "failed": run.state in ENDED_BADLY,
    }


def named(model: Any, name: str) -> Any:
    """The row called `name`. Raises `CommandError` with the names there are."""
    if row := model.objects.filter(name=name).first():
        return row
    known = ", ".join(model.objects.order_by("name").values_list("name", flat=True)[:20]) or "none yet"
    raise CommandError(f"There is no {model._meta.verbose_name} called {name!r}. Known: {known}.")
