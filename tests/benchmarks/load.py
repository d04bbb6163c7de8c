"""Many clients at once against a real installation: `make load`.

Reads of lists, posted events and previews, over real HTTP against what `make run` starts. Answers other than
2xx and 429 are errors, and make the exit code 1. On PostgreSQL where `DATABASE_URL` names a database of its
own that may be filled, else on SQLite.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from tests.installation import Installation  # noqa: E402

COMPANIES, COMPUTERS = 50, 2000
LISTS = (
    "computers/?page_size=100",
    "computers/?search=pc-1&ordering=-last_seen",
    "companies/?page_size=100",
    "halo-assets/?page_size=100",
    "events/?status=waiting",
    "events/?page_size=100",
    "alerts/?state=open",
    "tickets/?ordering=-created_at",
    "runs/?page_size=20",
    "company-mappings/",
)
SHARES = {"list": 80, "events": 19, "plan": 1}
"""Of a hundred calls."""
PATIENCE = 60.0


@dataclass
class Told:
    """What one client saw."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in SHARES})
    statuses: Counter[tuple[str, Any]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Client:
    """One program: a connection that is kept, one call after the other."""

    def __init__(self, port: int, token: str, number: int, scope: dict[str, Any]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
        self.number, self.scope, self.sent = number, scope, 0
        self.random = random.Random(number)
        self.told = Told()

    def work_until(self, end: float) -> None:
        kinds, weights = list(SHARES), list(SHARES.values())
        while time.monotonic() < end:
            self._call(self.random.choices(kinds, weights)[0])

    def _call(self, kind: str) -> None:
        method, path, body = getattr(self, f"_{kind}")()
        began = time.monotonic()
        try:
            self.connection.request(method, f"/api/v1/{path}", body and json.dumps(body), self.headers)
            answer = self.connection.getresponse()
            status: Any = answer.status
            content = answer.read()
        except (OSError, http.client.HTTPException) as problem:
            self.connection.close()
            status, content = type(problem).__name__, str(problem).encode()
        self.told.seconds[kind].append(time.monotonic() - began)
        self.told.statuses[kind, status] += 1
        if not (status == 429 or (isinstance(status, int) and 200 <= status < 300)):
            self.told.wrong.append(f"{method} {path}: {status} {content.decode(errors='replace')[:200]}")

    def _list(self) -> tuple[str, str, Any]:
        return "GET", self.random.choice(LISTS), None

    def _events(self) -> tuple[str, str, Any]:
        self.sent += 1
        return "POST", "events/", list(self._some_events())

    def _some_events(self) -> Iterator[dict[str, Any]]:
        for number in range(self.random.randint(1, 5)):
            yield {
                "console": self.scope["push"],
                "external_id": f"load-{self.number}-{self.sent}-{number}",
                "event_type": "device.disk_space",
                "computer": f"pc-{self.random.randrange(COMPUTERS)}",
                "severity": "high",
                "title": "Disk C: almost full",
                "state": self.random.choice(["open", "resolved"]),
            }

    def _plan(self) -> tuple[str, str, Any]:
        return "POST", "plans/", {"kind": "assets", **self.scope["plan"]}


def fill(bridge: Installation) -> dict[str, Any]:
    """A push console with companies and computers, beside what the sandbox has; what clients ask about."""
    push = bridge.post("consoles/", {"name": "Load", "kind": "push"})["id"]
    bridge.post(
        "companies/",
        [{"console": push, "external_id": f"c-{n}", "name": f"Company {n}"} for n in range(COMPANIES)],
    )
    for first in range(0, COMPUTERS, 1000):
        bridge.post("computers/", [_computer(push, n) for n in range(first, first + 1000)])
    bridge.wait_for_quiet(180)
    credential = bridge.rows("halo-credentials/")[0]["id"]
    company = bridge.rows("companies/", console=push)[0]
    client = bridge.rows("halo-clients/", halo_credential=credential)[0]["id"]
    mapping = {"company": company["id"], "halo_client": client, "create_tickets": True}
    bridge.post("company-mappings/", mapping)
    bridge.wait_for_quiet(60)
    return {"push": push, "plan": {"console": push, "company": company["id"]}}


def _computer(console: int, number: int) -> dict[str, Any]:
    return {
        "console": console,
        "external_id": f"pc-{number}",
        "name": f"PC-{number}",
        "company_external_id": f"c-{number % COMPANIES}",
        "serial_number": f"SN{number:06}",
    }


def press(
    bridge: Installation, scope: dict[str, Any], clients: int, seconds: float
) -> tuple[list[Told], float]:
    """All clients at once; what they saw, and how long it took."""
    made = [Client(bridge.port, bridge.token, number, scope) for number in range(clients)]
    began = time.monotonic()
    threads = [threading.Thread(target=one.work_until, args=(began + seconds,)) for one in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one.told for one in made], time.monotonic() - began


def report(told: list[Told], took: float) -> int:
    """Print the figures; how many answers were wrong."""
    calls = sum(len(values) for one in told for values in one.seconds.values())
    print(f"{len(told)} clients, {took:.0f} s, {calls:,} calls, {calls / took:.0f} a second")
    for kind in SHARES:
        values = sorted(value for one in told for value in one.seconds[kind])
        statuses: Counter[Any] = Counter()
        for one in told:
            statuses.update({status: n for (of, status), n in one.statuses.items() if of == kind})
        shown = ", ".join(f"{status}: {n:,}" for status, n in sorted(statuses.items(), key=str))
        points = " ".join(f"p{part} {_at(values, part) * 1000:,.0f} ms" for part in (50, 95, 99))
        print(f"  {kind:7} {len(values):7,}  {points}   {shown}")
    wrong = [text for one in told for text in one.wrong]
    for text, number in Counter(wrong).most_common(10):
        print(f"  ERROR ({number}): {text}")
    print(f"  errors: {len(wrong)}")
    return len(wrong)


def _at(values: list[float], part: int) -> float:
    return values[min(len(values) - 1, len(values) * part // 100)] if values else 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description="Many clients at once against a real installation.")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=50)
    asked = parser.parse_args()
    database = os.environ.get("DATABASE_URL", "")
    chosen = {"DATABASE_URL": database} if database.startswith("postgres") else {}
    with tempfile.TemporaryDirectory() as folder, Installation(Path(folder), **chosen) as bridge:
        bridge.serve(seconds=600)
        bridge.sign_in()
        scope = fill(bridge)
        print("PostgreSQL" if chosen else "SQLite", f"{COMPUTERS:,} computers", sep=", ")
        wrong = report(*press(bridge, scope, asked.clients, asked.seconds))
        assert bridge.get("events/")["count"] > 0, "No event was stored."
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
