"""Alerts of the simulated Tactical RMM: how they begin and end. Nothing here locks: whoever calls does."""

from __future__ import annotations

from integrations.sandbox.tactical_rmm.world import TacticalWorld
from integrations.sandbox.world import Row

KINDS: dict[str, tuple[str, str, str]] = {
    # kind: (alert type, severity, words)
    "availability": ("availability", "error", "{host} in {client}, {site} is overdue."),
    "diskspace": (
        "check",
        "warning",
        "{host} has a diskspace check: Disk Space: Drive C: that failed.",
    ),
    "cpuload": ("check", "warning", "{host} has a cpuload check: CPU Load Check that failed."),
    "memory": ("check", "warning", "{host} has a memory check: Memory Check that failed."),
    "winsvc": ("check", "error", "{host} has a winsvc check: Service Check - Print Spooler that failed."),
    "ping": ("check", "info", "{host} has a ping check: Ping Check: Gateway that failed."),
    "script": ("check", "error", "{host} has a script check: Script Check: Backup agent that failed."),
    "eventlog": ("check", "info", "{host} has a eventlog check: Event Log Check: Disk errors that failed."),
    "task": ("task", "warning", "{host} has task: Nightly copy that failed."),
    "custom": ("custom", "info", "Somebody has reported {host}."),
}
_FIRST_ALERT = 5100
_PLACES = list(KINDS)


def cause_of(agent: Row, kind: str) -> int:
    """The id of the agent's check or task of this kind; always the same."""
    return int(agent["_number"]) * 10 + _PLACES.index(kind)


def open_alert(
    tactical: TacticalWorld, agent: Row, kind: str, now: str, *, hidden: bool = False, message: str = ""
) -> Row:
    """A new alert. There is at most one open alert of a cause: where there is one, it is given."""
    known = next(
        (row for row in open_alerts(tactical, agent) if row["_kind"] == kind and kind != "custom"), None
    )
    if known is not None:
        return known
    alert_type, severity, words = KINDS[kind]
    site = tactical.sites[str(agent["_site"])]
    client = tactical.clients[str(site["client"])]
    number = tactical.last_alert = max(tactical.last_alert + 1, _FIRST_ALERT)
    alert: Row = {
        "id": number,
        "agent_id": agent["agent_id"],
        "alert_time": now,
        "alert_type": alert_type,
        "assigned_check": cause_of(agent, kind) if alert_type == "check" else None,
        "assigned_task": cause_of(agent, kind) if alert_type == "task" else None,
        "message": message or words.format(host=agent["hostname"], client=client["name"], site=site["name"]),
        "severity": severity,
        "hidden": hidden,
        "snoozed": False,
        "snooze_until": None,
        "resolved": False,
        "resolved_on": None,
        "_kind": kind,
    }
    tactical.alerts[str(number)] = alert
    if kind == "availability":
        agent["status"] = "overdue"
    return alert


def resolve(tactical: TacticalWorld, alert: Row, now: str) -> None:
    alert.update(resolved=True, resolved_on=now, snoozed=False, snooze_until=None)
    agent = tactical.agents.get(alert["agent_id"])
    if agent is not None and alert["_kind"] == "availability":
        agent.update(status="online", last_seen=now)


def open_alerts(tactical: TacticalWorld, agent: Row | None = None) -> list[Row]:
    """All, or those of one agent."""
    return [
        row
        for row in tactical.alerts.values()
        if not row["resolved"] and (agent is None or row["agent_id"] == agent["agent_id"])
    ]


def remove_agent(tactical: TacticalWorld, agent: Row) -> None:
    """The agent was uninstalled; its alerts go with it."""
    key = agent["agent_id"]
    tactical.agents = {name: row for name, row in tactical.agents.items() if name != key}
    tactical.alerts = {name: row for name, row in tactical.alerts.items() if row["agent_id"] != key}
