"""The variables of a template, each with an example value. What is not here does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

EXAMPLE: Final[dict[str, Any]] = {
    "summary": "[Remediation] ALD-SRV01: Critical update missing: 7-Zip",
    "alert": {
        "title": "Critical update missing: 7-Zip on ALD-SRV01",
        "type": "Remediation by Asset",
        "category": "Remediation",
        "severity": "Critical",
        "opened": "2026-11-20 06:31 UTC",
    },
    "event": {
        "number": "771203",
        "title": "Critical update missing: 7-Zip on ALD-SRV01",
        "message": "7-Zip 19.00 is installed; two known vulnerabilities.\nFixed in 24.09.",
        "severity": "Critical",
        "at": "2026-11-20 07:31 UTC",
        "product": "7-Zip",
        "link": "https://console.example/alerts/771203",
    },
    "company": {"name": "Alder Dental"},
    "console": {"name": "Vulnerability scanner"},
    "computer": {
        "name": "ALD-SRV01",
        "type": "Server",
        "os": "Windows Server 2022 21H2",
        "model": "HP ProLiant ML30",
        "serial_number": "5CG1234XYZ",
        "ip_addresses": ["10.1.2.3", "fe80::1"],
        "mac_addresses": ["00:15:5d:01:02:03"],
        "last_user": "ALD\\anna",
        "last_seen": "2026-11-20 05:58 UTC",
        "missing": "",
    },
    "asset": {"number": "501", "name": "ALD-SRV01", "site": "Main", "client": "Alder Dental Group"},
    "history": {
        "events": 2,
        "first": "2026-11-20 06:31 UTC",
        "last": "2026-11-20 07:31 UTC",
        "times_before": 1,
        "moments": [
            {"at": "2026-11-20 07:31 UTC", "state": "Open", "severity": "Critical"},
            {"at": "2026-11-20 06:31 UTC", "state": "Open", "severity": "Critical"},
        ],
    },
    "findings": [
        {
            "product": "7-Zip",
            "installed_version": "19.00",
            "fixed_version": "24.09",
            "severity": "Critical",
            "asset": "ALD-SRV01",
            "cve": "CVE-2024-11477",
        }
    ],
    "findings_left": 0,
    "others": [{"title": "Critical update missing: 7-Zip on ALD-PC02", "computer": "ALD-PC02"}],
    "others_left": 0,
    "previous": {"number": "4242", "closed": "2026-11-18 10:00 UTC"},
}
"""Also the shape: `facts.facts_of` tells exactly these names."""

LOOP: Final[dict[str, Any]] = {
    "counter": 1, "counter0": 0, "revcounter": 1, "revcounter0": 0, "first": "", "last": "", "length": 1,
}  # fmt: skip
"""What `forloop` knows."""

MEANINGS: Final[dict[str, str]] = {
    "summary": "the summary without a template",
    "alert": "what the ticket is about",
    "event": "the newest event of the alert",
    "company": "",
    "console": "",
    "computer": "as the console tells it",
    "asset": "the Halo asset of the computer",
    "history": "since the alert opened; the last ten moments",
    "findings": "of a vulnerability or remediation, a list",
    "findings_left": "how many more there are",
    "others": "more alerts on this ticket, a list",
    "others_left": "how many more there are",
    "previous": "the ticket before, if it has come back",
}


def listed() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """For each group its meaning, and how its variables are written, each with an example value."""
    for name, value in EXAMPLE.items():
        meaning = f"{name}: {MEANINGS[name]}" if MEANINGS[name] else name
        yield meaning, list(_written(name, value))


def _written(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """A list is written as a loop, with what is known of each of its items."""
    if isinstance(value, dict):
        for inner, found in value.items():
            yield from _written(f"{name}.{inner}", found)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        each = name.rpartition(".")[2].rstrip("s")
        yield f"{{% for {each} in {name} %}} … {{% endfor %}}", ""
        for inner, found in value[0].items():
            yield f"{{{{ {each}.{inner} }}}}", str(found)
    elif isinstance(value, list):
        yield f'{{{{ {name}|join:", " }}}}', ", ".join(value)
    else:
        yield f"{{{{ {name} }}}}", str(value)
