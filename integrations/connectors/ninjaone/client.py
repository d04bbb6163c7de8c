"""The calls to NinjaOne: a token for the application, lists that go on after an id, the history backwards.

Answers are vendor rows; what they mean is the business of `parse`. All methods raise `NetError`s only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from integrations.connectors import bodies, values
from integrations.connectors.base import ConsoleAccess
from integrations.connectors.ninjaone.parse import envelopes
from integrations.connectors.patience import patiently
from integrations.net.auth import ClientCredentials, Token, fetch_client_token
from integrations.net.errors import NotFound, ShortList, TokenRefused, Unauthorised
from integrations.net.http import Client
from integrations.net.paging import Page, Part, pages

Row = Mapping[str, Any]

ORGANISATIONS: Final = "/v2/organizations-detailed"
DEVICES: Final = "/v2/devices-detailed"
PAGE_SIZE: Final = 500
"""Organisations and devices asked for at once; the vendor gives up to 1000."""
ACTIVITIES_AT_ONCE: Final = 200
SCOPE: Final = "monitoring"
APPROVED_ONLY: Final = {"df": "status eq APPROVED"}

BAD_LOGIN: Final = (
    "NinjaOne does not accept the client ID and secret at {host}. They are made under Administration > Apps "
    "> API, as API services (machine to machine) with the scope Monitoring, and are known in their own "
    "region only: app, us2, ca, eu, oc or fed (.ninjarmm.com)."
)

# What people copy along with the address: the console's own pages, the paths of the API.
_BEHIND_THE_ADDRESS: Final = re.compile(
    r"(/?#.*|(/api)?/v2/?|/api/?|/ws(/oauth(/token)?)?/?)$", re.IGNORECASE
)


class NinjaOneClient:
    """Public API v2. Gets a token when it first has to, and once more when one is no longer accepted."""

    def __init__(self, access: ConsoleAccess, base_url: str) -> None:
        self._access = access
        self._base_url = _BEHIND_THE_ADDRESS.sub("", base_url.strip()).rstrip("/")
        self._secrets: tuple[str, ...] = (access.value("client_secret"),)
        self._token: Token | None = None
        self._http = self._open({})

    @property
    def base_url(self) -> str:
        return self._http.base_url

    def log_in(self) -> None:
        """Get a token. Raises `Unauthorised` where client ID and secret are not accepted."""
        try:
            token = self._fetch_token("/ws/oauth/token")
        except NotFound:
            token = self._fetch_token("/oauth/token")
        self._secrets = (*self._secrets[:1], token.access_token)
        self._http = self._open({"Authorization": f"Bearer {token.access_token}"})
        self._token = token

    def fetch_organisations(self) -> Iterator[Part[Row]]:
        """Pages of organisations with their locations. Raises `ShortList` where the list is not whole."""
        return self._pages(ORGANISATIONS, "organisations", {})

    def fetch_devices(self) -> Iterator[Part[Row]]:
        """Pages of approved devices. Raises `ShortList` where the list is not whole."""
        return self._pages(DEVICES, "devices", APPROVED_ONLY)

    def fetch_alerts(self) -> list[Row]:
        """Every alert that is on; one answer, without paging."""
        return self._rows("/v2/alerts", "alerts", {})

    def fetch_activities(self, start: datetime) -> Iterator[Row]:
        """The history from `start` on, newest first.

        Nothing but ids goes into the question: how times are written there is not documented. Devices deliver
        late, so the end is a page of which nothing is as new as `start`.
        """
        for page in pages(self._going_back(start), identity=envelopes.identity, what="activities"):
            yield from (row for row in page if self._time_of(row, start) >= start)

    def fetch_some_activities(self) -> list[Row]:
        return self._activity_rows(None)

    def fetch_some_organisations(self) -> list[Row]:
        return self._rows(ORGANISATIONS, "organisations", {"pageSize": PAGE_SIZE})

    def fetch_some_devices(self) -> list[Row]:
        return self._rows(DEVICES, "devices", {**APPROVED_ONLY, "pageSize": PAGE_SIZE})

    def _pages(self, path: str, what: str, params: Mapping[str, Any]) -> Iterator[Part[Row]]:
        """Each page begins after the last id of the page before it.

        The list has no total: its end is an empty page. A page that holds the id after which it should begin
        shows that the console has not gone on, and that nobody knows what is missing.
        """
        last: str | None = None

        def next_page(_: int) -> Page[Row]:
            nonlocal last
            rows = self._rows(path, what, {**params, "pageSize": PAGE_SIZE, "after": last})
            last = _next_cursor([envelopes.row_id(row) for row in rows], last, what)
            return Page(rows)

        return pages(next_page, identity=envelopes.identity, what=what)

    def _going_back(self, start: datetime) -> Callable[[int], Page[Row]]:
        oldest: int | None = None
        is_over = False

        def next_page(_: int) -> Page[Row]:
            nonlocal oldest, is_over
            rows = [] if is_over else self._activity_rows(oldest)
            ids = [number for row in rows if (number := values.number(row.get("id"))) is not None]
            if rows and (not ids or (oldest is not None and max(ids) >= oldest)):
                raise ShortList("The list of activities repeats itself: it was not used.")
            oldest = min(ids, default=oldest)
            is_over = all(self._time_of(row, start) < start for row in rows)
            return Page(rows)

        return next_page

    def _time_of(self, row: Row, unknown: datetime) -> datetime:
        return values.moment(row.get("activityTime"), self._access.zone) or unknown

    def _activity_rows(self, older_than: int | None) -> list[Row]:
        params = {"class": "ALL", "pageSize": ACTIVITIES_AT_ONCE, "olderThan": older_than}
        data = self._read("/v2/activities", params)
        rows = envelopes.activities(data)
        if rows is None:
            raise bodies.not_a_list("NinjaOne", "activities", data, self._secrets)
        return rows

    def _rows(self, path: str, what: str, params: Mapping[str, Any]) -> list[Row]:
        data = self._read(path, params)
        rows = bodies.rows(data)
        if rows is None:
            raise bodies.not_a_list("NinjaOne", what, data, self._secrets)
        return rows

    def _read(self, path: str, params: Mapping[str, Any]) -> Any:
        return patiently(lambda: self._read_once(path, params))

    def _read_once(self, path: str, params: Mapping[str, Any]) -> Any:
        if self._token is None or not self._token.is_usable():
            self.log_in()
        try:
            return self._http.get(path, params=params).data
        except Unauthorised:
            self.log_in()
            return self._http.get(path, params=params).data

    def _fetch_token(self, path: str) -> Token:
        credentials = ClientCredentials(
            token_url=f"{self._http.base_url}{path}",
            client_id=self._access.value("client_id"),
            client_secret=self._access.value("client_secret"),
            scopes=SCOPE,
        )
        try:
            return fetch_client_token(
                credentials, allow_private=self._access.allow_private, ca_bundle=self._access.ca_bundle
            )
        except TokenRefused as error:
            sentence = BAD_LOGIN.format(host=self._http.host)
            raise Unauthorised(sentence, status=error.status, body_text=error.body_text) from error
        except NotFound as error:
            raise error.with_sentence(f"There is no NinjaOne API at {self._http.base_url} (404).") from error

    def _open(self, headers: Mapping[str, str]) -> Client:
        return Client(
            self._base_url,
            allow_private=self._access.allow_private,
            headers=headers,
            secrets=self._secrets,
            ca_bundle=self._access.ca_bundle,
        )


def _next_cursor(ids: list[str | None], last: str | None, what: str) -> str | None:
    """The id to go on after. Raises `ShortList` where the list does not go on."""
    known = [number for number in ids if number is not None]
    if ids and not known:
        raise ShortList(f"The list of {what} can't be read to its end: its rows have no id.")
    if last is not None and last in known:
        raise ShortList(f"The list of {what} repeats itself: it was not used.")
    return known[-1] if known else last
