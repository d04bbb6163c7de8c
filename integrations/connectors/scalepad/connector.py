"""ScalePad: clients, hardware assets, and when these were bought and lose their warranty."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from integrations.connectors.base import Abilities, Connector, CredentialField
from integrations.connectors.listing import Listing
from integrations.connectors.looks import Counted, look_at_counts
from integrations.connectors.scalepad.client import CLIENTS, HARDWARE, LIFECYCLES, ScalePadClient
from integrations.connectors.scalepad.parse import companies, computers
from integrations.net.errors import Forbidden, NotFound, Refused
from integrations.records import CheckResult, CompanyRecord, ComputerRecord

GRANT: Final = (
    "Make an API key as an administrator (ScalePad Hub > API); the product has to be subscribed to."
)


class ScalePadConnector(Connector):
    kind = "scalepad"
    label = "ScalePad"
    default_base_url = "https://api.scalepad.com"
    experimental = True
    # What it lists comes from other systems, and leaves the list when these are disconnected.
    abilities = Abilities(companies=True, computers=True)
    credential_fields = (
        CredentialField(
            "api_key",
            "API key",
            "In ScalePad, as an administrator: ScalePad Hub > API > New API key. It is shown once.",
            secret=True,
        ),
    )

    def fetch_companies(self) -> Iterator[CompanyRecord]:
        found = Listing(self._client.fetch_clients(), companies.company)
        yield from found
        self.warnings += found.sentences("clients", "id or name")

    def fetch_computers(self) -> Iterator[ComputerRecord]:
        """Hardware assets page by page; their dates are read before."""
        lifecycles = self._lifecycles()
        found = Listing(self._client.fetch_hardware(), lambda row: computers.computer(row, lifecycles))
        yield from found
        self.warnings += found.sentences("hardware assets", "an id")

    def _lifecycles(self) -> computers.Lifecycles:
        """Unknown where the account has no Lifecycle Manager or the key may not read it."""
        try:
            return computers.Lifecycles.of(self._client.fetch_lifecycles())
        except (Forbidden, NotFound, Refused) as error:
            self.warnings.append(f"Purchase and warranty dates cannot be read: {error.sentence}")
            return computers.Lifecycles(known=False)

    def _probe(self) -> CheckResult:
        client = ScalePadClient(self.access, self._address, patient=False)
        return look_at_counts(
            Counted("Clients", "company mapping", lambda: client.count(CLIENTS)),
            Counted("Hardware assets", "computer mapping and export", lambda: client.count(HARDWARE)),
            Counted("Lifecycles", "purchase and warranty dates", lambda: client.count(LIFECYCLES)),
            grant=GRANT,
        )

    @property
    def _address(self) -> str:
        return self.access.base_url or self.default_base_url

    @cached_property
    def _client(self) -> ScalePadClient:
        return ScalePadClient(self.access, self._address)
