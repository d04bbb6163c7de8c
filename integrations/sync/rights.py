"""Which permission in HaloPSA each thing needs that we do; keys are those of the permission table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from integrations.choices import IntentionKind, OptionKind, Resource

RESOURCE_NEEDS: Final[dict[Resource, str]] = {
    Resource.CLIENTS: "read_customers",
    Resource.SITES: "read_customers",
    Resource.USERS: "read_customers",
    Resource.ASSET_TYPES: "read_assets",
    Resource.FIELDS: "read_assets",
    Resource.OPTIONS: "read_tickets",
    Resource.LICENCES: "read_licences",
    Resource.ASSETS: "read_assets",
}
"""What a resource as a whole needs. Parts of field definitions and choices need something else: see below."""

FIELD_NEEDS: Final[dict[str, str]] = {
    "asset": "read_assets",
    "custom": "read_custom_fields",
    "ticket": "read_custom_fields",
    "client": "read_custom_fields",
    "site": "read_custom_fields",
    "user": "read_custom_fields",
}
"""Kind of field definitions → key."""

_OF_ASSETS: Final = (OptionKind.ASSET_TYPE, OptionKind.ASSET_GROUP, OptionKind.ASSET_STATUS)

OPTION_NEEDS: Final[dict[OptionKind, str]] = {
    **dict.fromkeys(OptionKind, "read_tickets"),
    **dict.fromkeys(_OF_ASSETS, "read_assets"),
    OptionKind.TEAM: "read_teams",
}
"""Kind of choice → key. HaloPSA API: look-ups, also those about assets, come with reading tickets."""

OPTIONAL: Final = frozenset({"read_teams", "read_custom_fields", "read_licences", "read_software"})
"""Keys without which all the rest works: a refusal is told, but what was read is whole."""

EDIT_ASSETS: Final = "edit_assets"
EDIT_TICKETS: Final = "edit_tickets"
ADD_NOTES: Final = "add_notes"
MAIN_READS: Final = ("read_customers", "read_assets", "read_tickets")
WHOLE_API: Final = frozenset({"all", "all:standard", "admin"})
WRITE_KEYS: Final = (EDIT_ASSETS, EDIT_TICKETS, ADD_NOTES)

_WRITES: Final[dict[str, str]] = {"asset": EDIT_ASSETS, "tickets": EDIT_TICKETS, "actions": ADD_NOTES}

INTENTION_NEEDS: Final[dict[IntentionKind, str]] = {
    IntentionKind.CREATE_ASSET: EDIT_ASSETS,
    IntentionKind.UPDATE_ASSET: EDIT_ASSETS,
    IntentionKind.CREATE_ASSET_TYPE: EDIT_ASSETS,
    IntentionKind.CREATE_TICKET: EDIT_TICKETS,
    IntentionKind.ADD_NOTE: ADD_NOTES,
    IntentionKind.CLOSE_TICKET: ADD_NOTES,
    IntentionKind.REOPEN_TICKET: ADD_NOTES,
    IntentionKind.UPDATE_TICKET: EDIT_TICKETS,
    IntentionKind.MOVE_TICKET: EDIT_TICKETS,
}
"""Kind of write → key. Closing and reopening are actions on the ticket."""

FORBIDDEN: Final = 403
MOST_FORBIDDEN: Final = 5
"""Writes in a row that HaloPSA may forbid before a right that has worked counts as taken away."""

Rows = list[dict[str, Any]]
"""The permission table as it is stored: see `records.Permission`."""


@dataclass(frozen=True, slots=True)
class Feature:
    """Something that staff know by name, and the keys that it can't do without."""

    name: str
    needs: tuple[str, ...]


FEATURES: Final = (
    Feature("Clients, sites and users", ("read_customers",)),
    Feature("Lists of assets and matching with computers", ("read_assets",)),
    Feature("Export and update of assets", ("read_assets", EDIT_ASSETS)),
    Feature("Tickets of alerts", ("read_tickets", EDIT_TICKETS)),
    Feature("Notes on tickets, closing and reopening", ("read_tickets", ADD_NOTES)),
    Feature("Choices of integration profiles and ticket rules", ("read_tickets",)),
    Feature("Choosing the team of a ticket", ("read_teams",)),
    Feature("Names of custom fields", ("read_custom_fields",)),
    Feature("Software licences", ("read_licences",)),
    Feature("Installed software", ("read_software",)),
)


def key_of_write(path: str) -> str:
    """The key of a write to a path, as `/Asset`; '' where the table has no row for it."""
    return _WRITES.get(path.strip("/").partition("/")[0].lower(), "")


def why_refused(rows: Iterable[Mapping[str, Any]], key: str) -> str:
    """Why HaloPSA refuses something, as a sentence; '' where it may be done, or is not known."""
    for row in rows:
        if row.get("key") == key and row.get("state") == "refused":
            reason = f" {row['reason']}" if row.get("reason") else ""
            return f"'{row['name']}' is refused by HaloPSA.{reason} Needed: {row['grant']}."
    return ""


def switched_off(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """(feature, why) of all that is switched off because a permission is missing."""
    table = list(rows)
    found = []
    for feature in FEATURES:
        reasons = list(filter(None, (why_refused(table, key) for key in feature.needs)))
        if reasons:
            found.append((feature.name, reasons[0]))
    return found


def missed(rows: Iterable[Mapping[str, Any]], scopes: str) -> list[str]:
    """Sentences about rights that the credential asks for and that HaloPSA refuses all the same.

    What a credential does not ask for is switched off by intent, and extras are never missed.
    """
    main = [row for row in rows if row.get("key") in (*MAIN_READS, *WRITE_KEYS) and is_asked(row, scopes)]
    return list(filter(None, (why_refused(main, row["key"]) for row in main)))


def is_asked(row: Mapping[str, Any], scopes: str) -> bool:
    """Whether a credential with these scopes asks for a right at all. HaloPSA API: edit:X includes read:X."""
    scope = str(row.get("scope", ""))
    return not scope or bool(set(scopes.split()) & (WHOLE_API | {scope, scope.replace("read:", "edit:")}))


def after_write(row: Mapping[str, Any], status: int) -> dict[str, Any]:
    """A row of the table after HaloPSA has answered a write with 2xx or 403.

    The first answer of all tells what the right is. Once it has worked, a single 403 speaks of one object
    alone (an asset type or a ticket that the Halo agent may not see); several in a row take the right away.
    HaloPSA API: what is wrong with an object itself is a 400, which says nothing about rights.
    """
    if status != FORBIDDEN:
        return {k: v for k, v in row.items() if k != "forbidden"} | {"state": "works", "reason": ""}
    times = int(row.get("forbidden", 0)) + 1
    if row.get("state") == "works" and times < MOST_FORBIDDEN:
        return {**row, "forbidden": times}
    reason = "HaloPSA answered a write with 403; it is tried again after the next test that works."
    return {**row, "state": "refused", "reason": reason, "forbidden": times}


def after_test(stored: Iterable[Mapping[str, Any]], found: Iterable[Mapping[str, Any]]) -> Rows:
    """The table after a test. A right to write that writes have proven stays proven.

    Rows about which this test could not say anything stay as they were; a right to write that a 403 had
    closed is open again if the test does not know better.
    """
    before = {row.get("key"): row for row in stored}
    rows: Rows = []
    for row in found:
        known = before.pop(row["key"], None)
        proven = known and known.get("state") == "works" and row["key"] in WRITE_KEYS
        rows.append({**row, "state": "works"} if proven and row["state"] == "unknown" else dict(row))
    return [*rows, *(dict(row) for row in before.values() if row.get("key"))]
