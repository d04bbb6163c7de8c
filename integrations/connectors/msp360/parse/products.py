"""Licences of MSP360: which kinds a computer carries, and which of them decides its asset type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from integrations.connectors import values

Row = Mapping[str, Any]
Place = tuple[str, str]
"""(computer name, backup account's id), both in lower case: how licences and plans point at a computer."""

RMM_ONLY: Final = "RMM agent only"
"""Product of a computer without backup licence, so that staff can choose an asset type for these too."""

# Most server-like first: of several licences on one computer the first decides the asset type.
_PRODUCTS: Final[dict[str, tuple[str, ...]]] = {
    "vm_server": ("vmserver", "vmedition", "virtualmachine", "virtualmachineserver"),
    "vm_socket": ("vmsocket", "vmserversocket", "vmserversockets"),
    "mssql_exchange": ("mssqlservermsexchange", "mssqlmsexchange", "mssqlexchange", "sqlexchange"),
    "exchange": ("msexchange", "exchange", "msexchangeserver", "exchangeserver"),
    "mssql": ("mssqlserver", "mssql", "sqlserver", "sql"),
    "ultimate": ("ultimate", "ultimateedition"),
    "server": ("server", "baremetal", "serveredition"),
    "file_backup": ("filebackup", "file", "filebackupedition"),
    "desktop": ("desktop", "0", "desktopedition", "workstation"),
    "rmm_only": ("rmmagentonly", "rmmonly", "rmm"),
}
_KEY_OF_ALIAS: Final = {alias: key for key, aliases in _PRODUCTS.items() for alias in aliases}
_RANK: Final = {key: rank for rank, key in enumerate(_PRODUCTS)}


def normalise_product(spelling: str) -> str:
    """One key for every spelling of a licence kind; an unknown kind keeps its own letters and digits."""
    bare = values.squash(spelling)
    return _KEY_OF_ALIAS.get(bare) or _KEY_OF_ALIAS.get(bare.removesuffix("license")) or bare


def products_by_place(licences: Iterable[Row]) -> dict[Place, tuple[str, ...]]:
    """Licence kinds of each computer as the console spells them, the most server-like first.

    Licences that nobody has taken and those of accounts and domains (they name no computer) do not count.
    """
    found: dict[Place, dict[str, str]] = {}
    for row in licences:
        spelling = values.text(row.get("LicenseType"))
        if spelling and values.text(row.get("ComputerName")) and values.flag(row.get("IsTaken")) is not False:
            found.setdefault(place(row), {}).setdefault(normalise_product(spelling), spelling)
    return {where: tuple(kinds[key] for key in sorted(kinds, key=_rank)) for where, kinds in found.items()}


def _rank(key: str) -> tuple[int, str]:
    return _RANK.get(key, len(_RANK)), key


def place(row: Row) -> Place:
    return (values.text(row.get("ComputerName")) or "").casefold(), values.guid(row.get("UserID")) or ""
