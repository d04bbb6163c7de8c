"""The choices that live in HaloPSA: one list call per kind, the details of ticket types apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from integrations.choices import OptionKind
from integrations.halo.values import Row, to_bool, to_id, to_int, to_text
from integrations.records import OptionRecord

Parse = Callable[[Row], OptionRecord | None]


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a kind of choice is listed, and how a row becomes a record."""

    path: str
    key: str
    parse: Parse
    params: dict[str, Any] = field(default_factory=dict)


def option(
    kind: str,
    row: Row,
    *,
    halo_id: str | None = None,
    name: str = "",
    parent: str = "",
    off: str = "inactive",
    extra: tuple[str, ...] = (),
) -> OptionRecord | None:
    """A row as a choice; None without an id. `off` is the property that says that it is not in use."""
    number = to_int(row.get("id"))
    found_id = halo_id if halo_id is not None else ("" if number is None else str(number))
    if not found_id:
        return None
    return OptionRecord(
        kind=kind,
        halo_id=found_id,
        name=name or to_text(row.get("name")) or f"#{found_id}",
        parent=parent,
        active=not to_bool(row.get(off)),
        extra={key: row[key] for key in extra if row.get(key) not in (None, "")},
    )


def ticket_type(row: Row, detail: Row | None = None) -> OptionRecord | None:
    """`extra["statuses"]` are the ids of the statuses it allows; left out where it allows all."""
    full = {**row, **(detail or {})}
    statuses = allowed_statuses(full)
    defaults = ("default_sla", "default_priority", "default_team", "initial_status", "cancreate")
    found = option(OptionKind.TICKET_TYPE, full, extra=defaults)
    if found is None or not statuses:
        return found
    extra = {**found.extra, "statuses": [status_id for status_id, _ in statuses]}
    return OptionRecord(found.kind, found.halo_id, found.name, found.parent, found.active, extra)


def tells_statuses(row: Row) -> bool:
    """Whether a list row already says which statuses are allowed, so that no detail has to be read."""
    return to_bool(row.get("allowall_status")) or isinstance(row.get("allowed_status"), list)


def allowed_statuses(row: Row) -> list[tuple[int, str]]:
    """(id, name) of the statuses that a ticket type or an asset type allows; empty where it allows all."""
    rows = row.get("allowed_status")
    if to_bool(row.get("allowall_status")) or not isinstance(rows, list):
        return []
    found = []
    for item in rows:
        status_id = to_id(item.get("status_id") or item.get("id")) if isinstance(item, dict) else None
        if status_id is not None:
            found.append((status_id, to_text(item.get("status_name") or item.get("name"))))
    return found


def asset_statuses(asset_types: Iterable[Row]) -> list[OptionRecord]:
    """What the asset types reveal. HaloPSA API: no resource that lists asset statuses is known."""
    found: dict[int, str] = {}
    for row in asset_types:
        for status_id, name in _named_statuses(row):
            found[status_id] = found.get(status_id) or name
    return [
        OptionRecord(OptionKind.ASSET_STATUS, str(status_id), name or f"#{status_id}")
        for status_id, name in sorted(found.items())
    ]


def _named_statuses(row: Row) -> list[tuple[int, str]]:
    """Also where all are allowed: the list then is not a limit, but still names statuses."""
    return allowed_statuses({**row, "allowall_status": False})


def _priority(row: Row) -> OptionRecord | None:
    """HaloPSA API: `id` is a GUID; tickets want `priorityid`, which is unique only within its SLA."""
    number, sla = to_id(row.get("priorityid")), to_int(row.get("slaid"))
    if number is None:
        return None
    found = option(OptionKind.PRIORITY, row, halo_id=str(number), parent=to_text(sla), off="ishidden")
    if found is None:
        return None
    extra = {"guid": to_text(row.get("id"))}
    return OptionRecord(found.kind, found.halo_id, found.name, found.parent, found.active, extra)


def _category(row: Row) -> OptionRecord | None:
    """HaloPSA API: tickets want its path, levels joined with '>', which is the name here.

    `type_id` 1 to 4 is which of the four categories of a ticket it is for.
    """
    path = to_text(row.get("value")) or to_text(row.get("category_name"))
    parent = to_text(to_int(row.get("type_id")) or 1)
    return option(OptionKind.CATEGORY, row, name=path, parent=parent) if path else None


CATEGORY_KINDS: Final = (1, 2, 3, 4)
"""HaloPSA API: a ticket has up to four categories; `type_id` of a category says for which one it is."""


def category_kinds_to_ask(rows: Iterable[Row]) -> list[int]:
    """Kinds of categories that a list without `type_id` may have left out.

    HaloPSA API: whether it holds all four is not documented, so a list of a single kind is doubted.
    """
    told = {to_int(row.get("type_id")) or 1 for row in rows}
    return [kind for kind in CATEGORY_KINDS if kind not in told] if len(told) == 1 else []


def _agent(row: Row) -> OptionRecord | None:
    return option(OptionKind.AGENT, row, off="isdisabled", extra=("email",))


def _outcome(row: Row) -> OptionRecord | None:
    name = to_text(row.get("outcome")) or to_text(row.get("buttonname"))
    return option(
        OptionKind.OUTCOME, row, name=name, off="hidden", extra=("buttonname", "newstatus", "hidefromuser")
    )


def _plain(kind: str, *extra: str) -> Parse:
    return lambda row: option(kind, row, extra=extra)


def _lookup(kind: str, lookup_id: int) -> Listing:
    def parse(row: Row) -> OptionRecord | None:
        foreign = to_int(row.get("lookupid")) not in (None, lookup_id)
        return None if foreign else option(kind, row)

    return Listing("/Lookup", "lookups", parse, {"lookupid": lookup_id, "showallcodes": True})


LISTINGS: Final[dict[str, Listing]] = {
    OptionKind.TICKET_TYPE: Listing(
        "/TicketType", "tickettypes", ticket_type, {"showall": True, "showinactive": True}
    ),
    OptionKind.STATUS: Listing(
        "/Status", "statuses", _plain(OptionKind.STATUS, "shortname", "colour"), {"showall": True}
    ),
    OptionKind.PRIORITY: Listing("/Priority", "priorities", _priority),
    OptionKind.SLA: Listing("/SLA", "slas", _plain(OptionKind.SLA)),
    OptionKind.TEAM: Listing(
        "/Team",
        "teams",
        _plain(OptionKind.TEAM),
        {"showall": True, "includeenabled": True, "includedisabled": True},
    ),
    OptionKind.AGENT: Listing(
        "/Agent",
        "agents",
        _agent,
        {
            "includeenabled": True,
            "includedisabled": True,
            "includeunassigned": True,
            "includeapiagents": True,
        },
    ),
    OptionKind.CATEGORY: Listing("/Category", "categories", _category),
    OptionKind.URGENCY: _lookup(OptionKind.URGENCY, 27),
    OptionKind.IMPACT: _lookup(OptionKind.IMPACT, 12),
    OptionKind.SOURCE: _lookup(OptionKind.SOURCE, 22),
    OptionKind.IGNORED_VALUE: _lookup(OptionKind.IGNORED_VALUE, 81),
    OptionKind.OUTCOME: Listing("/Outcome", "outcomes", _outcome, {"showhidden": True}),
    OptionKind.ASSET_TYPE: Listing(
        "/AssetType", "assettypes", _plain(OptionKind.ASSET_TYPE, "assetgroup_id", "assetgroup_name")
    ),
    OptionKind.ASSET_GROUP: Listing("/AssetGroup", "assetgroups", _plain(OptionKind.ASSET_GROUP)),
}
"""Kind → list. HaloPSA API: look-up 12 is impact, 22 source, 27 urgency, 81 the values
never used for matching; `showallcodes` shows inactive values, too. Asset statuses have no list. Outcomes are
those which a person can choose, hidden ones included: Halo's own system actions are no buttons."""
