"""Licences: which kinds a computer has, and which of them decides."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.connectors.msp360.parse.products import normalise_product, place, products_by_place


def make_licence(kind: Any = "Server", **changed: Any) -> dict[str, Any]:
    return {"LicenseType": kind, "ComputerName": "SRV01", "UserID": "u-1", "IsTaken": True, **changed}


@pytest.mark.parametrize(
    ("spelling", "key"),
    [
        ("Desktop", "desktop"),
        ("desktop edition", "desktop"),
        ("0", "desktop"),
        ("File Backup", "file_backup"),
        ("FileBackup License", "file_backup"),
        ("Server", "server"),
        ("Ultimate", "ultimate"),
        ("MS SQL Server", "mssql"),
        ("MSSQL", "mssql"),
        ("MS Exchange", "exchange"),
        ("MS SQL Server + MS Exchange", "mssql_exchange"),
        ("ms-sql / ms-exchange", "mssql_exchange"),
        ("VM Server", "vm_server"),
        ("VM Server Socket", "vm_socket"),
        ("RMM", "rmm_only"),
        ("Cosmos Edition 3", "cosmosedition3"),
    ],
)
def test_one_kind_has_one_key_however_it_is_spelled(spelling: str, key: str) -> None:
    assert normalise_product(spelling) == key


def test_the_most_server_like_licence_comes_first() -> None:
    ranked = (
        "VM Server",
        "VM Server Socket",
        "MS SQL Server + MS Exchange",
        "MS Exchange",
        "MS SQL Server",
        "Ultimate",
        "Server",
        "File Backup",
        "Desktop",
        "Something New",
    )
    found = products_by_place([make_licence(kind) for kind in sorted(ranked)])

    assert found == {("srv01", "u-1"): ranked}


def test_the_same_kind_twice_is_one_product() -> None:
    rows = [make_licence("Server"), make_licence("server"), make_licence("SERVER license")]

    assert products_by_place(rows) == {("srv01", "u-1"): ("Server",)}


@pytest.mark.parametrize(
    "row",
    [
        make_licence(IsTaken=False),
        make_licence(IsTaken="false"),
        make_licence(ComputerName=None),
        make_licence(ComputerName=" "),
        make_licence(None),
        {},
    ],
)
def test_a_licence_of_no_computer_does_not_count(row: dict[str, Any]) -> None:
    assert products_by_place([row]) == {}


def test_the_same_computer_name_in_two_accounts_is_two_computers() -> None:
    rows = [make_licence("Server"), make_licence("Desktop", UserID="u-2")]

    assert products_by_place(rows) == {("srv01", "u-1"): ("Server",), ("srv01", "u-2"): ("Desktop",)}


def test_a_place_is_found_however_it_is_written() -> None:
    assert place({"ComputerName": " Srv01 ", "UserID": "{U-1}"}) == place(
        {"ComputerName": "SRV01", "UserID": "u-1"}
    )
