"""What happens at ConnectSecure: system events that begin and end, and entries of the audits."""

from __future__ import annotations

from collections.abc import Callable

from integrations.sandbox.connectsecure.world import ConnectSecureWorld
from integrations.sandbox.life import NothingFound
from integrations.sandbox.world import Row

# Kind: (event name, category, how `event_id` is made, description).
EVENTS = {
    "port": (
        "New Open Port Discovered (Probe Scan)",
        "System Changes",
        "new_open_port_probe:{company}:{asset}:3389",
        "TCP port 3389 is now open on {host} ({ip})",
    ),
    "agent": (
        "Server Agent Went Down",
        "System Changes",
        "server_agent_down:{company}:{asset}",
        "The agent on {host} cannot be reached",
    ),
    "job": (
        "AD Sync Job Failed",
        "Job Failed",
        "job_failed:{company}:{asset}:ad_sync",
        "The AD sync of {host} failed",
    ),
    "certificate": (
        "Certificate Expire in 30 Days",
        "Certificate Expire in 30 Days",
        "certificate:{company}:{asset}:9f2c",
        "The certificate of {host} ends soon",
    ),
    "azure": (
        "Tenant Sync Failed",
        "Entra ID Error",
        "entra:{company}:{asset}",
        "The consent of the tenant was revoked",
    ),
}
WINDOWS = {
    "4740": "A user account was locked out",
    "4672": "Special privileges assigned to new logon",
    "4728": "A member was added to a security-enabled global group",
    "4726": "A user account was deleted",
    "1102": "The audit log was cleared",
}


class Happenings:
    """`now` gives the stamp of what happens next."""

    def __init__(self, held: ConnectSecureWorld, now: Callable[[], str]) -> None:
        self._held = held
        self._now = now

    def begin(self, asset: Row, kind: str = "port", description: str = "") -> Row:
        """A system event, and the ticket made of it. Raises NothingFound for an unknown kind."""
        if kind not in EVENTS:
            raise NothingFound(f"There is no event {kind!r}; there are: {', '.join(EVENTS)}.")
        name, category, condition, told = EVENTS[kind]
        words = {"company": asset["company_id"], "asset": asset["id"], "ip": asset["ip"]}
        number, now = self._held.next_row(), self._now()
        row: Row = {
            "id": number,
            "event_id": condition.format(**words),
            "event_name": name,
            "category_id": 1 + list(EVENTS).index(kind),
            "category_name": category,
            "description": description or told.format(host=asset["host_name"] or asset["id"], **words),
            "status": "open",
            "created": now,
            "updated": now,
            "tickets": [],
            "_asset": asset["id"],
        }
        self._held.events[str(number)] = row
        row["tickets"].append(self._add_ticket(row, asset))
        if kind == "agent":
            asset["online_status"] = False
        return row

    def end(self, event: Row) -> Row:
        event.update(status="closed", updated=self._now())
        asset = self._held.assets.get(str(event["_asset"]))
        if asset is not None and "Agent" in event["event_name"]:
            asset.update(online_status=True, last_ping_time=event["updated"])
        return event

    def _add_ticket(self, event: Row, asset: Row) -> int:
        number = self._held.next_row()
        self._held.tickets[str(number)] = {
            "ticket_id": number,
            "ticket_number": f"T-{number}",
            "status": "open",
            "company_id": asset["company_id"],
            "credential_id": 1,
            "source_ids": [],
            "software_ids": [],
            "event_ids": [event["id"]],
            "asset_ids": [asset["id"]],
            "excluded_source": [],
        }
        return number

    def add_ad_entry(self, asset: Row, number: str = "4740") -> Row:
        """The domain controller `asset` logged it. Raises NothingFound for an unknown number."""
        if number not in WINDOWS:
            raise NothingFound(f"There is no Windows event {number!r}; there are: {', '.join(WINDOWS)}.")
        own, now = self._held.next_row(), self._now()
        row: Row = {
            "id": own,
            "company_id": asset["company_id"],
            "agent_id": asset["agent_id"],
            "event_id": number,
            "description": WINDOWS[number],
            "channel": "Security",
            "level": "Information",
            "datetime": now,
            "computer_name": f"{asset['host_name']}.{asset['domain']}",
            "subject_user_name": "admin",
            "subject_user_domain": "CORP",
            "target_user_name": "m.keller",
            "target_user_domain": "CORP",
            "object_dn": None,
            "object_class": None,
            "ip_address": None,
            "status": None,
            "created": now,
            "updated": now,
        }
        self._held.ad_audit[str(own)] = row
        return row

    def add_entra_entry(self, company: Row) -> Row:
        own, now = self._held.next_row(), self._now()
        row: Row = {
            "id": own,
            "company_id": company["id"],
            "object_guid": f"directoryAudit-{own}",
            "activity_date_time": now,
            "activity_display_name": "Add member to role",
            "category": "RoleManagement",
            "initiated_by": {"user": {"userPrincipalName": "admin@tenant.example"}},
            "logged_by_service": "Core Directory",
            "operation_type": "Assign",
            "result": "success",
            "result_reason": "",
            "target_resources": [],
            "created": now,
            "updated": now,
        }
        self._held.entra_audit[str(own)] = row
        return row
