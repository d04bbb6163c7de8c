"""System events, audits and vulnerabilities of ConnectSecure: whose they are, and what belongs together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.connectors.connectsecure.connector import ConnectSecureConnector
from integrations.connectors.connectsecure.parse import events
from integrations.records import CompanyRecord, EventRecord


def make_fleet(*assets: dict[str, Any]) -> events.Fleet:
    fleet = events.Fleet({"412": CompanyRecord("412", "Harbour"), "418": CompanyRecord("418", "Café")})
    for row in assets:
        fleet.add({"company_id": 412, **row}, is_counted=not row.get("is_deprecated"))
    return fleet


def make_event(**fields: Any) -> dict[str, Any]:
    usual = {"id": 1, "event_id": "port:412:7:3389", "event_name": "New Open Port Discovered (Probe Scan)"}
    times = {"created": "2026-03-04T05:00:00Z", "updated": "2026-03-04T06:00:00Z"}
    return {**usual, **times, "category_name": "System Changes", "status": "open", **fields}


def told(row: dict[str, Any]) -> EventRecord:
    found = events.system_event(row, events.own_place(row, make_fleet()), UTC)
    assert found is not None
    return found


def audited(row: dict[str, Any], fleet: events.Fleet | None = None) -> EventRecord:
    found = events.ad_audit({"id": 5, "company_id": 412, **row}, fleet or make_fleet(), UTC)
    assert found is not None
    return found


# ---- what belongs together ------------------------------------------------------------------


def test_a_port_that_opens_and_closes_is_one_series() -> None:
    opened, closed = (
        told(make_event()),
        told(make_event(id=2, event_id="closed:412:7:3389", event_name="Port closed")),
    )

    assert opened.series_key == closed.series_key == "port:412:7:3389"
    assert (opened.state, closed.state) == ("open", "resolved")
    assert opened.external_id != closed.external_id


@pytest.mark.parametrize("name", ["Probe Went Down", "Server Agent Went Down", "Agent offline"])
def test_an_agent_that_is_back_ends_each_way_of_being_down(name: str) -> None:
    down = told(make_event(event_id="down:412:7", event_name=name))
    back = told(make_event(id=2, event_id="back:412:7", event_name="Agent back online"))

    assert down.series_key == back.series_key == "agent.down:412:7"


def test_a_condition_that_names_nothing_is_a_series_by_itself() -> None:
    first, again = told(make_event(event_id="abc")), told(make_event(id=2, event_id="abc", status="closed"))

    assert first.series_key == again.series_key == "event:abc"
    assert (again.state, again.occurred_at) == ("resolved", datetime(2026, 3, 4, 6, tzinfo=UTC))


def test_an_event_without_a_condition_is_known_by_its_row() -> None:
    assert told(make_event(event_id=None)).series_key == "event:row 1"


def test_an_endless_condition_still_fits_into_a_key() -> None:
    assert len(told(make_event(event_id="x" * 1000)).series_key) < 200


@pytest.mark.parametrize("row", [make_event(id=None), make_event(event_name="Remediation by Asset")])
def test_no_id_and_no_news_make_no_event(row: dict[str, Any]) -> None:
    assert events.system_event(row, events.Place(), UTC) is None


def test_every_series_of_a_history_is_declared_as_one() -> None:
    entra = events.entra_audit({"id": 3}, UTC)
    assert entra is not None
    found = [
        told(make_event()),
        told(make_event(event_id="abc")),
        told(make_event(event_id="d:1:2", event_name="Probe Went Down")),
        audited({}),
        entra,
    ]

    assert all(event.series_key.startswith(ConnectSecureConnector.histories) for event in found)
    assert not any(event.series_key.startswith(ConnectSecureConnector.histories) for event in risks())


# ---- whose it is ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"company_id": 418, "asset_id": 9}, events.Place("418", "9")),
        ({"event_id": "x", "tickets": [{"company_id": 418, "asset_ids": [4]}]}, events.Place("418", "4")),
        ({"event_id": "x", "tickets": [{"company_id": 418, "asset_ids": [4, 5]}]}, events.Place("418", None)),
        ({"event_id": "x", "tickets": [17]}, events.Place()),
        ({}, events.Place("412", "7")),
        ({"event_id": "port:999:7:3389"}, events.Place()),
        ({"event_id": "only words"}, events.Place()),
        ({"event_id": None}, events.Place()),
    ],
)
def test_an_event_belongs_to_whom_its_columns_tickets_or_condition_name(
    fields: dict[str, Any], place: events.Place
) -> None:
    assert events.own_place(make_event(**fields), make_fleet()) == place


def test_an_audit_entry_finds_its_domain_controller_by_the_host_name() -> None:
    fleet = make_fleet({"id": 90213, "host_name": "HDG-DC01"})

    assert audited({"computer_name": "hdg-dc01.harbour.local"}, fleet).computer_external_id == "90213"
    assert audited({"computer_name": "OTHER"}, fleet).computer_external_id is None
    assert audited({"company_id": 418, "computer_name": "HDG-DC01"}, fleet).computer_external_id is None


def test_a_host_name_that_two_assets_share_names_none() -> None:
    fleet = make_fleet(*({"id": number, "host_name": "DC"} for number in (1, 2, 3)))

    assert audited({"computer_name": "DC"}, fleet).computer_external_id is None


# ---- audits ---------------------------------------------------------------------------------


def test_each_audit_entry_is_an_alert_of_its_own() -> None:
    first, second = audited({"event_id": 4740}), audited({"id": 6, "event_id": "4740"})

    assert (first.series_key, second.series_key) == ("ad:5", "ad:6")
    assert {first.state, second.state} == {"open"}
    assert first.vendor_code == "4740"


def test_an_audit_entry_says_who_did_what_to_whom() -> None:
    found = audited(
        {
            "event_id": "4740",
            "description": "A user account was locked out",
            "subject_user_name": "DC$",
            "subject_user_domain": "HARBOUR",
            "target_user_name": "m.keller",
            "datetime": "2026-03-04T07:02:44Z",
        }
    )

    assert found.title == "A user account was locked out – m.keller"
    assert "By: HARBOUR\\DC$\nTarget: m.keller" in found.message
    assert found.occurred_at == datetime(2026, 3, 4, 7, 2, 44, tzinfo=UTC)


def test_an_audit_entry_without_anything_is_still_told() -> None:
    found = audited({"company_id": None})

    assert (found.event_type, found.title, found.occurred_at) == ("ad.other", "Other AD audit event", None)
    assert events.ad_audit({}, make_fleet(), UTC) is None
    assert events.entra_audit({}, UTC) is None


# ---- vulnerabilities ------------------------------------------------------------------------


def risks(*assets: dict[str, Any]) -> list[EventRecord]:
    return list(make_fleet(*assets, {"id": 1, "critical": 2, "low": 0, "cisa_vul": "1"}).risks())


def test_vulnerabilities_are_summed_by_company_and_severity() -> None:
    found = {event.series_key: event for event in risks({"id": 2, "critical": 3, "high": None})}

    assert set(found) == {"vuln.cisa:412", "vuln.critical:412"}
    assert found["vuln.critical:412"].raw == {"vulnerabilities": 5, "assets": 2}
    assert found["vuln.cisa:412"].severity == "critical"


def test_deprecated_assets_and_nonsense_do_not_count() -> None:
    odd = (
        {"id": 2, "critical": 9, "is_deprecated": True},
        {"id": 3, "critical": -4},
        {"id": 4, "critical": "many"},
    )
    (cisa, critical) = risks(*odd)

    assert critical.raw["vulnerabilities"] == 2
    assert cisa.company_external_id == "412"
