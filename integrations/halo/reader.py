"""Reads HaloPSA: lists page by page as records, single objects, choices. Never writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from integrations.halo import parse, software, ticket_search
from integrations.halo.check import fetch_agent_name, fetch_check
from integrations.halo.configuration import ConfigurationReader
from integrations.halo.lists import fetch_page, fetch_pages, fetch_rows, fetch_single
from integrations.halo.values import to_int
from integrations.net.paging import Part
from integrations.records import (
    ActionRecord,
    AssetRecord,
    CheckResult,
    ClientRecord,
    LicenceRecord,
    SiteRecord,
    SoftwareRecord,
    TicketRecord,
    UserRecord,
)

MOST_ACTIONS = 1000


class HaloReader(ConfigurationReader):
    """One reader serves one run.

    Lists are ordered by id and hold inactive rows, too, unless `inactive` is False. `since` limits them to
    what has changed from that time on, by Halo's clock; `first` and `before` take a list up again at a page.
    All methods raise NetError, and BudgetExhausted between two calls.
    """

    @property
    def halo_time(self) -> datetime | None:
        """Halo's own clock (aware UTC) as its last answer told it; None before the first."""
        return self.session.halo_time

    # ---- connection -------------------------------------------------------------------------

    def fetch_check(self) -> CheckResult:
        """Sign in and look at everything that the bridge needs, without writing."""
        return fetch_check(self.session)

    def probe(self) -> None:
        """One light call with a token. Raises NetError while the instance can't be used."""
        fetch_page(self.session, "/Client", "clients", size=1)

    def fetch_agent(self) -> str:
        """Name of the Halo agent that the application logs in as; '' where Halo does not say."""
        return fetch_agent_name(self.session)

    # ---- customers --------------------------------------------------------------------------

    def fetch_clients(
        self,
        since: datetime | None = None,
        *,
        first: int = 1,
        before: int = 0,
        inactive: bool = True,
        custom_fields: Sequence[int] = (),
    ) -> Iterator[Part[ClientRecord]]:
        """Clients, with the named custom fields of theirs."""
        return fetch_pages(
            self.session,
            "/Client",
            "clients",
            parse.client,
            since=since,
            first=first,
            before=before,
            inactive=inactive,
            include_custom_fields=tuple(custom_fields) or None,
        )

    def fetch_client(self, halo_id: int) -> ClientRecord | None:
        """One client with what lists leave out, such as its main site; None if there is none."""
        row = fetch_single(self.session, f"/Client/{halo_id}")
        return parse.client(row) if row else None

    def fetch_sites(
        self, since: datetime | None = None, *, first: int = 1, before: int = 0, inactive: bool = True
    ) -> Iterator[Part[SiteRecord]]:
        return fetch_pages(
            self.session,
            "/Site",
            "sites",
            parse.site,
            since=since,
            first=first,
            before=before,
            inactive=inactive,
        )

    def fetch_users(
        self, since: datetime | None = None, *, first: int = 1, before: int = 0, inactive: bool = True
    ) -> Iterator[Part[UserRecord]]:
        return fetch_pages(
            self.session,
            "/Users",
            "users",
            parse.user,
            since=since,
            first=first,
            before=before,
            inactive=inactive,
        )

    def fetch_site(self, halo_id: int) -> SiteRecord | None:
        row = fetch_single(self.session, f"/Site/{halo_id}")
        return parse.site(row) if row else None

    def fetch_user(self, halo_id: int) -> UserRecord | None:
        row = fetch_single(self.session, f"/Users/{halo_id}")
        return parse.user(row) if row else None

    # ---- assets -----------------------------------------------------------------------------

    def fetch_assets(
        self,
        since: datetime | None = None,
        client_id: int | None = None,
        with_fields: bool = True,
        *,
        first: int = 1,
        before: int = 0,
        types: Sequence[int] = (),
        groups: Sequence[int] = (),
        custom_fields: Sequence[int] = (),
        inactive: bool = True,
    ) -> Iterator[Part[AssetRecord]]:
        """Assets, of some asset types and groups only where any are named, with the named custom fields."""
        return fetch_pages(
            self.session,
            "/Asset",
            "assets",
            parse.asset,
            since=since,
            first=first,
            before=before,
            inactive=inactive,
            client_id=client_id,
            assettypes=tuple(types) or None,
            assetgroups=tuple(groups) or None,
            include_custom_fields=tuple(custom_fields) or None,
            includeassetfields=with_fields or None,
            noicon=True,
        )

    def fetch_assets_changed(self, since: datetime, client_id: int | None = None) -> list[AssetRecord]:
        """Assets with their fields, inactive ones included, changed from `since` on: finds a lost batch."""
        return [record for page in self.fetch_assets(since, client_id) for record in page]

    def fetch_assets_by_tag(self, client_id: int, tag: str) -> list[AssetRecord]:
        """A client's assets with exactly this tag (HaloPSA API: its own search is *contains*)."""
        found = fetch_pages(
            self.session,
            "/Asset",
            "assets",
            parse.asset,
            client_id=client_id,
            search=tag,
            search_inventory_number_only=True,
            includeassetfields=True,
            noicon=True,
        )
        return [
            record
            for page in found
            for record in page
            if record.inventory_number == tag.strip() and record.client_id in (client_id, 0)
        ]

    def fetch_asset(self, halo_id: int) -> AssetRecord | None:
        """The asset with all its fields; None if there is none."""
        row = fetch_single(self.session, f"/Asset/{halo_id}")
        return parse.asset(row) if row else None

    # ---- software ---------------------------------------------------------------------------

    def fetch_licences(
        self, *, first: int = 1, before: int = 0, inactive: bool = True
    ) -> Iterator[Part[LicenceRecord]]:
        """Software licences. HaloPSA API: this list can't be limited to what has changed."""
        return fetch_pages(
            self.session,
            "/SoftwareLicence",
            "licences",
            software.licence,
            first=first,
            before=before,
            inactive=inactive,
        )

    def fetch_software(self, asset_halo_id: int) -> list[SoftwareRecord]:
        """All programs installed on one asset, in one call. HaloPSA API: a list without pages."""
        rows = fetch_rows(self.session, "/AssetSoftware", "software", device_id=asset_halo_id)
        owned = [row for row in rows if to_int(row.get("did")) in (None, 0, asset_halo_id)]
        return [record for record in map(software.program, owned) if record is not None]

    # ---- tickets ----------------------------------------------------------------------------

    def fetch_ticket(self, halo_id: int) -> TicketRecord | None:
        """The ticket; None if there is none (a deleted one may be told as absent)."""
        row = fetch_single(self.session, f"/Tickets/{halo_id}")
        return parse.ticket(row) if row else None

    def fetch_tickets(self, ids: Sequence[int]) -> list[TicketRecord]:
        """Those of the tickets that Halo lists (open or closed, not deleted), 100 a call."""
        return list(ticket_search.by_ids(self.session, ids))

    def fetch_tickets_changed(
        self, since: datetime, ticket_types: Sequence[int] = ()
    ) -> Iterator[Part[TicketRecord]]:
        """Tickets changed from `since` on, by Halo's clock; of some ticket types only where any are named."""
        return ticket_search.changed(self.session, since, ticket_types)

    def fetch_bridge_tickets(self, since: datetime) -> Iterator[Part[TicketRecord]]:
        """Tickets changed from `since` on that may be ours: only `fetch_ticket` tells the reference."""
        return ticket_search.of_the_bridge(self.session, since)

    def fetch_tickets_by_marker(self, marker: str) -> list[TicketRecord]:
        """Tickets whose supplier reference is exactly `marker`: open and closed ones, else deleted ones.

        Raises BadAnswer where Halo's search brings too much to conclude anything.
        """
        found = ticket_search.by_marker(self.session, marker)
        return found or ticket_search.by_marker(self.session, marker, deleted=True)

    def fetch_actions(self, ticket_id: int) -> list[ActionRecord]:
        """All actions of a ticket. HaloPSA API: unpaged lists are cut to `count` rows, 50 if none is sent."""
        found = fetch_pages(
            self.session,
            "/Actions",
            "actions",
            lambda row: parse.action(row, ticket_id),
            ticket_id=ticket_id,
            count=MOST_ACTIONS,
            includehtmlnote=True,
        )
        return [record for page in found for record in page if record.ticket_id == ticket_id]
