"""A sheet says the same in whatever order its rows stand, and done once it says nothing any more."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.models import HaloAsset, HaloClient
from mappings.models import CompanyMapping, SheetKind
from tests.mappings.builders import NAME, RACK, Scene, make_asset, make_company, make_site
from tests.mappings.fake_halo import FakeHalo, work_off
from tests.mappings.sheets import applied, looked_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]

NUMBER = 5
few = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@few
@given(order=st.permutations(range(NUMBER)), there=st.sets(st.integers(0, NUMBER - 1)))
def test_assets_in_any_order_are_the_same_changes_and_then_none(order: list[int], there: set[int]) -> None:
    scene = Scene(marker=True)
    for number in there:
        make_asset(scene.client, {NAME: f"PC{number}", RACK: "R0"}, site=scene.site, inventory_number="")
    halo = FakeHalo().adopt_mirror()
    rows: list[dict[str, Any]] = [
        {
            "client_name": scene.client.name,
            "assettype_name": "Workstation",
            "Device Name": f"PC{number}",
            "Rack Position": f"R{number}",
        }
        for number in range(NUMBER)
    ]

    def changes(wanted: list[int]) -> set[tuple[str, str, str]]:
        plan = looked_at(scene.credential, [rows[number] for number in wanted], SheetKind.ASSETS).plan
        assert plan is not None
        told = plan.changes.values_list("action", "subject", "after")
        return {(action, subject, str(after)) for action, subject, after in told}

    assert changes(order) == changes(list(range(NUMBER)))
    plan = looked_at(scene.credential, [rows[number] for number in order], SheetKind.ASSETS).plan
    assert plan is not None
    work_off(scene.run(plan), halo)
    assert changes(order) == set()
    assert HaloAsset.objects.filter(halo_credential=scene.credential).count() == NUMBER


@few
@given(order=st.permutations(range(NUMBER)), clients=st.lists(st.integers(0, 2), min_size=5, max_size=5))
def test_companies_in_any_order_are_mapped_alike_and_then_unchanged(
    order: list[int], clients: list[int]
) -> None:
    scene = Scene()
    known = [
        HaloClient.objects.create(halo_credential=scene.credential, halo_id=9000 + n, name=f"Client {n}")
        for n in range(3)
    ]
    for client in known:
        make_site(client)
    companies = [make_company(scene.console) for _ in range(NUMBER)]
    rows = [
        {"Company ID": companies[number].external_id, "Halo client": known[clients[number]].name}
        for number in order
    ]

    applied(looked_at(scene.credential, rows))

    pairs = CompanyMapping.objects.filter(company__in=companies).values_list("company", "halo_client")
    assert set(pairs) == {(companies[n].pk, known[clients[n]].pk) for n in range(NUMBER)}
    assert looked_at(scene.credential, rows).counts == {"unchanged": NUMBER}
