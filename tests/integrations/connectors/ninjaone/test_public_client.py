"""A public client of NinjaOne's API, written by others, gets from the simulation what the connector gets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ninjapy import NinjaRMMClient

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.ninjaone.connector import NinjaOneConnector
from integrations.sandbox.ninjaone.constants import CLIENT_ID, CLIENT_SECRET
from integrations.sandbox.server import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def public(sandbox: Sandbox) -> Iterator[Any]:
    url = sandbox.url("ninjaone")
    client = NinjaRMMClient(
        token_url=f"{url}/ws/oauth/token",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        scope="monitoring",
        base_url=url,
    )
    yield client
    client.close()


@pytest.fixture
def ours(sandbox: Sandbox) -> NinjaOneConnector:
    credentials = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    return NinjaOneConnector(
        ConsoleAccess(sandbox.url("ninjaone"), credentials, allow_private=("127.0.0.1",))
    )


def test_both_see_the_same_organisations(public: Any, ours: NinjaOneConnector) -> None:
    theirs = {str(row["id"]): row["name"] for row in public.get_organizations()}
    assert {record.external_id: record.name for record in ours.fetch_companies()} == theirs
    assert len(theirs) > 20


def test_both_see_the_same_locations(public: Any, ours: NinjaOneConnector) -> None:
    theirs = {str(row["id"]) for row in public.list_locations()}
    found = {place.external_id for record in ours.fetch_companies() for place in record.locations}
    assert found == theirs


def test_both_see_the_same_approved_devices(public: Any, ours: NinjaOneConnector) -> None:
    theirs = {
        str(row["id"]): (row["systemName"], str(row["organizationId"]))
        for row in public.get_devices_detailed(page_size=1000)
        if row["approvalStatus"] == "APPROVED"
    }
    found = {
        record.external_id: (record.host_name, record.company_external_id)
        for record in ours.fetch_computers()
    }
    assert found.keys() == theirs.keys()
    assert {key: value for key, value in found.items() if theirs[key][0]} == {
        key: value for key, value in theirs.items() if value[0]
    }


def test_an_alert_that_one_sees_the_other_sees_and_its_reset_ends_it_for_both(
    sandbox: Sandbox, public: Any, ours: NinjaOneConnector
) -> None:
    uid = sandbox.event("ninjaone-alert")["alert"]
    assert uid in {alert["uid"] for alert in public.list_active_alerts()}
    assert uid in {event.series_key for event in ours.fetch_events()}

    public.reset_alert(uid)
    assert uid not in {alert["uid"] for alert in public.list_active_alerts()}
    assert uid not in {event.series_key for event in ours.fetch_events()}
