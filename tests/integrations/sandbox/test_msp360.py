"""The simulated MSP360 console and its RMM API."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
import requests

from integrations.sandbox import constants
from integrations.sandbox.life import NothingFound
from integrations.sandbox.server import Sandbox
from tests.integrations.sandbox.callers import Msp360Caller


def log_in(sandbox: Sandbox, body: Any) -> requests.Response:
    return requests.post(f"{sandbox.msp360_url}/api/Provider/Login", json=body, timeout=5)


def test_the_login_says_how_long_it_lasts_or_not(sandbox: Sandbox) -> None:
    body = {"UserName": constants.MSP360_LOGIN, "Password": constants.MSP360_PASSWORD}
    answer = log_in(sandbox, body).json()
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 1_209_600)
    sandbox.switches.change(msp360_expires_in=False)
    assert set(log_in(sandbox, body).json()) == {"access_token"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"UserName": "nobody", "Password": "wrong-password"}, 403),
        ({"UserName": "x", "Password": "y"}, 400),
        ({"UserName": "nobody"}, 400),
        ([], 400),
    ],
)
def test_a_bad_login_is_403_and_a_bad_body_400(sandbox: Sandbox, body: Any, status: int) -> None:
    assert log_in(sandbox, body).status_code == status


def test_a_call_without_token_or_with_an_old_one_is_401(sandbox: Sandbox, msp360: Msp360Caller) -> None:
    assert requests.get(f"{sandbox.msp360_url}/api/Companies", timeout=5).status_code == 401
    sandbox.clock.advance(1_209_601)
    assert msp360.get("Companies").status_code == 401


def test_there_are_twenty_five_companies_without_paging(sandbox: Sandbox, msp360: Msp360Caller) -> None:
    rows = msp360.read("Companies")
    assert len(rows) == len({row["Id"] for row in rows}) == 25
    assert msp360.read(f"Companies/{rows[0]['Id']}") == rows[0]
    assert len(msp360.read("Companies", skip=20, take=20)) == 5
    sandbox.switches.change(msp360_company_take=10)
    assert len(msp360.read("Companies")) == 10


def test_the_list_of_companies_can_be_empty_by_mistake(sandbox: Sandbox, msp360: Msp360Caller) -> None:
    sandbox.switches.change(msp360_empty_companies=True)
    assert msp360.read("Companies") == []


def test_computers_are_paged_in_the_path(msp360: Msp360Caller) -> None:
    first, last = msp360.read("Computers/0/200"), msp360.read("Computers/200/200")
    assert (first["Count"], first["StatusCode"]) == (300, 200)
    assert (len(first["Computers"]), len(last["Computers"])) == (200, 100)
    assert len({row["ComputerHID"] for row in first["Computers"] + last["Computers"]}) == 300


def test_ids_of_computers_come_with_and_without_braces_and_are_asked_for_without(
    msp360: Msp360Caller,
) -> None:
    rows = msp360.read("Computers/0/300")["Computers"]
    braced = next(row for row in rows if row["ComputerHID"].startswith("{"))
    assert any(not row["ComputerHID"].startswith("{") for row in rows)
    assert msp360.read(f"Computers/{braced['ComputerHID'].strip('{}')}") == braced
    assert msp360.read(f"Computers/{braced['ComputerHID']}") is None


def test_an_unknown_id_is_null_with_200(msp360: Msp360Caller) -> None:
    assert msp360.read("Computers/00000000-0000-4000-8000-000000000000") is None
    assert msp360.read("Companies/nonsense") is None


def test_a_computer_names_its_company_and_tells_nothing_of_its_hardware(msp360: Msp360Caller) -> None:
    rows = msp360.read("Computers/0/300")["Computers"]
    companies = {row["Name"] for row in msp360.read("Companies")}
    assert {row["CompanyName"] for row in rows} <= companies | {None, ""}
    assert sum(not row["CompanyName"] for row in rows) == 8
    assert not any(name for row in rows for name in row if name.startswith(("_", "serial", "Serial", "Mac")))
    assert all("T" in row["LastActivity"] and len(row["LastActivity"]) == 19 for row in rows)


def test_some_computers_have_neither_backup_nor_rmm_agent(msp360: Msp360Caller) -> None:
    rows = msp360.read("Computers/0/300")["Computers"]
    bare = [row for row in rows if [app["ApplicationId"] for app in row["Apps"]] == ["ra"]]
    assert 5 < len(bare) < 40
    assert not any(row["HasBackupApp"] or row["RemoteManagementAvailable"] for row in bare)


def test_computers_can_be_filtered(msp360: Msp360Caller) -> None:
    company = msp360.read("Companies", name="harbour")[0]
    rows = msp360.read("Computers/0/300", companyId=company["Id"])["Computers"]
    assert {row["CompanyName"] for row in rows} == {company["Name"]}
    assert msp360.read("Computers/0/300", search="büro")["Count"] == 1
    online = msp360.read("Computers/0/300", online="false")["Computers"]
    assert not any(app["Online"] for row in online for app in row["Apps"])


def test_licences_name_computer_and_account_but_no_id(msp360: Msp360Caller) -> None:
    rows = msp360.read("Licenses")
    computers = {(row["ComputerName"], row["UserID"]) for row in msp360.read("Computers/0/300")["Computers"]}
    assert {(row["ComputerName"], row["UserID"]) for row in rows if row["IsTaken"]} <= computers
    assert [row["IsTaken"] for row in msp360.read("Licenses", isAvailable="true")] == [False] * 6
    assert {"Desktop", "Server", "MS SQL Server"} <= {row["LicenseType"] for row in rows}
    assert msp360.read(f"Licenses/{rows[0]['ID']}") == rows[0]


def test_accounts_belong_to_companies_by_name(msp360: Msp360Caller) -> None:
    rows = msp360.read("Users")
    assert {row["Company"] for row in rows} == {row["Name"] for row in msp360.read("Companies")}
    assert msp360.read(f"Users/{rows[0]['ID']}")["Email"] == rows[0]["Email"]
    assert len(msp360.read(f"Users/{rows[0]['ID']}/Computers")) == 33


def test_statuses_and_kinds_of_plans_come_as_number_and_as_name(msp360: Msp360Caller) -> None:
    rows = msp360.read("Monitoring")
    assert {type(row["Status"]) for row in rows} == {int, str}
    assert {type(row["PlanType"]) for row in rows} == {int, str}
    assert {row["LastStart"].endswith("Z") for row in rows} == {True, False}
    assert 0 < sum("PlanId" not in row for row in rows) < 30
    failing = [row for row in rows if row["Status"] not in (0, "Success", 3, "Running", 4, "Unknown")]
    assert 6 <= len(failing) <= 8
    assert all(row["ErrorMessage"] for row in failing)


def test_the_statistics_of_a_computer_fit_its_plans(sandbox: Sandbox, msp360: Msp360Caller) -> None:
    done = sandbox.event("fail", computer="HDG-SRV08")
    row = next(
        row for row in msp360.read("Computers/0/300")["Computers"] if row["ComputerName"] == "HDG-SRV08"
    )
    assert row["BackupStats"]["TotalFailedCount"] == 1
    assert row["BackupStats"]["PlansCount"] == 2
    mine = [plan for plan in msp360.read(f"Monitoring/{row['UserID']}") if plan.get("PlanId") == done["plan"]]
    assert [plan["Status"] for plan in mine] in ([2], ["Error"])


def test_the_list_of_plans_can_break_off_unnoticed(sandbox: Sandbox, msp360: Msp360Caller) -> None:
    sandbox.switches.change(msp360_short_monitoring=10)
    assert len(msp360.read("Monitoring")) == 10


def test_an_error_can_be_a_plain_text_with_200(sandbox: Sandbox, msp360: Msp360Caller) -> None:
    sandbox.switches.change(msp360_text_error=True)
    answer = msp360.get("Companies")
    assert answer.status_code == 200
    assert answer.text.startswith("An error occurred")


def test_who_accepts_xml_only_gets_xml(msp360: Msp360Caller) -> None:
    answer = msp360.get("Companies", accept="application/xml")
    assert answer.headers["Content-Type"].startswith("application/xml")
    assert len(ElementTree.fromstring(answer.content)) == 25
    assert len(msp360.get("Companies", accept="*/*").json()) == 25


def test_other_paths_and_methods_are_refused(sandbox: Sandbox, msp360: Msp360Caller) -> None:
    assert msp360.get("Nonsense").status_code == 404
    headers = {"Authorization": f"Bearer {msp360.token}"}
    answer = requests.post(f"{sandbox.msp360_url}/api/Companies", json={}, headers=headers, timeout=5)
    assert answer.status_code == 405
    assert requests.get(f"{sandbox.msp360_url}/other", timeout=5).status_code == 404


def read_rmm(
    sandbox: Sandbox, path: str, token: str = constants.RMM_TOKEN, **params: Any
) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{sandbox.rmm_url}/api/v1/{path}", params=params, headers=headers, timeout=5)


def test_the_rmm_knows_the_hardware_of_a_computer(sandbox: Sandbox) -> None:
    hid, known = next(iter(sandbox.world.console.hosts.items()))
    answer = read_rmm(sandbox, f"computers/{hid}/stat/host/latest").json()
    (entry,) = answer["data"]
    assert entry["header"]["hid"] == hid
    (host,) = entry["data"]
    assert host["serialNumber"] == known["serialNumber"]
    assert host["network"]["macAddress"] == known["macAddress"]
    assert host["manufactured"] == known["manufactured"]
    assert isinstance(host["totalPhysicalMemory"], str)


def test_a_computer_without_rmm_agent_has_no_record(sandbox: Sandbox) -> None:
    hid = next(hid for hid in sandbox.world.console.computers if hid not in sandbox.world.console.hosts)
    assert read_rmm(sandbox, f"computers/{hid}/stat/host/latest").json() == {
        "data": [],
        "aggregations": None,
        "total": 0,
    }


def test_the_fleet_of_the_rmm_does_not_say_whose_a_record_is(sandbox: Sandbox) -> None:
    answer = read_rmm(sandbox, "computers/stat/host/latest", pageNumber=1, pageSize=50).json()
    assert (len(answer["items"]), answer["pageNumber"]) == (50, 1)
    assert answer["total"] == len(sandbox.world.console.hosts)
    assert not any("hid" in item for item in answer["items"])


def alerts_of(sandbox: Sandbox, hid: str) -> Any:
    (entry,) = read_rmm(sandbox, f"computers/{hid}/stat/summary/latest").json()["data"]
    assert entry["header"]["hid"] == hid
    return entry["data"][0]["alerts"]


def test_a_summary_tells_the_alerts_of_its_computer(sandbox: Sandbox) -> None:
    done = sandbox.event("msp360-alert", computer="HDG-SRV08", alert="smart", message="Disk 1 <fails>")
    (alert,) = [row for row in alerts_of(sandbox, done["hid"]) if row["alertId"] == done["alert"]]
    (entry,) = read_rmm(sandbox, f"computers/{done['hid']}/stat/summary/latest").json()["data"]

    assert (alert["type"], alert["state"], alert["message"]) == ("S.M.A.R.T.", "Problem", "Disk 1 <fails>")
    assert (alert["endUtcTime"], alert["isLiveAlert"], alert["isNewAlert"]) == (None, True, True)
    assert alert["beginUtcTime"].endswith("Z")
    assert not any(name.startswith("_") for name in alert)
    assert entry["data"][0]["computerState"] == "Problem"


@pytest.mark.parametrize(
    ("how", "left", "ended"), [("time", 1, True), ("flag", 1, False), ("gone", 0, False)]
)
def test_an_alert_that_is_over_tells_it_by_its_time_or_the_flag_or_is_gone(
    sandbox: Sandbox, how: str, left: int, ended: bool
) -> None:
    sandbox.switches.change(msp360_alert_end=how)
    done = sandbox.event("msp360-alert")
    over = sandbox.event("msp360-alert-over")
    found = [row for row in alerts_of(sandbox, done["hid"]) if row["alertId"] == over["alert"]]

    assert over["alert"] == done["alert"]
    assert [(row["isLiveAlert"], row["endUtcTime"] is not None) for row in found] == [(False, ended)] * left


def test_a_summary_without_alerts_holds_an_empty_list_or_null(sandbox: Sandbox) -> None:
    world = sandbox.world.console
    quiet = next(hid for hid in world.hosts if hid not in {row["_hid"] for row in world.alerts.values()})
    assert alerts_of(sandbox, quiet) == []
    sandbox.switches.change(msp360_null_alerts=True)
    assert alerts_of(sandbox, quiet) is None


def test_there_are_live_alerts_at_first_and_one_that_is_over(sandbox: Sandbox) -> None:
    rows = list(sandbox.world.console.alerts.values())
    assert [row["isLiveAlert"] for row in rows] == [True] * 7 + [False]
    assert {row["_hid"] for row in rows} <= sandbox.world.console.hosts.keys()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"alert": "flood"}, "There is no alert 'flood'; there are: disk, cpu, "),
        ({"computer": "nobody"}, "There is no computer 'nobody'"),
    ],
)
def test_what_can_not_begin_is_told(sandbox: Sandbox, asked: dict[str, str], told: str) -> None:
    with pytest.raises(NothingFound, match=told):
        sandbox.event("msp360-alert", **asked)


def test_no_alert_begins_where_no_agent_is_and_none_ends_twice(sandbox: Sandbox) -> None:
    world = sandbox.world.console
    bare = next(hid for hid in world.computers if hid not in world.hosts)
    with pytest.raises(NothingFound, match="No RMM agent"):
        sandbox.event("msp360-alert", computer=bare)
    for _ in range(7):
        sandbox.event("msp360-alert-over")
    with pytest.raises(NothingFound, match="no such alert"):
        sandbox.event("msp360-alert-over")


def test_a_removed_computer_takes_its_alerts_along(sandbox: Sandbox) -> None:
    done = sandbox.event("msp360-alert", computer="HDG-SRV08")
    sandbox.event("remove-computer", computer="HDG-SRV08")
    assert done["alert"] not in sandbox.world.console.alerts
    again = sandbox.event("msp360-alert")
    assert again["alert"] in sandbox.world.console.alerts


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        ("computers/x/stat/host/latest", "wrong", 401),
        ("computers/x/stat/nonsense/latest", constants.RMM_TOKEN, 404),
        ("other", constants.RMM_TOKEN, 404),
    ],
)
def test_the_rmm_refuses(sandbox: Sandbox, path: str, token: str, status: int) -> None:
    assert read_rmm(sandbox, path, token).status_code == status
