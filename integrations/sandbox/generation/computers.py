"""Computers of the console, their licences, and what the RMM agent knows of those that have one."""

from __future__ import annotations

import random

from integrations.sandbox.generation.clients import draw_guid
from integrations.sandbox.generation.names import AWKWARD_COMPUTERS, JUNK_SERIALS, MODELS, NO_COMPANY, PAIRS
from integrations.sandbox.moments import later
from integrations.sandbox.world import ConsoleWorld, Row

SERVER_LICENCES = ["Server", "Ultimate", "MS SQL Server", "MS Exchange", "VM Server", "File Backup"]


def add_computers(console: ConsoleWorld, chance: random.Random, now: str) -> None:
    accounts = {user["Company"]: user for user in console.users.values()}
    for pair in PAIRS:
        names = [*AWKWARD_COMPUTERS.get(pair.code, [])]
        names += [_usual_name(pair.code, place) for place in range(1, pair.computers - len(names) + 1)]
        for name in names:
            _add_computer(console, chance, now, name, accounts[pair.console])
    for name in NO_COMPANY:
        _add_computer(console, chance, now, name, None)
    _add_spare_licences(console, chance)
    _make_one_cloned_machine(console)


def is_server(name: str) -> bool:
    return "SRV" in name


def _usual_name(code: str, place: int) -> str:
    return f"{code}-SRV{place:02}" if place % 7 == 1 else f"{code}-PC{place:02}"


def _add_computer(
    console: ConsoleWorld, chance: random.Random, now: str, name: str, account: Row | None
) -> None:
    hid = draw_guid(chance)
    has_backup, has_rmm = _agents(chance)
    system = "windows" if chance.random() < 0.9 else chance.choice(["linux", "macos"])
    console.computers[hid] = {
        "ComputerHID": hid,
        "OSTypeString": system,
        "ComputerName": name,
        "ComputerDisplayName": f"{name} (file server)" if is_server(name) and chance.random() < 0.5 else name,
        "CompanyName": account["Company"] if account else chance.choice([None, ""]),
        "UserEmail": account["Email"] if account else None,
        "UserID": account["ID"] if account else None,
        "LastActivity": later(now, minutes=-chance.randrange(5, 3000)),
        "HasBackupApp": has_backup,
        "_rmm": has_rmm,
        "_braces": chance.random() < 0.5,
        "_build": chance.choice(["8.3.1.140", "8.3.0.77", "7.9.4.83"]),
        "_online": chance.random() < 0.85,
    }
    if has_rmm:
        console.hosts[hid] = _host(chance, now, name, system, account)
    if has_backup and account and chance.random() < 0.93:
        _add_licence(console, chance, name, account)


def _agents(chance: random.Random) -> tuple[bool, bool]:
    """(backup, RMM): most have both, some one, a few neither."""
    draw = chance.random()
    if draw < 0.74:
        return True, True
    if draw < 0.86:
        return True, False
    return (False, True) if draw < 0.93 else (False, False)


def _host(chance: random.Random, now: str, name: str, system: str, account: Row | None) -> Row:
    server = is_server(name)
    kinds = [line for line in MODELS if (line[2] == "server") == server]
    manufacturer, model, kind = chance.choice(kinds)
    junk = chance.random() < 0.08
    return {
        "computerName": name.strip(),
        "osName": _system_name(system, server),
        "osType": system.capitalize(),
        "productType": "Server" if server else "Workstation",
        "version": "10.0.20348" if server else "10.0.22631",
        "userName": chance.choice(["amelie", "bjorn", "svc-admin", "office"]),
        "domainName": f"{(account or {'Email': 'a@workgroup.x'})['Email'].split('@')[1].split('.')[0]}.local",
        "ip4Address": f"10.{chance.randrange(1, 250)}.{chance.randrange(250)}.{chance.randrange(2, 250)}",
        "macAddress": _mac(chance),
        "serialNumber": chance.choice(JUNK_SERIALS) if junk else _serial(chance),
        "model": model,
        "manufactured": manufacturer,
        "virtual": model in {"Virtual Machine", "VMware7,1"},
        "laptop": kind == "laptop",
        "lastBoot": later(now, days=-chance.randrange(1, 40)),
        "memory": chance.choice([8, 16, 32, 64]) * 2**30,
    }


def _system_name(system: str, server: bool) -> str:
    if system == "windows":
        return "Windows Server 2022 Standard" if server else "Windows 11 Pro"
    return {"linux": "Ubuntu 22.04.4 LTS", "macos": "macOS 14.5"}[system]


def _mac(chance: random.Random) -> str:
    if chance.random() < 0.03:
        return "00-00-00-00-00-00"
    pairs = [0x00, 0x15, 0x5D, *(chance.randrange(256) for _ in range(3))]
    return "-".join(f"{pair:02X}" for pair in pairs)


def _serial(chance: random.Random) -> str:
    return "".join(chance.choice("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(10))


def _add_licence(console: ConsoleWorld, chance: random.Random, name: str, account: Row) -> None:
    kind = chance.choice(SERVER_LICENCES) if is_server(name) else "Desktop"
    number = draw_guid(chance)
    console.licences[number] = {
        "ID": number,
        "Number": 100 + len(console.licences),
        "ComputerName": name,
        "OperatingSystem": "Windows",
        "IsTrial": chance.random() < 0.05,
        "IsTaken": True,
        "LicenseType": kind,
        "DateExpired": "2027-02-01T00:00:00Z",
        "Transaction": f"TX-20260201-{len(console.licences):03}",
        "User": account["Email"],
        "UserID": account["ID"],
    }


def _add_spare_licences(console: ConsoleWorld, chance: random.Random) -> None:
    """Bought and not given to a computer: no computer name, no account."""
    for _ in range(6):
        number = draw_guid(chance)
        spare = {"ID": number, "ComputerName": None, "IsTaken": False, "User": None, "UserID": None}
        console.licences[number] = {**next(iter(console.licences.values())), **spare}


def _make_one_cloned_machine(console: ConsoleWorld) -> None:
    """Two virtual machines made from one image share their serial number."""
    virtual = [hid for hid, host in console.hosts.items() if host["virtual"]][:2]
    for hid in virtual:
        console.hosts[hid]["serialNumber"] = "VMware-42 1d 0c 5e 77 9a 3b 10"
