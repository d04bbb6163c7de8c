"""How Tactical RMM's alert mails look: by its public source code, not yet compared with real mails."""

from __future__ import annotations

from typing import Final

from integrations.records import MailPreset

_PLACE: Final = r"^(?P<company>.+), [^,]+, (?P<computer>[^,]+) - "
_SENDER: Final = (
    "The sender is the From address of your own server: Settings > Global Settings > Email Alerts."
)

PRESETS: Final = (
    MailPreset(
        key="check",
        name="Check or task failed, and resolved",
        subject=_PLACE + r"(?P<series>.+) (?:Failed|Resolved)$",
        event_type="device.other",
        state="by_pattern",
        resolved_pattern=r"\A[^\n]* Resolved$",
        series="tactical|{company}|{computer}|{series}",
        guessed=False,
        note=_SENDER,
    ),
    MailPreset(
        key="availability",
        name="Agent overdue, and back",
        subject=_PLACE + r"data (?:overdue|received)$",
        event_type="device.offline",
        severity="high",
        state="by_pattern",
        resolved_pattern=r"\A[^\n]* - data received$",
        series="tactical|{company}|{computer}|availability",
        guessed=False,
        note=_SENDER,
    ),
)
