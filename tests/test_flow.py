"""The tour of the README as one test: real processes, real HTTP, from an empty folder to a closed ticket.

It starts everything as `make run` does and then only uses what a program may use: the REST API, the
sandbox's own command, and the page on which the simulated HaloPSA shows what it holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from integrations.sync.names import normalise_name
from tests.installation import Installation, wait_until

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with Installation(tmp_path_factory.mktemp("bridge")) as installation:
        installation.serve()
        installation.sign_in()
        yield installation


def only(rows: list[Any]) -> Any:
    assert len(rows) == 1, rows
    return rows[0]


def synced(bridge: Installation) -> tuple[Any, Any]:
    """The sandbox's credential and console, once both have been tested and read."""

    def both() -> tuple[Any, Any] | None:
        credentials, consoles = bridge.rows("halo-credentials/"), bridge.rows("consoles/")
        kinds = {run["kind"] for run in bridge.rows("runs/", state="succeeded")}
        ready = {"sync_halo", "sync_console", "events"} <= kinds
        return (only(credentials), only(consoles)) if ready else None

    found: tuple[Any, Any] = wait_until(both, 120, "the first test and sync of both sides")
    return found


def map_companies(bridge: Installation, console: Any) -> int:
    """Accept every company whose normalised name only one client has."""
    by_name: dict[str, list[Any]] = {}
    for client in bridge.rows("halo-clients/", active="true"):
        by_name.setdefault(normalise_name(client["name"]), []).append(client)
    mapped = 0
    for company in bridge.rows("companies/", console=console["id"], active="true"):
        found = by_name.get(normalise_name(company["name"]), [])
        if len(found) == 1:
            bridge.post("company-mappings/", {"company": company["id"], "halo_client": found[0]["id"]})
            mapped += 1
    return mapped


def map_products(bridge: Installation, credential: Any, console: Any) -> None:
    types = {row["name"]: row["halo_id"] for row in bridge.rows("halo-options/", kind="asset_type")}
    server, workstation = types["Server"], types["Workstation"]
    products = {product for row in bridge.rows("computers/") for product in row["products"]}
    assert products
    for product in sorted(products):
        bridge.post(
            "product-mappings/",
            {
                "console": console["id"],
                "product": product,
                "halo_credential": credential["id"],
                "asset_type": int(workstation if product in {"Desktop", "File Backup"} else server),
            },
        )


def option(bridge: Installation, kind: str, name: str = "", parent: str = "") -> int:
    rows = [
        row
        for row in bridge.rows("halo-options/", kind=kind, active="true")
        if (not name or row["name"] == name) and (not parent or row["parent"] == parent)
    ]
    assert rows, f"no {kind} called {name!r}"
    return int(rows[0]["halo_id"])


def halo(bridge: Installation) -> Any:
    """What the simulated HaloPSA holds, read from the other side."""
    return requests.get(f"{bridge.halo_page}/_control/world", timeout=10).json()


def test_the_tour(bridge: Installation) -> None:
    credential, console = synced(bridge)
    assert len(bridge.rows("companies/")) == 25
    assert len(bridge.rows("computers/")) == 300

    # Companies, default asset types.
    assert map_companies(bridge, console) >= 15
    map_products(bridge, credential, console)
    bridge.wait_for_quiet()

    # Preview, then export.
    before = len(halo(bridge)["assets"])
    plan = bridge.post("plans/", {"kind": "assets", "console": console["id"], "company": None})
    plan = wait_until(
        lambda: (row := bridge.get(f"plans/{plan['id']}/"))["state"] == "ready" and row, 60, "the preview"
    )
    assert plan["counts"]["create"] > 100
    run = bridge.post(f"plans/{plan['id']}/apply/", {"checksum": plan["checksum"]})
    run = bridge.wait_for_run(run["id"])
    created = run["totals"]["created"]
    print(f"\n{created} assets created; calls {run['calls']}, lower bound {run['lower_bound']}")
    assert run["state"] == "succeeded", run
    assert created == plan["counts"]["create"]
    assert len(halo(bridge)["assets"]) == before + created
    assert run["calls"] <= 30

    # A second preview has nothing to do.
    second = bridge.post("plans/", {"kind": "assets", "console": console["id"], "company": None})
    second = wait_until(
        lambda: (row := bridge.get(f"plans/{second['id']}/"))["state"] == "ready" and row, 60, "the preview"
    )
    assert second["counts"].get("create", 0) == 0
    assert second["counts"].get("update", 0) == 0

    # What is failing already when tickets are switched on is the baseline.
    switch_tickets_on(bridge, credential)
    bridge.wait_for_quiet()
    assert bridge.rows("tickets/") == []

    # A backup fails and becomes one ticket; it succeeds and the ticket is closed.
    failing = pick_computer(bridge)
    bridge.sandbox_event("fail", "--computer", failing["name"])
    events_now(bridge, console)
    ticket = wait_until(lambda: (rows := bridge.rows("tickets/", state="open")) and rows[0], 30, "the ticket")
    seen = next(row for row in halo(bridge)["tickets"] if row["id"] == ticket["halo_id"])
    assert failing["name"] in seen["summary"]
    assert seen["supplier_reference"] == ticket["marker"]
    assert seen["assets"]

    bridge.sandbox_event("succeed", "--computer", failing["name"])
    events_now(bridge, console)
    wait_until(lambda: bridge.get(f"tickets/{ticket['id']}/")["state"] == "closed", 30, "the closing")
    world = halo(bridge)
    closed = next(row for row in world["tickets"] if row["id"] == ticket["halo_id"])
    assert closed["hasbeenclosed"]
    ours = [row for row in world["tickets"] if row["supplier_reference"] == ticket["marker"]]
    assert len(ours) == 1
    assert world["mails"] == []


def switch_tickets_on(bridge: Installation, credential: Any) -> None:
    backup = [row["key"] for row in bridge.rows("event-types/") if row["category"] == "Backup"]
    event_set = bridge.post("event-sets/", {"name": "Backup problems", "event_types": backup})
    sla = option(bridge, "sla")
    profile = bridge.post(
        "integration-profiles/",
        {
            "name": "Backup tickets",
            "halo_credential": credential["id"],
            "ticket_type": option(bridge, "ticket_type", "Alert"),
            "status_open": option(bridge, "status", "New"),
            "status_closed": option(bridge, "status", "Closed"),
            "sla": sla,
            "priority": option(bridge, "priority", parent=str(sla)),
            "team": option(bridge, "team"),
            "impact": option(bridge, "impact"),
            "urgency": option(bridge, "urgency"),
            "event_set": event_set["id"],
        },
    )
    for mapping in bridge.rows("company-mappings/"):
        bridge.post(
            "ticket-rules/",
            {
                "company_mapping": mapping["id"],
                "event_set": event_set["id"],
                "profile": profile["id"],
                "position": 1,
            },
        )
        bridge.call("PATCH", f"company-mappings/{mapping['id']}/", {"create_tickets": True})


def pick_computer(bridge: Installation) -> Any:
    """A computer with an asset, of a mapped company, whose backup is fine at the moment."""
    open_alerts = {row["computer"] for row in bridge.rows("alerts/", state="open")}
    mapped = {row["computer"] for row in bridge.rows("computer-mappings/") if row["halo_asset"]}
    names: dict[str, int] = {}
    computers = bridge.rows("computers/")
    for row in computers:
        names[row["name"]] = names.get(row["name"], 0) + 1
    with_plans = {row["computer"] for row in bridge.rows("events/")}
    for row in computers:
        plain = row["name"].isascii() and " " not in row["name"] and names[row["name"]] == 1
        if row["id"] in mapped and row["id"] not in open_alerts and plain and row["id"] in with_plans:
            return row
    raise AssertionError("no computer fits")


def events_now(bridge: Installation, console: Any) -> None:
    run = bridge.post(f"consoles/{console['id']}/events/")
    assert bridge.wait_for_run(run["id"])["state"] == "succeeded"


def test_a_second_full_sync_with_nothing_changed_writes_nothing(bridge: Installation) -> None:
    credential, console = synced(bridge)
    # Five full reads within one window: more than the mirror's share of the usual limit.
    bridge.call("PATCH", f"halo-credentials/{credential['id']}/", {"budget_calls": 1000})
    bridge.wait_for_quiet()
    before = halo(bridge)
    for path in (f"halo-credentials/{credential['id']}/sync/", f"consoles/{console['id']}/sync/"):
        bridge.wait_for_run(bridge.post(path)["id"])
    rounds = [
        bridge.wait_for_run(bridge.post(path)["id"])
        for path in (f"halo-credentials/{credential['id']}/sync/", f"consoles/{console['id']}/sync/")
    ]
    assert halo(bridge)["writes"] == before["writes"]
    for run in rounds:
        changed = {
            what: number
            for what, number in run["totals"].items()
            if number and what.split()[-1] in {"created", "updated", "gone"}
        }
        assert changed == {}, changed
