"""The REST API of the simulated ConnectWise Automate.

User name and password as JSON for a bearer token, the client ID in a header of every call; bare arrays in
pages from 1; names of paths and parameters in any case.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from integrations.sandbox.clock import Clock
from integrations.sandbox.connectwise_automate.constants import CLIENT_ID, PASSWORD, PORT, USERNAME
from integrations.sandbox.connectwise_automate.events import AutomateEvents
from integrations.sandbox.connectwise_automate.fleet import add_fleet
from integrations.sandbox.connectwise_automate.queries import BadQuery, asked
from integrations.sandbox.connectwise_automate.rows import LISTS
from integrations.sandbox.connectwise_automate.world import AutomateWorld
from integrations.sandbox.moments import in_seconds, stamp
from integrations.sandbox.simulated import Event, Simulated
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import World


class AutomateApplication(Simulated):
    name = "connectwise_automate"
    title = "ConnectWise Automate"
    port = PORT
    sign_in = f"User {USERNAME}, password {PASSWORD}, client ID {CLIENT_ID}"
    events: ClassVar[Mapping[str, str]] = {
        "automate-retire": "a computer is retired in ConnectWise Automate",
        "automate-move": "a computer moves to another client of ConnectWise Automate",
    }

    def __init__(self, world: World, switches: Switches, clock: Clock, lock: threading.RLock) -> None:
        super().__init__(world, switches, clock, lock)
        self._automate = world.of(AutomateWorld)
        self._tokens: dict[str, float] = {}

    @classmethod
    def fill(cls, world: World, now: str) -> None:
        add_fleet(world, now)

    @property
    def known(self) -> Mapping[str, Event]:
        return AutomateEvents(self._automate).known

    def forget(self) -> None:
        self._tokens.clear()

    def answer(self, request: Request) -> Response:
        parts = [part.lower() for part in request.path.split("/") if part]
        if parts[:3] != ["cwa", "api", "v1"] or len(parts) < 4:
            return Response("<!doctype html><title>Automate</title>", 404, content_type="text/html")
        if request.headers.get("clientId") != CLIENT_ID:
            return _failed("The client ID is missing or not known.", 401)
        if parts[3:] == ["apitoken"] and request.method == "POST":
            return self._give_token(request)
        if not self._is_known(request.headers.get("Authorization", "")):
            return _failed("Authorization has been denied for this request.", 401)
        if parts[3:] == ["apitoken", "refresh"] and request.method == "POST":
            return self._renew(request)
        if request.method != "GET":
            return _failed("The requested resource does not support this method.", 405)
        try:
            with self._lock:
                return self._read(request, parts[3], parts[4:])
        except BadQuery as error:
            return _failed(str(error), 400)

    def _give_token(self, request: Request) -> Response:
        sent = request.get_json(silent=True)
        sent = {str(key).lower(): value for key, value in sent.items()} if isinstance(sent, dict) else {}
        is_right = (sent.get("username"), sent.get("password")) == (USERNAME, PASSWORD)
        if not is_right or self._switches.connectwise_automate_user_disabled:
            return _failed("The user name or password is incorrect.", 401)
        if self._switches.connectwise_automate_second_factor and not sent.get("twofactorpasscode"):
            return _shown({"AccessToken": None, "TokenType": None, "IsTwoFactorRequired": True}, 200)
        return self._new_token()

    def _renew(self, request: Request) -> Response:
        """The body is the token itself, as a JSON string; the old one ends."""
        old = request.get_json(silent=True)
        if not isinstance(old, str) or self._tokens.pop(old, None) is None:
            return _failed("The token is not known.", 401)
        return self._new_token()

    def _new_token(self) -> Response:
        token, seconds = secrets.token_urlsafe(32), self._switches.connectwise_automate_token_seconds
        self._tokens[token] = self._clock.monotonic() + seconds
        until = in_seconds(stamp(self._clock.now() + timedelta(seconds=seconds)))
        answer = {
            "AccessToken": token,
            "TokenType": "bearer",
            "ExpirationDate": until,
            "IsTwoFactorRequired": False,
        }
        return _shown(answer, 200)

    def _is_known(self, authorisation: str) -> bool:
        kind, _, token = authorisation.partition(" ")
        is_valid = self._tokens.get(token.strip(), 0.0) > self._clock.monotonic()
        return kind.lower() == "bearer" and is_valid and not self._switches.connectwise_automate_user_disabled

    def _read(self, request: Request, what: str, rest: list[str]) -> Response:
        if what not in LISTS or len(rest) > 1:
            return _failed("No HTTP resource was found that matches the request URI.", 404)
        if what in self._switches.connectwise_automate_forbidden:
            return _failed("The user has no permission for this.", 403)
        found = LISTS[what](self._automate, self._switches)
        if rest:
            one = next((row for row in found if row["Id"] == rest[0]), None)
            return _failed("Not found.", 404) if one is None else _shown(one, 200)
        query = {name.lower(): value for name, value in request.args.items()}
        same_page = self._switches.connectwise_automate_same_page
        page = asked(found, query, self._switches.connectwise_automate_most_rows, same_page=same_page)
        is_cut = query.get("page", "1") == str(self._switches.connectwise_automate_cut_page)
        return _shown(page[:-1] if is_cut else page, 200)


def _failed(words: str, status: int) -> Response:
    return _shown({"Message": words}, status)


def _shown(body: Any, status: int) -> Response:
    return Response(json.dumps(body), status, content_type="application/json; charset=utf-8")
