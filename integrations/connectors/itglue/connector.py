"""IT Glue: organisations with their locations, configurations with type, serial number and warranty."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from integrations.connectors.base import Abilities, Connector, CredentialField
from integrations.connectors.itglue.client import (
    CONFIGURATIONS,
    LOCATIONS,
    ORGANISATIONS,
    ITGlueClient,
)
from integrations.connectors.itglue.parse import companies, computers
from integrations.connectors.listing import Listing
from integrations.connectors.looks import Counted, look_at_counts
from integrations.net.errors import Forbidden, NotFound
from integrations.records import CheckResult, CompanyRecord, ComputerRecord

GRANT: Final = "Make an API key under Account > Settings > API Keys, on a plan with access to the API."


class ITGlueConnector(Connector):
    kind = "itglue"
    label = "IT Glue"
    default_base_url = "https://api.itglue.com"
    # What is documented is no proof: people delete what they wrote while the computer runs on.
    abilities = Abilities(companies=True, computers=True)
    halo_asset_links = ("itglue_id",)
    credential_fields = (
        CredentialField(
            "api_key",
            "API key",
            "In IT Glue: Account > Settings > API Keys > Custom API Keys > Generate API Key, without "
            "access to passwords. It is shown once.",
            secret=True,
        ),
    )

    def fetch_companies(self) -> Iterator[CompanyRecord]:
        """Locations are read first: each organisation comes with its own."""
        locations = self._locations()
        found = Listing(self._client.fetch_organisations(), lambda row: companies.company(row, locations))
        yield from found
        self.warnings += found.sentences("organisations", "id or name")

    def fetch_computers(self) -> Iterator[ComputerRecord]:
        """Configurations of every type, page by page; archived ones are not eligible."""
        found = Listing(self._client.fetch_configurations(), computers.computer)
        yield from found
        self.warnings += found.sentences("configurations", "an id")

    def _locations(self) -> companies.Locations:
        """None of them where the key may not read them: organisations are of use without."""
        try:
            return companies.locations_of(row for page in self._client.fetch_locations() for row in page)
        except (Forbidden, NotFound) as error:
            self.warnings.append(f"Locations cannot be read: {error.sentence}")
            return {}

    def _probe(self) -> CheckResult:
        client = ITGlueClient(self.access, self._address, patient=False)
        return look_at_counts(
            Counted("Organisations", "company mapping", lambda: client.count(ORGANISATIONS)),
            Counted("Configurations", "computer mapping and export", lambda: client.count(CONFIGURATIONS)),
            Counted("Locations", "sites of organisations", lambda: client.count(LOCATIONS)),
            grant=GRANT,
        )

    @property
    def _address(self) -> str:
        return self.access.base_url or self.default_base_url

    @cached_property
    def _client(self) -> ITGlueClient:
        return ITGlueClient(self.access, self._address)
