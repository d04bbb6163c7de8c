"""Reads how a HaloPSA is set up: asset types, field definitions, and the choices that live in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from integrations.choices import OptionKind
from integrations.halo import options, parse, rules
from integrations.halo.lists import fetch_rows, fetch_single
from integrations.halo.session import HaloSession
from integrations.halo.values import Row, to_int
from integrations.records import AgentTeams, AssetTypeRecord, FieldRecord, OptionRecord, TicketTypeRules

_TYPES_OF_CUSTOM_FIELDS: Final = {"ticket": 1, "client": 2, "site": 3, "user": 4, "custom": 5}
"""HaloPSA API: `typeid` of `/FieldInfo` by our kind; *custom* are those of assets."""


class ConfigurationReader:
    """The list and the details of types are read once and then kept: a reader serves one run."""

    def __init__(self, session: HaloSession) -> None:
        self.session = session
        self._asset_types: list[Row] | None = None
        self._ticket_types: dict[int | None, Row] = {}
        self._details: dict[str, Row | None] = {}

    # ---- assets -----------------------------------------------------------------------------

    def fetch_asset_types(self, *, details: bool = True) -> list[AssetTypeRecord]:
        """All asset types: one list call, and with `details` (their fields) one call more for each."""
        found = []
        for row in self._asset_type_rows():
            detail = self._detail(f"/AssetType/{to_int(row.get('id'))}") if details else None
            found.append(parse.asset_type(row, detail))
        return [record for record in found if record is not None]

    def fetch_asset_type_list(self) -> list[AssetTypeRecord]:
        """All asset types in one call, without their fields (`field_ids` is None)."""
        found = (parse.asset_type(row) for row in self._asset_type_rows())
        return [replace(record, field_ids=None) for record in found if record is not None]

    def fetch_asset_type(self, halo_id: int) -> AssetTypeRecord | None:
        """One asset type with its fields; None if there is none."""
        row = self._detail(f"/AssetType/{halo_id}")
        return parse.asset_type(row) if row else None

    def fetch_fields(self, kind: str = "asset") -> list[FieldRecord]:
        """Definitions of asset fields (*asset*), or of the custom fields of assets (*custom*), tickets
        (*ticket*), clients (*client*), sites (*site*) or Halo users (*user*). One call.

        HaloPSA API: reading custom-field definitions may need configuration rights (Forbidden).
        """
        if kind == "asset":
            rows = fetch_rows(self.session, "/Field", "fields")
        else:
            number = _TYPES_OF_CUSTOM_FIELDS[kind]
            rows = fetch_rows(self.session, "/FieldInfo", "fields", typeid=number, includevalues=True)
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
        if kind == OptionKind.CATEGORY:
            rows = rows + self._other_categories(rows)
        return _distinct(listing.parse(row) for row in rows)

    def fetch_ticket_type_list(self) -> list[OptionRecord]:
        """All ticket types in one call; which statuses they allow only where the list says so."""
        listing = options.LISTINGS[OptionKind.TICKET_TYPE]
        rows = fetch_rows(self.session, listing.path, listing.key, **listing.params)
        self._ticket_types = {to_int(row.get("id")): row for row in rows}
        return _distinct(listing.parse(row) for row in rows)

    def fetch_ticket_type(self, halo_id: int) -> OptionRecord | None:
        """One ticket type with the statuses it allows; None if there is none.

        Costs no call where `fetch_ticket_type_list` has already told all of it.
        """
        listed = self._ticket_types.get(halo_id)
        if listed is not None and options.tells_statuses(listed):
            return options.ticket_type(listed)
        row = self._detail(f"/TicketType/{halo_id}")
        return options.ticket_type(listed or row, row) if row else None

    def fetch_ticket_type_rules(self, halo_id: int) -> TicketTypeRules | None:
        """What one ticket type wants of its tickets; None if there is none. One call."""
        row = self._detail(f"/TicketType/{halo_id}")
        return rules.ticket_type_rules(row) if row else None

    def fetch_agent_teams(self, halo_id: int) -> AgentTeams | None:
        """One Halo agent (technician) with its teams; None if there is none. One call."""
        row = self._detail(f"/Agent/{halo_id}")
        return rules.agent_teams(row) if row else None

    def fetch_outcomes_of(self, ticket_type: int) -> list[OptionRecord]:
        """The actions that tickets of this type allow, hidden ones included. One call."""
        listing = options.LISTINGS[OptionKind.OUTCOME]
        params = {**listing.params, "tickettype_id": ticket_type}
        return _distinct(
            listing.parse(row) for row in fetch_rows(self.session, listing.path, listing.key, **params)
        )

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

    def _other_categories(self, rows: list[Row]) -> list[Row]:
        """Categories of the kinds that the list may have left out, one call for each kind."""
        found: list[Row] = []
        for kind in options.category_kinds_to_ask(rows):
            more = fetch_rows(self.session, "/Category", "categories", type_id=kind)
            found += [{**row, "type_id": row.get("type_id") or kind} for row in more]
        return found

    def _detail_of_ticket_type(self, row: Row) -> Row | None:
        if options.tells_statuses(row):
            return None
        return self._detail(f"/TicketType/{to_int(row.get('id'))}")


def _distinct(records: Iterable[OptionRecord | None]) -> list[OptionRecord]:
    """Halo may list a choice twice; one is kept for each (parent, id)."""
    found = {(record.parent, record.halo_id): record for record in records if record is not None}
    return list(found.values())
