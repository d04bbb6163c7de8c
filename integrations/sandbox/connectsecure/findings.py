"""What is to be remedied on assets, and how many vulnerabilities that makes."""

from __future__ import annotations

import random
from collections.abc import Iterable

from integrations.sandbox.connectsecure.world import ConnectSecureWorld
from integrations.sandbox.moments import later
from integrations.sandbox.world import Row

# Product: (installed version, fix, severity, vulnerabilities of that severity).
PRODUCTS = {
    "Google Chrome": ("120.0.6099.71", "Update to 122.0.6261.95", "critical", 3),
    "Mozilla Firefox": ("115.2.1", "Update to 123.0.1", "high", 5),
    "Adobe Acrobat Reader DC": ("23.003.20284", "Update to 24.001.20604", "high", 2),
    "7-Zip": ("19.00", "Update to 23.01", "medium", 1),
    "VLC media player": ("3.0.16", "Update to 3.0.20", "low", 1),
}
SEVERITIES = ("critical", "high", "medium", "low")
_FIRST_SOLUTION = 1200


def add_some(held: ConnectSecureWorld, chance: random.Random, now: str, asset: Row) -> None:
    for product in PRODUCTS:
        if chance.random() < 0.25:
            add(held, asset, product, later(now, days=-chance.randrange(1, 60)))


def add(held: ConnectSecureWorld, asset: Row, product: str, now: str) -> Row:
    """The asset needs this fix from now on; the row there is, where it needs it already."""
    known = (row for row in held.fixes.values() if (row["asset_id"], row["_name"]) == (asset["id"], product))
    for row in known:
        return row
    version, fix, severity, count = PRODUCTS[product]
    number = held.next_row()
    counts = {f"{word}_vuls_count": count if word == severity else 0 for word in SEVERITIES}
    row = {
        "_number": number,
        "_name": product,
        "id": asset["id"],
        "asset_id": asset["id"],
        "company_id": asset["company_id"],
        "agent_id": asset["agent_id"],
        "host_name": asset["host_name"],
        "ip": asset["ip"],
        "online_status": asset["online_status"],
        "solution_id": _FIRST_SOLUTION + list(PRODUCTS).index(product),
        "product": f"{product} {version}",
        "software_version": version,
        "fix": fix,
        "url": None,
        "severity": severity.title(),
        "remediation_action": "Software Patch",
        "os_type": asset["platform"],
        "total_vuls_count": count,
        **counts,
        "epss_vuls": 0.02,
        "is_suppressed": False,
        "first_vul_discovered": now,
        "last_vul_discovered": now,
    }
    held.fixes[str(number)] = row
    return row


def remove(held: ConnectSecureWorld, gone: Iterable[Row]) -> None:
    """A scan no longer finds them."""
    numbers = {row["_number"] for row in gone}
    held.fixes = {key: row for key, row in held.fixes.items() if row["_number"] not in numbers}


def counts(held: ConnectSecureWorld) -> dict[int, Row]:
    """Of each asset that has some: how many vulnerabilities, as the asset view tells it."""
    found: dict[int, Row] = {}
    for fix in held.fixes.values():
        own = found.setdefault(fix["asset_id"], dict.fromkeys(SEVERITIES, 0))
        for word in SEVERITIES:
            own[word] += fix[f"{word}_vuls_count"]
    return found
