"""What the queue does while somebody looks at a preview or applies it."""

from __future__ import annotations

from halobridge.pipeline import TABLE
from integrations.choices import RunKind
from integrations.models import OPEN_STATES, Run
from integrations.runs.steps import work
from tests.mappings.fake_halo import FakeHalo, work_off


def queue(halo: FakeHalo) -> None:
    """Work off the newest preview or export that was asked for."""
    kinds = (RunKind.PLAN_ASSETS, RunKind.APPLY_ASSETS)
    run = Run.objects.filter(kind__in=kinds, state__in=OPEN_STATES).latest("pk")
    if run.kind == RunKind.APPLY_ASSETS:
        work_off(run, halo)
    else:
        work(run.pk, TABLE)
