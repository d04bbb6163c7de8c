"""What an administrator has configured in the simulated Halo: types, statuses, SLAs, teams, pick-lists."""

from __future__ import annotations

import uuid

from integrations.sandbox.generation import asset_settings
from integrations.sandbox.world import HaloWorld, Row, Table

STATUSES = [
    # id, name, short name, closed, colour
    (1, "New", "New", False, "#e03c31"),
    (2, "In Progress", "WIP", False, "#f2a900"),
    (3, "Action Required", "Action", False, "#f2a900"),
    (4, "Waiting on Customer", "Waiting", False, "#8a8d8f"),
    (8, "Resolved", "Resolved", False, "#6cc24a"),
    (9, "Closed", "Closed", True, "#6cc24a"),
    (10, "Completed", "Completed", True, "#6cc24a"),
    (23, "On Hold", "Hold", False, "#8a8d8f"),
    (24, "Change Review", "Review", False, "#4b9cd3"),
]
TICKET_TYPES = [
    # id, name, group, team, sla, priority, allowed statuses (None: all), sends an acknowledgement by default
    (21, "Alert", "Monitoring", "Monitoring", 1, 4, [1, 2, 3, 8, 9, 23], 0),
    (22, "Incident", "Support", "1st Line Support", 1, 3, None, 1),
    (25, "Service Request", "Support", "1st Line Support", 2, 3, None, 1),
    (26, "Change Request", "Projects", "Projects", 1, 4, [1, 2, 10, 24], 0),
]
SLAS = [(1, "Standard SLA"), (2, "Premium SLA")]
PRIORITIES = [
    # sla, number, name, fix time, unit, hidden
    (1, 1, "Critical", 4.0, "H", False),
    (1, 2, "High", 1.0, "D", False),
    (1, 3, "Medium", 3.0, "D", False),
    (1, 4, "Low", 5.0, "D", False),
    (2, 1, "P1 – everything is down", 1.0, "H", False),
    (2, 2, "P2 – one team is down", 4.0, "H", False),
    (2, 3, "P3 – one person is hindered", 1.0, "D", False),
    (2, 9, "Old priority", 9.0, "D", True),
]
TEAMS = [
    # id, name, department, inactive
    (1, "1st Line Support", "Support", False),
    (5, "Monitoring", "Support", False),
    (6, "Backup & Recovery", "Support", False),
    (7, "Projects", "Delivery", False),
    (8, "Night Shift (dissolved)", "Support", True),
]
AGENTS = [
    # id, name, mail, teams, API only, disabled
    (1, "Unassigned", "", [], False, False),
    (24, "Bridge API", "bridge@sandbox.example", [1, 5, 6, 7], True, False),
    (25, "Anna Weiß", "anna.weiss@sandbox.example", [1, 5], False, False),
    (26, "Liam O'Connor", "liam@sandbox.example", [5, 6], False, False),
    (27, "Priya Nair", "priya@sandbox.example", [7], False, False),
    (28, "Jan Novák (left)", "jan@sandbox.example", [1], False, True),
]
CATEGORIES = [
    # id, path, level
    (40, "Backup>Failure", 1),
    (41, "Backup>Warning", 1),
    (42, "Backup>Overdue", 1),
    (43, "Hardware>Disk", 1),
    (44, "Hardware>Memory & CPU", 1),
    (45, "Security>Antivirus", 1),
    (46, "Other", 1),
    (60, "Found by monitoring", 2),
    (61, "Found by a user", 2),
]
OUTCOMES = [
    # id, name, hidden from user, sends a mail, new status, only for these ticket types (None: all)
    (1, "Email User", False, 1, 0, None),
    (2, "Public Note", False, 0, 0, None),
    (7, "Private Note", True, 0, 0, None),
    (8, "Close Request", False, 0, 9, None),
    (9, "Reopen", True, 0, 2, None),
    (12, "Internal Note", True, 0, 0, [21, 22]),
    (13, "Engineer Note (old)", True, 0, 0, None),
    (20, "Request Change Approval", True, 0, 24, [26]),
]
HIDDEN_OUTCOMES = {13}
"""No button shows them; a list shows them with `showhidden`."""
LOOKUPS: dict[int, list[str]] = {
    12: ["Company Wide", "Multiple Users Affected", "Single User Affected"],
    22: ["Email", "Portal", "Phone", "Monitoring", "Fax"],
    27: ["High", "Medium", "Low"],
    81: ["To Be Filled By O.E.M.", "Default string", "System Serial Number"],
    90: ["Low", "Medium", "High", "Critical"],
}
INACTIVE_VALUES = {(22, 5)}
"""(look-up, id): a list shows them with `showallcodes`."""
LOOKUP_KINDS = {
    12: "Impact",
    22: "Request Source",
    27: "Urgency",
    81: "Matching Ignore List",
    90: "Criticality",
}
TEXT, SINGLE_SELECT, DATE, CHECK_BOX = 0, 2, 4, 6
"""HaloPSA API: `type` of a custom field."""

CUSTOM_FIELDS = [
    # id, type of object (1 ticket, 2 client, 3 site, 4 user, 5 asset), name, label, searchable, type, values
    (231, 1, "bridgeEventId", "Bridge event id", True, TEXT, []),
    (232, 1, "customerReference", "Customer's own reference", False, TEXT, []),
    (140, 2, "contractNumber", "Contract number", False, TEXT, []),
    (150, 3, "alarmCode", "Alarm code holder", False, TEXT, []),
    (160, 4, "costCentre", "Cost centre", False, TEXT, []),
    (310, 5, "purchaseReference", "Purchase reference", False, TEXT, []),
    (311, 5, "lifecycleStage", "Lifecycle stage", True, SINGLE_SELECT, ["In use", "To replace", "Disposed"]),
    (312, 5, "disposalDate", "Disposal date", False, DATE, []),
    (313, 5, "encrypted", "Disk is encrypted", False, CHECK_BOX, []),
]


def guid(*parts: object) -> str:
    """The same name always has the same guid."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "sandbox/" + "/".join(map(str, parts))))


def by_id(rows: list[Row]) -> Table:
    return {row["id"]: row for row in rows}


def add_settings(halo: HaloWorld) -> None:
    asset_settings.add_asset_settings(halo)
    halo.statuses = by_id([_status(*line, place) for place, line in enumerate(STATUSES, 1)])
    halo.slas = by_id([{"id": number, "name": name} for number, name in SLAS])
    halo.priorities = [_priority(*line) for line in PRIORITIES]
    halo.teams = by_id([_team(*line) for line in TEAMS])
    halo.agents = by_id([_agent(*line) for line in AGENTS])
    halo.categories = by_id(
        [{"id": number, "value": path, "type_id": kind} for number, path, kind in CATEGORIES]
    )
    halo.outcomes = by_id([_outcome(*line, place) for place, line in enumerate(OUTCOMES, 1)])
    halo.ticket_types = by_id([_ticket_type(*line, place) for place, line in enumerate(TICKET_TYPES, 1)])
    halo.custom_fields = by_id([_custom_field(*line) for line in CUSTOM_FIELDS])
    halo.lookups += [_lookup(11, number, name) for number, name in LOOKUP_KINDS.items()]
    for lookupid, names in LOOKUPS.items():
        halo.lookups += [_lookup(lookupid, number, name) for number, name in enumerate(names, 1)]


def _status(number: int, name: str, short: str, closed: bool, colour: str, place: int) -> Row:
    return {
        "id": number,
        "name": name,
        "shortname": short,
        "colour": colour,
        "sequence": 99 if closed else place,
        "_closed": closed,
    }


def _priority(sla: int, number: int, name: str, time: float, unit: str, hidden: bool) -> Row:
    return {
        "id": guid("priority", sla, number),
        "slaid": sla,
        "priorityid": number,
        "name": name,
        "fixtime": time,
        "fixunits": unit,
        "responsetime": time / 4,
        "responseunits": unit,
        "ishidden": hidden,
        "colour": "#d0021b" if number == 1 else "#417505",
    }


def _team(number: int, name: str, department: str, inactive: bool) -> Row:
    return {"id": number, "name": name, "department_name": department, "inactive": inactive}


def _agent(number: int, name: str, mail: str, teams: list[int], api_only: bool, disabled: bool) -> Row:
    return {
        "id": number,
        "name": name,
        "email": mail,
        "isapiagent": api_only,
        "isdisabled": disabled,
        "initials": "".join(word[0] for word in name.split())[:2],
        "_teams": teams,
    }


def _outcome(
    number: int, name: str, hidden: bool, mails: int, status: int, types: list[int] | None, place: int
) -> Row:
    return {
        "id": number,
        "outcome": name,
        "buttonname": name,
        "sequence": place,
        "hidefromuser": hidden,
        "sendemail": mails,
        "newstatus": status,
        "hidden": number in HIDDEN_OUTCOMES,
        "_ticket_types": types,
    }


def _ticket_type(
    number: int,
    name: str,
    group: str,
    team: str,
    sla: int,
    priority: int,
    statuses: list[int] | None,
    acknowledges: int,
    place: int,
) -> Row:
    return {
        "id": number,
        "name": name,
        "sequence": place,
        "group_id": 1 + ["Support", "Monitoring", "Projects"].index(group),
        "group_name": group,
        "default_team": team,
        "default_sla": sla,
        "default_priority": priority,
        "initial_status": 1,
        "reopenedstatus": 2,
        "default_sendack": acknowledges,
        "_statuses": statuses,
        "_template_category": "Other",
        "_shows_assets": group != "Projects",
    }


def _custom_field(
    number: int, kind: int, name: str, label: str, searchable: bool, data_type: int, values: list[str]
) -> Row:
    return {
        "id": number,
        "name": name,
        "label": label,
        "searchable": searchable,
        "type": data_type,
        "values": [{"id": place, "name": value} for place, value in enumerate(values, 1)],
        "_typeid": kind,
    }


def _lookup(lookupid: int, number: int, name: str) -> Row:
    return {
        "lookupid": lookupid,
        "id": number,
        "name": name,
        "value2": "",
        "sequence": number,
        "inactive": (lookupid, number) in INACTIVE_VALUES,
    }
