"""What the bridge does in HaloPSA, and what has to be ticked there for it.

Effective right = scopes of the token and permissions of the application and permissions of the Halo agent
that the application logs in as (HaloPSA API: least privilege).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

WORKS, REFUSED, UNKNOWN = "works", "refused", "unknown"
WHOLE_API = frozenset({"all", "all:standard", "admin"})


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that the bridge wants to do. `resource` is what is read, or written, for it."""

    name: str
    scope: str
    agent_permission: str
    needed_for: str
    resource: str
    writes: bool = False
    essential: bool = True

    @property
    def grant(self) -> str:
        """What to give, in words of HaloPSA's own pages."""
        scope = f"scope {self.scope} on the application and in this credential; " if self.scope else ""
        return f"{scope}on its Halo agent: {self.agent_permission}"


READ_CUSTOMERS: Final = Need(
    name="Read clients, sites and users",
    scope="read:customers",
    agent_permission="customer access 'read' and 'allow use of all customers'",
    needed_for="company mapping, sites of assets and tickets",
    resource="/Client",
)
READ_ASSETS: Final = Need(
    name="Read assets",
    scope="read:assets",
    agent_permission="asset access 'read' and 'allow use of all asset types'",
    needed_for="matching computers with assets",
    resource="/Asset",
)
READ_TICKETS: Final = Need(
    name="Read tickets",
    scope="read:tickets",
    agent_permission="ticket access, 'allow use of all ticket types', view tickets of others",
    needed_for="tickets, and the choices of integration profiles",
    resource="/Tickets",
)
READ_TEAMS: Final = Need(
    name="Read teams",
    scope="all:teams",
    agent_permission="membership of the teams",
    needed_for="choosing the team of a ticket",
    resource="/Team",
    essential=False,
)
EDIT_ASSETS: Final = Need(
    name="Create and change assets",
    scope="edit:assets",
    agent_permission="asset access 'read and modify' with all asset fields",
    needed_for="export and update of assets",
    resource="/Asset",
    writes=True,
)
EDIT_TICKETS: Final = Need(
    name="Create, note and close tickets",
    scope="edit:tickets",
    agent_permission="add new tickets, edit tickets not assigned to it, always change the status",
    needed_for="tickets of alerts",
    resource="/Tickets",
    writes=True,
)

NEEDS: Final = (READ_CUSTOMERS, READ_ASSETS, READ_TICKETS, READ_TEAMS, EDIT_ASSETS, EDIT_TICKETS)

_AREAS: Final[dict[str, str]] = {
    "client": "/Client",
    "site": "/Client",
    "users": "/Client",
    "asset": "/Asset",
    "assettype": "/Asset",
    "assetgroup": "/Asset",
    "field": "/Asset",
    "team": "/Team",
}


def need_of(method: str, path: str) -> Need:
    """What a call stands for. Actions follow tickets, sites and users follow customers; look-ups too."""
    resource = _AREAS.get(path.strip("/").partition("/")[0].lower(), "/Tickets")
    writes = method != "GET"
    return next(
        (need for need in NEEDS if need.resource == resource and need.writes == writes),
        EDIT_TICKETS if writes else READ_TICKETS,
    )


def holds(granted: Iterable[str], wanted: str) -> bool:
    """Whether scopes include one. HaloPSA API: edit:X includes read:X; all scopes of the whole API do."""
    scopes = frozenset(granted)
    return bool(scopes & (WHOLE_API | {wanted, wanted.replace("read:", "edit:")}))


def state_of_write(need: Need, granted_scopes: str) -> str:
    """What the token's scopes say about a right to write, which is never probed by writing."""
    scopes = granted_scopes.split()
    return REFUSED if scopes and not holds(scopes, need.scope) else UNKNOWN
