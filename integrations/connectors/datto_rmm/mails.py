"""How Datto RMM's alert mails may look. Guessed, but for the alert's uid in the subject."""

from __future__ import annotations

from typing import Final

from integrations.records import MailPreset

PRESETS: Final = (
    MailPreset(
        key="alert",
        name="Alert raised",
        sender="centrastage.net",
        subject=r"(?P<series>[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12})",
        body=r"^Device(?: name| hostname)?: ?(?P<computer>\S.*)$"
        r"(?:(?:.|\n)*?^Site(?: name)?: ?(?P<company>\S.*)$)?"
        r"(?:(?:.|\n)*?^Priority: ?(?P<severity>\w+))?",
        event_type="device.other",
        series="alert|{series}",
        note="The account's region and your own mail settings decide about the sender.",
    ),
)
