"""The control: switches, faults, events and time over HTTP, from this machine only; and the commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings
from django.core.management import CommandError, call_command

from integrations.sandbox.server import Sandbox
from tests.integrations.sandbox.callers import HaloCaller, Msp360Caller, make_ticket


def control(sandbox: Sandbox, name: str, body: Any, **headers: str) -> requests.Response:
    return requests.post(f"{sandbox.halo_root}/_control/{name}", json=body, headers=headers, timeout=5)


def test_switches_change_while_it_runs(sandbox: Sandbox, halo: HaloCaller) -> None:
    assert control(sandbox, "switches", {"agent_envelope": True}).status_code == 200
    assert "agents" in halo.read("Agent")


@pytest.mark.parametrize(
    "wrong", [{"nonsense": 1}, {"omit_nulls": 1}, {"page_size_cap": True}, {"down": None}]
)
def test_an_impossible_switch_changes_nothing(sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    before = sandbox.switches.as_dict()
    answer = control(sandbox, "switches", {"omit_nulls": True, **wrong})
    assert (answer.status_code, sandbox.switches.as_dict()) == (400, before)


def test_faults_are_ordered_for_a_system(sandbox: Sandbox, halo: HaloCaller) -> None:
    assert control(sandbox, "fault", {"path": "/api/team", "what": "500"}).status_code == 200
    assert halo.get("Team").status_code == 500
    assert control(sandbox, "fault", {"system": "msp360", "path": ".", "what": "drop", "times": None}).ok
    with pytest.raises(requests.ConnectionError):
        Msp360Caller(sandbox)
    assert control(sandbox, "fault", {"system": "msp360", "clear": True}).json() == {"faults": []}
    assert Msp360Caller(sandbox).token
    assert control(sandbox, "fault", {"system": "moon", "path": ".", "what": "500"}).status_code == 400
    assert control(sandbox, "fault", {"path": ".", "what": "boom"}).status_code == 400


def test_time_can_be_skipped(sandbox: Sandbox, halo: HaloCaller) -> None:
    assert control(sandbox, "clock", {"advance": 3601}).status_code == 200
    assert halo.get("Team").status_code == 401
    assert control(sandbox, "clock", {"advance": -1}).status_code == 400


def test_the_state_and_the_world_can_be_read(sandbox: Sandbox, halo: HaloCaller) -> None:
    halo.write("Tickets", make_ticket(sandbox, supplier_reference="HB-1", assets=[{"id": 501}]))
    state = requests.get(f"{sandbox.halo_root}/_control/state", timeout=5).json()
    assert state["counts"]["computers"] == 300
    world = requests.get(f"{sandbox.halo_root}/_control/world", timeout=5).json()
    assert world["tickets"][-1]["supplier_reference"] == "HB-1"
    assert world["tickets"][-1]["assets"] == [501]
    assert world["mails"] == []
    assert [write["status"] for write in world["writes"]] == [201]


def test_it_is_neither_logged_nor_limited(sandbox: Sandbox) -> None:
    sandbox.switches.change(rate_limit_calls=1, down="503")
    for _ in range(3):
        assert control(sandbox, "event", {"event": "list"}).status_code == 200
    assert len(sandbox.halo.requests) == 0


def test_a_browser_cannot_be_tricked_into_it(sandbox: Sandbox) -> None:
    url = f"{sandbox.halo_root}/_control/switches"
    assert requests.post(url, data='{"omit_nulls": true}', timeout=5).status_code == 400
    assert control(sandbox, "switches", {"omit_nulls": True}, Host="evil.example").status_code == 403
    assert sandbox.switches.omit_nulls is False


def test_an_unknown_request_says_what_there_is(sandbox: Sandbox) -> None:
    for answer in (control(sandbox, "nonsense", {}), control(sandbox, "event", [])):
        assert answer.status_code == 400
        assert "switches, fault, event, clock or person" in answer.json()["error"]
    assert "halo-down" in control(sandbox, "event", {"event": "?"}).json()["error"]


# ---- events -----------------------------------------------------------------------------------


def plan_status(sandbox: Sandbox, plan: str) -> Any:
    rows = Msp360Caller(sandbox).read("Monitoring")
    return next((row["Status"] for row in rows if row.get("PlanId") == plan), None)


@pytest.mark.parametrize(
    ("status", "seen"),
    [
        ("error", (2, "Error")),
        ("warning", (7, "Warning")),
        ("overdue", (1, "Overdue")),
        ("interrupted", (5, "Interrupted")),
    ],
)
def test_a_plan_fails_and_succeeds(sandbox: Sandbox, status: str, seen: tuple[int, str]) -> None:
    done = sandbox.event("fail", status=status)
    assert plan_status(sandbox, done["plan"]) in seen
    done = sandbox.event("succeed", plan=done["plan"])
    assert plan_status(sandbox, done["plan"]) in (0, "Success")


def test_the_plan_of_a_named_computer_fails(sandbox: Sandbox) -> None:
    done = sandbox.event("fail", computer=" hdg-srv08 ")
    assert done["computer"] == "HDG-SRV08"
    assert done["did"].startswith(
        "Plan 'Nightly image' of HDG-SRV08 (Harbour Dental Group) now reports Error"
    )
    second = sandbox.event("fail", computer="HDG-SRV08")
    assert second["plan"] != done["plan"]


def test_a_plan_vanishes(sandbox: Sandbox) -> None:
    done = sandbox.event("vanish-plan", computer="HDG-SRV08")
    assert plan_status(sandbox, done["plan"]) is None


def test_a_computer_is_removed_with_its_plans_and_licence(sandbox: Sandbox) -> None:
    sandbox.event("remove-computer", computer="HDG-SRV08")
    msp360 = Msp360Caller(sandbox)
    assert msp360.read("Computers/0/1")["Count"] == 299
    assert "HDG-SRV08" not in {row["ComputerName"] for row in msp360.read("Monitoring")}
    assert "HDG-SRV08" not in {row["ComputerName"] for row in msp360.read("Licenses")}


@pytest.mark.parametrize(
    ("event", "details", "says"),
    [
        ("fail", {"computer": "nobody"}, "There is no computer 'nobody'."),
        ("fail", {"plan": "zzz"}, "There is no plan 'zzz'."),
        ("fail", {"status": "sad"}, "There is no status 'sad'"),
    ],
)
def test_what_is_not_there_is_said(sandbox: Sandbox, event: str, details: dict[str, str], says: str) -> None:
    answer = control(sandbox, "event", {"event": event, **details})
    assert (answer.status_code, answer.json()["error"].startswith(says)) == (400, True)


# ---- the commands -----------------------------------------------------------------------------


def run_event(directory: Path, *arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    call_command("sandbox_event", *arguments, "--state-dir", str(directory))
    return capsys.readouterr().out


def test_the_command_says_what_it_did_and_where_to_look(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Sandbox.start(tmp_path) as sandbox:
        told = run_event(tmp_path, "fail", "--computer", "HDG-SRV08", "--message", "Disk gone", capsys=capsys)
        assert (
            "Plan 'Nightly image' of HDG-SRV08 (Harbour Dental Group) now reports Error: Disk gone." in told
        )
        assert f"What Halo holds: {sandbox.halo_root}/" in told
        assert "HDG-SRV08" in run_event(tmp_path, "list", capsys=capsys)
        done = json.loads(run_event(tmp_path, "succeed", "--computer", "HDG-SRV08", "--json", capsys=capsys))
        assert plan_status(sandbox, done["plan"]) in (0, "Success")
        assert "is down" in run_event(tmp_path, "halo-down", "--how", "dropped", capsys=capsys)
        assert sandbox.switches.down == "dropped"
        assert "up again" in run_event(tmp_path, "halo-up", capsys=capsys)


def test_the_command_says_what_it_cannot_do(tmp_path: Path) -> None:
    with Sandbox.start(tmp_path), pytest.raises(CommandError, match="There is no computer 'nobody'"):
        call_command("sandbox_event", "fail", "--computer", "nobody", "--state-dir", str(tmp_path))


@pytest.mark.parametrize("left_behind", [False, True])
def test_the_command_says_when_no_sandbox_runs(tmp_path: Path, left_behind: bool) -> None:
    if left_behind:
        (tmp_path / "running.json").write_text('{"halo_root": "http://127.0.0.1:9"}')
    with pytest.raises(CommandError, match=r"The sandbox is not running\. Start it with `make run`") as told:
        call_command("sandbox_event", "list", "--state-dir", str(tmp_path))
    assert told.value.returncode == 1


def test_the_sandbox_command_runs_until_it_is_told_to_stop(tmp_path: Path) -> None:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "sandbox", "--json", "--still"]
    ports = ["--halo-port", "0", "--msp360-port", "0", "--rmm-port", "0", "--state-dir", str(tmp_path)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    with subprocess.Popen(command + ports, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        addresses = json.loads(process.stdout.readline())
        assert requests.get(f"{addresses['halo_url']}/authinfo", timeout=5).status_code == 200
        assert requests.get(addresses["halo_root"], timeout=5).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    assert (tmp_path / "world.json").exists()
    assert not (tmp_path / "running.json").exists()


def test_a_person_works_in_halos_own_pages(sandbox: Sandbox) -> None:
    number = next(iter(sandbox.world.halo.tickets))
    for doing in ({"do": "note", "text": "Disk ordered."}, {"do": "close"}, {"do": "reopen", "status": 1}):
        assert control(sandbox, "person", {"ticket": number, **doing}).status_code == 200
    ticket = next(row for row in sandbox.tickets() if row["id"] == number)
    assert ticket["status_id"] == 1
    assert any("Disk ordered." in note["note"] for note in ticket["notes"])


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"do": "dance", "ticket": 1}, "`do` is one of close, reopen"),
        ({"do": "close", "ticket": "7"}, "`do` is one of close, reopen"),
        ({"do": "close", "ticket": 999_999}, "There is no ticket 999999."),
        ({"do": "close", "ticket": 1, "colour": "red"}, "unexpected keyword argument"),
    ],
)
def test_what_a_person_cannot_do_is_said(sandbox: Sandbox, sent: Any, sentence: str) -> None:
    answer = control(sandbox, "person", sent)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]
