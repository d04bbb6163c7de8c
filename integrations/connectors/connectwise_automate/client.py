"""The calls to ConnectWise Automate: user name and password for a token, lists page by page.

Answers are vendor rows; what they mean is the business of `parse`. All methods raise `NetError`s only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from integrations.connectors import bodies
from integrations.connectors.base import ConsoleAccess
from integrations.connectors.bearer import BearerClient, lasting
from integrations.connectors.connectwise_automate.parse import envelopes
from integrations.net.auth import Token
from integrations.net.errors import BadAnswer, Forbidden, NotFound, Refused, ShortList, Unauthorised
from integrations.net.http import Client
from integrations.net.paging import Page, Part, pages

Row = Mapping[str, Any]

API: Final = "/cwa/api/v1"
CLIENTS: Final = f"{API}/Clients"
LOCATIONS: Final = f"{API}/Locations"
COMPUTERS: Final = f"{API}/Computers"
PAGE_SIZE: Final = 500
"""The server gives up to 1000; with the many fields of a computer half of that is enough for one answer."""
BY_ID: Final = "Id asc"
"""What is added meanwhile comes at the end, and moves nothing that has been read."""

BAD_LOGIN: Final = (
    "ConnectWise Automate does not accept user name, password and client ID at {host}{words}. The user is "
    "made under System > Users and Contacts > Users, best of the class Integrator; the client ID is that of "
    "developer.connectwise.com."
)
SECOND_FACTOR: Final = (
    "ConnectWise Automate asks {user} for a second factor: take a user of the class Integrator, who logs in "
    "without one."
)

# What people copy along with the address: the web console's pages, the paths of the API.
_BEHIND_THE_ADDRESS: Final = re.compile(r"/(cwa|automate)(/.*)?$", re.IGNORECASE)


class AutomateClient:
    """REST API v1 of one server."""

    def __init__(self, access: ConsoleAccess, base_url: str) -> None:
        self._access = access
        self._calls = BearerClient(
            access,
            _BEHIND_THE_ADDRESS.sub("", base_url.strip()).rstrip("/"),
            self._fetch_token,
            secrets=(access.value("password"),),
            headers={"clientId": access.value("client_id")},
        )

    @property
    def base_url(self) -> str:
        return self._calls.base_url

    def log_in(self) -> None:
        """Get a token. Raises `Unauthorised` where user, password or client ID are not accepted."""
        self._calls.log_in()

    def fetch_clients(self) -> Iterator[Part[Row]]:
        return self._pages(CLIENTS, "clients")

    def fetch_locations(self) -> Iterator[Part[Row]]:
        return self._pages(LOCATIONS, "locations")

    def fetch_computers(self) -> Iterator[Part[Row]]:
        return self._pages(COMPUTERS, "computers")

    def fetch_first_page(self, path: str, what: str) -> list[Row]:
        return self._page(path, what, 1)

    def _pages(self, path: str, what: str) -> Iterator[Part[Row]]:
        """Pages until one is empty. Raises `ShortList` where a page is cut or comes again.

        The list has no total, so what tells is the length: every page but the last is as long as the first.
        """
        before: list[list[str]] = []

        def next_page(number: int) -> Page[Row]:
            rows = self._page(path, what, number)
            ids = [envelopes.identity(row) for row in rows]
            if ids and before:
                _check_sequence(ids, before, what)
            before[1:] = [ids]
            return Page(rows)

        return pages(next_page, identity=envelopes.identity, what=what)

    def _page(self, path: str, what: str, number: int) -> list[Row]:
        params = {"page": number, "pagesize": PAGE_SIZE, "orderby": BY_ID}
        data = self._calls.get(path, params).data
        rows = bodies.rows(data)
        if rows is None:
            raise bodies.not_a_list("ConnectWise Automate", what, data, self._calls.secrets)
        return rows

    def _fetch_token(self, http: Client) -> Token:
        sent = {"username": self._access.value("username"), "password": self._access.value("password")}
        try:
            answer = http.post(f"{API}/apitoken", json=sent)
        except NotFound as error:
            sentence = f"There is no ConnectWise Automate API at {http.base_url}{API} (404)."
            raise error.with_sentence(sentence) from error
        except (Unauthorised, Forbidden, Refused) as error:
            words = f": {error.body_text.rstrip('.')}" if error.body_text else ""
            sentence = BAD_LOGIN.format(host=http.host, words=words)
            raise Unauthorised(sentence, status=error.status, body_text=error.body_text) from error
        found = envelopes.granted(answer.data, datetime.now(UTC))
        if found.access_token is None and found.needs_second_factor:
            raise Unauthorised(SECOND_FACTOR.format(user=sent["username"]), status=answer.status)
        if found.access_token is None:
            raise BadAnswer(f"{http.host} answered without a token.", status=answer.status)
        return lasting(found.access_token, found.seconds)


def _check_sequence(ids: list[str], before: list[list[str]], what: str) -> None:
    """Raises `ShortList` where the page with `ids` can't follow the first and the latest page of `before`."""
    first, latest = before[0], before[-1]
    if set(ids) <= set(latest):
        raise ShortList(f"The list of {what} repeats itself: it was not used.")
    if len(latest) != len(first) or len(ids) > len(first):
        raise ShortList(f"The list of {what} has a page that was cut: it was not used.")
