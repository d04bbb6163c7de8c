"""The one table of tones: what colour a state has, on every page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from integrations.choices import ChangeKind

TONES: Final[dict[str, str]] = {
    # connections
    "untested": "neutral",
    "testing": "info",
    "working": "good",
    # runs, steps, plans
    "queued": "neutral",
    "running": "info",
    "leased": "info",
    "waiting": "warn",
    "succeeded": "good",
    "partial": "warn",
    "cancelled": "neutral",
    "planning": "info",
    "ready": "good",
    "applied": "good",
    "stale": "warn",
    # uploads
    "looking": "info",
    "asks": "warn",
    "applying": "info",
    # outcomes, intentions
    "done": "good",
    "skipped": "neutral",
    "refused": "bad",
    "changed_meanwhile": "warn",
    "uncertain": "warn",
    "observed": "info",
    "failed": "bad",
    "warning": "warn",
    "planned": "neutral",
    "sending": "info",
    "staff": "bad",
    # events, alerts, tickets
    "new": "info",
    "open": "warn",
    "routed": "good",
    "ignored": "neutral",
    "resolved": "good",
    "critical": "bad",
    "high": "bad",
    "medium": "warn",
    "low": "neutral",
    "closing": "info",
    "closed": "neutral",
    "superseded": "neutral",
    "undecided": "neutral",
    "wanted": "good",
    "not_wanted": "neutral",
    "baseline": "info",
    # switches and spans of time: by the word itself
    "on": "good",
    "switched_off": "neutral",
    # write mode
    "observe": "info",
    "write": "good",
    "held": "warn",
    # actions
    "create": "good",
    "update": "info",
    "deactivate": "warn",
    "link": "info",
    "unlink": "warn",
    "skip": "neutral",
    "note": "info",
    "close": "info",
    "reopen": "info",
    # severities, mails, tickets, storms
    "info": "neutral",
    "event": "good",
    "untaken": "warn",
    "by_pattern": "neutral",
    "reopening": "info",
    "going_on": "warn",
    "over": "neutral",
    "released": "neutral",
    "dissolved": "neutral",
    # to-dos, reviews that are decided
    "known": "neutral",
    "dismissed": "neutral",
    "export": "good",
    "ignore": "neutral",
    "move": "good",
    "leave": "neutral",
}
"""Tone by stored value; the same on every page."""

TONES_OF_KIND: Final[dict[tuple[str, str], str]] = {
    ("auditentry", "add"): "good",
    ("auditentry", "change"): "info",
    ("auditentry", "delete"): "bad",
    ("auditentry", "start"): "neutral",
    ("auditentry", "act"): "neutral",
    ("auditentry", "cancel"): "warn",
    ("auditentry", "export"): "neutral",
    ("auditentry", "log_in"): "neutral",
    ("auditentry", "log_out"): "neutral",
    ("auditentry", "failed_log_in"): "bad",
}
"""Where a value means something else; what is open has one colour everywhere."""


CHANGE_TONES: Final[Mapping[str, str]] = {
    ChangeKind.RENAMED: "info",
    ChangeKind.MOVED: "info",
    ChangeKind.RETYPED: "info",
    ChangeKind.DEACTIVATED: "warn",
    ChangeKind.REACTIVATED: "good",
    ChangeKind.GONE: "warn",
    ChangeKind.BACK: "good",
    ChangeKind.MERGED: "warn",
}
