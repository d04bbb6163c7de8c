"""Every way in which the sandbox can be made to behave differently. The defaults are the likely behaviour."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from integrations.sandbox.connectsecure.switches import ConnectSecureSwitches
from integrations.sandbox.connectwise_automate.switches import AutomateSwitches
from integrations.sandbox.connectwise_rmm.switches import AsioSwitches
from integrations.sandbox.datto_rmm.switches import DattoSwitches
from integrations.sandbox.itglue.switches import ITGlueSwitches
from integrations.sandbox.ncentral.switches import NCentralSwitches
from integrations.sandbox.ninjaone.switches import NinjaOneSwitches
from integrations.sandbox.scalepad.switches import ScalePadSwitches
from integrations.sandbox.tactical_rmm.switches import TacticalSwitches


@dataclass
class Switches(
    NinjaOneSwitches,
    TacticalSwitches,
    NCentralSwitches,
    ITGlueSwitches,
    ScalePadSwitches,
    DattoSwitches,
    AsioSwitches,
    AutomateSwitches,
    ConnectSecureSwitches,
):
    """One value per behaviour, changeable while the sandbox runs. Times in seconds.

    Those of the further consoles stand with them; their names begin with the console's.
    """

    # Token endpoint and permissions
    token_seconds: int = 3600
    strict_tenant: bool = False
    """A tenant that is not ours is answered with 500."""
    scope_failure_status: int = 403
    """401 is the other reported answer to a token without the scope of an area."""
    configuration_needs_scope: bool = False
    """Asset types need assets; ticket types, statuses … tickets; else any token with a scope reads them."""
    field_definitions_refused: bool = False
    """Custom-field definitions answer 403: they may need configuration rights."""
    agent_refused: tuple[str, ...] = ()
    """What the Halo agent may not do whatever the scopes: `edit:assets`, `edit:actions` (area or path) …"""
    agent_is_administrator: bool = False
    hidden_teams: tuple[str, ...] = ()
    """Teams of which the agent is no member: absent unless the token holds `all:teams`."""
    hidden_clients: tuple[int, ...] = ()
    """Clients which the agent may not see: they and their sites, users, assets, tickets are simply absent."""

    # Reading
    page_size_cap: int = 100
    cap_tickets_only: bool = False
    default_count: int = 50
    omit_nulls: bool = False
    list_fields_differ: bool = False
    """Asset fields on list rows leave out the empty ones and show the display text of pick-lists."""
    unknown_id_is_empty: bool = False
    """A single read of an unknown id answers 200 with an object without id, not 404."""
    update_filter_ignored: bool = False
    """`lastupdatefromdate` limits nothing: whether every resource knows it is not documented."""
    closed_hidden: bool = False
    """Ticket lists show closed tickets only when asked for by `closed_only` or `includeclosed`."""
    agent_envelope: bool = False
    """`/Agent` answers `{"agents": […]}` instead of an array."""

    # Writing
    write_status: int = 201
    returnall_works: bool = True
    returnall_shuffled: bool = False
    batch_atomic: bool = False
    """False: objects before a refused one stay written."""
    custom_fields_replaced: bool = True
    overlong_text: str = "refuse"
    """`refuse` or `truncate`."""
    third_party_ids_persist: bool = False
    unique_tags: bool = False
    automatic_tags: bool = True
    closing_needs_agent: bool = False
    closing_needs_children_closed: bool = False
    mandatory_ticket_field: str = ""
    """The label of a field that every ticket type wants technicians to fill in; nothing of ours fills it."""
    reopening_resets_closed: bool = True
    default_client_blocks_notes: bool = False
    ticket_rules: bool = False
    ticket_templates: bool = False

    # Limits
    rate_limit_calls: int = 300
    """0: no limit."""
    rate_limit_seconds: float = 300.0
    retry_after: bool = False
    rate_limit_counts_token: bool = True
    down: str = ""
    """"" is up; `503` and `dropped` are two ways of being down."""

    # Webhooks
    webhook_url: str = ""
    webhook_authentication: str = "none"
    """`none`, `basic`, `bearer` or `hmac`."""
    webhook_name: str = ""
    """User name for basic, header name for hmac."""
    webhook_secret: str = ""
    webhook_array: bool = False
    webhook_duplicates: bool = False
    webhook_out_of_order: bool = False

    # MSP360
    msp360_token_seconds: int = 1_209_600
    msp360_expires_in: bool = True
    """False: the login answer says nothing about the token's lifetime."""
    msp360_text_error: bool = False
    """Lists answer 200 with a plain-text error."""
    msp360_company_take: int = 0
    """Above 0: companies are cut to so many unless `skip` and `take` are sent."""
    msp360_empty_companies: bool = False
    msp360_short_monitoring: int = 0
    """Above 0: the monitoring list breaks off after so many rows, as if nothing were wrong."""
    msp360_alert_end: str = "time"
    """How an alert of the RMM that ends is told: by its `time`, by the live `flag` alone, or it is `gone`."""
    msp360_null_alerts: bool = False
    """A summary without alerts holds `null` in place of an empty list."""

    def change(self, **values: Any) -> None:
        """Set some switches, all or none. Raises ValueError for an unknown name or a wrong type."""
        known = {field.name: field.default for field in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"There is no switch {name!r}.")
            if not _fits(value, known[name]):
                raise ValueError(f"{name} takes {type(known[name]).__name__}, not {value!r}.")
        for name, value in values.items():
            setattr(self, name, tuple(value) if isinstance(value, list) else value)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def _fits(value: object, default: object) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float)
    if isinstance(default, tuple):
        return isinstance(value, tuple | list)
    return isinstance(value, type(default))
