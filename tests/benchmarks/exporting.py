"""What writing assets costs: calls against the fewest that batches of a hundred allow."""

from __future__ import annotations

from math import ceil

from integrations.choices import RunState
from integrations.sandbox.server import Sandbox
from tests.benchmarks.mirroring import figure
from tests.connected import connect_halo, read_halo
from tests.exported import assert_each_once, asset_writes, export, preview, push_computers

COMPUTERS = 1000
BATCH = 100


def calls() -> None:
    with Sandbox.start() as sandbox:
        sandbox.switches.change(rate_limit_calls=0)
        credential = connect_halo(sandbox, name="Export", budget_calls=5000)
        read_halo(credential)
        plan = preview(push_computers(COMPUTERS), credential)
        run = export(plan)
        assert run.state == RunState.SUCCEEDED, (run.state, run.error)
        assert_each_once(sandbox, COMPUTERS)
        writes, bound = len(asset_writes(sandbox)), ceil(COMPUTERS / BATCH)
        what = f"export of {COMPUTERS:,} assets, writes"
        figure(what, writes, "calls", writes / bound, f"bound of {bound}, in all {run.calls} calls")
