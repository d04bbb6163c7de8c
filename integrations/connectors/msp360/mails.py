"""How MSP360's notification mails may look. Guessed: the vendor lets every account change its templates."""

from __future__ import annotations

from typing import Final

from integrations.records import MailPreset

PRESETS: Final = (
    MailPreset(
        key="plan",
        name="Backup plan failed, and succeeded",
        sender="msp360.com",
        subject=r"(?:backup|restore)? ?plan .*?(?:fail|error|warning|overdue|missed|success|completed)",
        body=r"^Computer(?: name)?: ?(?P<computer>\S.*)$"
        r"(?:.|\n)*?^(?:Backup )?Plan(?: name)?: ?(?P<series>\S.*)$",
        event_type="backup.failed",
        severity="high",
        state="by_pattern",
        resolved_pattern=r"\A[^\n]*(?:success|completed)",
        series="backup|{computer}|{series}",
        note="Look at one of your mails first: subject and body patterns follow your notification template.",
    ),
)
