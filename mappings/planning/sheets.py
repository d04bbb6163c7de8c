"""An imported sheet of assets, as a plan: each row is compared with the asset that it names, or is a new one.

A row changes what its cells say and nothing else. What it names (client, site, type, asset) has to be there:
nothing is guessed, and a row that names something unknown is left out with its column and the reason.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
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
from mappings.planning.own_place import check_own_client, says_own
from mappings.planning.rows import Change, skip
from mappings.spreadsheets.columns import SheetLine, alike
from mappings.spreadsheets.finding import CLIENT, SITE, TYPE, Index, named
from mappings.spreadsheets.problems import Claim, NotFound, Problems, Taken, unpacked
from mappings.targets import Row, Unwritable, held, is_field, same, together

ROWS: Final = 1000
LABEL: Final = "This cell"
NO_REFERENCE: Final = (
    "HaloPSA's next tag needs an asset field for the bridge reference on the asset type {kind}: without it a "
    "new asset whose answer is lost could not be found again. Give the tag here, or choose that field on the "
    "HaloPSA instance."
)
SAME_ASSET: Final = "Row {row} is about the same asset; give it one row."
UNREAD: Final = "It has not been read yet: sync HaloPSA in full."


def changes_of_sheet(plan: Plan, credential: HaloCredential, counts: Counter[str]) -> Iterator[Change]:
    """At most one change a row, in the order of the rows. Seven statements, and one for each 1,000 rows."""
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


@dataclass(slots=True)
class _Row:
    """A row while it is judged."""

    row: SheetAsset
    line: SheetLine
    problems: Problems
    claims: list[Claim] = field(default_factory=list)


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
        self._taken = Taken()

    def begin(self, rows: Sequence[SheetAsset]) -> None:
        self._assets.read([row.told for row in rows])

    def judge(self, row: SheetAsset) -> Change | None:
        at = _Row(row, SheetLine(row.number, row.told), Problems(unpacked(row.column, row.problem)))
        change = self._judged(at)
        self._taken.check(at.claims, at.problems)
        if not at.problems:
            self._taken.take(at.claims, row.number)
            return change
        column, reason = at.problems.told(lambda name: self._where.get(name, name))
        words = f"Row {row.number}, {column}: {reason}"
        return skip(_name_of(row, self._known), SHEET_ASSET, row.pk, words)

    def _judged(self, at: _Row) -> Change | None:
        """None: nothing differs, or something speaks against it."""
        line, problems = at.line, at.problems
        by_id = "asset_id" in line.told
        known = problems.attempt(partial(self._assets.named, line, None, None), "asset_id") if by_id else None
        client = kind = None
        if known is None or not says_own(CLIENT, line, known.client):
            client = problems.attempt(partial(self._clients.named, line), *CLIENT.columns)
        if known is None or not says_own(TYPE, line, known.asset_type):
            kind = problems.attempt(partial(self._types.named, line), *TYPE.columns)
        by = ("asset_id",) if by_id else ("asset_id", "asset_tag", *CLIENT.columns)
        asset = at.row.halo_asset or known
        if asset is None:
            named = partial(self._assets.named, line, client, kind)
            asset = problems.attempt(named, *by, key_of_type(kind))
        if asset is not None:
            return self._changed(at, asset, client, kind)
        if client is None or problems.about(*by, *TYPE.columns, key_of_type(kind)):
            self._rest(at, client, kind)
            return None
        return self._new(at, client, kind)

    def _rest(self, at: _Row, client: HaloClient | None, kind: AssetType | None) -> None:
        """What else speaks against a row of which nobody knows what it is about."""
        if client is not None:
            at.problems.attempt(partial(self._site, at.line, client), *SITE.columns)
        for key in self._keys(at.line):
            at.problems.attempt(partial(self._value, at.line, key, kind), key)

    # ---- a new one --------------------------------------------------------------------------

    def _new(self, at: _Row, client: HaloClient, kind: AssetType | None) -> Change | None:
        line, problems = at.line, at.problems
        site = problems.attempt(partial(self._site_of_new, line, client), *SITE.columns)
        values = {
            key: problems.attempt(partial(self._value, line, key, kind), key) for key in self._keys(line)
        }
        if kind is None:
            problems.add("type", "A new asset needs an asset type.")
            return None
        name, tag = line.told.get(key_of_type(kind), ""), line.told.get("asset_tag", "")
        if not name and kind.key_field_ids:
            problems.add(
                key_of_type(kind), f"This cell is empty, and names the assets of the type {kind.name}."
            )
        if not tag and self._known.marker_field_id not in kind.field_ids:
            problems.add("asset_tag", NO_REFERENCE.format(kind=kind.name))
        column = "asset_tag" if tag else key_of_type(kind)
        at.claims.append(Claim(("new", client.pk, alike(tag or name)), column, SAME_ASSET))
        if problems or site is None:
            return None
        after = {
            "asset_type_id": kind.halo_id,
            "asset_type_name": kind.name,
            "client_id": client.halo_id,
            "client_name": client.name,
            "site_id": site.halo_id,
            "site_name": site.name,
            "inventory_number": tag,
            "fields": values,
        }
        number = at.row.number
        subject, reason = f"{name or tag} ({client})", f"Row {number}: {client} has no such asset yet."
        return Change(Action.CREATE.value, subject, SHEET_ASSET, at.row.pk, {}, after, reason)

    def _site_of_new(self, line: SheetLine, client: HaloClient) -> HaloSite:
        site = self._site(line, client) or self._usual.get(client.pk)
        if site is None:
            raise NotFound("site", f"The client {client} has no site in use.")
        return site

    def _site(self, line: SheetLine, client: HaloClient | None) -> HaloSite | None:
        if not {"site_id", "site"} & line.told.keys():
            return None
        index = self._sites.get(client.pk if client else 0)
        rows = index.candidates(line) if index else []
        found: HaloSite | None = named(SITE, line, rows, f" of the client {client}" if client else "")
        return found

    def _keys(self, line: SheetLine) -> list[str]:
        """The places that the row has a value for."""
        return [key for key in line.told if key in self._known.targets]

    def _value(self, line: SheetLine, key: str, kind: AssetType | None) -> Row:
        target = self._known.targets[key]
        if kind and is_field(key) and kind.field_ids and int(key) not in kind.field_ids:
            raise NotFound(key, f"The asset type {kind.name} has no field “{target.name}”.")
        try:
            return target.row(line.told[key], label=LABEL)
        except Unwritable as problem:
            raise NotFound(key, str(problem)) from None

    # ---- one that is there ------------------------------------------------------------------

    def _changed(
        self, at: _Row, asset: HaloAsset, client: HaloClient | None, kind: AssetType | None
    ) -> Change | None:
        at.claims.append(Claim(("asset", asset.pk), _named_by(at.line, kind), SAME_ASSET))
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        if not at.problems.about(*CLIENT.columns):
            place = partial(self._place, at.line, asset, client, before, after)
            at.problems.attempt(place, *SITE.columns)
        present = self._known.types.get(asset.asset_type.halo_id) if asset.asset_type else None
        if kind is not None and kind != present:
            before |= {
                "asset_type_id": present.halo_id if present else None,
                "asset_type_name": present.name if present else "",
            }
            after |= {"asset_type_id": kind.halo_id, "asset_type_name": kind.name}
        self._values(at, asset, kind or present, before, after)
        if after:
            in_reach = asset.client_id in self._client_of
            at.problems.attempt(partial(check_own_client, at.line, asset, in_reach), *CLIENT.columns)
        if (after or at.problems) and not asset.active:
            at.problems.add(_named_by(at.line, kind), "The asset is inactive in HaloPSA.")
        if not after:
            return None
        before["halo_id"] = asset.halo_id
        subject, reason = f"{asset} ({asset.client or 'no client'})", f"Row {at.row.number}."
        return Change(Action.UPDATE.value, subject, SHEET_ASSET, at.row.pk, before, after, reason)

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
        site = None
        if moves or not says_own(SITE, line, asset.site):
            site = self._site(line, owner)
        if moves and client is not None:
            site = site or self._site_of_new(line, client)
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
        at: _Row,
        asset: HaloAsset,
        kind: AssetType | None,
        before: dict[str, Any],
        after: dict[str, Any],
    ) -> None:
        existing = together(asset.fields, asset.custom_fields, asset.properties, asset.status_id)
        was: dict[str, Row] = {}
        becomes: dict[str, Row] = {}
        for key in self._keys(at.line):
            present = held(existing, key, custom_read=asset.custom_fields is not None)
            is_read = present is not None and not (is_field(key) and asset.fields is None)
            if is_read and _exported(str(present)) == at.line.told[key].strip():
                continue
            if kind is None or present is None or not is_read:
                at.problems.add(key, UNREAD)
                return  # the same would be said of the others
            wanted = at.problems.attempt(partial(self._value, at.line, key, kind), key)
            if wanted is not None and not same(wanted, present):
                was[key], becomes[key] = self._known.targets[key].existing(present), wanted
        if becomes:
            before["fields"], after["fields"] = was, becomes


def _named_by(line: SheetLine, kind: AssetType | None) -> str:
    """The field by which a row names an asset that is there."""
    named_by = (name for name in ("asset_id", "asset_tag", key_of_type(kind)) if name in line.told)
    return next(named_by, "asset_id")


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
