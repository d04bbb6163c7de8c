"""The calls to N-central: a log-in with the user's JSON web token, numbered pages, single objects.

One call at a time: the server limits how many of them run at once, for all who use its API together.
Answers are vendor rows; what they mean is the business of `parse`. All methods raise `NetError`s only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from integrations.connectors import bodies
from integrations.connectors.base import ConsoleAccess
from integrations.connectors.ncentral.parse import companies, computers, envelopes, events
from integrations.connectors.patience import patiently
from integrations.net.auth import DEFAULT_LIFETIME, EARLIEST_RENEWAL, Token
from integrations.net.errors import BadAnswer, NotFound, ServerFailed, ShortList, Unauthorised, Unavailable
from integrations.net.http import Client
from integrations.net.paging import Page, Part, pages

Row = Mapping[str, Any]
ReadId = Callable[[Row], str | None]

PAGE_SIZE: Final = 500
"""Rows asked for at once. The vendor's own size is 50; it may give fewer than are asked for."""
PAUSES: Final[tuple[float, ...]] = (1.0, 5.0, 10.0)
"""Seconds before the next attempts (the vendor advises 2, 5, 10): what others' calls take up is free soon."""

BAD_LOGIN: Final = (
    "N-central does not accept the JSON web token at {host}: it is wrong or was generated anew, or the "
    "password of its user has expired (after 90 days, if nothing else is set), which ends the token as well."
)
NO_API: Final = (
    "There is no N-central API at {base_url} (404): enter the address of the server, https://<its name>."
)
_SERVER: Final = re.compile(r"\s*((?:https?://)?[^/\s]+)\S*\s*", re.IGNORECASE)
_KEY_WORD: Final = re.compile(r"^(authorization\s*:\s*)?bearer\s+", re.IGNORECASE)


class NCentralClient:
    """REST API. Gets a token when it first has to, and once more when one is no longer accepted."""

    def __init__(self, access: ConsoleAccess, base_url: str) -> None:
        self._access = access
        self._base_url = server_of(base_url)
        self._key = re.sub(r"\s+", "", _KEY_WORD.sub("", access.value("token")))
        self._token: Token | None = None
        self._http = self._open(self._key)

    @property
    def base_url(self) -> str:
        return self._http.base_url

    def log_in(self) -> None:
        """Get an access token. Raises `Unauthorised` where the user's token is not accepted."""
        door = self._open(self._key)
        try:
            answer = door.post("/api/auth/authenticate").data
        except Unauthorised as error:
            raise error.with_sentence(BAD_LOGIN.format(host=door.host)) from error
        except NotFound as error:
            raise error.with_sentence(NO_API.format(base_url=door.base_url)) from error
        found = envelopes.access_token(answer)
        if found is None:
            raise BadAnswer(
                f"{door.host} answered the log-in without a token: is this N-central?", status=200
            )
        token, lifetime = found[0], found[1] or DEFAULT_LIFETIME
        ends_in = lifetime - min(EARLIEST_RENEWAL, lifetime / 10)
        self._token = Token(token, datetime.now(UTC) + timedelta(seconds=max(0, ends_in)))
        self._http = self._open(token)

    def fetch_customers(self) -> Iterator[Part[Row]]:
        return self._pages("/api/customers", "customers", companies.customer_id)

    def fetch_sites(self) -> Iterator[Part[Row]]:
        return self._pages("/api/sites", "sites", companies.site_id)

    def fetch_service_orgs(self) -> Iterator[Part[Row]]:
        return self._pages("/api/service-orgs", "service organisations", companies.service_org_id)

    def fetch_devices(self) -> Iterator[Part[Row]]:
        return self._pages("/api/devices", "devices", computers.device_id)

    def fetch_issues(self, unit_id: str) -> Iterator[Part[Row]]:
        """Active issues of an organisation unit and of all below it."""
        return self._pages(_issues_of(unit_id), "active issues", events.series_key)

    def fetch_assets(self, device_id: str) -> Row | None:
        """Hardware and system of a device; None where the console has none of it."""
        return self._single(f"/api/devices/{quote(device_id, safe='')}/assets", computers.ASSET_BLOCKS)

    def fetch_lifecycle(self, device_id: str) -> Row | None:
        """Purchase and warranty of a device; None where the console has none of it."""
        path = f"/api/devices/{quote(device_id, safe='')}/assets/lifecycle-info"
        return self._single(path, computers.LIFECYCLE_KEYS)

    def look_at_customers(self) -> Page[Row]:
        return self._page("/api/customers", "customers", 1)

    def look_at_sites(self) -> Page[Row]:
        return self._page("/api/sites", "sites", 1)

    def look_at_devices(self) -> Page[Row]:
        return self._page("/api/devices", "devices", 1)

    def look_at_issues(self, unit_id: str) -> Page[Row]:
        return self._page(_issues_of(unit_id), "active issues", 1)

    def _pages(self, path: str, what: str, read_id: ReadId) -> Iterator[Part[Row]]:
        """All pages. Raises `ShortList` where the list is not whole.

        The order of a list is not documented. A row that comes on two pages has moved, and something else
        has moved out of sight, unless the list has grown by as much.
        """
        identity = envelopes.identity(read_id)
        tally = _Tally()

        def next_page(number: int) -> Page[Row]:
            page = self._page(path, what, number)
            tally.note(page, [identity(row) for row in page.rows])
            return page

        for part in pages(next_page, identity=identity, what=what):
            tally.came += len(part)
            yield part
        if tally.lost > 0:
            raise ShortList(f"The list of {what} changed its order while it was read: it was not used.")

    def _page(self, path: str, what: str, number: int) -> Page[Row]:
        data = self._read(path, {"pageNumber": number, "pageSize": PAGE_SIZE})
        found = envelopes.page(data)
        if found is None:
            raise bodies.not_a_list("N-central", what, data, self._secrets)
        return Page(found[0], total=found[1])

    def _single(self, path: str, known: Collection[str]) -> Row | None:
        """One object about one device; None where there is none."""
        try:
            data = patiently(lambda: self._single_once(path), pauses=PAUSES)
        except NotFound:
            return None
        found = envelopes.single(data, known)
        if found is None:
            raise BadAnswer(f"N-central gave something else than one object at {path}.", status=200)
        return found

    def _single_once(self, path: str) -> Any:
        """That the server fails over a device is this device's matter, so it is not waited for.

        With thousands of devices the pauses would be longer than the read.
        """
        try:
            return self._read_once(path, {})
        except Unavailable:
            raise
        except ServerFailed as error:
            raise BadAnswer(error.sentence, status=error.status, body_text=error.body_text) from error

    def _read(self, path: str, params: Mapping[str, Any]) -> Any:
        return patiently(lambda: self._read_once(path, params), pauses=PAUSES)

    def _read_once(self, path: str, params: Mapping[str, Any]) -> Any:
        if self._token is None or not self._token.is_usable():
            self.log_in()
        try:
            return self._http.get(path, params=params).data
        except Unauthorised:
            self.log_in()
            return self._http.get(path, params=params).data

    @property
    def _secrets(self) -> tuple[str, ...]:
        return (self._key, self._token.access_token) if self._token else (self._key,)

    def _open(self, bearer: str) -> Client:
        return Client(
            self._base_url,
            allow_private=self._access.allow_private,
            headers={"Authorization": f"Bearer {bearer}"},
            secrets=(*self._secrets, bearer),
            ca_bundle=self._access.ca_bundle,
        )


class _Tally:
    """Counts the rows of one list, to tell whether some were lost on the way."""

    def __init__(self) -> None:
        self.came = 0
        self._first_total: int | None = None
        self._total: int | None = None
        self._alike = 0

    def note(self, page: Page[Row], keys: list[str]) -> None:
        self._first_total = page.total if self._first_total is None else self._first_total
        self._total = page.total
        self._alike += len(keys) - len(set(keys))

    @property
    def lost(self) -> int:
        """Rows that the list has, but that did not come; those that share an id on one page are there."""
        if self._total is None or self._first_total is None:
            return 0
        return min(self._total, self._first_total) - self.came - self._alike


def server_of(address: str) -> str:
    """The server's address without what people copy along with it: pages of the console, paths of the API."""
    found = _SERVER.fullmatch(address)
    return found[1] if found else address.strip()


def _issues_of(unit_id: str) -> str:
    return f"/api/org-units/{quote(unit_id, safe='')}/active-issues"
