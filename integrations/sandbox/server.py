"""Starts and stops the simulated systems. From a test:

    with Sandbox.start() as sandbox:
        requests.get(f"{sandbox.halo_url}/authinfo")

Without a state directory nothing is kept; without `live` nothing happens by itself; port 0 is any free port.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from werkzeug.serving import BaseWSGIServer
from werkzeug.wrappers import Request, Response

from integrations.sandbox import constants, holdings
from integrations.sandbox.clock import Clock
from integrations.sandbox.consoles import CONSOLES, complete
from integrations.sandbox.control import Control
from integrations.sandbox.events import Events
from integrations.sandbox.front import Front
from integrations.sandbox.generation import make_world
from integrations.sandbox.halo.application import HaloApplication
from integrations.sandbox.halo.people import People
from integrations.sandbox.life import Pace, PassingTime
from integrations.sandbox.listening import PortTaken, listen
from integrations.sandbox.msp360.console import Msp360Application
from integrations.sandbox.msp360.events import AlertEvents
from integrations.sandbox.msp360.rmm import RmmApplication
from integrations.sandbox.pages import Pages
from integrations.sandbox.simulated import Simulated
from integrations.sandbox.store import Store
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import Row, World, from_data, to_data

__all__ = ["USUAL_PORTS", "PortTaken", "Ports", "Sandbox"]


C = TypeVar("C", bound=Simulated)


@dataclass(frozen=True)
class Ports:
    halo: int = 0
    msp360: int = 0
    rmm: int = 0
    consoles: Mapping[str, int] = field(default_factory=dict)
    """Of the further consoles by name."""

    def of(self, front: str) -> int:
        return int(getattr(self, front, 0)) or self.consoles.get(front, 0)


_POLL = 0.02
"""Seconds until a server notices that it shall stop."""
USUAL_PORTS = Ports(
    constants.HALO_PORT,
    constants.MSP360_PORT,
    constants.RMM_PORT,
    {console.name: console.port for console in CONSOLES},
)


class Sandbox:
    """The simulated systems, running. Each of `fronts` has `.requests`, `.writes` and `.faults`.

    `consoles` are those beside MSP360, by name; `console()` gives one as what it is.
    """

    def __init__(self, world: World, switches: Switches, store: Store, clock: Clock) -> None:
        self.world = world
        self.switches = switches
        self.clock = clock
        self.lock = threading.RLock()
        self._store = store
        self._at_start = json.dumps(to_data(world))
        self.consoles = {kind.name: kind(world, switches, clock, self.lock) for kind in CONSOLES}
        known = {name: do for console in self.consoles.values() for name, do in console.known.items()}
        known |= AlertEvents(world, switches, clock).known
        self.events = Events(world, switches, clock, known)
        self.halo_application = HaloApplication(world, switches, clock, self.lock, store.changed)
        self.msp360_application = Msp360Application(world, switches, clock, self.lock)
        self.people = People(
            world.halo, switches, clock, self.lock, self.halo_application.webhooks, store.changed
        )
        self._pages = Pages(world.halo, lambda: switches.down, self._logins)
        self._control = Control(
            switches,
            self.events,
            clock,
            self.people,
            lambda: self.fronts,
            {"state": self.state, "world": self.held},
        )
        self.halo = Front(
            self.halo_application.answer,
            clock,
            aside=self._aside,
            down=lambda: switches.down,
            keeps_bodies=True,
        )
        self.msp360 = Front(self.msp360_application.answer, clock)
        self.rmm = Front(RmmApplication(world, switches, clock, self.lock).answer, clock)
        self.fronts = {"halo": self.halo, "msp360": self.msp360, "rmm": self.rmm}
        self.fronts |= {name: Front(console.answer, clock) for name, console in self.consoles.items()}
        self._servers: dict[str, BaseWSGIServer] = {}
        self._threads: list[threading.Thread] = []

    @classmethod
    def start(
        cls,
        state_dir: Path | None = None,
        *,
        seed: int = 1,
        switches: Switches | None = None,
        ports: Ports | None = None,
        host: str = constants.HOST,
        live: Pace | None = None,
    ) -> Self:
        """Find the saved world or make one, then listen. Raises PortTaken."""
        clock, store = Clock(), Store(state_dir)
        world = store.load() or make_world(seed, clock.now())
        complete(world, clock.now())
        sandbox = cls(world, switches or Switches(), store, clock)
        sandbox._listen(host, ports or Ports())
        store.start(sandbox._snapshot)
        store.changed()
        store.announce(sandbox.addresses())
        if live is not None:
            sandbox._run_by_itself(live)
        return sandbox

    def reset(self) -> None:
        """As at the start: world, switches, faults, log, tokens, limits, time. What is on its way is lost."""
        with self.lock:
            fresh = from_data(json.loads(self._at_start))
            vars(self.world.halo).update(vars(fresh.halo))
            vars(self.world.console).update(vars(fresh.console))
            for part in self.world.parts.values():
                vars(part).update(vars(fresh.of(type(part))))
            self.switches.change(**Switches().as_dict())
            for front in self.fronts.values():
                front.reset()
            self.halo_application.reset()
            self.msp360_application.revoke_all()
            for console in self.consoles.values():
                console.forget()
            self.clock.reset()
        self._store.changed()

    def stop(self) -> None:
        """Stop listening, save, and leave no thread behind."""
        self.clock.stop()
        stopping = [threading.Thread(target=server.shutdown) for server in self._servers.values()]
        for thread in stopping:
            thread.start()
        for thread in stopping + self._threads:
            thread.join(timeout=5)
        for front in self.fronts.values():
            front.stop()
        self.halo_application.webhooks.stop()
        for console in self.consoles.values():
            console.stop()
        self._store.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def console(self, kind: type[C]) -> C:
        return cast(C, self.consoles[kind.name])

    def _logins(self) -> list[tuple[str, str, str]]:
        msp360 = f"Login {constants.MSP360_LOGIN}, password {constants.MSP360_PASSWORD}"
        rmm = f"RMM API {self.rmm_url}, token {constants.RMM_TOKEN}"
        further = [(kind.title, self.url(kind.name), kind.sign_in) for kind in CONSOLES]
        return [("MSP360", self.msp360_url, f"{msp360}; {rmm}"), *further]

    def url(self, name: str) -> str:
        """Where the system of that name (of `fronts`) answers."""
        server = self._servers[name]
        host = f"[{server.host}]" if ":" in server.host else server.host
        return f"http://{host}:{server.port}"

    @property
    def halo_root(self) -> str:
        return self.url("halo")

    @property
    def halo_url(self) -> str:
        """The resource server, as Halo shows it to an administrator."""
        return f"{self.halo_root}/api"

    @property
    def auth_url(self) -> str:
        return f"{self.halo_root}/auth"

    @property
    def msp360_url(self) -> str:
        return self.url("msp360")

    @property
    def rmm_url(self) -> str:
        return self.url("rmm")

    def addresses(self) -> dict[str, str]:
        return {
            "halo_root": self.halo_root,
            "halo_url": self.halo_url,
            "auth_url": self.auth_url,
            "msp360_url": self.msp360_url,
            "rmm_url": self.rmm_url,
            **{f"{name}_url": self.url(name) for name in self.consoles},
        }

    def state(self) -> Row:
        """What runs where, and how it is made awkward."""
        halo, counted = self.world.halo, ("clients", "sites", "assets", "tickets", "mails")
        counts = {name: len(getattr(halo, name)) for name in counted}
        return {
            **self.addresses(),
            "counts": {**counts, "computers": len(self.world.console.computers)},
            "switches": self.switches.as_dict(),
            "faults": {name: front.faults.as_list() for name, front in self.fronts.items()},
        }

    def tickets(self) -> list[Row]:
        """All tickets that Halo holds, with their notes."""
        with self.lock:
            return holdings.tickets(self.world.halo)

    def assets(self) -> list[Row]:
        """All assets that Halo holds, fields by name."""
        with self.lock:
            return holdings.assets(self.world.halo)

    def held(self) -> Row:
        """Everything that Halo holds, the mails it sent and the writes it was asked for."""
        with self.lock:
            return {
                "clients": holdings.clients(self.world.halo),
                "assets": self.assets(),
                "tickets": self.tickets(),
                "mails": list(self.world.halo.mails),
                "writes": [exchange.told() for exchange in self.halo.writes],
            }

    def event(self, event: str, **details: Any) -> Row:
        """As `manage.py sandbox_event`. Raises NothingFound."""
        with self.lock:
            done = self.events.do({"event": event, **details})
        self._store.changed()
        return done

    def _aside(self, request: Request) -> Response | None:
        with self.lock:
            response = self._pages.answer(request) or self._control.answer(request)
        if response is not None and request.method == "POST":
            self._store.changed()
        return response

    def _listen(self, host: str, ports: Ports) -> None:
        try:
            for name, front in self.fronts.items():
                self._servers[name] = listen(host, ports.of(name), front)
        except PortTaken:
            for server in self._servers.values():
                server.server_close()
            raise
        for name, server in self._servers.items():
            thread = threading.Thread(
                target=server.serve_forever, args=(_POLL,), name=f"sandbox-{name}", daemon=True
            )
            thread.start()
            self._threads.append(thread)

    def _run_by_itself(self, pace: Pace) -> None:
        passing = PassingTime(self.world.console, pace, random.Random())

        def tick() -> None:
            with self.lock:
                happened = passing.tick(self.clock.now())
            if happened:
                self._store.changed()

        self.clock.run(tick)

    def _snapshot(self) -> str:
        with self.lock:
            return json.dumps(to_data(self.world), ensure_ascii=False)
