"""The calls to Tactical RMM: clients, agents by client, alerts. Its lists come in one answer each.

Answers are vendor rows; what they mean is the business of `parse`. All methods raise `NetError`s only.
Alerts are listed by a PATCH; it changes nothing, so it is repeated like any other read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote

from integrations.connectors import bodies
from integrations.connectors.base import ConsoleAccess
from integrations.connectors.patience import patiently
from integrations.connectors.tactical_rmm.parse import envelopes, events
from integrations.net.answers import Answer, decode_json, is_web_page
from integrations.net.errors import (
    BadAnswer,
    NotFound,
    ShortList,
    Unauthorised,
)
from integrations.net.http import Client

Row = Mapping[str, Any]


BAD_KEY: Final = (
    "Tactical RMM does not accept the API key: it is wrong, has expired or was deleted "
    "(Settings > Global Settings > API Keys)."
)
NOT_THE_API: Final = (
    "{host} answered with a web page instead of data: enter the address of the API "
    "(https://api.<your domain>), not that of the dashboard."
)


class TacticalClient:
    """`patient` repeats a read that failed for a passing reason; a test of the connection does not wait."""

    def __init__(self, access: ConsoleAccess, base_url: str, *, patient: bool = True) -> None:
        self._access = access
        self._base_url = base_url.strip().rstrip("/")
        self._patient = patient

    def fetch_clients(self) -> list[Row]:
        """All clients that the key's role may see, with their sites."""
        return self._rows("clients", lambda: self._http.get("/clients/", expect_json=False))

    def fetch_agents(self, client_id: str) -> list[Row]:
        """All agents of one client. The rows name their client and site, but have no ids of these."""
        params = {"detail": True, "client": client_id}
        return self._rows("agents", lambda: self._http.get("/agents/", params=params, expect_json=False))

    def fetch_agent(self, agent_id: str) -> Row | None:
        """The full record of an agent; None for one that is gone."""
        path = f"/agents/{quote(agent_id, safe='')}/"
        try:
            found = self._read(lambda: self._http.get(path, expect_json=False))
        except NotFound:
            return None
        if not isinstance(found, Mapping):
            raise self._not_a_list("agents", found)
        return found

    def fetch_open_alerts(self) -> list[Row]:
        """All open alerts, also hidden and snoozed ones. Raises `ShortList` for fewer than were counted."""
        before = self.count_open_alerts()
        found = self._alerts({"resolvedFilter": False})
        arrived = sum(events.is_open(row) for row in found)
        # What ended between the two calls was counted and did not come: a second count tells.
        if before is not None and arrived < before:
            after = self.count_open_alerts()
            if after is not None and arrived < after:
                raise ShortList(f"The list of alerts ended after {arrived} of {after}: it was not used.")
        return found

    def fetch_recent_alerts(self, days: int) -> list[Row]:
        """Alerts that began in the last `days`, open or not."""
        return self._alerts({"timeFilter": days})

    def count_open_alerts(self) -> int | None:
        """Open alerts as the dashboard counts them; None where the server does not say."""
        return envelopes.open_count(self._read(lambda: self._patch({"top": 1})))

    def _alerts(self, wanted: Mapping[str, Any]) -> list[Row]:
        return self._rows("alerts", lambda: self._patch(wanted))

    def _patch(self, wanted: Mapping[str, Any]) -> Answer:
        return self._http.request("PATCH", "/alerts/", json=dict(wanted), expect_json=False)

    def _rows(self, what: str, call: Callable[[], Answer]) -> list[Row]:
        data = self._read(call)
        found = bodies.rows(data)
        if found is None:
            raise self._not_a_list(what, data)
        return found

    def _read(self, call: Callable[[], Answer]) -> Any:
        return patiently(lambda: self._read_once(call)) if self._patient else self._read_once(call)

    def _read_once(self, call: Callable[[], Answer]) -> Any:
        """A key can't be renewed, but a single refusal while the server restarts is not the end of a read."""
        try:
            return self._data(call())
        except Unauthorised:
            pass
        try:
            return self._data(call())
        except Unauthorised as error:
            raise error.with_sentence(BAD_KEY) from error

    def _data(self, answer: Answer) -> Any:
        body = answer.text.encode()
        if is_web_page(answer.headers, body):
            raise BadAnswer(NOT_THE_API.format(host=self._http.host), status=answer.status)
        return decode_json(self._http.host, answer.status, answer.headers, body)

    def _not_a_list(self, what: str, data: Any) -> BadAnswer:
        return bodies.not_a_list("Tactical RMM", what, data, (self._key,))

    @property
    def _key(self) -> str:
        return self._access.value("api_key")

    @cached_property
    def _http(self) -> Client:
        return Client(
            self._base_url,
            allow_private=self._access.allow_private,
            headers={"X-API-KEY": self._key},
            secrets=(self._key,),
            ca_bundle=self._access.ca_bundle,
        )
