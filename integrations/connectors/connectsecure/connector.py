"""ConnectSecure: companies, assets, remediation, vulnerabilities, system events and audits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from itertools import chain
from typing import Final

from integrations.connectors import links, values
from integrations.connectors.base import Abilities, Connector, CredentialField
from integrations.connectors.connectsecure import client as calls
from integrations.connectors.connectsecure.client import ConnectSecureClient, Row
from integrations.connectors.connectsecure.parse import companies, computers, envelopes, events, products
from integrations.connectors.credential_fields import choice, switch
from integrations.connectors.looks import Looks
from integrations.connectors.parts import in_parts
from integrations.net.errors import Forbidden, NotFound
from integrations.records import CheckResult, CompanyRecord, ComputerRecord, EventRecord

NOWHERE: Final = "https://your-pod.myconnectsecure.com"
"""There is no address for all: each tenant lives on one pod."""
NO_ADDRESS: Final = (
    "The address of your pod is missing (https://pod<number>.myconnectsecure.com): Profile > API "
    "Documentation shows it."
)
THE_PORTAL: Final = (
    "This is the address of the portal, which is no API: enter that of your pod (Profile > API "
    "Documentation)."
)
OVERLAP: Final = timedelta(hours=1)
"""How far behind the last read histories are read again: audits arrive every quarter of an hour."""
FIRST_AUDIT: Final = timedelta(days=1)
"""How far back the first read takes audits: older news is none."""
GRANT: Final = "Give the key's user the right to see it (Settings > Users)."
AUDITS: Final = {events.AD_AUDIT: calls.AD_AUDIT, events.ENTRA_AUDIT: calls.ENTRA_AUDIT}


class ConnectSecureConnector(Connector):
    kind = "connectsecure"
    label = "ConnectSecure"
    default_base_url = NOWHERE
    # Companies, assets, and the remediation of each company: hundreds of calls.
    event_minutes = 30
    address_help = "Required: the API address of your pod, https://pod<number>.myconnectsecure.com."
    abilities = Abilities(
        companies=True,
        computers=True,
        events=True,
        list_proves_existence=True,
        events_are_complete_list=True,
        events_list_only_open=True,
    )
    histories = events.HISTORIES
    open_questions = events.OPEN_QUESTIONS
    credential_fields = (
        CredentialField(
            "tenant",
            "Tenant",
            "The name of your tenant, as you enter it when you log in to the portal.",
            secret=False,
        ),
        CredentialField(
            "client_id",
            "Client ID",
            "In the portal: Settings > Users > menu of the user > API Key.",
            secret=False,
        ),
        CredentialField(
            "client_secret",
            "Client secret",
            "Shown beside the client ID: Settings > Users > menu of the user > API Key.",
            secret=True,
        ),
        switch(
            "deprecated_assets",
            "Deprecated assets",
            "Yes: also assets that ConnectSecure calls deprecated are matched and exported.",
        ),
        switch(
            "agentless_assets",
            "Assets without an agent",
            "Yes: also assets that a scan has found, and hosts of probes, are matched and exported.",
        ),
        switch(
            "prospects",
            "Assessment companies",
            "No: companies that were made for an assessment only are left out, with their assets.",
            usually=True,
        ),
        choice(
            "remediation_by",
            "Remediation by",
            "Which kinds of remediation are read. What is not ticked is not read, and its open events end.",
            {
                "company": "Company",
                "asset": "Asset",
                "product": "Product",
                "asset and product": "Asset and product",
            },
            usual="All four",
            several=True,
        ),
        switch(
            "severe_only",
            "Severe remediation only",
            "Yes: only what is of critical or high severity makes remediation events.",
        ),
        switch(
            "special_logons",
            "Special logons",
            "Yes: also Windows event 4672, which each log-in of an administrator makes.",
        ),
        *links.FIELDS,
    )

    def fetch_companies(self) -> Iterator[CompanyRecord]:
        left_out = 0
        rows = chain.from_iterable(self._client.fetch_companies())
        for row in filter(self._is_wanted_company, rows):
            record = companies.company(row)
            left_out += record is None
            if record is not None:
                yield record
        self._warn_if(left_out, f"{left_out} companies without id or name were left out.")

    def fetch_computers(self) -> Iterator[ComputerRecord]:
        """Assets that are not deleted, page by page; deprecated and agentless ones as the settings say."""
        around = self._surroundings
        prospects = self._prospects()
        came = once = without_id = ahead = 0
        for page in self._client.fetch_assets():
            came, once = page.arrived, once + len(page)
            for row in page:
                if envelopes.is_deleted(row) or values.text(row.get("company_id")) in prospects:
                    continue
                record = computers.computer(row, around)
                without_id += record is None
                ahead += computers.is_ahead(row, around)
                if record is not None:
                    yield record
        self._warn_if(without_id, f"{without_id} assets without an id were left out.")
        self._warn_if(came > once, f"{came - once} assets came twice under one id; the first was taken.")
        self._warn_if(ahead, f"{ahead} assets were last seen in the future: their time was left out.")

    def fetch_events(self, since: datetime | None = None) -> Iterator[EventRecord]:
        """What is to be remedied now, and what has happened since; the first read takes open events.

        Vulnerabilities and remediation are complete lists. System events and audits are histories: their
        series never count as seen, so that nothing is concluded from their absence. Remediation takes a call
        for each company: in parts, and all else is read in the first.
        """
        if self.begins_at:
            yield from self._remediations(self.fetch_companies())
            return
        fleet = self._fleet()
        # Read newest first, told in the order in which things happened.
        history = list(self._system_events(fleet, since))[::-1]
        for name in AUDITS:
            history += self._audit(name, fleet, since)[::-1]
        for risk in fleet.risks():
            self.series_seen.add(risk.series_key)
            yield risk
        yield from history
        yield from self._remediations(fleet.companies.values())

    def _fleet(self) -> events.Fleet:
        """Companies and assets, as far as events need them."""
        fleet = events.Fleet({record.external_id: record for record in self.fetch_companies()})
        for row in chain.from_iterable(self._client.fetch_assets()):
            is_old = computers.is_deprecated(row) and not self._surroundings.deprecated
            if not envelopes.is_deleted(row):
                fleet.add(row, is_counted=not is_old)
        return fleet

    def _remediations(self, found: Iterable[CompanyRecord]) -> Iterator[EventRecord]:
        """Of all companies, or none where the key may not see it: then nothing is concluded from that."""
        for [company] in in_parts(self, found, lambda company: company.external_id):
            try:
                yield from self._remediation(company)
            except Forbidden as error:
                self.lists_unread.update(products.BEGINNINGS)
                self.warnings.append(f"Remediation cannot be read: {error.sentence} {GRANT}")
                return

    def _remediation(self, company: CompanyRecord) -> Iterator[EventRecord]:
        """Of one company at a time: rows are dropped as they are read. `Forbidden` comes before the first."""
        wanted, _ = products.choices(self.access.value("remediation_by"))
        found = products.Remediation(company, wanted)
        foreign = 0
        for row in chain.from_iterable(self._client.fetch_remediation(company.external_id)):
            is_foreign = products.company_of(row) not in (None, company.external_id)
            foreign += is_foreign
            one = None if is_foreign else products.fix(row, self.access.zone)
            if one is not None and self._is_severe_enough(one):
                found.add(one)
        self._warn_if(
            foreign, f"ConnectSecure ignored a filter: {foreign} rows were not of {company.name}, left out."
        )
        for event in found.events():
            self.series_seen.add(event.series_key)
            yield event

    def _system_events(self, fleet: events.Fleet, since: datetime | None) -> Iterator[EventRecord]:
        since = self._read_to(events.SYSTEM_EVENTS, since)
        rows = self._client.fetch_events((since - OVERLAP) if since else None)
        for row in self._as_far_as_allowed(events.SYSTEM_EVENTS, rows):
            place = events.own_place(row, fleet)
            if place.company is None:
                place = self._place_by_ticket.get(envelopes.row_id(row) or "", place)
            event = events.system_event(row, place, self.access.zone)
            # What was over before the first read is no news.
            if event is not None and (since is not None or event.state == "open"):
                yield event

    def _audit(self, name: str, fleet: events.Fleet, since: datetime | None) -> list[EventRecord]:
        since = self._read_to(name, since)
        start = (since - OVERLAP) if since else datetime.now(UTC) - FIRST_AUDIT
        zone, is_ad = self.access.zone, AUDITS[name] == calls.AD_AUDIT
        found = []
        for row in self._as_far_as_allowed(name, self._client.fetch_audit(AUDITS[name], start)):
            event = events.ad_audit(row, fleet, zone) if is_ad else events.entra_audit(row, zone)
            if event is not None and self._is_wanted_audit(event):
                found.append(event)
        return found

    def _read_to(self, name: str, since: datetime | None) -> datetime | None:
        """Where to go on in a history: it may have been refused since it was read last."""
        positions = [self.lists_read_to.get(beginning, since) for beginning in events.HISTORIES_OF[name]]
        return min((one for one in positions if one is not None), default=None)

    def _as_far_as_allowed(self, name: str, rows: Iterable[Row]) -> Iterator[Row]:
        """A history. A tenant without such a domain, or a key without the right, has none: that is told."""
        has_begun = False
        try:
            for row in rows:
                has_begun = True
                yield row
        except (Forbidden, NotFound) as error:
            if has_begun:
                raise
            self.lists_unread.update(events.HISTORIES_OF[name])
            self.warnings.append(f"{name} cannot be read: {error.sentence}")

    @cached_property
    def _place_by_ticket(self) -> dict[str, events.Place]:
        """Event row -> whose it is, from ConnectSecure's own tickets; read when the first event needs it."""
        found: dict[str, events.Place] = {}
        try:
            for row in chain.from_iterable(self._client.fetch_tickets()):
                place = events.place_of_ticket(row)
                found.update(dict.fromkeys(events.events_of_ticket(row), place))
        except (Forbidden, NotFound) as error:
            self.warnings.append(f"Companies of some events are not known: {error.sentence}")
        return found

    def _missing_configuration(self) -> list[str]:
        problems = super()._missing_configuration()
        address = self.access.base_url.strip().rstrip("/")
        if address in ("", NOWHERE):
            problems.append(NO_ADDRESS)
        elif calls.is_portal(address):
            problems.append(THE_PORTAL)
        _, unknown = products.choices(self.access.value("remediation_by"))
        return [*problems, *(f"There is no remediation by {word}." for word in unknown)]

    def _probe(self) -> CheckResult:
        return probe(self._client)

    @cached_property
    def _client(self) -> ConnectSecureClient:
        return ConnectSecureClient(self.access, self.access.base_url or self.default_base_url)

    @cached_property
    def _surroundings(self) -> computers.Surroundings:
        return computers.Surroundings(
            self.access.zone,
            datetime.now(UTC),
            self.access.value("console_link"),
            self.access.value("remote_link"),
            deprecated=self.access.is_on("deprecated_assets"),
            agentless=self.access.is_on("agentless_assets"),
        )

    def _prospects(self) -> set[str | None]:
        """Ids of the companies whose assets are not wanted; read only where that is set."""
        if self.access.is_on("prospects", usually=True):
            return set()
        rows = chain.from_iterable(self._client.fetch_companies())
        return {envelopes.row_id(row) for row in rows if companies.is_prospect(row)}

    def _is_wanted_company(self, row: Row) -> bool:
        leaves_out = not self.access.is_on("prospects", usually=True)
        return not envelopes.is_deleted(row) and not (leaves_out and companies.is_prospect(row))

    def _is_severe_enough(self, one: products.Fix) -> bool:
        return one.severity in products.SEVERE or not self.access.is_on("severe_only")

    def _is_wanted_audit(self, event: EventRecord) -> bool:
        return event.event_type != events.SPECIAL_LOGON or self.access.is_on("special_logons")


def probe(client: ConnectSecureClient) -> CheckResult:
    """Log in and look at each list once. Companies and assets have to work, the rest may be missing."""
    client.log_in()
    looks = Looks(GRANT)
    fetch = client.fetch_some
    found = looks.at("Companies", "company mapping", partial(fetch, calls.COMPANIES, "companies"))
    assets = looks.at("Assets", "computer mapping and export", partial(fetch, calls.ASSETS, "assets"))
    look_at = partial(client.fetch_some, limit=1)
    looks.at("Remediation", "remediation events", partial(look_at, calls.REMEDIATION, "remediation"))
    looks.at("System events", "events and tickets", partial(look_at, calls.EVENTS, "system events"))
    for name, path in AUDITS.items():
        looks.at(name, "audit events", partial(look_at, path, "audit entries"))
    if found is None or assets is None:
        return CheckResult(ok=False, message=" ".join(looks.problems), details=tuple(looks.details))
    told = f"{len(found)} companies and {len(assets)} assets on the first page"
    message = " ".join((f"Connected: {told}.", *looks.problems))
    return CheckResult(ok=True, message=message, details=tuple(looks.details))
