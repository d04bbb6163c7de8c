"""What HaloPSA wants of a ticket before it takes one: rules of ticket types, teams of agents."""

from __future__ import annotations

from integrations.halo.options import allowed_statuses
from integrations.halo.values import Row, to_bool, to_id, to_text, to_told
from integrations.records import AgentTeams, TicketTypeRules


def ticket_type_rules(row: Row) -> TicketTypeRules | None:
    """From the detail of a ticket type. HaloPSA API: `hasmandatorytechfields`,
    `mustclosechildbeforeclosurebool`, `allowed_status`, `fields` with a `fieldname` each."""
    halo_id = to_id(row.get("id"))
    if halo_id is None:
        return None
    return TicketTypeRules(
        halo_id=halo_id,
        name=to_text(row.get("name")),
        active=not to_bool(row.get("inactive")),
        statuses=tuple(number for number, _ in allowed_statuses(row)),
        has_mandatory_fields=to_told(row.get("hasmandatorytechfields")),
        children_block_closing=to_told(row.get("mustclosechildbeforeclosurebool")),
        shows_assets=_shows_assets(row),
    )


def _shows_assets(row: Row) -> bool | None:
    """Whether a field of the type is about assets; None where no fields are told."""
    fields = row.get("fields")
    if not isinstance(fields, list) or not fields:
        return None
    names = [to_text(field.get("fieldname")).lower() for field in fields if isinstance(field, dict)]
    return any("asset" in name for name in names) if any(names) else None


def agent_teams(row: Row) -> AgentTeams | None:
    """From the detail of an agent. HaloPSA API: `teams` with a `team_id` each; `in_section` false is none."""
    halo_id = to_id(row.get("id"))
    if halo_id is None:
        return None
    listed = row.get("teams")
    teams = None
    if isinstance(listed, list):
        mine = [team for team in listed if isinstance(team, dict) and team.get("in_section") is not False]
        teams = tuple(number for team in mine if (number := to_id(team.get("team_id"))) is not None)
    return AgentTeams(halo_id, to_text(row.get("name")), not to_bool(row.get("isdisabled")), teams)
