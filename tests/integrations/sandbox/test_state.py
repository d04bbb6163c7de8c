"""What a stop leaves behind: a second start finds the same world."""

from __future__ import annotations

import html
import json
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from integrations.sandbox import store
from integrations.sandbox.consoles import CONSOLES
from integrations.sandbox.server import USUAL_PORTS, Ports, PortTaken, Sandbox
from integrations.sandbox.store import read_addresses
from integrations.sandbox.world import to_data
from tests.integrations.sandbox.callers import HaloCaller, make_asset, make_note, make_ticket


def test_a_second_start_finds_the_same_world(tmp_path: Path) -> None:
    with Sandbox.start(tmp_path) as first:
        halo = HaloCaller(first)
        asset = halo.write("Asset", make_asset(first))
        ticket = halo.write("Tickets", make_ticket(first, assets=[{"id": asset["id"]}], sendack=True))
        halo.write("Actions", make_note(ticket["id"]))
        failed = first.event("fail")
        before = to_data(first.world)
    with Sandbox.start(tmp_path, seed=99) as second:
        assert json.loads(json.dumps(to_data(second.world))) == json.loads(json.dumps(before))
        halo = HaloCaller(second)
        assert halo.read(f"Asset/{asset['id']}", includedetails=True)["key_field"] == "NEW-PC"
        assert halo.write("Tickets", make_ticket(second))["id"] == ticket["id"] + 1
        assert halo.write("Actions", make_note(ticket["id"]))["id"] == 3
        assert failed["plan"] in {plan["plan"] for plan in second.event("list")["plans"]}


def test_a_change_is_saved_soon_not_only_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_SETTLE", 0.05)
    with Sandbox.start(tmp_path) as sandbox:
        HaloCaller(sandbox).write("Tickets", make_ticket(sandbox, summary="Save me"))
        deadline = time.monotonic() + 6
        while time.monotonic() < deadline:
            file = tmp_path / "world.json"
            if file.exists() and "Save me" in file.read_text():
                break
            time.sleep(0.05)
        assert "Save me" in (tmp_path / "world.json").read_text()


def test_switches_and_faults_do_not_survive(tmp_path: Path) -> None:
    with Sandbox.start(tmp_path) as sandbox:
        sandbox.event("halo-down")
    with Sandbox.start(tmp_path) as sandbox:
        assert HaloCaller(sandbox).get("Team").status_code == 200


def test_an_unreadable_state_is_moved_aside(tmp_path: Path) -> None:
    (tmp_path / "world.json").write_text("{broken")
    with Sandbox.start(tmp_path) as sandbox:
        assert len(sandbox.world.console.computers) == 300
    assert (tmp_path / "world.unreadable.json").read_text() == "{broken"
    assert json.loads((tmp_path / "world.json").read_text())["version"] == 1


def test_it_tells_where_it_listens_while_it_runs(tmp_path: Path) -> None:
    assert read_addresses(tmp_path) is None
    with Sandbox.start(tmp_path) as sandbox:
        assert read_addresses(tmp_path) == sandbox.addresses()
    assert read_addresses(tmp_path) is None


def test_without_a_directory_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Sandbox.start() as sandbox:
        HaloCaller(sandbox).write("Tickets", make_ticket(sandbox))
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use_is_told_in_a_sentence(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    port = int(sandbox.halo_root.rsplit(":", 1)[1])
    with pytest.raises(PortTaken, match=f"Port {port} is in use by another program"):
        Sandbox.start(ports=Ports(rmm=port))


def test_the_ports_of_all_systems_stand_in_a_row_that_an_installation_may_reach(settings: Any) -> None:
    usual = USUAL_PORTS
    further = [console.port for console in CONSOLES]
    taken = [usual.halo, usual.msp360, usual.rmm, *further]

    assert len(set(taken)) == len(taken)
    assert set(taken) <= set(range(usual.halo, usual.halo + settings.SANDBOX_PORTS))


def test_the_start_page_tells_how_to_connect_each_console(sandbox: Sandbox) -> None:
    page = requests.get(sandbox.halo_root, timeout=5).text
    for console in CONSOLES:
        assert console.title in page
        assert sandbox.url(console.name) in page
        assert console.sign_in in html.unescape(page)
