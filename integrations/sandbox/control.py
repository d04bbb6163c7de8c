"""`POST /_control/…` on the Halo port: switches, faults, events, time and people, from this machine only.

The body is JSON, which a web page of another origin cannot send unasked: no browser can be tricked into it.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from integrations.sandbox.clock import Clock
from integrations.sandbox.events import Events
from integrations.sandbox.front import Front
from integrations.sandbox.halo.people import People
from integrations.sandbox.life import NothingFound
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import Row

PREFIX = "/_control/"


class Control:
    """`fronts` are the simulated systems by name; `views` are what `GET` shows: `state`, `world`."""

    def __init__(
        self,
        switches: Switches,
        events: Events,
        clock: Clock,
        people: People,
        fronts: Callable[[], dict[str, Front]],
        views: dict[str, Callable[[], Row]],
    ) -> None:
        self._switches = switches
        self._events = events
        self._clock = clock
        self._people = people
        self._fronts = fronts
        self._views = views

    def answer(self, request: Request) -> Response | None:
        """None for a request that is not meant for the control."""
        if not request.path.startswith(PREFIX):
            return None
        if not _is_from_here(request):
            return _shown({"error": "The control answers this machine only."}, 403)
        name = request.path.removeprefix(PREFIX)
        if request.method == "GET" and name in self._views:
            return _shown(self._views[name](), 200)
        doer = {
            "switches": self._change,
            "fault": self._fault,
            "event": self._events.do,
            "clock": self._advance,
            "person": self._people.do,
        }
        sent = request.get_json(silent=True) if request.is_json else None
        if request.method != "POST" or name not in doer or not isinstance(sent, dict):
            return _shown({"error": "POST a JSON object to switches, fault, event, clock or person."}, 400)
        try:
            return _shown(doer[name](sent), 200)
        except (ValueError, NothingFound) as error:
            return _shown({"error": str(error)}, 400)

    def _change(self, sent: Row) -> Row:
        self._switches.change(**sent)
        return {"switches": self._switches.as_dict()}

    def _fault(self, sent: Row) -> Row:
        """One fault for `system` (a name of `fronts`; default halo), or `{"clear": true}` for none at all."""
        fronts = self._fronts()
        name = str(sent.pop("system", "halo"))
        if name not in fronts:
            raise ValueError(f"There is no system {name!r}; there are: {', '.join(fronts)}.")
        if sent.pop("clear", False):
            fronts[name].faults.clear()
        else:
            fronts[name].faults.add(**sent)
        return {"faults": fronts[name].faults.as_list()}

    def _advance(self, sent: Row) -> Row:
        seconds = sent.get("advance")
        if not isinstance(seconds, int | float) or isinstance(seconds, bool) or seconds < 0:
            raise ValueError("`advance` takes seconds.")
        self._clock.advance(seconds)
        return {"now": self._clock.stamp()}


def _is_from_here(request: Request) -> bool:
    """Both the other end and the name that was asked for are this machine's own."""
    name = request.host.rsplit(":", 1)[0].strip("[]").lower()
    return _is_loopback(request.remote_addr or "") and (name == "localhost" or _is_loopback(name))


def _is_loopback(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def _shown(body: Any, status: int) -> Response:
    return Response(
        json.dumps(body, ensure_ascii=False), status, content_type="application/json; charset=utf-8"
    )
