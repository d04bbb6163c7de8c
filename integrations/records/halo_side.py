"""What the Halo reader hands over: clients, assets, choices, tickets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from integrations.records.raw import Raw


@dataclass(frozen=True, slots=True)
class ClientRecord:
    halo_id: int
    name: str
    active: bool = True
    main_site_id: int | None = None
    domain: str | None = None
    reference: str | None = None
    links: Raw = field(default_factory=dict)
    """Ids that other integrations have put on the client, by Halo's property name."""
    custom_fields: Mapping[int, str] | None = None
    """Shown value by the custom field's id; None where the row came without them."""
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SiteRecord:
    halo_id: int
    name: str
    client_id: int
    active: bool = True
    general_user_id: int | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UserRecord:
    halo_id: int
    name: str
    site_id: int | None = None
    client_id: int | None = None
    email: str | None = None
    active: bool = True
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AssetFieldValue:
    field_id: int
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class AssetRecord:
    """One Halo asset. `fields` is None where the row came from a list without asset fields."""

    halo_id: int
    client_id: int
    site_id: int | None
    asset_type_id: int
    inventory_number: str = ""
    key_field: str = ""
    key_field2: str = ""
    key_field3: str = ""
    active: bool = True
    status_id: int | None = None
    fields: tuple[AssetFieldValue, ...] | None = None
    users: tuple[int, ...] = ()
    links: Raw = field(default_factory=dict)
    serial_number: str = ""
    manufacturer: str = ""
    model: str = ""
    purchased_on: date | None = None
    warranty_starts_on: date | None = None
    warranty_ends_on: date | None = None
    custom_fields: Mapping[int, str] | None = None
    """Custom field's id to its shown value; None where the row came without them."""
    custom_stored: Mapping[int, Any] | None = field(default=None, compare=False)
    """The same as HaloPSA stores them (of a pick list, the choice's id): to be written back."""
    properties: Mapping[str, str] = field(default_factory=dict)
    """Dates that are properties of the asset itself, by HaloPSA's name; only those that are set."""
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SoftwareRecord:
    """A program installed on an asset."""

    halo_id: int
    name: str
    version: str = ""
    licence_id: int | None = None
    installed_on: date | None = None
    last_used_on: date | None = None


@dataclass(frozen=True, slots=True)
class LicenceRecord:
    """A software licence. `client_id` is None where it belongs to nobody in particular."""

    halo_id: int
    name: str
    client_id: int | None = None
    site_id: int | None = None
    licence_type: int | None = None
    vendor: str = ""
    manufacturer: str = ""
    product_sku: str = ""
    count: int | None = None
    in_use: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class AssetTypeRecord:
    """An asset type. `field_ids` come from its detail, in display order; None where it was not read."""

    halo_id: int
    name: str
    group_id: int | None = None
    group_name: str = ""
    key_field_ids: tuple[int, ...] = ()
    field_ids: tuple[int, ...] | None = ()
    active: bool = True


@dataclass(frozen=True, slots=True)
class FieldRecord:
    """Definition of an asset field (`kind` asset) or of a custom field (of assets: `kind` custom)."""

    halo_id: int
    name: str
    kind: str = "asset"
    data_length: int | None = None
    lookup_id: int | None = None
    mandatory: bool = False
    data_type: int | None = None
    values: tuple[tuple[str, str], ...] = ()
    """Choices of a pick list: (id, name)."""


@dataclass(frozen=True, slots=True)
class OptionRecord:
    """A choice that lives in Halo. `kind` is a value of `choices.OptionKind`.

    `halo_id` is a string because some choices have no number of their own (a category path); for a
    priority it is Halo's `priorityid`, unique only together with `parent` (its SLA's id).
    `extra` holds what rules need to know (`closed`, `ticket_types`, `guid`, ...).
    """

    kind: str
    halo_id: str
    name: str
    parent: str = ""
    active: bool = True
    extra: Raw = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TicketTypeRules:
    """What a ticket type wants of its tickets. None: HaloPSA does not say."""

    halo_id: int
    name: str
    active: bool = True
    statuses: tuple[int, ...] = ()
    """Those it allows; empty: all of them."""
    has_mandatory_fields: bool | None = None
    """Whether technicians have to fill in fields of a new ticket."""
    children_block_closing: bool | None = None
    shows_assets: bool | None = None


@dataclass(frozen=True, slots=True)
class AgentTeams:
    """A Halo agent (technician) and the teams it is in. `teams` None: HaloPSA does not say."""

    halo_id: int
    name: str
    active: bool = True
    teams: tuple[int, ...] | None = None


MARKER_BEGINS = "HB-"
"""What every bridge reference begins with."""


@dataclass(frozen=True, slots=True)
class TicketRecord:
    halo_id: int
    summary: str = ""
    status_id: int | None = None
    closed: bool = False
    deleted: bool = False
    merged_into: int | None = None
    client_id: int | None = None
    site_id: int | None = None
    agent_id: int | None = None
    category: str = ""
    marker: str = ""
    """`supplier_reference`, where a bridge ticket carries its marker."""
    alert_key: str = ""
    """What its text names behind the marker; lists may leave the text out."""
    asset_ids: tuple[int, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ActionRecord:
    """A note. Its id is unique only inside its ticket."""

    halo_id: int
    ticket_id: int
    note: str = ""
    created_at: datetime | None = None
    agent_id: int | None = None
    who: str = ""
    """Name of who acted: a Halo agent or an end user; '' for what Halo does by itself."""
