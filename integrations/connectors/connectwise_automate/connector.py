"""ConnectWise Automate: clients with their locations, and computers. Its API tells no events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Final

from integrations.choices import ConsolePurpose
from integrations.connectors import links
from integrations.connectors.base import Abilities, Connector, CredentialField, OpenQuestion
from integrations.connectors.connectwise_automate.client import (
    CLIENTS,
    COMPUTERS,
    LOCATIONS,
    AutomateClient,
    Row,
)
from integrations.connectors.connectwise_automate.parse import companies, computers
from integrations.connectors.listing import Listing
from integrations.connectors.looks import Looks
from integrations.records import CheckResult, CompanyRecord, ComputerRecord

NOWHERE: Final = "https://your-server.hostedrmm.example"
"""There is no address of the vendor's own: everybody has a server."""
NO_ADDRESS: Final = (
    "The address is missing: that of your Automate server, for example https://<your name>.hostedrmm.com."
)
CONSOLE_LINK: Final = "/automate/computer/{id}/normal-tiles"
"""The computer's page in the web console."""
GRANT: Final = "Give the user's class the right to read it, for all clients (System > Users and Contacts)."


class ConnectWiseAutomateConnector(Connector):
    kind = "connectwise_automate"
    label = "ConnectWise Automate"
    default_base_url = NOWHERE
    experimental = True
    purposes = frozenset({ConsolePurpose.RMM})
    address_help = "Required: the address of your Automate server, https://<its name>."
    abilities = Abilities(companies=True, computers=True, list_proves_existence=True)
    halo_asset_links = ("automate_id",)
    credential_fields = (
        CredentialField(
            "username",
            "User name",
            "In the Control Center: System > Users and Contacts > Users > Add. User class: Integrator, which "
            "logs in without a second factor.",
            secret=False,
        ),
        CredentialField("password", "Password", "The password of that user.", secret=True),
        CredentialField(
            "client_id",
            "Client ID",
            "The GUID that developer.connectwise.com gives for an integration (Client ID > My client IDs); "
            "Automate wants it since 2020.11.",
            secret=False,
        ),
        *links.FIELDS,
    )
    open_questions = (
        OpenQuestion("Types of computers, and their states", ("Type", "Status")),
        OpenQuestion("Maintenance", ("IsMaintenanceModeEnabled",)),
        OpenQuestion("End of the warranty", ("WarrantyEndDate",)),
        OpenQuestion("How ids are sent", ("Id",)),
        OpenQuestion("8. Length of pages; whether the lists tell a total in a header"),
    )

    def fetch_companies(self) -> Iterator[CompanyRecord]:
        """Locations are read first: they name their client, but no client names its locations."""
        places, homeless = companies.locations(row for page in self._client.fetch_locations() for row in page)
        found = Listing(self._client.fetch_clients(), lambda row: companies.company(row, places))
        yield from found
        self.warnings += found.sentences("clients", "id or name")
        self._warn_if(homeless, f"{homeless} locations without id or client were left out.")

    def fetch_computers(self) -> Iterator[ComputerRecord]:
        around, ahead = self._surroundings(), 0

        def make(row: Row) -> ComputerRecord | None:
            nonlocal ahead
            ahead += computers.is_ahead(row, around)
            return computers.computer(row, around)

        found = Listing(self._client.fetch_computers(), make)
        yield from found
        self.warnings += found.sentences("computers", "an id")
        self._warn_if(ahead, f"{ahead} computers were last seen in the future: their time was left out.")

    def _surroundings(self) -> computers.Surroundings:
        return computers.Surroundings(
            zone=self.access.zone,
            now=datetime.now(UTC),
            console_link=self.access.value("console_link") or f"{self._client.base_url}{CONSOLE_LINK}",
            remote_link=self.access.value("remote_link"),
        )

    def _missing_configuration(self) -> list[str]:
        problems = super()._missing_configuration()
        return problems if self.access.base_url not in ("", NOWHERE) else [*problems, NO_ADDRESS]

    def _probe(self) -> CheckResult:
        return probe(self._client)

    @cached_property
    def _client(self) -> AutomateClient:
        return AutomateClient(self.access, self.access.base_url)


def probe(client: AutomateClient) -> CheckResult:
    """Log in and look at the first page of each list. All three have to work."""
    client.log_in()
    looks = Looks(GRANT)
    clients, places, machines = (
        looks.at(name, needed_for, partial(client.fetch_first_page, path, name.lower()))
        for name, needed_for, path in (
            ("Clients", "company mapping", CLIENTS),
            ("Locations", "sites of companies", LOCATIONS),
            ("Computers", "computer mapping and export", COMPUTERS),
        )
    )
    if clients is None or places is None or machines is None:
        return CheckResult(ok=False, message=" ".join(looks.problems), details=tuple(looks.details))
    told = f"{len(clients)} clients, {len(places)} locations and {len(machines)} computers on the first page"
    return CheckResult(ok=True, message=f"Connected: {told}.", details=tuple(looks.details))
