"""The calls to ConnectSecure: log-in by client id and secret, lists in pages, histories newest first.

Answers are vendor rows; what they mean is the business of `parse`. All methods raise `NetError`s only.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from integrations.connectors import bodies, values
from integrations.connectors.base import ConsoleAccess
from integrations.connectors.connectsecure.parse import envelopes
from integrations.connectors.patience import patiently
from integrations.net.errors import BadAnswer, Forbidden, NotFound, Refused, Unauthorised
from integrations.net.http import Client
from integrations.net.paging import Page, Part, pages
from integrations.net.redact import cut, redact

Row = Mapping[str, Any]

COMPANIES: Final = "/r/company/companies"
ASSETS: Final = "/r/asset/asset_view"
REMEDIATION: Final = "/r/report_queries/get_remediation"
EVENTS: Final = "/report_queries/system_events_view"
TICKETS: Final = "/report_queries/event_tickets"
AD_AUDIT: Final = "/report_queries/adaudit"
ENTRA_AUDIT: Final = "/report_queries/azure_ad_logs"

PAGE_SIZE: Final = 500
"""Rows asked for at once. The vendor names no limit; a console may give fewer."""
FIXES_AT_ONCE: Final = 2000
"""Rows of one company's remediation: few companies have more, and each costs a call."""
LONGEST_QUOTE: Final = 200

BAD_LOGIN: Final = (
    "ConnectSecure does not accept tenant, client ID and client secret at {host}. The pair is made under "
    "Settings > Users > (menu of the user) > API Key, and is known on the tenant's own pod only: Profile > "
    "API Documentation shows its address."
)
NO_API: Final = (
    "There is no ConnectSecure API at {url} (404): enter the address of your pod (Profile > API "
    "Documentation)."
)

# What people copy along with the address: pages of the documentation, paths of the API.
_BEHIND_THE_ADDRESS: Final = re.compile(r"(/?#.*|/apidocs/?.*|/w/authorize/?|/[rwd]/?)$", re.IGNORECASE)
_REFUSED_TOKEN: Final = re.compile(
    r"unauthori[sz]ed|token.*(expired|invalid)|(expired|invalid).*token", re.IGNORECASE
)


def tidy_address(address: str) -> str:
    """The pod's address without what is copied along with it."""
    return _BEHIND_THE_ADDRESS.sub("", address.strip()).rstrip("/")


def is_portal(address: str) -> bool:
    """Whether this is the page where people log in, which is no API."""
    return (urlsplit(address).hostname or "").startswith("portal.")


class ConnectSecureClient:
    """API v4. Logs in when it first has to, and once more when the token is no longer accepted."""

    def __init__(self, access: ConsoleAccess, base_url: str) -> None:
        self._base_url = tidy_address(base_url)
        pair = f"{access.value('client_id')}:{access.value('client_secret')}"
        self._key = base64.b64encode(f"{access.value('tenant')}+{pair}".encode()).decode()
        self._own_secrets = (access.value("client_secret"), self._key)
        self._access = access
        self._is_logged_in = False
        self._secrets: tuple[str, ...] = self._own_secrets
        self._http = self._open({})

    def log_in(self) -> None:
        """Get a token. Raises `Unauthorised` where tenant, client ID and secret are not accepted."""
        sentence = BAD_LOGIN.format(host=self._http.host)
        try:
            answer = self._open({"Client-Auth-Token": self._key}).post("/w/authorize").data
        except (Unauthorised, Forbidden, Refused) as error:
            raise Unauthorised(sentence, status=error.status, body_text=error.body_text) from error
        except NotFound as error:
            raise error.with_sentence(NO_API.format(url=self._http.base_url)) from error
        said = envelopes.refusal(answer)
        if said is not None:
            raise Unauthorised(f"{sentence} It said: {self._quote(said)}.", status=200)
        found = envelopes.token(answer)
        if found is None:
            raise BadAnswer(
                "ConnectSecure answered the log-in without a token or without a user.", status=200
            )
        self._secrets = (*self._own_secrets, found[0])
        self._http = self._open({"Authorization": f"Bearer {found[0]}", "X-USER-ID": found[1]})
        self._is_logged_in = True

    def fetch_companies(self) -> Iterator[Part[Row]]:
        return self._pages(COMPANIES, "companies")

    def fetch_assets(self) -> Iterator[Part[Row]]:
        return self._pages(ASSETS, "assets")

    def fetch_tickets(self) -> Iterator[Part[Row]]:
        """Tickets that ConnectSecure itself has made of its events."""
        return self._pages(TICKETS, "tickets", order="ticket_id", identity=envelopes.whole)

    def fetch_remediation(self, company_id: str) -> Iterator[Part[Row]]:
        """What one company has to remedy: a row for each asset and fix. Its `id` is not that of the row."""
        return self._pages(
            REMEDIATION,
            "remediation",
            order="asset_id",
            condition=f"company_id={company_id}",
            identity=envelopes.whole,
            limit=FIXES_AT_ONCE,
        )

    def fetch_events(self, start: datetime | None) -> Iterator[Row]:
        """System events that changed at `start` or later, newest first; None: all."""
        return self._newest_first(EVENTS, "system events", "updated", start)

    def fetch_audit(self, path: str, start: datetime) -> Iterator[Row]:
        """Rows of an audit that came to ConnectSecure at `start` or later, newest first."""
        return self._newest_first(path, "audit entries", "created", start)

    def fetch_some(self, path: str, what: str, *, limit: int = PAGE_SIZE) -> list[Row]:
        """The first rows of a list: whether it can be read at all."""
        return self._rows(path, what, {"skip": 0, "limit": limit})

    def _newest_first(self, path: str, what: str, column: str, start: datetime | None) -> Iterator[Row]:
        """Ends with a page of which nothing is as new as `start`, but only while the order holds.

        How a condition on a time is written is not documented, so none is sent. A console that does not sort
        is read to the end.
        """
        newest: datetime | None = None
        is_sorted = True
        for page in self._pages(path, what, order=f"{column} desc"):
            times = [self._time_of(row, column) for row in page]
            for row, time in zip(page, times, strict=True):
                if time is not None:
                    is_sorted, newest = is_sorted and (newest is None or time <= newest), time
                if start is None or time is None or time >= start:
                    yield row
            is_old = start is not None and all(time is not None and time < start for time in times)
            if is_sorted and is_old:
                return

    def _time_of(self, row: Row, column: str) -> datetime | None:
        return values.moment(row.get(column), self._access.zone)

    def _pages(
        self,
        path: str,
        what: str,
        *,
        order: str = "id",
        condition: str | None = None,
        identity: Callable[[Row], Hashable] = envelopes.identity,
        limit: int = PAGE_SIZE,
    ) -> Iterator[Part[Row]]:
        """Goes on by as many rows as have come, up to the total that the rows repeat, else to an empty page.

        The total is remembered: an empty page before it shows that the list was cut.
        """
        begins = {1: 0}
        totals: dict[int, int | None] = {0: None}

        def fetch_page(number: int) -> Page[Row]:
            params = {"condition": condition, "skip": begins[number], "limit": limit, "order_by": order}
            found = self._rows(path, what, params)
            begins[number + 1] = begins[number] + len(found)
            totals[number] = envelopes.total(found) or totals.get(number - 1)
            return Page(found, totals[number])

        return pages(fetch_page, identity=identity, what=what)

    def _rows(self, path: str, what: str, params: Mapping[str, Any]) -> list[Row]:
        data = patiently(lambda: self._read_once(path, params))
        found = envelopes.rows(data)
        if found is None:
            raise bodies.not_a_list("ConnectSecure", what, data, self._secrets)
        return found

    def _read_once(self, path: str, params: Mapping[str, Any]) -> Any:
        if not self._is_logged_in:
            self.log_in()
        try:
            return self._get(path, params)
        except Unauthorised:
            self.log_in()
            return self._get(path, params)

    def _get(self, path: str, params: Mapping[str, Any]) -> Any:
        """Raises also for a refusal that comes with status 200."""
        data = self._http.get(path, params=params).data
        said = envelopes.refusal(data)
        if said is None:
            return data
        sentence = f"ConnectSecure refused to give {path}: it said {self._quote(said)}."
        kind = Unauthorised if _REFUSED_TOKEN.search(said) else BadAnswer
        raise kind(sentence, status=200)

    def _quote(self, words: str) -> str:
        return f'"{cut(redact(words, self._secrets), LONGEST_QUOTE)}"' if words else "nothing"

    def _open(self, headers: Mapping[str, str]) -> Client:
        return Client(
            self._base_url,
            allow_private=self._access.allow_private,
            headers=headers,
            secrets=self._secrets,
            ca_bundle=self._access.ca_bundle,
        )
