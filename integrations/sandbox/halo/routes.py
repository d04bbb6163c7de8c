"""Which function answers which path. Paths ignore case; areas are the scopes that cover them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.sandbox.halo import (
    actions,
    asset_types,
    asset_writing,
    assets,
    client_writing,
    clients,
    configuration,
    custom_fields,
    software,
    ticket_writing,
    tickets,
    type_writing,
)
from integrations.sandbox.halo.call import Call, DetailHandler, Handler
from integrations.sandbox.halo.refusals import Refusal, not_found


@dataclass(frozen=True)
class Resource:
    """`area` is the scope that is needed; `configures` one that is needed only if the tenant is strict."""

    list: Handler
    show: DetailHandler | None = None
    write: Handler | None = None
    delete: DetailHandler | None = None
    area: str = ""
    configures: str = ""


RESOURCES: dict[str, Resource] = {
    "client": Resource(
        clients.list_clients, clients.show_client, client_writing.write_clients, area="customers"
    ),
    "site": Resource(clients.list_sites, clients.show_site, client_writing.write_sites, area="customers"),
    "users": Resource(clients.list_users, clients.show_user, area="customers"),
    "asset": Resource(
        assets.list_assets,
        assets.show_asset,
        asset_writing.write_assets,
        asset_writing.delete_asset,
        area="assets",
    ),
    "softwarelicence": Resource(software.list_licences, software.show_licence, area="softwarelicensing"),
    "assetsoftware": Resource(software.list_programs, area="software"),
    "tickets": Resource(
        tickets.list_tickets,
        tickets.show_ticket,
        ticket_writing.write_tickets,
        tickets.delete_ticket,
        area="tickets",
    ),
    "actions": Resource(actions.list_actions, actions.show_action, actions.write_actions, area="tickets"),
    "assettype": Resource(
        asset_types.list_types, asset_types.show_type, type_writing.write_types, configures="assets"
    ),
    "assettypeinfo": Resource(asset_types.list_types, configures="assets"),
    "assetgroup": Resource(asset_types.list_groups, asset_types.show_group, configures="assets"),
    "field": Resource(asset_types.list_fields, asset_types.show_field, configures="assets"),
    "fieldinfo": Resource(custom_fields.list_definitions, custom_fields.show_definition),
    "tickettype": Resource(
        configuration.list_ticket_types, configuration.show_ticket_type, configures="tickets"
    ),
    "status": Resource(configuration.list_statuses, configuration.show_status, configures="tickets"),
    "priority": Resource(configuration.list_priorities, configures="tickets"),
    "sla": Resource(configuration.list_slas, configuration.show_sla, configures="tickets"),
    "team": Resource(configuration.list_teams, configuration.show_team, configures="tickets"),
    "agent": Resource(configuration.list_agents, configuration.show_agent, configures="tickets"),
    "category": Resource(configuration.list_categories, configuration.show_category, configures="tickets"),
    "lookup": Resource(configuration.list_lookups, configures="tickets"),
    "outcome": Resource(configuration.list_outcomes, configuration.show_outcome, configures="tickets"),
}
_SPECIAL: dict[tuple[str, str], Handler] = {
    ("agent", "me"): configuration.show_own_agent,
    ("asset", "nexttag"): assets.next_tag,
}


def find(method: str, path: str) -> tuple[Resource, Callable[[Call], Any]]:
    """The resource of a path below `/api` and what answers it. Raises Refusal 404 or 405."""
    parts = [part for part in path.lower().split("/") if part]
    resource = RESOURCES.get(parts[0]) if parts else None
    if resource is None or len(parts) > 2:
        raise Refusal(404)
    if len(parts) == 1:
        return resource, _or_wrong_method({"GET": resource.list, "POST": resource.write}.get(method))
    special = _SPECIAL.get((parts[0], parts[1]))
    if special is not None:
        return resource, _or_wrong_method({"GET": special}.get(method))
    if parts[0] == "priority":
        return resource, lambda call: configuration.show_priority(call, parts[1])
    handler = {"GET": resource.show, "DELETE": resource.delete}.get(method)
    return resource, _with_id(_or_wrong_method(handler), parts[1])


def _or_wrong_method(handler: Any) -> Any:
    if handler is None:
        raise Refusal(405, {"Message": "The requested resource does not support this http method."})
    return handler


def _with_id(handler: DetailHandler, text: str) -> Handler:
    if not text.lstrip("-").isdigit():
        raise not_found()
    return lambda call: handler(call, int(text))
