"""A company that is about to be offboarded."""

from __future__ import annotations

from typing import Any

from integrations.choices import RunKind, RunState
from integrations.models import Instance, Plan, Run
from integrations.runs.request import request_run
from integrations.runs.steps import Done, Then, work
from mappings.apply import apply_plan
from mappings.models import CompanyMapping, ComputerMapping
from mappings.planning import new_offboard, plan_assets
from tests.builders import make_console
from tests.mappings.builders import make_asset_type
from tests.mappings.fake_halo import FakeHalo as FakeAssets
from tests.ticketing.fake_halo import FakeHalo, run_once, send
from tests.ticketing.world import World, make_company, make_computer, make_mapping
from ticketing import apply as tickets_apply
from ticketing.models import Ticket
from ticketing.planning import rows_of_tickets


class Leaving(World):
    """A company with an open ticket and an asset that we created."""

    def __init__(self, **credential: Any) -> None:
        super().__init__(**credential)
        self.halo = FakeHalo()
        CompanyMapping.objects.update(enable_configuration=True)
        kind = make_asset_type(self.credential)
        self.asset = self.map_asset(asset_type=kind, fields={})
        ComputerMapping.objects.update(created_by_us=True)
        self.opened()
        run_once(self.halo, self.instance)
        self.assets = FakeAssets().adopt_mirror()

    @property
    def ticket(self) -> Ticket:
        return self.tickets()[0]

    def preview(self) -> Plan:
        return self.computed(new_offboard(self.mapping))

    def computed(self, plan: Plan) -> Plan:
        plan_assets(plan, rows_of_tickets)
        plan.refresh_from_db()
        return plan

    def told(self) -> dict[str, tuple[str, bool]]:
        rows = self.preview().changes.values_list("subject_kind", "action", "selected")
        return {kind: (action, selected) for kind, action, selected in rows}

    def reason(self, kind: str) -> str:
        return str(self.preview().changes.get(subject_kind=kind).reason)

    def apply(self, plan: Plan) -> Run:
        """The run and delivery side by side, as the queues have them."""
        run = request_run(RunKind.APPLY_ASSETS, plan=plan, halo_credential=self.credential)
        table = {RunKind.APPLY_ASSETS: {"start": self._assets, "tickets": self._tickets}}
        for _ in range(200):
            work(run.pk, table)
            send(self.halo, Instance.objects.get())
            run.refresh_from_db()
            if run.ended_at:
                return run
        raise AssertionError(f"The run did not end: {run.state} {run.phase}")

    def _assets(self, doing: Any) -> Any:
        plan = doing.run.plan
        result = apply_plan(doing, plan, self.assets, self.assets)
        if not isinstance(result, Done) or result.state == RunState.FAILED:
            return result
        return Then("tickets", {"stopped": result.error}) if tickets_apply.has_tickets(plan) else result

    @staticmethod
    def _tickets(doing: Any) -> Any:
        return tickets_apply.apply_to_tickets(doing, doing.run.plan, doing.run.halo_credential)


def twin_in_a_company_that_stays(scene: Leaving) -> None:
    other = make_company(make_console(), name="Alder elsewhere")
    make_mapping(other, scene.client)
    ComputerMapping.objects.create(
        computer=make_computer(other, name="TWIN"), halo_credential=scene.credential, halo_asset=scene.asset
    )
