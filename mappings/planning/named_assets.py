"""Which asset a row of a sheet means: by id, else by tag, else by name, within its client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.db.models import CharField, Func, Q, Value

from integrations.models import HaloAsset, HaloClient, HaloCredential
from mappings.definitions import AssetType, Definitions
from mappings.spreadsheets.columns import SheetLine, alike, short
from mappings.spreadsheets.finding import grouped, spelled
from mappings.spreadsheets.problems import NotFound

ZEROS: Final = (
    "The tag of an asset of {client} is {tag}: its zeros were lost here. Format the column as text."
)


def key_of_type(kind: AssetType | None) -> str:
    """The field that is an asset's name; '' where it is not known."""
    return str(kind.key_field_ids[0]) if kind and kind.key_field_ids else ""


class NamedAssets:
    def __init__(self, credential: HaloCredential, known: Definitions) -> None:
        self._credential = credential
        self._keys = {key for kind in known.types.values() if (key := key_of_type(kind))}

    def read(self, rows: Sequence[Mapping[str, str]]) -> None:
        """What these rows may mean, in one statement, and one for tags that may have lost zeros. Only active
        ones are found by tag or name."""
        numbers = [int(row["asset_id"]) for row in rows if _is_id(row.get("asset_id", ""))]
        tags = {row["asset_tag"] for row in rows if "asset_tag" in row}
        names = {row[key] for row in rows for key in self._keys if key in row}
        alike_ = Q(inventory_number__in=spelled(tags)) | Q(name__in=spelled(names))
        found = HaloAsset.objects.filter(
            Q(halo_id__in=numbers) | (Q(active=True) & alike_), halo_credential=self._credential
        )
        assets = list(found.select_related("client", "site", "asset_type"))
        self._by_id = {str(row.halo_id): row for row in assets}
        self._by_tag = grouped(assets, lambda row: alike(row.inventory_number))
        self._by_name = grouped(assets, lambda row: alike(row.name))
        self._with_zeros = self._read_with_zeros({tag for tag in tags if tag not in self._by_tag})

    def _read_with_zeros(self, tags: set[str]) -> dict[tuple[int | None, str], str]:
        """(client, tag without its first zeros) → the tag, of tags that spreadsheets turn into numbers."""
        bare = {tag for tag in tags if tag.isdigit() and not tag.startswith("0")}
        if not bare:
            return {}
        rows = HaloAsset.objects.filter(
            halo_credential=self._credential, active=True, inventory_number__startswith="0"
        )
        stripped = Func("inventory_number", Value("0"), function="LTRIM", output_field=CharField())
        found = rows.annotate(bare=stripped).filter(bare__in=bare)
        return {(pk, tag): full for pk, tag, full in found.values_list("client", "bare", "inventory_number")}

    def named(self, line: SheetLine, client: HaloClient | None, kind: AssetType | None) -> HaloAsset | None:
        """None: it is a new one. Raises `NotFound`."""
        if "asset_id" in line.told:
            found = self._by_id.get(line.told["asset_id"])
            if found is None:
                raise NotFound("asset_id", f"There is no asset with the id {short(line.told['asset_id'])}.")
            return found
        if client is None:
            raise NotFound("client", "The row names neither an asset by its id nor a client.")
        column, rows = self._alike(line, kind)
        own = [row for row in rows if row.client_id == client.pk and row.active]
        if len(own) > 1:
            raise NotFound(column, f"Several assets of {client} fit: give the id of the asset.")
        if not own and (full := self._with_zeros.get((client.pk, line.told.get("asset_tag", "")))):
            raise NotFound("asset_tag", ZEROS.format(client=client, tag=full))
        return own[0] if own else None

    def _alike(self, line: SheetLine, kind: AssetType | None) -> tuple[str, list[HaloAsset]]:
        if "asset_tag" in line.told:
            return "asset_tag", self._by_tag.get(alike(line.told["asset_tag"]), [])
        column = key_of_type(kind)
        return column, self._by_name.get(alike(line.told[column]), []) if column in line.told else []


def _is_id(text: str) -> bool:
    return text.isdigit() and len(text) < 10
