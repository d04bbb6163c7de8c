"""Plans by REST: the queue works while the request waits."""

from __future__ import annotations

import pytest

from halobridge.pipeline import TABLE
from integrations.models import Plan
from integrations.runs.steps import work
from mappings.api import plans


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(plan: Plan, state: str) -> None:
        if run := plan.runs.filter(kind="plan_assets", state="queued").first():
            work(run.pk, TABLE)
        plan.refresh_from_db()

    monkeypatch.setattr(plans, "wait_while", wait)
