"""Rows of computer mappings: what each would do, and doing it as *Edit mapping* does.

Site and type of a row are what the asset is to have: of one that is there, what the next export makes of it;
without an asset, where and as what the computer is exported.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from integrations.models import Computer, HaloAsset, HaloAssetType, HaloCredential, HaloSite
from mappings.linking import edit_computer_mapping, raise_edit_problems
from mappings.models import CompanyMapping, ComputerMapping, SheetRow
from mappings.spreadsheets.columns import SheetLine, alike, short
from mappings.spreadsheets.finding import (
    ASSET,
    COMPUTER,
    SITE,
    TYPE,
    Consoles,
    Index,
    assets_named,
    computers_named,
    grouped,
    named,
    sites_of,
    types_of,
)
from mappings.spreadsheets.judged import Judged, Values, same, thing, type_thing
from mappings.spreadsheets.problems import Claim, NotFound, Problems

GONE: Final = "The console no longer lists this computer."
GIVEN: Final = "Row {row} gives this asset to another computer of the console."
_WAYS: Final = {"halo_asset": ASSET, "halo_site": SITE, "wanted_site": SITE, "computer": COMPUTER}
"""How a row names what a field of the mapping holds; the rest is about the type."""
_ASSET_COLUMNS: Final = (*ASSET.columns, "asset_tag")
_SAYING: Final = ("asset_id", "asset", "asset_tag", "site_id", "site", "type_id", "type")


class ComputerJudge:
    """What rows would do with computers towards one credential. Seven statements a part."""

    def __init__(self, credential: HaloCredential) -> None:
        self._credential = credential
        types = types_of(credential)
        self._types = Index(TYPE, types)
        self._names = {row.halo_id: row.name for row in types}
        self._consoles = Consoles()

    def begin(self, lines: Sequence[SheetLine]) -> None:
        credential = self._credential
        computers = computers_named(lines)
        self._computers = Index(COMPUTER, computers)
        companies = {row.company_id for row in computers if row.company_id is not None}
        pairs = CompanyMapping.objects.filter(company__in=companies, halo_credential=credential)
        self._pairs = {row.company_id: row for row in pairs.select_related("halo_client")}
        clients = {row.halo_client_id for row in self._pairs.values()}
        assets = assets_named(lines, clients, credential)
        self._assets = Index(ASSET, assets)
        self._tagged = grouped(assets, lambda row: alike(row.inventory_number))
        self._sites = Index(SITE, sites_of(clients, lines, credential))
        self._stored = mappings_of([row.pk for row in computers], credential)
        standing = ComputerMapping.objects.filter(halo_asset__in=[row.pk for row in assets])
        self._standing = {
            (row.halo_asset_id, row.console_id): row for row in standing.select_related("computer")
        }

    def judge(self, line: SheetLine, problems: Problems) -> Judged:
        kind = problems.attempt(partial(self._types.named, line), *TYPE.columns)
        computer = problems.attempt(partial(self._computer, line), "console", "company", *COMPUTER.columns)
        if computer is None or not (problems or any(name in line.told for name in _SAYING)):
            return Judged(computer)
        pair = self._pairs.get(computer.company_id or 0)
        if pair is None:
            self._check(line, problems, _Wanted(computer, None, None, None, None))
            return Judged(computer)
        mapping = self._stored.get(computer.pk)
        asset = problems.attempt(partial(self._asset, line, pair), *_ASSET_COLUMNS)
        if asset is None and mapping and not problems.about(*_ASSET_COLUMNS):
            asset = mapping.halo_asset
        site = problems.attempt(partial(self._site, line, pair), *SITE.columns)
        before = values_of(mapping, self._names) if mapping else None
        after = self._after(mapping, asset, site, kind)
        if problems or not same(before, after):
            self._check(line, problems, _Wanted(computer, pair, asset, site, kind))
        return Judged(computer, before, after, self._claims(line, computer, asset, before, after))

    def _computer(self, line: SheetLine) -> Computer:
        """Of the company that the row names; with an id the company does not matter."""
        rows = self._computers.candidates(line)
        company = line.told.get("company")
        if company is not None and "computer_id" not in line.told:
            own = [row for row in rows if row.company and alike(row.company.name) == alike(company)]
            if rows and not own:
                raise NotFound(
                    "company", f"The company {short(company)} has no computer {short(line.told['computer'])}."
                )
            rows = own
        computer: Computer | None = self._consoles.named(COMPUTER, line, rows)
        if computer is None:
            raise NotFound("computer", "The row names no computer.")
        return computer

    def _asset(self, line: SheetLine, pair: CompanyMapping) -> HaloAsset | None:
        """By id, else by tag (a name that is given as well has to agree), else by name."""
        client = pair.halo_client_id
        tag = line.told.get("asset_tag")
        if "asset_id" in line.told or tag is None:
            rows = self._assets.candidates(line)
            own = [row for row in rows if row.client_id == client]
            found: HaloAsset | None = named(ASSET, line, rows if "asset_id" in line.told else own)
            return found
        tagged = [row for row in self._tagged.get(alike(tag), ()) if row.client_id == client]
        if "asset" in line.told:
            tagged = [row for row in tagged if alike(row.name) == alike(line.told["asset"])]
        if len(tagged) != 1:
            words = "Several assets have" if tagged else "There is no asset with"
            raise NotFound("asset_tag", f"{words} the tag {short(tag)} at the client {pair.halo_client}.")
        return tagged[0]

    def _site(self, line: SheetLine, pair: CompanyMapping) -> HaloSite | None:
        rows = self._sites.candidates(line)
        own = [row for row in rows if row.client_id == pair.halo_client_id]
        if "site_id" in line.told:
            own = rows
        found: HaloSite | None = named(SITE, line, own, f" of the client {pair.halo_client}")
        return found

    def _after(
        self,
        mapping: ComputerMapping | None,
        asset: HaloAsset | None,
        site: HaloSite | None,
        kind: HaloAssetType | None,
    ) -> Values:
        """What is not told stays as it is, or is what the asset has."""
        stays = mapping is not None and mapping.halo_asset_id == (asset.pk if asset else None)
        present = values_of(mapping, self._names) if stays and mapping else _own_values(asset, self._names)
        return {
            "halo_asset": thing(asset),
            "site": thing(site) or present["site"],
            "asset_type": type_thing(kind.halo_id, self._names) if kind else present["asset_type"],
        }

    def _check(self, line: SheetLine, problems: Problems, wanted: _Wanted) -> None:
        """The rules of *Edit mapping*, with what was read for the whole part."""
        computer, asset, site = wanted.computer, wanted.asset, wanted.site
        if not computer.active:
            problems.add(COMPUTER.column(line), GONE)
        standing = self._standing.get((asset.pk, computer.console_id)) if asset else None
        other = standing if standing and standing.computer_id != computer.pk else None
        number = wanted.kind.halo_id if wanted.kind else None
        check = partial(
            raise_edit_problems,
            computer,
            self._credential,
            wanted.pair,
            halo_asset=asset,
            other=lambda: other,
            halo_site=None if asset else site,
            asset_type=None if asset else number,
            wanted_site=site if asset and site and site.pk != asset.site_id else None,
            wanted_type=number if asset else None,
            is_type=partial(_in, self._names),
        )
        problems.check(check, partial(_column, line))

    @staticmethod
    def _claims(
        line: SheetLine, computer: Computer, asset: HaloAsset | None, before: Values | None, after: Values
    ) -> list[Claim]:
        """A row that changes something gives its asset to its computer."""
        if asset is None or same(before, after):
            return []
        column = _column(line, "halo_asset")
        return [Claim(("asset", asset.pk, computer.console_id), column, GIVEN)]


@dataclass(frozen=True, slots=True)
class _Wanted:
    computer: Computer
    pair: CompanyMapping | None
    asset: HaloAsset | None
    site: HaloSite | None
    kind: HaloAssetType | None


def _column(line: SheetLine, field: str) -> str:
    """Where a sentence about a field of the mapping belongs in the sheet."""
    if field == "halo_asset" and "asset_id" not in line.told and "asset_tag" in line.told:
        return "asset_tag"
    return _WAYS.get(field, TYPE).column(line)


def _in(names: dict[int, str], number: int) -> bool:
    return number in names


# ---- stored mappings ------------------------------------------------------------------------


def mappings_of(
    computers: Iterable[int], credential: HaloCredential, *, lock: bool = False
) -> dict[int, ComputerMapping]:
    """By computer (our id). Locked they stay as they are until the transaction ends."""
    rows = ComputerMapping.objects.filter(computer__in=list(computers), halo_credential=credential)
    if lock:
        list(rows.select_for_update().order_by("pk").values_list("pk"))
    rows = rows.select_related("halo_asset__asset_type", "halo_asset__site", "halo_site", "wanted_site")
    return {row.computer_id: row for row in rows}


def present(ids: Iterable[int], credential: HaloCredential, *, lock: bool = False) -> dict[int, Values]:
    """How these computers are mapped now; those that are not are not in it."""
    return {pk: values_of(row, {}) for pk, row in mappings_of(ids, credential, lock=lock).items()}


def values_of(mapping: ComputerMapping, names: dict[int, str]) -> Values:
    own = _own_values(mapping.halo_asset, names)
    if mapping.halo_asset is None:
        site, number = mapping.halo_site, mapping.asset_type
    else:
        site, number = mapping.wanted_site, mapping.wanted_type
    return {
        "halo_asset": own["halo_asset"],
        "site": thing(site) or own["site"],
        "asset_type": type_thing(number, names) or own["asset_type"],
    }


def _own_values(asset: HaloAsset | None, names: dict[int, str]) -> Values:
    number = asset.asset_type.halo_id if asset and asset.asset_type else None
    return {
        "halo_asset": thing(asset),
        "site": thing(asset.site if asset else None),
        "asset_type": type_thing(number, names),
    }


def apply_row(row: SheetRow, credential: HaloCredential, staff: Any) -> None:
    """As *Edit mapping* does. Raises `ValidationError` with what speaks against it now."""
    computer = Computer.objects.select_related("company").get(pk=row.subject_id or 0)
    asset, site, number = _chosen(row.after)
    if asset is None:
        edit_computer_mapping(computer, credential, halo_site=site, asset_type=number, staff=staff)
        return
    own = asset.asset_type.halo_id if asset.asset_type else None
    edit_computer_mapping(
        computer,
        credential,
        halo_asset=asset,
        wanted_site=site if site and site.pk != asset.site_id else None,
        wanted_type=number if number != own else None,
        staff=staff,
    )


def _chosen(after: Values) -> tuple[HaloAsset | None, HaloSite | None, int | None]:
    assets = HaloAsset.objects.select_related("asset_type", "client")
    asset = assets.get(pk=after["halo_asset"]["id"]) if after["halo_asset"] else None
    site = HaloSite.objects.get(pk=after["site"]["id"]) if after["site"] else None
    return asset, site, after["asset_type"]["id"] if after["asset_type"] else None
