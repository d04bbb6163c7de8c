"""How NinjaOne's alert mails may look. Guessed."""

from __future__ import annotations

from typing import Final

from integrations.records import MailPreset

PRESETS: Final = (
    MailPreset(
        key="condition",
        name="Condition triggered, and reset",
        sender="ninjarmm.com",
        subject=r"(?:triggered|reset)",
        body=r"^Organi[sz]ation: ?(?P<company>\S.*)$(?:.|\n)*?^Device(?: name)?: ?(?P<computer>\S.*)$"
        r"(?:(?:.|\n)*?^Severity: ?(?P<severity>\w+))?(?:(?:.|\n)*?^Condition: ?(?P<series>\S.*)$)?",
        event_type="device.other",
        state="by_pattern",
        resolved_pattern=r"\A[^\n]*\breset\b",
        series="condition|{company}|{computer}|{series}",
        note="Look at one of your mails first. Newer accounts may send from another domain.",
    ),
)
