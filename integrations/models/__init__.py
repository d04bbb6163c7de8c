"""What is stored on the lowest floor."""

from integrations.models.alarms import Alarm, AlarmChannel, AlarmNotice
from integrations.models.audit import Audited, AuditedQuerySet, AuditEntry
from integrations.models.console_side import (
    Company,
    Computer,
    Event,
    KnownSeries,
    Location,
    Product,
    RawDelivery,
    Snapshot,
)
from integrations.models.credentials import BudgetPermit, Console, HaloCredential, Instance
from integrations.models.halo_side import (
    HaloAsset,
    HaloAssetType,
    HaloClient,
    HaloField,
    HaloLicence,
    HaloOption,
    HaloSite,
    HaloSnapshot,
    HaloSoftware,
    HaloUser,
)
from integrations.models.installation import Installation, LostTicket
from integrations.models.mail import Mail, MailRule
from integrations.models.mirror import HaloChange, HeldLoss, MirrorState, SyncSettings
from integrations.models.runs import (
    OPEN_STATES,
    Entry,
    Heartbeat,
    Intention,
    PartSeen,
    Plan,
    PlannedChange,
    Run,
    Step,
    new_marker,
)
from integrations.models.tokens import ApiToken
from integrations.models.uploads import Upload, UploadedRows

__all__ = [
    "OPEN_STATES",
    "Alarm",
    "AlarmChannel",
    "AlarmNotice",
    "ApiToken",
    "AuditEntry",
    "Audited",
    "AuditedQuerySet",
    "BudgetPermit",
    "Company",
    "Computer",
    "Console",
    "Entry",
    "Event",
    "HaloAsset",
    "HaloAssetType",
    "HaloChange",
    "HaloClient",
    "HaloCredential",
    "HaloField",
    "HaloLicence",
    "HaloOption",
    "HaloSite",
    "HaloSnapshot",
    "HaloSoftware",
    "HaloUser",
    "Heartbeat",
    "HeldLoss",
    "Installation",
    "Instance",
    "Intention",
    "KnownSeries",
    "Location",
    "LostTicket",
    "Mail",
    "MailRule",
    "MirrorState",
    "PartSeen",
    "Plan",
    "PlannedChange",
    "Product",
    "RawDelivery",
    "Run",
    "Snapshot",
    "Step",
    "SyncSettings",
    "Upload",
    "UploadedRows",
    "new_marker",
]
