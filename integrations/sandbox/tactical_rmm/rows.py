"""Clients, agents and alerts as Tactical RMM shows them: names in the place of ids, odd words for nothing."""

from __future__ import annotations

from integrations.sandbox.moments import at
from integrations.sandbox.tactical_rmm.world import TacticalWorld
from integrations.sandbox.world import Row

_FAILING = {"error": False, "warning": False}


def client(tactical: TacticalWorld, row: Row) -> Row:
    counts: dict[int, int] = {}
    for one in tactical.agents.values():
        counts[one["_site"]] = counts.get(one["_site"], 0) + 1
    sites = [
        {**_site(row, found), "agent_count": counts.get(found["id"], 0)}
        for found in tactical.sites.values()
        if found["client"] == row["id"]
    ]
    return {
        **row,
        "server_policy": None,
        "workstation_policy": None,
        "alert_template": None,
        "block_policy_inheritance": False,
        "sites": sites,
        "custom_fields": [],
        "agent_count": sum(found["agent_count"] for found in sites),
        "maintenance_mode": False,
        "failing_checks": _FAILING,
    }


def _site(owner: Row, row: Row) -> Row:
    return {
        **row,
        "client_name": owner["name"],
        "maintenance_mode": False,
        "custom_fields": [],
        "failing_checks": _FAILING,
    }


def agent(tactical: TacticalWorld, row: Row, *, old_times: bool = False) -> Row:
    """A row of the list."""
    site = tactical.sites[str(row["_site"])]
    shown = {name: value for name, value in row.items() if not name.startswith("_")}
    failing = [one for one in tactical.alerts.values() if _fails(one, row)]
    return {
        **shown,
        "client_name": tactical.clients[str(site["client"])]["name"],
        "site_name": site["name"],
        "last_seen": time(row["last_seen"], old_times),
        "description": "",
        "needs_reboot": False,
        "pending_actions_count": 0,
        "boot_time": 1772161200.0,
        "checks": {"total": 6, "failing": len(failing), "has_failing_checks": bool(failing)},
        "goarch": "amd64",
        "public_ip": "203.0.113.20",
        "local_ips": row["_ip"] if row["plat"] != "darwin" else "error getting local ips",
        "cpu_model": ["Xeon E-2314"],
        "physical_disks": ["SSD 480GB SATA"],
        "custom_fields": [],
        "policy": None,
        "alert_template": None,
    }


def _fails(alert: Row, row: Row) -> bool:
    return alert["agent_id"] == row["agent_id"] and alert["alert_type"] == "check" and not alert["resolved"]


def short_agent(tactical: TacticalWorld, row: Row) -> Row:
    """A row of the list without details."""
    found = agent(tactical, row)
    return {
        "id": row["_number"],
        "hostname": row["hostname"],
        "agent_id": row["agent_id"],
        "client": found["client_name"],
        "site": found["site_name"],
    }


def full_agent(tactical: TacticalWorld, row: Row) -> Row:
    """The full record; hardware addresses in the way of Windows, and only there."""
    found = agent(tactical, row)
    details: Row = {"cpus": []}
    if row["plat"] == "windows":
        miniport = [{"IPAddress": None}, {"MACAddress": "20:41:53:59:4E:FF"}]
        details = {"network_config": [miniport, [{"IPAddress": [row["_ip"]]}, {"MACAddress": row["_mac"]}]]}
    return {
        **found,
        "id": row["_number"],
        "client": found["client_name"],
        "total_ram": 16,
        "services": [],
        "disks": [],
        "wmi_detail": details,
    }


def alert(tactical: TacticalWorld, row: Row, *, old_times: bool = False) -> Row:
    owner = tactical.agents[row["agent_id"]]
    named = agent(tactical, owner)
    shown = {name: value for name, value in row.items() if not name.startswith("_")}
    return {
        **shown,
        "agent": owner["_number"],
        "hostname": owner["hostname"],
        "client": named["client_name"],
        "site": named["site_name"],
        "alert_time": time(row["alert_time"]),
        "resolved_on": time(row["resolved_on"], old_times) if row["resolved_on"] else None,
        "snooze_until": time(row["snooze_until"]) if row["snooze_until"] else None,
        "email_sent": None,
        "resolved_email_sent": None,
        "sms_sent": None,
        "action_run": None,
        "action_retcode": None,
    }


def time(stamp: str, old: bool = False) -> str:
    """As it is stored, or as servers before 2022 wrote it."""
    return at(stamp).strftime("%b-%d-%Y - %H:%M") if old else stamp
