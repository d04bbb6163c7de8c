"""The HTTP side of the simulated Halo: counts, refuses, executes, and lets go wrong what is to go wrong."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from integrations.sandbox.clock import Clock
from integrations.sandbox.halo import routes
from integrations.sandbox.halo.auth import Token, TokenDesk, allows
from integrations.sandbox.halo.call import Call, Query
from integrations.sandbox.halo.limits import RateLimit
from integrations.sandbox.halo.refusals import Refusal
from integrations.sandbox.halo.webhooks import WebhookSender
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import World


class HaloApplication:
    """Answers requests below `/api` and `/auth`. `changed` is called after every write that took effect."""

    def __init__(
        self,
        world: World,
        switches: Switches,
        clock: Clock,
        lock: threading.RLock,
        changed: Callable[[], None],
    ) -> None:
        self.world = world
        self.switches = switches
        self.tokens = TokenDesk(switches, clock)
        self.limit = RateLimit(switches, clock)
        self.webhooks = WebhookSender(switches, clock)
        self._clock = clock
        self._lock = lock
        self._changed = changed

    def reset(self) -> None:
        self.tokens.revoke_all()
        self.limit.reset()
        self.webhooks.deliveries.clear()

    def answer(self, request: Request) -> Response:
        """Executes the request under the world's lock."""
        path = request.path.lower().rstrip("/")
        with self._lock:
            try:
                self.limit.count(counts=self.switches.rate_limit_counts_token or path.startswith("/api"))
                status, body = self._execute(request, path)
            except Refusal as refusal:
                return Response(
                    refusal.text, refusal.status, headers=refusal.headers, content_type=refusal.content_type
                )
        return Response(json.dumps(body), status, content_type="application/json; charset=utf-8")

    def _execute(self, request: Request, path: str) -> tuple[int, Any]:
        if path in {"/auth/token", "/token"} and request.method == "POST":
            return 200, self.tokens.issue(request.form, request.args)
        if path == "/auth/.well-known/openid-configuration":
            root = request.url_root
            return 200, {"issuer": f"{root}auth/", "token_endpoint": f"{root}auth/token"}
        if path == "/api/authinfo":
            return 200, {"auth_url": f"{request.url_root}auth", "tenant_id": "sandbox", "product": "HaloPSA"}
        if not path.startswith("/api/"):
            raise Refusal(404)
        return self._execute_resource(request, path.removeprefix("/api/"))

    def _execute_resource(self, request: Request, path: str) -> tuple[int, Any]:
        token = self.tokens.token(request.headers.get("Authorization", ""))
        resource, handler = routes.find(request.method, path)
        self._check_scope(token, resource, writes=request.method != "GET")
        self._check_agent(path.partition("/")[0], resource.area, writes=request.method != "GET")
        call = Call(
            world=self.world.halo,
            switches=self.switches,
            clock=self._clock,
            application=token.application,
            scopes=token.scopes,
            query=Query(request.args),
            body=request.get_data(),
            content_type=request.content_type or "",
        )
        try:
            body = handler(call)
        finally:
            # A refused batch may have written the objects before the refused one.
            if request.method != "GET":
                self._changed()
                self.webhooks.send(call)
        body = _without_nulls(body) if self.switches.omit_nulls else body
        return (self.switches.write_status if request.method == "POST" else 200), body

    def _check_scope(self, token: Token, resource: routes.Resource, writes: bool) -> None:
        area = resource.area or (resource.configures if self.switches.configuration_needs_scope else "")
        if area and not allows(token, area, writes):
            raise Refusal(self.switches.scope_failure_status)

    def _check_agent(self, name: str, area: str, writes: bool) -> None:
        """HaloPSA API: what the agent may not do is 403, the body often empty."""
        verbs = ("read", "edit") if writes else ("read",)
        if {f"{verb}:{what}" for verb in verbs for what in (name, area)} & set(self.switches.agent_refused):
            raise Refusal(403)


def _without_nulls(body: Any) -> Any:
    if isinstance(body, dict):
        return {name: _without_nulls(value) for name, value in body.items() if value is not None}
    return [_without_nulls(item) for item in body] if isinstance(body, list) else body
