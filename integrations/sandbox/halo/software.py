"""`/SoftwareLicence` (scope softwarelicensing) and `/AssetSoftware` (scope software). Read only.

HaloPSA API: licences come in the envelope `licences` and know no filter by date of change; the programs of an
asset are a bare array without pages.
"""

from __future__ import annotations

from typing import Any

from integrations.sandbox.halo import lists
from integrations.sandbox.halo.call import Call, known
from integrations.sandbox.moments import NEVER, NEVER_NET, day, without_zone
from integrations.sandbox.world import HaloWorld, Row


def list_licences(call: Call) -> Any:
    inactive = call.query.flag("includeinactive")
    rows = [row for row in call.world.licences.values() if row["is_active"] or inactive]
    rows = lists.matching(
        call, lists.visible(call, rows), client_id="client_id", site_id="site_id", type="licence_type"
    )
    rows = lists.searched(call, rows, lambda row: (row["name"], row["manufacturer"]))
    return lists.envelope(call, rows, "licences", lambda row: _licence(call.world, row), order="name")


def show_licence(call: Call, number: int) -> Row:
    return _licence(call.world, known(call, call.world.licences, number))


def list_programs(call: Call) -> list[Row]:
    """Without a filter there is nothing; an unknown asset has nothing installed."""
    if not any(call.query.numbers(name) for name in ("device_id", "licence_id", "user_id")):
        return []
    rows = lists.matching(
        call, call.world.software.values(), did="device_id", licence_id="licence_id", user_id="user_id"
    )
    shown = [row for row in rows if row["did"] in call.world.assets]
    return [_program(call.world, row) for row in shown if call.sees(call.world.assets[row["did"]])]


def _licence(world: HaloWorld, row: Row) -> Row:
    client, site = world.clients.get(row["client_id"]), world.sites.get(row["site_id"])
    return {
        "id": row["id"],
        "type": row["type"],
        "name": row["name"],
        "count": row["count"],
        "client_id": row["client_id"],
        "client_name": client["name"] if client else None,
        "site_id": row["site_id"],
        "site_name": site["name"] if site else None,
        "vendor": row["vendor"],
        "manufacturer": row["manufacturer"],
        "start_date": day(row["start_date"]),
        "end_date": day(row["end_date"]) if row["end_date"] else NEVER_NET,
        "licences_in_use": row["licences_in_use"],
        "licences_available": row["count"] - row["licences_in_use"],
        "supplier_id": 0,
        "tenant_id": None,
        "product_sku": row["product_sku"],
        "is_active": row["is_active"],
        "deleted": row["deleted"],
    }


def _program(world: HaloWorld, row: Row) -> Row:
    licence = world.licences.get(row["licence_id"])
    return {
        "id": row["id"],
        "licence_id": row["licence_id"],
        "name": row["name"],
        "licence_name": licence["name"] if licence else None,
        "version": row["version"],
        "count": 1,
        "did": row["did"],
        "install_date": without_zone(row["install_date"]) if row["install_date"] else NEVER,
        "lastused": without_zone(row["lastused"]) if row["lastused"] else NEVER_NET,
        "user_id": row["user_id"],
        "role_id": 0,
    }
