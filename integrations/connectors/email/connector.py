"""A mailbox that alert mails are sent to. It hands over mails; rules make events of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from integrations.connectors.base import Abilities, Connector, CredentialField
from integrations.connectors.email.client import OAUTH_FIELDS, MailReader, login_of, missing_for_login
from integrations.net.hosts import MAIL, AddressError, normalise_host
from integrations.net.imap import Mailbox
from integrations.records import CheckResult, MailRecord, Permission

DEFAULT_FOLDER: Final = "INBOX"


class EmailConnector(Connector):
    kind = "email"
    label = "Mailbox (alert mails)"
    abilities = Abilities(mails=True)
    address_help = "The IMAP server, e.g. imaps://outlook.office365.com; port 993 unless another is written."
    credential_fields = (
        CredentialField(
            name="user",
            label="Mailbox (user name)",
            help_text="What the mail server calls the mailbox, mostly its mail address.",
            secret=False,
        ),
        CredentialField(
            name="password",
            label="Password or app password",
            help_text="Optional. Empty where the server wants OAuth 2.0 (Microsoft 365).",
            secret=True,
            required=False,
        ),
        *OAUTH_FIELDS,
        CredentialField(
            name="folder",
            label="Folder",
            help_text="Optional. Empty: INBOX. It is only looked at; nothing in it changes.",
            secret=False,
            required=False,
        ),
    )

    @classmethod
    def normalise_address(cls, typed: str) -> str:
        found = normalise_host(typed, schemes=MAIL)
        if "/" in found.partition("://")[2]:
            raise AddressError("The address ends after the server; the folder has a field of its own.")
        return found

    @classmethod
    def credential_problems(cls, credentials: Mapping[str, str]) -> dict[str, str]:
        return missing_for_login(credentials)

    def fetch_mails(self, position: Mapping[str, Any]) -> Iterator[MailRecord]:
        folder = self.access.value("folder") or DEFAULT_FOLDER
        with self._mailbox() as mailbox:
            name = f"{self.access.value('user')} at {mailbox.host}, {folder}"
            reader = MailReader(mailbox, name, folder, datetime.now(UTC))
            yield from reader.mails_after(position)
            self.mails_read_to = reader.read_to

    def _mailbox(self) -> Mailbox:
        return Mailbox(
            self.access.base_url,
            login_of(self.access),
            allow_private=self.access.allow_private,
            ca_bundle=self.access.ca_bundle,
        )

    def _missing_configuration(self) -> list[str]:
        problems = super()._missing_configuration()
        if not self.access.base_url:
            problems.append("The address of the mail server is missing.")
        typed = {item.name: self.access.value(item.name) for item in self.credential_fields}
        return problems + list(missing_for_login(typed).values())

    def _probe(self) -> CheckResult:
        folder = self.access.value("folder") or DEFAULT_FOLDER
        with self._mailbox() as mailbox:
            found = mailbox.examine(folder)
        return CheckResult(
            ok=True,
            message=f"Logged in at {mailbox.host}; “{folder}” holds {found.count:,} mails.",
            details=(Permission(f"Folder “{folder}”", "works", "to read alert mails"),),
        )
