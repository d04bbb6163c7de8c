"""A row that gives its asset the client, site or type that it has already: that is no change.

Whatever else has the same name, and whether it is still in use: what an export told comes back untouched.
"""

from __future__ import annotations

from typing import Any

from integrations.models import HaloAsset
from mappings.spreadsheets.columns import SheetLine, alike
from mappings.spreadsheets.finding import CLIENT, Way
from mappings.spreadsheets.problems import NotFound


def says_own(way: Way, line: SheetLine, own: Any) -> bool:
    """Whether the line names this one, by its id, its name or both."""
    number, name = line.told.get(way.by_id), line.told.get(way.by_name)
    if own is None or (number is None and name is None):
        return False
    return number in (None, way.id_of(own)) and (name is None or alike(name) == alike(own.name))


def check_own_client(line: SheetLine, asset: HaloAsset, in_reach: bool) -> None:
    """Raises `NotFound` if the line names the asset's client, which is not `in_reach`: then nothing of the
    asset is changed either."""
    client = asset.client
    if in_reach or client is None or not says_own(CLIENT, line, client):
        return
    why = "none of this HaloPSA credential" if client.active else "inactive in HaloPSA"
    raise NotFound(CLIENT.column(line), f"Its client {client} is {why}.")
