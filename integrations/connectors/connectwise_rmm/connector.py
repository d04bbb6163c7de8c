"""ConnectWise RMM (Asio): companies with their sites, and endpoints. Where its alerts are is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from integrations.choices import ConsolePurpose
from integrations.connectors import links, values
from integrations.connectors.base import Abilities, Connector, CredentialField, OpenQuestion
from integrations.connectors.connectwise_rmm.client import SCOPES, AsioClient, Paths, Row
from integrations.connectors.connectwise_rmm.parse import companies, computers, envelopes
from integrations.connectors.credential_fields import choice
from integrations.connectors.looks import Looks
from integrations.connectors.parts import in_parts
from integrations.net.errors import ShortList
from integrations.records import CheckResult, CompanyRecord, ComputerRecord

GRANT: Final = "Tick the read scope of it for the API key (Settings > API Access)."


class ConnectWiseRmmConnector(Connector):
    kind = "connectwise_rmm"
    label = "ConnectWise RMM (Asio)"
    default_base_url = "https://openapi.service.itsupport247.net"
    experimental = True
    purposes = frozenset({ConsolePurpose.RMM})
    abilities = Abilities(companies=True, computers=True)
    halo_asset_links = ("connectwisermm_id",)
    credential_fields = (
        CredentialField(
            "client_id",
            "Client ID",
            "In ConnectWise RMM: Settings > API Access > Generate. It is known in its own region only.",
            secret=False,
        ),
        CredentialField(
            "client_secret",
            "Client secret",
            "Shown once, when the key is generated under Settings > API Access.",
            secret=True,
        ),
        CredentialField(
            "scopes",
            "Scopes",
            f"Optional. What the token is asked for, if not {SCOPES}.",
            secret=False,
            required=False,
        ),
        CredentialField(
            "paths",
            "Paths",
            "Optional. Other paths of the API, as name=/path: token, companies, sites, devices. "
            "sites=- reads no sites.",
            secret=False,
            required=False,
        ),
        choice(
            "resource_type",
            "Resource type",
            "What endpoints are asked for by.",
            {"company": "Company", "client": "Client"},
            usual="As usual: company",
        ),
        choice(
            "companies_at_once",
            "Companies in one call",
            "Endpoints of so many companies are asked for at once.",
            {number: number for number in "1234"},
            usual="As usual: 1",
        ),
        *links.FIELDS,
    )
    open_questions = (
        OpenQuestion("7. Scopes that are granted", ("scope",)),
        OpenQuestion("7. Types of endpoints", ("endpointType", "deviceType", "resourceType")),
        OpenQuestion(
            "7. Online and last contact", ("online", "isOnline", "availability", "lastSeen", "lastContact")
        ),
        OpenQuestion("7. How pages go on", ("nextCursor", "next_cursor", "totalCount")),
        OpenQuestion("7. Names of the fields of endpoints; the Link header"),
    )

    def fetch_companies(self) -> Iterator[CompanyRecord]:
        """Each with its sites, one call for each company: in parts, where that takes long."""
        left_out = 0
        for [row] in in_parts(self, self._rows, _asked_as):
            asked = companies.asked_id(row)
            sites = self._client.fetch_sites(asked) if asked else []
            record = companies.company(row, sites)
            left_out += record is None
            if record is not None:
                yield record
        self._warn_if(left_out, f"{left_out} companies without id or name were left out.")

    def fetch_computers(self) -> Iterator[ComputerRecord]:
        """Endpoints company by company, in parts where that takes long.

        Raises `ShortList` where it can't be told whose they are.
        """
        tally = Tally(self.brought_before)
        for row, around in self._devices(tally):
            record = computers.computer(row, around)
            tally.ahead += computers.is_ahead(row, around)
            if record is not None:
                yield record
        self.warnings += tally.sentences()
        if self._rows and not (tally.came or self.goes_on_at or self.brought_before):
            count = len(self._rows)
            self.warnings.append(f"None of {count} companies has endpoints: if some do, look at the paths.")

    def _devices(self, tally: Tally) -> Iterator[tuple[Row, computers.Surroundings]]:
        ids = [found for row in self._rows if (found := companies.asked_id(row))]
        around = computers.Surroundings(
            zone=self.access.zone,
            now=datetime.now(UTC),
            console_link=self.access.value("console_link"),
            remote_link=self.access.value("remote_link"),
            companies=frozenset(found for number in ids if (found := envelopes.identifier(number))),
        )
        for asked in in_parts(self, ids, str, self._at_once):
            here = around.asking(map(envelopes.identifier, asked))
            for page in self._client.fetch_devices(asked):
                yield from ((row, here) for row in page if tally.takes(row, here))

    @classmethod
    def credential_problems(cls, credentials: Mapping[str, str]) -> dict[str, str]:
        try:
            Paths.of(str(credentials.get("paths") or ""))
        except ValueError as error:
            return {"paths": str(error)}
        return {}

    def _missing_configuration(self) -> list[str]:
        problems = super()._missing_configuration()
        return [*problems, *self.credential_problems(self.access.credentials).values()]

    def _probe(self) -> CheckResult:
        return probe(self._client)

    @cached_property
    def _client(self) -> AsioClient:
        return AsioClient(self.access, self.access.base_url)

    @cached_property
    def _rows(self) -> list[Row]:
        """Companies, read once for each run: sites and endpoints are asked for by company."""
        return self._client.fetch_companies()

    @property
    def _at_once(self) -> int:
        return min(4, max(1, values.number(self.access.value("companies_at_once")) or 1))


def _asked_as(row: Row) -> str:
    return companies.asked_id(row) or ""


class Tally:
    """Which endpoints have come, and for whom. Of those that `came_before` the latter is not known."""

    def __init__(self, came_before: AbstractSet[str] = frozenset()) -> None:
        self.came = 0
        self._came_before = came_before
        self.ahead = 0
        self._without_id = 0
        self._doubled = 0
        self._asked_by: dict[str, tuple[str, ...]] = {}

    def takes(self, row: Row, around: computers.Surroundings) -> bool:
        """Whether it is new. Raises `ShortList` for one that comes for several companies and names none.

        A console that does not heed what it is asked for would give all endpoints to the first company.
        """
        self.came += 1
        number = envelopes.device_id(row)
        if number is None:
            self._without_id += 1
            return False
        if number not in self._asked_by and number not in self._came_before:
            self._asked_by[number] = around.asked
            return True
        if self._asked_by.get(number) != around.asked and computers.named_owner(row) not in around.companies:
            raise ShortList("The console gives the same endpoints for several companies: it was not used.")
        self._doubled += 1
        return False

    def sentences(self) -> list[str]:
        told = (
            (self._without_id, "endpoints without an id were left out."),
            (self._doubled, "endpoints have the id of another one: the first was taken."),
            (self.ahead, "endpoints were last seen in the future: their time was left out."),
        )
        return [f"{count} {words}" for count, words in told if count]


def probe(client: AsioClient) -> CheckResult:
    """Log in, look at the companies, and at sites and endpoints of the first. All have to work."""
    client.log_in()
    looks = Looks(GRANT)
    rows = looks.at("Companies", "company mapping", client.fetch_companies)
    first = next((found for row in rows or () if (found := companies.asked_id(row))), None)
    devices: list[Row] | None = []
    if first is not None:
        if client.paths.has_sites:
            looks.at("Sites", "sites of companies", lambda: client.fetch_sites(first))
        devices = looks.at(
            "Endpoints", "computer mapping and export", lambda: next(client.fetch_devices([first]), [])
        )
    if rows is None or looks.problems:
        return CheckResult(ok=False, message=" ".join(looks.problems), details=tuple(looks.details))
    of_first = f"; the first has {len(devices or ())} endpoints on the first page" if rows else ""
    told = f"{len(rows)} companies{of_first}"
    return CheckResult(ok=True, message=f"Connected: {told}.", details=tuple(looks.details))
