"""What the bridge does in HaloPSA, and what has to be ticked there for it.

Effective right = scopes of the token and permissions of the application and permissions of the Halo agent
that the application logs in as (HaloPSA API: least privilege).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from integrations.sync.rights import WHOLE_API

WORKS, REFUSED, UNKNOWN = "works", "refused", "unknown"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that the bridge wants to do; `key` is its name in code, `paths` what is called for it."""

    key: str
    name: str
    scope: str
    agent_permission: str
    needed_for: str
    paths: tuple[str, ...]
    writes: bool = False
    essential: bool = False

    @property
    def application_permission(self) -> str:
        """The tick on the application bears the name of the scope."""
        return self.scope

    @property
    def grant(self) -> str:
        """What to give, in words of HaloPSA's own pages."""
        scope = f"scope {self.scope} on the application and in this credential; " if self.scope else ""
        return f"{scope}on its Halo agent: {self.agent_permission}"

    @property
    def doing(self) -> str:
        """For the middle of a sentence."""
        return self.name[0].lower() + self.name[1:]


READ_CUSTOMERS: Final = Need(
    key="read_customers",
    name="Read clients, sites and users",
    scope="read:customers",
    agent_permission="customer access 'read' and 'allow use of all customers'",
    needed_for="company mapping, sites of assets and tickets",
    paths=("/Client", "/Site", "/Users"),
    essential=True,
)
READ_ASSETS: Final = Need(
    key="read_assets",
    name="Read assets",
    scope="read:assets",
    agent_permission="asset access 'read' and 'allow use of all asset types'",
    needed_for="matching computers with assets, lists of assets",
    paths=("/Asset", "/AssetType", "/AssetGroup", "/Field"),
)
READ_TICKETS: Final = Need(
    key="read_tickets",
    name="Read tickets",
    scope="read:tickets",
    agent_permission="ticket access, 'allow use of all ticket types', view tickets of others",
    needed_for="tickets, and the choices of integration profiles",
    paths=("/Tickets",),
)
READ_TEAMS: Final = Need(
    key="read_teams",
    name="Read teams",
    scope="all:teams",
    agent_permission="membership of the teams",
    needed_for="choosing the team of a ticket",
    paths=("/Team",),
)
READ_CUSTOM_FIELDS: Final = Need(
    key="read_custom_fields",
    name="Read definitions of custom fields",
    scope="",
    agent_permission="rights to the configuration of custom fields; without them enter fields' ids by hand",
    needed_for="names of custom fields in lists and field mappings",
    paths=("/FieldInfo",),
)
READ_LICENCES: Final = Need(
    key="read_licences",
    name="Read software licences",
    scope="read:softwarelicensing",
    agent_permission="access to software licensing: read",
    needed_for="the list of software licences",
    paths=("/SoftwareLicence",),
)
READ_SOFTWARE: Final = Need(
    key="read_software",
    name="Read installed software",
    scope="read:software",
    agent_permission="asset access 'read' and access to software: read",
    needed_for="the programs on an asset",
    paths=("/AssetSoftware",),
)
EDIT_ASSETS: Final = Need(
    key="edit_assets",
    name="Create and change assets",
    scope="edit:assets",
    agent_permission="asset access 'read and modify' with all asset fields",
    needed_for="export and update of assets",
    paths=("/Asset",),
    writes=True,
)
EDIT_TICKETS: Final = Need(
    key="edit_tickets",
    name="Create, change and close tickets",
    scope="edit:tickets",
    agent_permission="add new tickets, edit tickets not assigned to it, always change the status",
    needed_for="tickets of alerts",
    paths=("/Tickets",),
    writes=True,
)
ADD_NOTES: Final = Need(
    key="add_notes",
    name="Add notes to tickets",
    scope="edit:tickets",
    agent_permission="edit tickets not assigned to it, always change the status, edit closed ones if needed",
    needed_for="notes on tickets, and closing them",
    paths=("/Actions",),
    writes=True,
)

CREATE_ASSET_TYPES: Final = Need(
    key="create_asset_types",
    name="Create asset types",
    scope="edit:assets",
    agent_permission="rights to the configuration of assets",
    needed_for="asset types that are missing in HaloPSA",
    paths=("/AssetType",),
    writes=True,
)
"""An extra that is not part of the table: HaloPSA tells whether it may be done when it is done."""

READING: Final = (
    READ_CUSTOMERS,
    READ_ASSETS,
    READ_TICKETS,
    READ_TEAMS,
    READ_CUSTOM_FIELDS,
    READ_LICENCES,
    READ_SOFTWARE,
)
WRITING: Final = (EDIT_ASSETS, EDIT_TICKETS, ADD_NOTES)
NEEDS: Final = (*READING, *WRITING)

_BY_PATH: Final = {
    (path.strip("/").lower(), need.writes): need
    for need in (*NEEDS, CREATE_ASSET_TYPES)
    for path in need.paths
}


def need_of(method: str, path: str) -> Need:
    """What a call stands for. Sites and users follow customers; look-ups, as well as actions, tickets."""
    name = path.strip("/").partition("/")[0].lower()
    writes = method != "GET"
    return _BY_PATH.get((name, writes), EDIT_TICKETS if writes else READ_TICKETS)


def holds(granted: Iterable[str], wanted: str) -> bool:
    """Whether scopes include one. HaloPSA API: edit:X includes read:X; all scopes of the whole API do."""
    scopes = frozenset(granted)
    return bool(scopes & (WHOLE_API | {wanted, wanted.replace("read:", "edit:")}))


def state_of_write(need: Need, granted_scopes: str) -> str:
    """What the token's scopes say about a right to write, which is never probed by writing."""
    scopes = granted_scopes.split()
    return REFUSED if scopes and not holds(scopes, need.scope) else UNKNOWN
