"""Which asset a row of a sheet means: by id, else by tag, else by name, within its client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Q

from integrations.models import HaloAsset, HaloClient, HaloCredential
from mappings.definitions import AssetType, Definitions
from mappings.spreadsheets.columns import SheetLine, alike
from mappings.spreadsheets.finding import grouped, spelled
from mappings.spreadsheets.problems import NotFound


def key_of_type(kind: AssetType | None) -> str:
    """The field that is an asset's name; '' where it is not known."""
    return str(kind.key_field_ids[0]) if kind and kind.key_field_ids else ""


class NamedAssets:
    def __init__(self, credential: HaloCredential, known: Definitions) -> None:
        self._credential = credential
        self._keys = {key for kind in known.types.values() if (key := key_of_type(kind))}

    def read(self, rows: Sequence[Mapping[str, str]]) -> None:
        """What these rows may mean, in one statement. Only active ones are found by tag or name."""
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

    def named(self, line: SheetLine, client: HaloClient | None, kind: AssetType | None) -> HaloAsset | None:
        """None: it is a new one. Raises `NotFound`."""
        if "asset_id" in line.told:
            found = self._by_id.get(line.told["asset_id"])
            if found is None:
                raise NotFound("asset_id", f"There is no asset with the id {line.told['asset_id']!r}.")
            return found
        if client is None:
            raise NotFound("client", "The row names neither an asset by its id nor a client.")
        column, rows = self._alike(line, kind)
        own = [row for row in rows if row.client_id == client.pk and row.active]
        if len(own) > 1:
            raise NotFound(column, f"Several assets of {client} fit: give the id of the asset.")
        return own[0] if own else None

    def _alike(self, line: SheetLine, kind: AssetType | None) -> tuple[str, list[HaloAsset]]:
        if "asset_tag" in line.told:
            return "asset_tag", self._by_tag.get(alike(line.told["asset_tag"]), [])
        column = key_of_type(kind)
        return column, self._by_name.get(alike(line.told[column]), []) if column in line.told else []


def _is_id(text: str) -> bool:
    return text.isdigit() and len(text) < 10
