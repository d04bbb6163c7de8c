"""Enumerations that are stored, sent and shown. The label is what staff read."""

from typing import Final

from django.db.models import IntegerChoices, TextChoices

__all__ = [
    "TICKET_WRITES",
    "Action",
    "AlarmKind",
    "Answer",
    "ChangeKind",
    "ChannelKind",
    "ConnectionState",
    "ConsolePurpose",
    "EventState",
    "EventStatus",
    "IntentionKind",
    "IntentionState",
    "MailState",
    "MailVerdict",
    "NoticeState",
    "OptionKind",
    "Outcome",
    "PlanState",
    "Purpose",
    "ReadState",
    "Resource",
    "Role",
    "RunKind",
    "RunState",
    "Severity",
    "StepState",
    "SyncMode",
    "TokenScope",
    "UploadState",
    "UploadedKind",
    "WriteMode",
]


class Role(TextChoices):
    """Groups of staff accounts that the bridge makes and keeps; the value is the group's name."""

    ADMINISTRATOR = "Administrator"
    ENGINEER = "Engineer"
    SERVICE_DESK = "Service desk"
    AUDITOR = "Auditor"


class TokenScope(TextChoices):
    """What a token of the REST API is for. It never allows more than its account may do."""

    READ = "read", "Read only"
    EVENTS = "events", "Send events only"
    MAPPING = "mapping", "Read, map, preview and export"
    ADMIN = "admin", "Everything that its account may do"


class WriteMode(TextChoices):
    OBSERVE = "observe", "Observe (plan and record, write nothing)"
    WRITE = "write", "Write"


class ConnectionState(TextChoices):
    UNTESTED = "untested", "Untested"
    TESTING = "testing", "Being tested"
    WORKING = "working", "Working"
    FAILED = "failed", "Failed"


class ConsolePurpose(TextChoices):
    """What a console does for the computers in it, as far as gaps between consoles are told by it."""

    BACKUP = "backup", "Backup"
    RMM = "rmm", "Monitoring and management (RMM)"


class EventState(TextChoices):
    OPEN = "open", "Open"
    RESOLVED = "resolved", "Resolved"


class EventStatus(TextChoices):
    """What the bridge did with a stored event."""

    NEW = "new", "New"
    ROUTED = "routed", "Belongs to an alert"
    WAITING = "waiting", "Waiting"
    IGNORED = "ignored", "Not wanted"


class MailState(TextChoices):
    """What became of a mail that was read."""

    WAITING = "waiting", "Waiting"
    EVENT = "event", "Made an event"
    UNTAKEN = "untaken", "No rule takes it"
    REFUSED = "refused", "Can't be judged"


class MailVerdict(TextChoices):
    """What a mail says by a rule. `by_pattern`: resolved where the rule's pattern for it is found."""

    OPEN = "open", "Open"
    RESOLVED = "resolved", "Resolved"
    BY_PATTERN = "by_pattern", "Resolved where a pattern is found, else open"


class Severity(TextChoices):
    CRITICAL = "critical", "Critical"
    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"
    INFO = "info", "Information"


class OptionKind(TextChoices):
    TICKET_TYPE = "ticket_type", "Ticket type"
    STATUS = "status", "Status"
    PRIORITY = "priority", "Priority"
    SLA = "sla", "SLA"
    TEAM = "team", "Team"
    AGENT = "agent", "Halo agent (technician)"
    CATEGORY = "category", "Category"
    URGENCY = "urgency", "Urgency"
    IMPACT = "impact", "Impact"
    SOURCE = "source", "Source"
    OUTCOME = "outcome", "Outcome (action button)"
    IGNORED_VALUE = "ignored_value", "Value never used for matching"
    ASSET_TYPE = "asset_type", "Asset type"
    ASSET_GROUP = "asset_group", "Asset group"
    ASSET_STATUS = "asset_status", "Asset status"


class Resource(TextChoices):
    """What is mirrored from HaloPSA, in the order of reading: what points at something comes after it."""

    CLIENTS = "clients", "Clients [customers]"
    SITES = "sites", "Sites"
    USERS = "users", "Halo users (end users)"
    ASSET_TYPES = "asset_types", "Asset types"
    FIELDS = "fields", "Field definitions"
    OPTIONS = "options", "Choices"
    LICENCES = "licences", "Software licences"
    ASSETS = "assets", "Assets"


class ReadState(TextChoices):
    """How the reading of one resource stands."""

    NEVER = "never", "Not read yet"
    QUEUED = "queued", "Waits for its turn"
    READING = "reading", "Being read"
    DONE = "done", "Read"
    FAILED = "failed", "Failed"
    OFF = "off", "Switched off"
    """By the sync settings, or because a permission is missing; the reason says which."""


class SyncMode(TextChoices):
    INCREMENTAL = "incremental", "What has changed, and all of it at intervals"
    FULL = "full", "All of it each time"


class ChangeKind(TextChoices):
    """What has happened to an object in HaloPSA."""

    RENAMED = "renamed", "Renamed"
    MOVED = "moved", "Moved"
    RETYPED = "retyped", "Asset type changed"
    DEACTIVATED = "deactivated", "Made inactive"
    REACTIVATED = "reactivated", "Active again"
    GONE = "gone", "Gone"
    BACK = "back", "Back again"
    MERGED = "merged", "Merged into another"


class RunKind(TextChoices):
    TEST_HALO = "test_halo", "Test of a HaloPSA credential"
    TEST_CONSOLE = "test_console", "Test of a console"
    SYNC_HALO = "sync_halo", "Sync from HaloPSA"
    SYNC_CONSOLE = "sync_console", "Sync from a console"
    EVENTS = "events", "Fetch of events"
    DELIVERIES = "deliveries", "Reading of webhook deliveries"
    MATCH = "match", "Matching"
    PLAN_ASSETS = "plan_assets", "Asset preview"
    APPLY_ASSETS = "apply_assets", "Asset export"
    KEEP_ASSETS = "keep_assets", "Scheduled asset update"
    ROUTE = "route", "Routing of events"
    DELIVER = "deliver", "Delivery of tickets"
    SOFTWARE = "software", "Read of installed software"
    WATCH = "watch", "Look at tickets in HaloPSA"
    SIMULATE = "simulate", "Simulation"
    LOOK_UPLOAD = "look_upload", "Look at a spreadsheet"
    APPLY_UPLOAD = "apply_upload", "Apply a spreadsheet"
    LOOK_SHEET = "look_sheet", "Look at an imported sheet"
    APPLY_SHEET = "apply_sheet", "Apply an imported sheet"
    PREFLIGHT = "preflight", "Look at profiles"
    GAPS = "gaps", "Look for gaps"
    COUNTS = "counts", "Counts of a month's end"
    SWEEP = "sweep", "Nightly sweep"
    TEST_ALARM = "test_alarm", "Test of an alarm channel"
    CANARY = "canary", "Queue canary"


class UploadedKind(TextChoices):
    """What an uploaded spreadsheet holds."""

    COMPANIES = "companies", "Companies"
    COMPUTERS = "computers", "Computers"
    EVENTS = "events", "Events"


class UploadState(TextChoices):
    LOOKING = "looking", "Being looked at"
    ASKS = "asks", "Needs a choice"
    READY = "ready", "Ready to apply"
    APPLYING = "applying", "Being applied"
    APPLIED = "applied", "Applied"
    FAILED = "failed", "Cannot be read"


class RunState(TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    WAITING = "waiting", "Waiting for approval"
    SUCCEEDED = "succeeded", "Succeeded"
    PARTIAL = "partial", "Partly succeeded"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class StepState(TextChoices):
    QUEUED = "queued", "Queued"
    LEASED = "leased", "Being worked on"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class PlanState(TextChoices):
    PLANNING = "planning", "Being planned"
    READY = "ready", "Ready"
    APPLIED = "applied", "Applied"
    STALE = "stale", "Out of date"
    FAILED = "failed", "Failed"


class Action(TextChoices):
    """What a change wants to do."""

    CREATE = "create", "Create"
    UPDATE = "update", "Update"
    DEACTIVATE = "deactivate", "Make inactive"
    LINK = "link", "Link"
    UNLINK = "unlink", "Unlink"
    SKIP = "skip", "Skip"
    NOTE = "note", "Note"
    CLOSE = "close", "Close"
    REOPEN = "reopen", "Reopen"


class Outcome(TextChoices):
    """What became of a change (a run's entry)."""

    DONE = "done", "Done"
    SKIPPED = "skipped", "Skipped"
    REFUSED = "refused", "Refused by HaloPSA"
    CHANGED_MEANWHILE = "changed_meanwhile", "Changed meanwhile"
    UNCERTAIN = "uncertain", "Uncertain, being looked up"
    OBSERVED = "observed", "Only observed"
    FAILED = "failed", "Failed"
    WARNING = "warning", "Warning"
    HELD = "held", "Waits for approval"


class IntentionKind(TextChoices):
    CREATE_ASSET = "create_asset", "Create asset"
    UPDATE_ASSET = "update_asset", "Update asset"
    CREATE_ASSET_TYPE = "create_asset_type", "Create asset type"
    CREATE_TICKET = "create_ticket", "Create ticket"
    ADD_NOTE = "add_note", "Add note"
    CLOSE_TICKET = "close_ticket", "Close ticket"
    REOPEN_TICKET = "reopen_ticket", "Reopen ticket"
    UPDATE_TICKET = "update_ticket", "Update ticket"
    MOVE_TICKET = "move_ticket", "Move ticket"


TICKET_WRITES: Final = (
    IntentionKind.CREATE_TICKET,
    IntentionKind.ADD_NOTE,
    IntentionKind.CLOSE_TICKET,
    IntentionKind.REOPEN_TICKET,
    IntentionKind.UPDATE_TICKET,
    IntentionKind.MOVE_TICKET,
)
"""The kinds of intention that delivery sends; assets have a run of their own."""


class IntentionState(TextChoices):
    PLANNED = "planned", "Planned"
    SENDING = "sending", "Being sent"
    UNCERTAIN = "uncertain", "Uncertain"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    STAFF = "staff", "Waiting for staff"
    CANCELLED = "cancelled", "Cancelled"


class Answer(TextChoices):
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    UNCERTAIN = "uncertain", "Uncertain"
    PAUSE = "pause", "Pause"
    """Nothing was executed and nothing is wrong with the object: unreachable, 401, 429, 503, writes off."""


class Purpose(IntegerChoices):
    """Who takes a call from the budget; the value is the share of the window (%) it may fill."""

    BACKGROUND = 30, "Background"
    MIRROR = 60, "Mirror"
    ASSETS = 80, "Assets"
    TICKETS = 100, "Tickets"


class AlarmKind(TextChoices):
    """What HaloBridge tells of itself."""

    QUEUE = "queue", "Queue stopped"
    CONNECTION = "connection", "Connection broken"
    APPROVAL = "approval", "Waiting for an approval"
    REFUSED = "refused", "Tickets refused by HaloPSA"
    UNCERTAIN = "uncertain", "Writes whose fate nobody knows"
    SILENCE = "silence", "Console silent for longer than usual"


class ChannelKind(TextChoices):
    MAIL = "mail", "Mail"
    TEAMS = "teams", "Microsoft Teams (workflow)"
    SLACK = "slack", "Slack (incoming webhook)"
    WEBHOOK = "webhook", "Webhook (JSON)"
    HEARTBEAT = "heartbeat", "Heartbeat (an address that is called while all is well)"


class NoticeState(TextChoices):
    WAITING = "waiting", "To be sent"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    LOST = "lost", "Perhaps sent"
    """The answer was lost. It is not sent again: nobody shall be told twice."""
    FAILED = "failed", "Not sent"
    NEEDLESS = "needless", "Over before it was sent"
