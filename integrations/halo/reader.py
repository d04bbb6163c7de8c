"""Reads HaloPSA: lists page by page as records, single objects, choices. Never writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from integrations.choices import OptionKind
from integrations.halo import options, parse, ticket_search
from integrations.halo.check import fetch_agent_name, fetch_check
from integrations.halo.lists import fetch_page, fetch_pages, fetch_rows, fetch_single
from integrations.halo.session import HaloSession
from integrations.halo.values import Row, to_int
from integrations.records import (
    ActionRecord,
    AssetRecord,
    AssetTypeRecord,
    CheckResult,
    ClientRecord,
    FieldRecord,
    OptionRecord,
    SiteRecord,
    TicketRecord,
    UserRecord,
)

MOST_ACTIONS = 1000

_CUSTOM_FIELDS_OF_ASSETS = 5


class HaloReader:
    """One reader serves one run: the list and the details of types are read once and then kept.

    Lists are ordered by id and hold inactive rows, too. `since` limits them to what has changed from that
    time on, by Halo's clock; `first` and `before` take a list up again at a page. All methods raise
    NetError, and BudgetExhausted between two calls.
    """

    def __init__(self, session: HaloSession) -> None:
        self.session = session
        self._asset_types: list[Row] | None = None
        self._details: dict[str, Row | None] = {}

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
        self, since: datetime | None = None, *, first: int = 1, before: int = 0
    ) -> Iterator[list[ClientRecord]]:
        return fetch_pages(
            self.session, "/Client", "clients", parse.client, since=since, first=first, before=before
        )

    def fetch_client(self, halo_id: int) -> ClientRecord | None:
        """One client with what lists leave out, such as its main site; None if there is none."""
        row = fetch_single(self.session, f"/Client/{halo_id}")
        return parse.client(row) if row else None

    def fetch_sites(
        self, since: datetime | None = None, *, first: int = 1, before: int = 0
    ) -> Iterator[list[SiteRecord]]:
        return fetch_pages(
            self.session, "/Site", "sites", parse.site, since=since, first=first, before=before
        )

    def fetch_users(
        self, since: datetime | None = None, *, first: int = 1, before: int = 0
    ) -> Iterator[list[UserRecord]]:
        return fetch_pages(
            self.session, "/Users", "users", parse.user, since=since, first=first, before=before
        )

    # ---- assets -----------------------------------------------------------------------------

    def fetch_assets(
        self,
        since: datetime | None = None,
        client_id: int | None = None,
        with_fields: bool = True,
        *,
        first: int = 1,
        before: int = 0,
    ) -> Iterator[list[AssetRecord]]:
        return fetch_pages(
            self.session,
            "/Asset",
            "assets",
            parse.asset,
            since=since,
            first=first,
            before=before,
            client_id=client_id,
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

    def fetch_asset_types(self, *, details: bool = True) -> list[AssetTypeRecord]:
        """All asset types: one list call, and with `details` (their fields) one call more for each."""
        found = []
        for row in self._asset_type_rows():
            detail = self._detail(f"/AssetType/{to_int(row.get('id'))}") if details else None
            found.append(parse.asset_type(row, detail))
        return [record for record in found if record is not None]

    def fetch_asset_type(self, halo_id: int) -> AssetTypeRecord | None:
        """One asset type with its fields; None if there is none."""
        row = self._detail(f"/AssetType/{halo_id}")
        return parse.asset_type(row) if row else None

    def fetch_fields(self, kind: str = "asset") -> list[FieldRecord]:
        """Definitions of asset fields, or with *custom* of the assets' custom fields.

        HaloPSA API: reading custom-field definitions may need configuration rights (Forbidden).
        """
        if kind == "custom":
            rows = fetch_rows(self.session, "/FieldInfo", "fields", typeid=_CUSTOM_FIELDS_OF_ASSETS)
        else:
            rows = fetch_rows(self.session, "/Field", "fields")
        records = [parse.field_definition(row, kind) for row in rows]
        return [record for record in records if record is not None]

    # ---- choices ----------------------------------------------------------------------------

    def fetch_options(self, kind: str, *, details: bool = True) -> list[OptionRecord]:
        """All choices of one `OptionKind` in one call; ticket types with `details` cost one more for each.

        Asset statuses are what the asset types reveal: more if `fetch_asset_types` was called before.
        """
        if kind == OptionKind.ASSET_STATUS:
            return options.asset_statuses(self._known_asset_types())
        listing = options.LISTINGS[kind]
        if kind == OptionKind.ASSET_TYPE:
            return _distinct(listing.parse(row) for row in self._asset_type_rows())
        rows = fetch_rows(self.session, listing.path, listing.key, **listing.params)
        if kind == OptionKind.TICKET_TYPE and details:
            return _distinct(options.ticket_type(row, self._detail_of_ticket_type(row)) for row in rows)
        return _distinct(listing.parse(row) for row in rows)

    def fetch_ticket_type(self, halo_id: int) -> OptionRecord | None:
        """One ticket type with the statuses it allows; None if there is none."""
        row = self._detail(f"/TicketType/{halo_id}")
        return options.ticket_type(row) if row else None

    # ---- tickets ----------------------------------------------------------------------------

    def fetch_ticket(self, halo_id: int) -> TicketRecord | None:
        """The ticket; None if there is none (a deleted one may be told as absent)."""
        row = fetch_single(self.session, f"/Tickets/{halo_id}")
        return parse.ticket(row) if row else None

    def fetch_tickets(self, ids: Sequence[int]) -> list[TicketRecord]:
        """Those of the tickets that Halo lists (open or closed, not deleted), 100 a call."""
        return list(ticket_search.by_ids(self.session, ids))

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

    # ---- kept ---------------------------------------------------------------------------------

    def _asset_type_rows(self) -> list[Row]:
        if self._asset_types is None:
            self._asset_types = fetch_rows(self.session, "/AssetType", "assettypes")
        return self._asset_types

    def _known_asset_types(self) -> list[Row]:
        rows = self._asset_type_rows()
        return [self._details.get(f"/AssetType/{to_int(row.get('id'))}") or row for row in rows]

    def _detail(self, path: str) -> Row | None:
        if path not in self._details:
            self._details[path] = fetch_single(self.session, path)
        return self._details[path]

    def _detail_of_ticket_type(self, row: Row) -> Row | None:
        if options.tells_statuses(row):
            return None
        return self._detail(f"/TicketType/{to_int(row.get('id'))}")


def _distinct(records: Iterable[OptionRecord | None]) -> list[OptionRecord]:
    """Halo may list a choice twice; one is kept for each (parent, id)."""
    found = {(record.parent, record.halo_id): record for record in records if record is not None}
    return list(found.values())
