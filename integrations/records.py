"""Frozen records: what a connector or the Halo reader hands over, before anything is stored.

Every time is timezone-aware UTC; every external id is a string (the vendor's own, trimmed);
an absent value is `None` (or an empty tuple), never a sentinel of the vendor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Raw = Mapping[str, Any]


# ---- console side ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LocationRecord:
    """A part of a company (a site of the console) that may stand for a Halo site."""

    external_id: str
    name: str


@dataclass(frozen=True, slots=True)
class CompanyRecord:
    external_id: str
    name: str
    domain: str | None = None
    account_number: str | None = None
    tags: tuple[str, ...] = ()
    locations: tuple[LocationRecord, ...] = ()
    raw: Raw = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ComputerRecord:
    """One computer. `company_external_id` is None where the console does not say whose it is."""

    external_id: str
    name: str
    company_external_id: str | None = None
    location_external_id: str | None = None
    host_name: str | None = None
    serial_number: str | None = None
    mac_addresses: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()
    manufacturer: str | None = None
    model: str | None = None
    os_name: str | None = None
    os_version: str | None = None
    device_class: str | None = None
    last_user: str | None = None
    last_seen: datetime | None = None
    online: bool | None = None
    in_maintenance: bool | None = None
    """Whether the console itself says that alerts of this computer do not count at present."""
    tags: tuple[str, ...] = ()
    agent_version: str | None = None
    purchased_on: date | None = None
    warranty_ends_on: date | None = None
    console_url: str | None = None
    """Address of its page in the console. What is no `http(s)` address is not stored."""
    remote_url: str | None = None
    """Address that starts a remote-control session."""
    products: tuple[str, ...] = ()
    """Products or licences as the console spells them, the one that decides the asset type first."""
    eligible: bool = True
    ineligible_reason: str = ""
    raw: Raw = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """One line of a vulnerability or remediation: what to bring from which version to which, and where."""

    product: str = ""
    installed_version: str = ""
    fixed_version: str = ""
    severity: str = ""
    asset: str = ""
    cve: str = ""


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One message from a console. `state` is a value of `choices.EventState`."""

    external_id: str
    event_type: str
    state: str
    title: str
    series_key: str = ""
    severity: str = "medium"
    message: str = ""
    occurred_at: datetime | None = None
    company_external_id: str | None = None
    computer_external_id: str | None = None
    product: str = ""
    """The program that it is about."""
    vendor_code: str = ""
    """The vendor's own code or class of the event: what staff see where the catalogue has no entry for it."""
    findings: tuple[FindingRecord, ...] = ()
    raw: Raw = field(default_factory=dict, compare=False, repr=False)
    """`raw["remark"]` is a sentence for staff about what the event lacks, where there is one."""


@dataclass(frozen=True, slots=True)
class MailRecord:
    """One mail of a mailbox, as it is. `position` is what a read that begins after it is given."""

    position: Raw
    raw: bytes = field(repr=False)
    received_at: datetime | None = None
    note: str = ""
    """A sentence about what of it was not read."""


@dataclass(frozen=True, slots=True)
class MailPreset:
    """How a vendor's alert mails look: what a rule about them starts from.

    The sender is empty where staff choose it themselves in the vendor's settings. `guessed`: nobody has
    compared it with real mails of the vendor.
    """

    key: str
    name: str
    subject: str
    event_type: str
    sender: str = ""
    body: str = ""
    severity: str = "medium"
    state: str = "open"
    resolved_pattern: str = ""
    series: str = ""
    guessed: bool = True
    note: str = ""


# ---- Halo side ------------------------------------------------------------------------------


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


# ---- answers --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Outcome of testing a credential or a console: one sentence that staff can act on."""

    ok: bool
    message: str
    details: tuple[Permission, ...] = ()
    agent_name: str = ""
    scopes: str = ""
    refused_scopes: str = ""
    """Of the scopes that were asked for, those which HaloPSA does not know or allow."""
    agent: AgentRecord | None = None
    authorisation_server: str = ""
    """Where HaloPSA itself says that tokens are given; '' where it does not say."""
    tenant: str = ""
    """The tenant that HaloPSA itself names; '' where it names none."""
    listed: Mapping[str, int] = field(default_factory=dict)
    """Rows that HaloPSA says it has, by `choices.Resource`: what a forecast is made of."""
    advice: tuple[str, ...] = ()
    """Sentences for staff about what works, but should not be so."""


@dataclass(frozen=True, slots=True)
class AgentRecord:
    """The Halo agent (technician) that an application logs in as. None: HaloPSA does not say."""

    halo_id: int | None
    name: str
    is_api_only: bool | None = None
    is_administrator: bool | None = None


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing that the bridge wants to do. `state` is works, refused or unknown.

    `scope`, `application_permission` and `agent_permission` are what to grant for it, by HaloPSA's own names;
    `grant` says it in one sentence. `reason` is what HaloPSA answered where it was refused.
    """

    name: str
    state: str
    needed_for: str
    grant: str = ""
    key: str = ""
    scope: str = ""
    application_permission: str = ""
    agent_permission: str = ""
    essential: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WriteAnswer:
    """What Halo said to one object that was sent. `outcome` is a value of `choices.Answer`."""

    outcome: str
    halo_id: int | None = None
    message: str = ""
    safe_to_repeat: bool = False
    """True where the connection was never made, so that nothing can have been executed."""
    batch: tuple[dict[str, Any], ...] = ()
    status: int | None = None
    """The HTTP status of a failed write, if there was an answer."""
