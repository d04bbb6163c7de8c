"""What a connector hands over of a console: companies, computers, events, mails."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from integrations.records.raw import Raw


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
