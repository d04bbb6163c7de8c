"""How N-central's notification mails may look. Guessed: every notification profile has its own template."""

from __future__ import annotations

from typing import Final

from integrations.records import MailPreset

PRESETS: Final = (
    MailPreset(
        key="service",
        name="Service failed or warning, and normal again",
        subject=r"\b(?:failed|warning|normal)\b",
        body=r"^Customer(?: name)?: ?(?P<company>\S.*)$(?:.|\n)*?^Device(?: name)?: ?(?P<computer>\S.*)$"
        r"(?:(?:.|\n)*?^Service(?: name)?: ?(?P<series>\S.*)$)?",
        event_type="device.other",
        state="by_pattern",
        resolved_pattern=r"\A[^\n]*\bnormal\b",
        series="service|{company}|{computer}|{series}",
        note="The sender is that of your own server: Administration > Mail Network Settings. Look at one of "
        "your mails first: the patterns follow the template of your notification profile.",
    ),
)
