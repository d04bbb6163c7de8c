"""The calls to Datto RMM: a token for a user's API key, lists page by page, one audit at a time.

Answers are vendor rows; what they mean is the business of `parse`. All methods raise `NetError`s only.
"""

from __future__ import annotations

import base64
import re
import time
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote

from integrations.connectors import bodies, patience
from integrations.connectors.base import ConsoleAccess
from integrations.connectors.datto_rmm.parse import envelopes
from integrations.connectors.datto_rmm.parse.envelopes import Listed, Row
from integrations.net.auth import Token
from integrations.net.errors import BadAnswer, Forbidden, NetError, NotFound, Refused, Unauthorised
from integrations.net.http import Client
from integrations.net.paging import Page, Part, pages

SITES: Final = "/api/v2/account/sites"
DEVICES: Final = "/api/v2/account/devices"
OPEN_ALERTS: Final = "/api/v2/account/alerts/open"
RESOLVED_ALERTS: Final = "/api/v2/account/alerts/resolved"

USUAL_PAGE: Final = 250
"""Rows of one page, where the account does not say that fewer are the most."""
CALLS_A_MINUTE: Final = 300
"""Half of what the vendor allows all programs of an account together (600 reads in any 60 seconds)."""
WINDOW: Final = 60.0
USUAL_LIFETIME: Final = 100 * 3600
EARLY: Final = 60
"""Seconds before its end from which a token is renewed."""

# Not a secret: every program logs in as this client of the vendor; key and secret are the user's.
CLIENT: Final = "public-client:public"
PLATFORMS: Final = "pinotage, merlot, concord, vidal, zinfandel or syrah"
BAD_LOGIN: Final = (
    "Datto RMM does not accept the API key and secret at {host}. They are made on the page of a user, are "
    f"known on their own platform only ({PLATFORMS}: https://<platform>-api.centrastage.net), and work while "
    "API access is switched on in the Global Settings."
)
NO_RIGHT: Final = (
    "Datto RMM refuses this (403): the security level of the key's user does not allow it, or too many calls "
    "have blocked this server's address for a while."
)
NO_API: Final = (
    f"There is no Datto RMM API at {{url}} (404). The address is https://<platform>-api.centrastage.net "
    f"with the platform {PLATFORMS}."
)

# What people copy along with the address: the description, the paths of the API.
_BEHIND_THE_ADDRESS: Final = re.compile(
    r"(/?#.*|/api(/v2|/swagger-ui[^/]*)?/?.*|/auth(/.*)?|/+)$", re.IGNORECASE
)


class Pace:
    """Keeps a run to `most` calls in any `WINDOW` seconds: all programs share the account's limit."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._calls: deque[float] = deque(maxlen=most)

    def wait(self) -> None:
        if len(self._calls) == self._most:
            left = self._calls[0] + WINDOW - time.monotonic()
            if left > 0:
                patience.sleep(left)
        self._calls.append(time.monotonic())


class DattoRmmClient:
    """API v2. Gets a token when it first has to, and once more when one is no longer accepted.

    `patient` repeats a read that failed for a passing reason; a test of the connection does not wait.
    """

    def __init__(self, access: ConsoleAccess, base_url: str, *, patient: bool = True) -> None:
        self._access = access
        self._base_url = _BEHIND_THE_ADDRESS.sub("", base_url.strip())
        self._patient = patient
        self._pace = Pace(CALLS_A_MINUTE)
        self._token: Token | None = None
        self._http = self._open("")

    def log_in(self) -> None:
        """Get a token. Raises `Unauthorised` where key and secret are not accepted."""
        try:
            data = self._ask_for_token()
        except (Unauthorised, Refused) as error:
            sentence = BAD_LOGIN.format(host=self._http.host)
            raise Unauthorised(sentence, status=error.status, body_text=error.body_text) from error
        except Forbidden as error:
            raise error.with_sentence(NO_RIGHT) from error
        except NotFound as error:
            raise error.with_sentence(NO_API.format(url=self._http.base_url)) from error
        granted = envelopes.granted(data)
        if granted is None:
            raise BadAnswer(f"{self._http.host} answered without a token: is it the address of the API?")
        seconds = granted.seconds or USUAL_LIFETIME
        ends = datetime.now(UTC) + timedelta(seconds=max(0, seconds - min(EARLY, seconds / 10)))
        self._http = self._open(granted.access_token)
        self._token = Token(granted.access_token, ends)

    def fetch_sites(self) -> Iterator[Part[Row]]:
        """Pages of sites. Raises `ShortList` where the list is not whole."""
        return self._pages(SITES, "sites")

    def fetch_devices(self) -> Iterator[Part[Row]]:
        """Pages of devices. Raises `ShortList` where the list is not whole."""
        return self._pages(DEVICES, "devices")

    def fetch_open_alerts(self) -> Iterator[Part[Row]]:
        """Pages of the alerts that are on. Raises `ShortList` where the list is not whole."""
        return self._pages(OPEN_ALERTS, "alerts")

    def fetch_resolved_alerts(self) -> Iterator[Part[Row]]:
        """Pages of the alerts that are over; whoever has enough of them stops."""
        return self._pages(RESOLVED_ALERTS, "alerts")

    def fetch_audit(self, uid: str) -> Row | None:
        """What the last audit of a device found; None where there was none."""
        try:
            found = self._read(f"/api/v2/audit/device/{quote(uid, safe='')}", {})
        except NotFound:
            return None
        if not isinstance(found, Mapping):
            raise bodies.not_a_list("Datto RMM", "audit data", found, self._secrets)
        return found

    def fetch_some(self, path: str, name: str) -> Listed:
        """The first page of a list."""
        return self._page(path, name, 0)

    def _pages(self, path: str, name: str) -> Iterator[Part[Row]]:
        """Pages are counted from 0. What is announced as the next page is never followed as an address: it
        may name another server, which must not get the token."""
        sizes: dict[int, int] = {}

        def next_page(number: int) -> Page[Row]:
            found = self._page(path, name, number)
            sizes[number] = len(found.rows)
            return Page(found.rows, found.total_after(sum(sizes.values())))

        return pages(next_page, identity=envelopes.identity, what=name, first=0)

    def _page(self, path: str, name: str, number: int) -> Listed:
        data = self._read(path, {"page": number, "max": self._page_size})
        found = envelopes.listed(data, name)
        if found is None:
            raise bodies.not_a_list("Datto RMM", name, data, self._secrets)
        return found

    @cached_property
    def _page_size(self) -> int:
        """As many rows as the account allows. An account that does not say is asked for the usual number."""
        try:
            told = envelopes.largest_page(self._read_once("/api/v2/system/pagination", {}))
        except Unauthorised:
            raise
        except NetError:
            told = None
        return min(told or USUAL_PAGE, USUAL_PAGE)

    def _read(self, path: str, params: Mapping[str, Any]) -> Any:
        if not self._patient:
            return self._read_once(path, params)
        return patience.patiently(lambda: self._read_once(path, params))

    def _read_once(self, path: str, params: Mapping[str, Any]) -> Any:
        if self._token is None or not self._token.is_usable():
            self.log_in()
        try:
            return self._get(path, params)
        except Unauthorised:
            self.log_in()
            return self._get(path, params)

    def _get(self, path: str, params: Mapping[str, Any]) -> Any:
        try:
            return self._http.get(path, params=params).data
        except Forbidden as error:
            raise error.with_sentence(NO_RIGHT) from error

    def _ask_for_token(self) -> Any:
        form = {
            "grant_type": "password",
            "username": self._access.value("api_key"),
            "password": self._access.value("api_secret"),
        }
        basic = base64.b64encode(CLIENT.encode()).decode()
        http = self._open("")
        return http.post("/auth/oauth/token", data=form, headers={"Authorization": f"Basic {basic}"}).data

    @property
    def _secrets(self) -> tuple[str, ...]:
        token = (self._token.access_token,) if self._token else ()
        return (self._access.value("api_secret"), *token)

    def _open(self, token: str) -> Client:
        return Client(
            self._base_url,
            allow_private=self._access.allow_private,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            secrets=(self._access.value("api_secret"), *((token,) if token else ())),
            before_attempt=self._pace.wait,
            ca_bundle=self._access.ca_bundle,
        )
