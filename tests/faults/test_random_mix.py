"""Alerts opened, repeated and resolved while everything goes wrong: one ticket each, each note once, closed.

Real processes over real HTTP: a web server, the queue clusters and a second delivery cluster beside them,
against a sandbox that loses answers before and after it has acted, refuses, drops, revokes tokens and is
down; workers and whole clusters are killed, and where `HALOBRIDGE_FAULTS_DATABASE` is `postgres`, PostgreSQL
and Redis are restarted in the middle.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from integrations.sandbox.server import Sandbox
from tests.faults.processes import leaders, processes_of, workers
from tests.faults.servers import own_place, own_servers
from tests.faults.test_killed_workers import Bridge
from tests.installation import ROOT, wait_until

pytestmark = pytest.mark.faults

DELIVERY = "delivery"
GROUPS = 8
BEFORE_AND_AFTER = (
    "504",
    "504_after",
    "500",
    "500_after",
    "503",
    "502_after",
    "429",
    "401",
    "drop",
    "drop_after",
    "html",
    "html_after",
    "empty",
    "truncated",
    "cut_off",
)
DOWN_SECONDS = 72.0
"""An hour of the bridge's own rests, which are scaled by the pause factor."""
PAUSE_FACTOR = 0.02


class Chaos:
    """One thing that goes wrong at a time, chosen by a seed; counts what it did."""

    def __init__(
        self,
        bridge: Bridge,
        sandbox: Sandbox,
        dice: random.Random,
        restarts: dict[str, Callable[[], None]],
    ) -> None:
        self._bridge, self._sandbox, self._dice = bridge, sandbox, dice
        self._restarts = restarts
        self.done: Counter[str] = Counter()

    def strike(self) -> None:
        kind: Callable[[], str] = self._dice.choice(
            [
                self._answer,
                self._answer,
                self._answer,
                self._kill_worker,
                self._kill_cluster,
                self._revoke,
            ]
        )
        self.done[kind()] += 1

    def restart(self) -> None:
        """Each server once, in the middle of everything."""
        for name, restart in self._restarts.items():
            restart()
            self.done[name] += 1

    def _answer(self) -> str:
        what = self._dice.choice(BEFORE_AND_AFTER)
        path = self._dice.choice(["/api/tickets", "/api/actions", "/api/"])
        method = self._dice.choice(["POST", "POST", "*"])
        self._sandbox.halo.faults.add(path=path, method=method, what=what, times=self._dice.randint(1, 3))
        return what

    def _kill_worker(self) -> str:
        found = workers(processes_of(self._bridge.folder), DELIVERY)
        if found:
            self._dice.choice(found).kill()
        return "worker killed"

    def _kill_cluster(self) -> str:
        found = leaders(processes_of(self._bridge.folder), DELIVERY)
        if found:
            self._dice.choice(found).kill_group()
        return "cluster killed"

    def _revoke(self) -> str:
        self._sandbox.halo_application.tokens.revoke_all()
        return "token revoked"

    def go_down(self, seconds: float) -> None:
        self._sandbox.switches.change(down=self._dice.choice(["503", "dropped"]))
        time.sleep(seconds)
        self._sandbox.switches.change(down="")
        self.done["HaloPSA down"] += 1

    def calm(self) -> None:
        self._sandbox.halo.faults.clear()


@contextmanager
def servers() -> Iterator[tuple[dict[str, str], dict[str, Callable[[], None]]]]:
    """What the bridge is told of them, and what restarts each; nothing for the installation's own SQLite.

    PostgreSQL and Redis are the test's own, because nobody else's may be restarted.
    """
    if not os.environ.get("HALOBRIDGE_FAULTS_DATABASE", "").startswith("postgres"):
        yield {}, {}
        return
    with own_place() as place, own_servers(place / "postgres") as (postgres, redis):
        yield (
            {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url},
            {"PostgreSQL restarted": postgres.restart, "Redis restarted": redis.restart},
        )


@contextmanager
def running(folder: Path, sandbox: Sandbox, more: dict[str, str]) -> Iterator[Bridge]:
    """Everything that `make run` starts, and one more delivery cluster."""
    port = sandbox.halo_url.rsplit(":", 1)[1].split("/")[0]
    bridge = Bridge(
        folder,
        HALOBRIDGE_PAUSE_FACTOR=str(PAUSE_FACTOR),
        HALOBRIDGE_SANDBOX_PORT=port,
        HALOBRIDGE_SANDBOX="0",
        **more,
    )
    bridge.manage("migrate", "--verbosity", "0")
    bridge.manage("createcachetable")
    bridge.do("prepare")
    second = None
    try:
        bridge.serve()
        second = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "qcluster"],
            env={**bridge.environment, "Q_CLUSTER_NAME": DELIVERY},
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        bridge.sign_in()
        yield bridge
    finally:
        bridge.stop()
        if second is not None:
            second.kill()
            second.wait()
        for process in processes_of(folder):
            process.kill()


class Alerts:
    """So many alerts in groups that are at different places of their life at the same time."""

    def __init__(self, bridge: Bridge, sandbox: Sandbox, number: int, dice: random.Random) -> None:
        self._bridge, self._sandbox = bridge, sandbox
        self.names = [f"alert {n:04}" for n in range(number)]
        self.repeats = {name: dice.randint(0, 2) for name in self.names}
        self._sent = 0

    def group(self, number: int) -> list[str]:
        return self.names[number::GROUPS]

    def tell(self, names: list[str], state: str) -> None:
        """Post one event of each, in arrays, as a console's script would; again if the door was shut."""
        items = []
        for name in names:
            self._sent += 1
            items.append(
                {
                    "console": "Push",
                    "external_id": f"{name}:{self._sent}",
                    "event_type": "backup.failed",
                    "company": "c1",
                    "title": f"Backup {name}",
                    "occurred_at": datetime.now(UTC).isoformat(),
                    "state": state,
                    "series_key": name,
                }
            )
        for start in range(0, len(items), 500):
            wait_until(lambda part=items[start : start + 500]: self._post(part), 60, "the door")

    def _post(self, items: list[Any]) -> bool:
        try:
            outcomes = [row["outcome"] for row in self._bridge.post("events/", items)["results"]]
        except (AssertionError, OSError):
            return False
        assert set(outcomes) <= {"accepted", "duplicate"}, outcomes
        return True

    # ---- what HaloPSA holds -----------------------------------------------------------------

    def held(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {name: [] for name in self.names}
        for ticket in self._sandbox.tickets():
            name = ticket["summary"].rpartition("Backup ")[2]
            if name in found and not ticket["deleted"]:
                found[name].append(ticket)
        return found

    def have_tickets(self, names: list[str]) -> bool:
        held = self.held()
        return all(held[name] for name in names)

    def have_notes(self, names: list[str]) -> bool:
        held = self.held()
        return all(held[name] and len(notes_of(held[name][0])) >= self.repeats[name] for name in names)

    def are_closed(self, names: list[str]) -> bool:
        held = self.held()
        return all(held[name] and held[name][0]["hasbeenclosed"] for name in names)


def notes_of(ticket: Any) -> list[str]:
    return [note["note"] for note in ticket["notes"] if note["note"].startswith("Again")]


def closings_of(ticket: Any) -> list[str]:
    return [note["note"] for note in ticket["notes"] if note["note"].startswith("Resolved")]


def play(alerts: Alerts, chaos: Chaos, patience: float) -> None:
    """In each turn one group opens, one repeats, one ends; each waits only for what has to come before."""
    for turn in range(GROUPS + 2):
        opening, repeating, ending = turn, turn - 1, turn - 2
        chaos.strike()
        if opening < GROUPS:
            alerts.tell(alerts.group(opening), "open")
        if 0 <= repeating < GROUPS:
            again = alerts.group(repeating)
            wait_until(
                lambda names=again: alerts.have_tickets(names), patience, f"tickets of group {repeating}"
            )
            for times in (1, 2):
                alerts.tell([name for name in again if alerts.repeats[name] >= times], "open")
        chaos.strike()
        if 0 <= ending < GROUPS:
            over = alerts.group(ending)
            wait_until(lambda names=over: alerts.have_notes(names), patience, f"notes of group {ending}")
            alerts.tell(over, "resolved")
        if turn in (2, GROUPS - 1):
            chaos.restart()
        if turn == GROUPS // 2:
            chaos.go_down(DOWN_SECONDS if len(alerts.names) > 500 else 3.0)
    chaos.calm()


@pytest.mark.parametrize(
    "number", [pytest.param(48, id="48"), pytest.param(1000, id="1000", marks=pytest.mark.long)]
)
def test_every_alert_has_one_ticket_noted_and_closed_once(
    number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("HALOBRIDGE_FAULT_SEED", "4"))
    dice = random.Random(seed)
    with servers() as (more, restarts), Sandbox.start(seed=1) as sandbox:
        sandbox.switches.change(rate_limit_calls=1_000_000)
        with running(tmp_path, sandbox, more) as bridge:
            alerts, chaos = Alerts(bridge, sandbox, number, dice), Chaos(bridge, sandbox, dice, restarts)
            patience = 60 + number * 0.6
            play(alerts, chaos, patience)
            wait_until(lambda: alerts.are_closed(alerts.names), patience, "every ticket to be closed")
            time.sleep(3)  # what would still come twice has its time
            held = alerts.held()
        told = {
            "alerts": number,
            "seed": seed,
            "database": "PostgreSQL" if more else "SQLite",
            "tickets": sum(len(found) for found in held.values()),
            "notes": sum(len(notes_of(found[0])) for found in held.values()),
            "wanted notes": sum(alerts.repeats.values()),
            "closings": sum(len(closings_of(found[0])) for found in held.values()),
            "faults": dict(chaos.done),
        }
    with capsys.disabled():
        print(f"\n{json.dumps(told)}")
    assert {name: len(found) for name, found in held.items() if len(found) != 1} == {}
    assert {name: found for name, found in held.items() if not found[0]["hasbeenclosed"]} == {}
    notes = {name: len(notes_of(found[0])) for name, found in held.items()}
    assert {name: count for name, count in notes.items() if count != alerts.repeats[name]} == {}
    assert {name: found for name, found in held.items() if len(closings_of(found[0])) != 1} == {}
