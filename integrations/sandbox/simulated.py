"""What one further simulated console is to the rest of the sandbox.

A console lives in a folder of its own: `console` (a `Simulated`), `world` (what it holds), `switches` (how it
can be made awkward), `constants` (its port and logins). It becomes known by one line in `consoles.CONSOLES`
and one in the bases of `switches.Switches`.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

from werkzeug.wrappers import Request, Response

from integrations.sandbox.clock import Clock
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import Row, World

Event = Callable[[Row], Row]
"""Takes what was asked for (`{"event", "computer", "alert", "message", …}`), answers `{"did", "look", …}`.
Raises NothingFound. The lock is held."""


class Simulated(ABC):
    name: ClassVar[str]
    """Of its address (`<name>_url`), of its port's option, of its log of requests: the connector's kind."""
    title: ClassVar[str]
    port: ClassVar[int]
    """The usual one."""
    sign_in: ClassVar[str]
    """The credentials, as one says them to somebody who is to enter them."""
    events: ClassVar[Mapping[str, str]] = {}
    """What a person can make happen: name → what happens. `known` does it."""

    def __init__(self, world: World, switches: Switches, clock: Clock, lock: threading.RLock) -> None:
        self._world = world
        self._switches = switches
        self._clock = clock
        self._lock = lock

    @classmethod
    @abstractmethod
    def fill(cls, world: World, now: str) -> None:
        """Add what it holds at first, unless it is there already. Changes nothing else, takes its random
        numbers from `random.Random(f"{world.seed}/{cls.name}")`. `now` is a stamp."""

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """Execute a request. Takes the lock itself, and only while it looks at the world."""

    @property
    def known(self) -> Mapping[str, Event]:
        """By the names of `events`."""
        return {}

    def forget(self) -> None:
        """As at the start: no token is valid, no call was counted. What it holds is put back by others."""
        return

    def stop(self) -> None:
        """Leave no thread behind."""
        return
