"""`manage.py probe` describes live systems: it only reads, and its report names nobody."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from integrations.sandbox.ninjaone.constants import CLIENT_ID, CLIENT_SECRET
from integrations.sandbox.ninjaone.world import NinjaOneWorld
from integrations.sandbox.server import Sandbox
from tests.connected import connect_console, connect_halo

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


def probe(*arguments: str) -> list[dict[str, Any]]:
    out = io.StringIO()
    call_command("probe", "--json", *arguments, stdout=out)
    found: list[dict[str, Any]] = json.loads(out.getvalue())
    return found


def answers(report: dict[str, Any]) -> dict[str, str]:
    return {row["question"]: row["answer"] for row in report["answers"]}


def connect_ninja(sandbox: Sandbox) -> None:
    connect_console(
        sandbox,
        name="Ninja of Kestrel IT",
        kind="ninjaone",
        base_url=sandbox.url("ninjaone"),
        credentials={"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET},
    )


def test_the_open_questions_about_halo_are_answered_by_reading(sandbox: Sandbox) -> None:
    connect_halo(sandbox)
    writes = len(sandbox.halo.writes)
    [report] = probe()

    found = answers(report)
    held = sum(not row["inactive"] for row in sandbox.world.halo.assets.values())
    assert f"{held} rows came, record_count says {held}" in found["1. Largest page of /Asset"]
    assert found["3. GET /Asset without its scope"] == "Forbidden, status 403."
    assert found["14. Does /Agent answer an array or an envelope?"].startswith("200: an array")
    assert found["5. Are customfields merged or replaced when partly sent?"].startswith("Not asked")
    assert len(sandbox.halo.writes) == writes


def test_another_halo_gives_other_answers(sandbox: Sandbox) -> None:
    connect_halo(sandbox)
    sandbox.switches.change(scope_failure_status=401, agent_envelope=True, page_size_cap=50)
    found = answers(probe()[0])

    assert "50 rows came" in found["1. Largest page of /Asset"]
    assert found["3. GET /Asset without its scope"] == "Unauthorised, status 401."
    assert "an object with the lists" in found["14. Does /Agent answer an array or an envelope?"]


def test_the_stored_token_of_the_credential_stays_as_it_is(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox)
    before = credential.access_token
    probe()
    credential.refresh_from_db()
    assert credential.access_token == before
    assert "read:customers" not in {credential.granted_scopes}


def test_a_console_tells_its_codes_and_the_shape_of_its_answers(sandbox: Sandbox) -> None:
    connect_ninja(sandbox)
    [report] = probe()

    assert report["about"] == "NinjaOne 1"
    assert "WINDOWS_SERVER" in answers(report)["Node classes"]
    requests = {row["request"]: row for row in report["requests"]}
    devices = requests["GET /v2/devices-detailed"]
    assert devices["shape"]["[].id"].startswith("number")
    assert "number" in devices["shape"]["[].lastContact"]


def test_the_report_names_nobody(sandbox: Sandbox) -> None:
    connect_halo(sandbox)
    connect_console(sandbox, rmm=True)
    connect_ninja(sandbox)
    text = json.dumps(probe(), ensure_ascii=False)

    world, ninja = sandbox.world, sandbox.world.of(NinjaOneWorld)
    private = [
        *(row["Name"].strip() for row in world.console.companies.values()),
        *(row["ComputerName"].strip() for row in world.console.computers.values()),
        *(host["serialNumber"] for host in world.console.hosts.values()),
        *(row["name"] for row in ninja.organisations.values()),
        *(row["systemName"] for row in ninja.devices.values() if row["systemName"]),
        *world.console.computers,
        "Kestrel",
        CLIENT_SECRET,
        sandbox.url("ninjaone"),
    ]
    # Some serial numbers are junk that is a word of this report, too.
    assert [word for word in private if len(word) > 4 and word in text] == []
    assert "access_token" not in text


def test_a_system_that_cannot_be_read_fails_alone(sandbox: Sandbox) -> None:
    connect_console(sandbox, password="wrong")
    connect_ninja(sandbox)
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("probe", "--json", stdout=out)

    assert ended.value.code == 1
    failed = {report["about"]: report["failed"] for report in json.loads(out.getvalue())}
    assert failed["NinjaOne 1"] == ""
    assert any(sentence for about, sentence in failed.items() if about != "NinjaOne 1")


def test_it_is_written_to_a_file_as_text(sandbox: Sandbox, tmp_path: Path) -> None:
    connect_ninja(sandbox)
    path, out = tmp_path / "report.txt", io.StringIO()
    call_command("probe", "--output", str(path), stdout=out)

    assert "read it before you send it" in out.getvalue()
    assert path.read_text(encoding="utf-8").startswith("=== NinjaOne 1 ===\nReading companies\n")
    with pytest.raises(CommandError, match="could not be written"):
        call_command("probe", "--output", str(tmp_path / "none" / "report.txt"), stdout=out)


def test_with_nothing_connected_it_says_so() -> None:
    with pytest.raises(CommandError, match="no enabled"):
        call_command("probe")
