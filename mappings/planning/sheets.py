"""An imported sheet of assets, as a plan: each row is compared with the asset that it names, or is a new one.

A row changes what its cells say and nothing else. What it names (client, site, type, asset) has to be there:
nothing is guessed, and a row that names something unknown is left out with its column and the reason.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from integrations.choices import Action
from integrations.ingest.batches import batches
from integrations.models import HaloAsset, HaloClient, HaloCredential, HaloSite, Plan
from integrations.sync.cells import cell
from mappings.definitions import AssetType, Definitions, definitions_of
from mappings.linking import default_sites
from mappings.models import SheetAsset
from mappings.models.intentions import SHEET_ASSET
from mappings.planning.named_assets import NamedAssets, key_of_type
from mappings.planning.rows import Change, skip
from mappings.spreadsheets.columns import SheetLine, alike
from mappings.spreadsheets.finding import CLIENT, SITE, TYPE, Index, NotFound, first_client, named
from mappings.targets import Row, Unwritable, held, is_field, same, together

ROWS: Final = 1000
LABEL: Final = "The sheet"
NO_REFERENCE: Final = (
    "HaloPSA's next tag needs an asset field for the bridge reference on the asset type {kind}: without it a "
    "new asset whose answer is lost could not be found again. Give the tag here, or choose that field on the "
    "HaloPSA instance."
)
UNREAD: Final = "It has not been read yet: sync HaloPSA in full."


def changes_of_sheet(plan: Plan, credential: HaloCredential, counts: Counter[str]) -> Iterator[Change]:
    """At most one change a row. Seven statements, and one for each 1,000 rows."""
    judge = _Judge(credential, plan.parameters.get("where", {}))
    rows = SheetAsset.objects.filter(plan=plan).select_related(*_ASSET_PATHS).order_by("number")
    for part in batches(rows.iterator(chunk_size=ROWS), ROWS):
        judge.begin(part)
        for row in part:
            change = judge.judge(row)
            if change is None:
                counts["unchanged"] += 1
            else:
                yield change


_ASSET_PATHS: Final = ("halo_asset__client", "halo_asset__site", "halo_asset__asset_type")


class _Judge:
    """Decides about one row after the other. `where`: field → how the sheet calls its column."""

    def __init__(self, credential: HaloCredential, where: dict[str, str]) -> None:
        self._credential, self._where = credential, where
        self._known: Definitions = definitions_of([credential])[credential.pk]
        clients = list(_clients(credential))
        self._clients = Index(CLIENT, clients)
        self._client_of = {row.pk: row for row in clients}
        self._usual = default_sites(clients)
        sites: dict[int, list[HaloSite]] = defaultdict(list)
        for site in HaloSite.objects.filter(halo_credential=credential, active=True):
            sites[site.client_id or 0].append(site)
        self._sites = {pk: Index(SITE, rows) for pk, rows in sites.items()}
        self._types = Index(TYPE, [row for row in self._known.types.values() if row.active])
        self._assets = NamedAssets(credential, self._known)
        self._taken: dict[Any, int] = {}

    def begin(self, rows: Sequence[SheetAsset]) -> None:
        self._assets.read([row.told for row in rows])

    def judge(self, row: SheetAsset) -> Change | None:
        line = SheetLine(row.number, row.told)
        try:
            if row.problem:
                raise NotFound(row.column, row.problem)
            return self._judged(row, line)
        except NotFound as problem:
            column = self._where.get(problem.column, problem.column)
            reason = f"Row {row.number}, {column}: {problem.sentence}"
            return skip(_name_of(row, self._known), SHEET_ASSET, row.pk, reason)

    def _judged(self, row: SheetAsset, line: SheetLine) -> Change | None:
        client = first_client(self._clients, line)
        kind: AssetType | None = self._types.named(line)
        asset = row.halo_asset or self._assets.named(line, client, kind)
        if asset is None:
            return self._new(row, line, client, kind)
        self._take(("asset", asset.pk), line, "asset_id")
        return self._changed(row, line, asset, client, kind)

    def _take(self, what: tuple[Any, ...], line: SheetLine, column: str) -> None:
        first = self._taken.setdefault(what, line.number)
        if first != line.number:
            raise NotFound(column, f"Row {first} is about the same asset; give it one row.")

    # ---- a new one --------------------------------------------------------------------------

    def _new(
        self, row: SheetAsset, line: SheetLine, client: HaloClient | None, kind: AssetType | None
    ) -> Change:
        if client is None:
            raise NotFound("client", "A new asset needs a client.")
        if kind is None:
            raise NotFound("type", "A new asset needs an asset type.")
        name, tag = line.told.get(key_of_type(kind), ""), line.told.get("asset_tag", "")
        if not name and kind.key_field_ids:
            raise NotFound(key_of_type(kind), f"It is empty, and names the assets of the type {kind.name}.")
        if not tag and self._known.marker_field_id not in kind.field_ids:
            raise NotFound("asset_tag", NO_REFERENCE.format(kind=kind.name))
        self._take(("new", client.pk, alike(tag or name)), line, "asset_tag" if tag else key_of_type(kind))
        site = self._site(line, client) or self._usual.get(client.pk)
        if site is None:
            raise NotFound("site", f"The client {client} has no site in use.")
        after = {
            "asset_type_id": kind.halo_id,
            "asset_type_name": kind.name,
            "client_id": client.halo_id,
            "client_name": client.name,
            "site_id": site.halo_id,
            "site_name": site.name,
            "inventory_number": tag,
            "fields": {key: self._value(line, key, kind) for key in self._keys(line)},
        }
        subject, reason = f"{name or tag} ({client})", f"Row {row.number}: no asset of {client} is it yet."
        return Change(Action.CREATE.value, subject, SHEET_ASSET, row.pk, {}, after, reason)

    def _site(self, line: SheetLine, client: HaloClient | None) -> HaloSite | None:
        if not {"site_id", "site"} & line.told.keys():
            return None
        index = self._sites.get(client.pk if client else 0)
        found: HaloSite | None = index.named(line) if index else named(SITE, line, [])
        return found

    def _keys(self, line: SheetLine) -> list[str]:
        """The places that the row has a value for."""
        return [key for key in line.told if key in self._known.targets]

    def _value(self, line: SheetLine, key: str, kind: AssetType) -> Row:
        target = self._known.targets[key]
        if is_field(key) and kind.field_ids and int(key) not in kind.field_ids:
            raise NotFound(key, f"The asset type {kind.name} has no field “{target.name}”.")
        try:
            return target.row(line.told[key], label=LABEL)
        except Unwritable as problem:
            raise NotFound(key, str(problem)) from None

    # ---- one that is there ------------------------------------------------------------------

    def _changed(
        self,
        row: SheetAsset,
        line: SheetLine,
        asset: HaloAsset,
        client: HaloClient | None,
        kind: AssetType | None,
    ) -> Change | None:
        if not asset.active:
            raise NotFound("asset_id", "The asset is inactive in HaloPSA.")
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        self._place(line, asset, client, before, after)
        present = self._known.types.get(asset.asset_type.halo_id) if asset.asset_type else None
        if kind is not None and kind != present:
            before |= {
                "asset_type_id": present.halo_id if present else None,
                "asset_type_name": present.name if present else "",
            }
            after |= {"asset_type_id": kind.halo_id, "asset_type_name": kind.name}
        self._values(line, asset, kind or present, before, after)
        if not after:
            return None
        before["halo_id"] = asset.halo_id
        subject, reason = f"{asset} ({asset.client or 'no client'})", f"Row {row.number}."
        return Change(Action.UPDATE.value, subject, SHEET_ASSET, row.pk, before, after, reason)

    def _place(
        self,
        line: SheetLine,
        asset: HaloAsset,
        client: HaloClient | None,
        before: dict[str, Any],
        after: dict[str, Any],
    ) -> None:
        """Another site, or another client with a site of its own."""
        moves = client is not None and client.pk != asset.client_id
        owner = client or self._client_of.get(asset.client_id or 0)
        site = self._site(line, owner)
        if moves and client is not None:
            site = site or self._usual.get(client.pk)
            if site is None:
                raise NotFound("site", f"The client {client} has no site in use.")
            before |= {
                "client_id": asset.client.halo_id if asset.client else None,
                "client_name": asset.client.name if asset.client else "",
            }
            after |= {"client_id": client.halo_id, "client_name": client.name}
        if site is not None and site.pk != asset.site_id:
            before |= {
                "site_id": asset.site.halo_id if asset.site else None,
                "site_name": asset.site.name if asset.site else "",
            }
            after |= {"site_id": site.halo_id, "site_name": site.name}

    def _values(
        self,
        line: SheetLine,
        asset: HaloAsset,
        kind: AssetType | None,
        before: dict[str, Any],
        after: dict[str, Any],
    ) -> None:
        existing = together(asset.fields, asset.custom_fields, asset.properties, asset.status_id)
        was: dict[str, Row] = {}
        becomes: dict[str, Row] = {}
        for key in self._keys(line):
            if kind is None or (is_field(key) and asset.fields is None):
                raise NotFound(key, UNREAD)
            present = held(existing, key, custom_read=asset.custom_fields is not None)
            if present is None:
                raise NotFound(key, UNREAD)
            if _exported(present) == line.told[key].strip():
                continue
            wanted = self._value(line, key, kind)
            if not same(wanted, present):
                was[key], becomes[key] = self._known.targets[key].existing(present), wanted
        if becomes:
            before["fields"], after["fields"] = was, becomes


def _clients(credential: HaloCredential) -> Any:
    """Those in use, whose assets the credential may touch."""
    clients = HaloClient.objects.filter(halo_credential=credential, active=True)
    if credential.associated_company_id:
        return clients.filter(mappings__company=credential.associated_company_id)
    return clients


def _exported(value: str) -> str:
    """As a value comes back out of an exported sheet."""
    return str(cell(value.strip()) or "").removeprefix("'").strip()


def _name_of(row: SheetAsset, known: Definitions) -> str:
    keys = {key_of_type(kind) for kind in known.types.values()} - {""}
    told = [row.told[name] for name in ("asset_tag", *sorted(keys), "asset_id") if name in row.told]
    return told[0] if told else f"Row {row.number}"
