"""Frozen records: what a connector or the Halo reader hands over, before anything is stored.

Every time is timezone-aware UTC; every external id is a string (the vendor's own, trimmed);
an absent value is `None` (or an empty tuple), never a sentinel of the vendor.
"""

from integrations.records.answers import (
    AgentRecord,
    CheckResult,
    Permission,
    WriteAnswer,
)
from integrations.records.console_side import (
    CompanyRecord,
    ComputerRecord,
    EventRecord,
    FindingRecord,
    LocationRecord,
    MailPreset,
    MailRecord,
)
from integrations.records.halo_side import (
    MARKER_BEGINS,
    ActionRecord,
    AgentTeams,
    AssetFieldValue,
    AssetRecord,
    AssetTypeRecord,
    ClientRecord,
    FieldRecord,
    LicenceRecord,
    OptionRecord,
    SiteRecord,
    SoftwareRecord,
    TicketRecord,
    TicketTypeRules,
    UserRecord,
)
from integrations.records.raw import Raw

__all__ = [
    "MARKER_BEGINS",
    "ActionRecord",
    "AgentRecord",
    "AgentTeams",
    "AssetFieldValue",
    "AssetRecord",
    "AssetTypeRecord",
    "CheckResult",
    "ClientRecord",
    "CompanyRecord",
    "ComputerRecord",
    "EventRecord",
    "FieldRecord",
    "FindingRecord",
    "LicenceRecord",
    "LocationRecord",
    "MailPreset",
    "MailRecord",
    "OptionRecord",
    "Permission",
    "Raw",
    "SiteRecord",
    "SoftwareRecord",
    "TicketRecord",
    "TicketTypeRules",
    "UserRecord",
    "WriteAnswer",
]
