"""The calls to ConnectWise RMM: a token for the client, companies, their sites, endpoints by company.

Answers are vendor rows; what they mean is the business of `parse`. All methods raise `NetError`s only.
Endpoints are listed by a POST; it changes nothing, so it is repeated like any other read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final
from urllib.parse import quote

from integrations.connectors import bodies
from integrations.connectors.base import ConsoleAccess
from integrations.connectors.bearer import BearerClient, lasting
from integrations.connectors.connectwise_rmm.parse import envelopes
from integrations.net.answers import Answer
from integrations.net.auth import Token
from integrations.net.errors import (
    BadAnswer,
    Forbidden,
    NetError,
    NotFound,
    RateLimited,
    Refused,
    ShortList,
    Unauthorised,
)
from integrations.net.http import Client
from integrations.net.paging import MOST_PAGES

Row = Mapping[str, Any]

DEVICES_AT_ONCE: Final = 500
SCOPES: Final = "platform.companies.read platform.sites.read platform.devices.read platform.asset.read"
LOCKED: Final = 423
LOCK_LASTS: Final = 300.0
"""Seconds. How long is not published; that asking for tokens makes it longer is."""
REGIONS: Final = {
    "0e30": ("NA", "https://openapi.service.itsupport247.net"),
    "0e31": ("EU", "https://openapi.service.euplatform.connectwise.com"),
    "0e32": ("AU", "https://openapi.service.auplatform.connectwise.com"),
}
"""By the beginning of the client ID."""
BAD_LOGIN: Final = (
    "ConnectWise RMM does not accept the client ID and secret at {host}{words}. They are made under "
    "Settings > API Access, and are known in their own region only: {regions}."
)
BAD_SCOPE: Final = (
    "ConnectWise RMM gives no token for the scopes {scopes}{words}. "
    "Tick them for the key, or enter those that it has."
)
NO_TOKENS: Final = (
    "ConnectWise RMM has locked the client for a while, because it asked for too many tokens (423): "
    "try again in some minutes."
)

# What people copy along with the address.
_BEHIND_THE_ADDRESS: Final = re.compile(r"/(v1/token|api(/.*)?)/?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Paths:
    """Where things are. `sites` holds the company's `{id}`; `devices` with categories is a POST."""

    token: str = "/v1/token"  # noqa: S105
    companies: str = "/api/platform/v1/company/companies"
    sites: str = "/api/platform/v1/company/companies/{id}/sites"
    devices: str = "/api/platform/v2/device/categories/all/endpoints"

    @classmethod
    def of(cls, text: str) -> Paths:
        """The usual ones but for those in `text`: `devices=/api/… sites=-`. Raises `ValueError`."""
        given = dict(part.partition("=")[::2] for part in text.split())
        known = {item.name for item in fields(cls)}
        wrong = [name for name, path in given.items() if name not in known or path[:1] not in ("/", "-")]
        if wrong:
            raise ValueError(
                f"Paths: {wrong[0]!r} is no path; write name=/path with the names {', '.join(sorted(known))}."
            )
        return replace(cls(), **given)

    @property
    def has_sites(self) -> bool:
        return self.sites != "-"

    @property
    def by_category(self) -> bool:
        return "/categories/" in self.devices


class AsioClient:
    """The platform's public API of one region."""

    def __init__(self, access: ConsoleAccess, base_url: str) -> None:
        self._access = access
        self.paths = Paths.of(access.value("paths"))
        self._scopes = " ".join((access.value("scopes") or SCOPES).split())
        self._resource = access.value("resource_type") or "company"
        self._calls = BearerClient(
            access,
            _BEHIND_THE_ADDRESS.sub("", base_url.strip()).rstrip("/"),
            self._fetch_token,
            secrets=(access.value("client_secret"),),
        )

    def log_in(self) -> None:
        """Get a token. Raises `Unauthorised` where client, secret or scopes are not accepted."""
        self._calls.log_in()

    def fetch_companies(self) -> list[Row]:
        return [row for page in self._pages(self._asked(self.paths.companies), "companies") for row in page]

    def fetch_sites(self, company_id: str) -> list[Row]:
        """All sites of a company; none where there is nothing at its address, or sites are not to be read."""
        if not self.paths.has_sites:
            return []
        path = self.paths.sites.replace("{id}", quote(company_id, safe=""))
        return [row for page in self._pages(self._asked(path), "sites", may_be_absent=True) for row in page]

    def fetch_devices(self, company_ids: Sequence[str]) -> Iterator[list[Row]]:
        """Pages of the endpoints of these companies; 404 is how the vendor says that there are none."""
        return self._pages(
            lambda cursor: self._ask_devices(company_ids, cursor),
            "endpoints",
            limit=DEVICES_AT_ONCE,
            may_be_absent=True,
        )

    def _ask_devices(self, company_ids: Sequence[str], cursor: str | None) -> Answer:
        params = {"limit": DEVICES_AT_ONCE, "cursor": cursor}
        if not self.paths.by_category:
            return self._calls.get(self.paths.devices, {**params, "clientId": ",".join(company_ids)})
        wanted = {"resourceType": self._resource, "resources": list(company_ids)}
        return self._calls.read("POST", self.paths.devices, params=params, json=wanted)

    def _asked(self, path: str) -> Callable[[str | None], Answer]:
        return lambda cursor: self._calls.get(path, {"cursor": cursor})

    def _pages(
        self,
        ask: Callable[[str | None], Answer],
        what: str,
        *,
        limit: int = 0,
        may_be_absent: bool = False,
    ) -> Iterator[list[Row]]:
        """Pages as long as a next one is named. Raises `ShortList` where the list is not whole.

        A full page (`limit` rows) that names no next one may be the last or not: the rows behind those that
        have come are asked for, and nothing at all has to be there.
        """
        walk = Walk(what)
        for _ in range(MOST_PAGES):
            answer = walk.next_answer(ask, may_be_absent=may_be_absent)
            if answer is None:
                return
            found = envelopes.rows(answer.data)
            if found is None:
                raise bodies.not_a_list("ConnectWise RMM", what, answer.data, self._calls.secrets)
            walk.note(found, answer, limit)
            yield found
            if walk.is_over:
                return
        raise ShortList(f"The list of {what} did not end after {MOST_PAGES} pages.")

    def _fetch_token(self, http: Client) -> Token:
        sent = {
            "grant_type": "client_credentials",
            "client_id": self._access.value("client_id"),
            "client_secret": self._access.value("client_secret"),
            "scope": self._scopes,
        }
        try:
            answer = http.post(self.paths.token, json=sent)
        except NotFound as error:
            sentence = f"There is no ConnectWise RMM API at {http.base_url} (404)."
            raise error.with_sentence(sentence) from error
        except (Refused, Unauthorised, Forbidden) as error:
            raise self._refusal(http, error) from error
        access_token, seconds = envelopes.token(answer.data)
        if access_token is None:
            raise BadAnswer(f"{http.host} answered without a token.", status=answer.status)
        return lasting(access_token, seconds)

    def _refusal(self, http: Client, error: NetError) -> NetError:
        if error.status == LOCKED:
            return RateLimited(NO_TOKENS, status=LOCKED, body_text=error.body_text, retry_after=LOCK_LASTS)
        words = f": {error.body_text.rstrip('.')}" if error.body_text else ""
        if "scope" in error.body_text.casefold():
            sentence = BAD_SCOPE.format(scopes=self._scopes, words=words)
        else:
            regions = self._region_of(http)
            sentence = BAD_LOGIN.format(host=http.host, words=words, regions=regions)
        return Unauthorised(sentence, status=error.status, body_text=error.body_text)

    def _region_of(self, http: Client) -> str:
        """Which address the client ID seems to belong to; all of them where it does not say."""
        client_id = self._access.value("client_id").casefold()
        found = REGIONS.get(client_id[:4])
        if found and found[1] != http.base_url:
            return f"this one seems to belong to {found[0]}, {found[1]}"
        return ", ".join(f"{name} {address}" for name, address in REGIONS.values())


class Walk:
    """Where the reading of one list stands, and whether it still goes on."""

    def __init__(self, what: str) -> None:
        self.is_over = False
        self._cursor: str | None = None
        self._is_promised = False
        self._what = what
        self._known: set[str] = set()
        self._cursors: set[str] = set()
        self._arrived = 0
        self._total: int | None = None

    def next_answer(self, ask: Callable[[str | None], Answer], *, may_be_absent: bool) -> Answer | None:
        """None where 404 says that nothing is there, and nothing was promised. Raises `NetError`."""
        try:
            return ask(self._cursor)
        except NotFound:
            if self._is_promised or not may_be_absent:
                raise
        self._check_total()
        return None

    def note(self, rows: Sequence[Row], answer: Answer, limit: int) -> None:
        """Take in a page. Raises `ShortList` where it came before, or the list ends before its own total."""
        ids = {envelopes.identity(row) for row in rows}
        if ids and ids <= self._known:
            raise ShortList(f"The list of {self._what} repeats itself: it was not used.")
        self._known |= ids
        self._arrived += len(rows)
        told = envelopes.next_cursor(answer.headers, answer.data)
        self._is_promised = told is not None
        may_go_on = told is None and limit > 0 and len(rows) >= limit
        self._go_on(str(self._arrived) if may_go_on else told)
        self._total = envelopes.total(answer.data)
        if self.is_over:
            self._check_total()

    def _check_total(self) -> None:
        if self._total is not None and self._arrived < self._total:
            told_so = f"ended after {self._arrived} of {self._total}"
            raise ShortList(f"The list of {self._what} {told_so}: it was not used.")

    def _go_on(self, cursor: str | None) -> None:
        if cursor is not None and cursor in self._cursors:
            raise ShortList(f"The list of {self._what} goes in circles: it was not used.")
        self._cursors |= {cursor} if cursor else set()
        self._cursor, self.is_over = cursor, cursor is None
