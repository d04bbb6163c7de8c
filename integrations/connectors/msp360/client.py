"""The calls to MSP360: the Managed Backup API with its login, and the RMM API with its fixed token.

Answers are vendor rows; what they mean is the business of `parse`. All methods raise `NetError`s only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from time import monotonic
from typing import Any, Final
from urllib.parse import quote

from integrations.connectors import bodies
from integrations.connectors.base import ConsoleAccess
from integrations.connectors.msp360.parse import envelopes
from integrations.connectors.patience import patiently
from integrations.net.answers import Answer, decode_json, is_web_page
from integrations.net.errors import (
    BadAnswer,
    Forbidden,
    NotFound,
    Refused,
    Unauthorised,
    error_class,
)
from integrations.net.http import Client
from integrations.net.paging import Page, pages
from integrations.net.redact import cut, redact

Row = Mapping[str, Any]

PAGE_SIZE: Final = 200
"""Computers asked for at once. The vendor names no limit; a console may give fewer."""
TAKE: Final = 1000
LIFETIME_IF_UNSAID: Final = 3600.0
RENEW_BEFORE: Final = 60.0
LONGEST_QUOTE: Final = 200
LONGEST_SUMMARY: Final = 10.0
"""Seconds for the call of one summary."""
SUMMARIES: Final = "/api/v1/computers/stat/summary/latest"

BAD_LOGIN: Final = (
    "MSP360 does not accept the API login and password. They are made under Settings > General; "
    "making a new pair ends the old one."
)


class Msp360Client:
    """Managed Backup API. Logs in when it first has to, and once more when a token is no longer accepted."""

    def __init__(self, access: ConsoleAccess, base_url: str) -> None:
        self._access = access
        self._base_url = base_url.strip().rstrip("/").removesuffix("/api")
        self._secrets: tuple[str, ...] = (access.value("password"),)
        self._http = self._open({})
        self._good_until = 0.0

    def log_in(self) -> None:
        """Get a token. Raises `Unauthorised` where login and password are not accepted."""
        body = {"UserName": self._access.value("login"), "Password": self._access.value("password")}
        try:
            answer = self._open({}).post("/api/Provider/Login", json=body, expect_json=False)
            found = envelopes.token(self._data(answer))
        except (Unauthorised, Forbidden, Refused) as error:
            raise Unauthorised(BAD_LOGIN, status=error.status, body_text=error.body_text) from error
        except NotFound as error:
            raise error.with_sentence(f"There is no MSP360 API at {self._http.base_url} (404).") from error
        if found is None:
            raise BadAnswer("MSP360 answered the login without a token.", status=200)
        token, lifetime = found[0], found[1] or LIFETIME_IF_UNSAID
        self._secrets = (*self._secrets[:1], token)
        self._http = self._open({"Authorization": f"Bearer {token}"})
        self._good_until = monotonic() + lifetime - min(RENEW_BEFORE, lifetime / 10)

    def fetch_companies(self) -> list[Row]:
        return self._fetch_whole("/api/Companies", "companies")

    def fetch_licences(self) -> list[Row]:
        return self._fetch_whole("/api/Licenses", "licences")

    def fetch_monitoring(self) -> list[Row]:
        """The latest run of each plan on all computers; one answer, without paging."""
        return self._rows("/api/Monitoring", "backup plans")

    def fetch_computers(self) -> Iterator[list[Row]]:
        """Pages of computers, each computer once. Raises `ShortList` where the list is not whole."""
        return self._pages(lambda offset: self._computer_page(offset, PAGE_SIZE), "computers")

    def count_computers(self) -> tuple[int, Row | None]:
        """(number of computers, one of them): what a test of the connection wants to know."""
        page = self._computer_page(0, 1)
        return page.total if page.total is not None else len(page.rows), next(iter(page.rows), None)

    def _computer_page(self, offset: int, count: int) -> Page[Row]:
        data = self._read(f"/api/Computers/{offset}/{count}")
        status, message = envelopes.status(data)
        if status >= 400:
            sentence = f"MSP360 gave no list of computers: it said {self._quote(message)}."
            raise error_class(status)(sentence, status=status)
        page = envelopes.computer_page(data)
        if page is None:
            raise self._not_a_list("computers", data)
        return page

    def _fetch_whole(self, path: str, what: str) -> list[Row]:
        """All rows of a list whose paging is not documented.

        It is asked for more until an answer brings nothing new: a console that ignores `skip` gives the same
        rows again, one that cuts its lists is read to the end.
        """

        def page_at(offset: int) -> Page[Row]:
            return Page(self._rows(path, what, {"skip": offset, "take": TAKE}))

        return [row for page in self._pages(page_at, what, may_be_unpaged=True) for row in page]

    @staticmethod
    def _pages(
        page_at: Callable[[int], Page[Row]], what: str, *, may_be_unpaged: bool = False
    ) -> Iterator[list[Row]]:
        """Go on by as many rows as have come: a console may give fewer than were asked for."""
        offset = 0

        def next_page(_: int) -> Page[Row]:
            nonlocal offset
            page = page_at(offset)
            offset += len(page.rows)
            return page

        return pages(next_page, identity=envelopes.identity, what=what, may_be_unpaged=may_be_unpaged)

    def _rows(self, path: str, what: str, params: Mapping[str, Any] | None = None) -> list[Row]:
        data = self._read(path, params)
        rows = bodies.rows(data)
        if rows is None:
            raise self._not_a_list(what, data)
        return rows

    def _not_a_list(self, what: str, data: Any) -> BadAnswer:
        other = "something else came" if data else "nothing came"
        said = f"it said {self._quote(data)}" if isinstance(data, str) else other
        return BadAnswer(f"MSP360 gave no list of {what}: {said}.", status=200)

    def _quote(self, words: str) -> str:
        return f'"{cut(redact(words, self._secrets), LONGEST_QUOTE)}"'

    def _read(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        return patiently(lambda: self._read_once(path, params))

    def _read_once(self, path: str, params: Mapping[str, Any] | None) -> Any:
        if monotonic() >= self._good_until:
            self.log_in()
        try:
            return self._data(self._http.get(path, params=params, expect_json=False))
        except Unauthorised:
            self.log_in()
            return self._data(self._http.get(path, params=params, expect_json=False))

    def _open(self, headers: Mapping[str, str]) -> Client:
        return Client(
            self._base_url,
            allow_private=self._access.allow_private,
            headers={"Accept": "application/json", **headers},
            secrets=self._secrets,
            ca_bundle=self._access.ca_bundle,
        )

    def _data(self, answer: Answer) -> Any:
        """The JSON of an answer. Errors that are told in plain words with status 200 become `BadAnswer`."""
        said, body = answer.text.strip(), answer.text.encode()
        try:
            return decode_json(self._http.host, answer.status, answer.headers, body)
        except BadAnswer as error:
            if not said or said[0] in "[{" or is_web_page(answer.headers, body):
                raise
            sentence = f"MSP360 gave a message instead of data: {self._quote(said)}."
            raise error.with_sentence(sentence) from None


class RmmClient:
    """RMM API (read only). Its lists do not say whose a record is, so it is asked by hid."""

    def __init__(self, access: ConsoleAccess, base_url: str) -> None:
        self._access = access
        self._base_url = base_url

    @cached_property
    def _http(self) -> Client:
        token = self._access.value("rmm_token")
        return Client(
            self._base_url,
            allow_private=self._access.allow_private,
            headers={"Accept": "application/json", "Authorization": f"Bearer {token}"},
            secrets=(token,),
            ca_bundle=self._access.ca_bundle,
        )

    def fetch_host(self, hid: str) -> Row | None:
        """The newest host record of a computer; None where the RMM API knows nothing about it."""
        try:
            return envelopes.host_record(patiently(lambda: self._http.get(_latest(hid, "host")).data))
        except NotFound:
            return None

    def fetch_alerts(self, hid: str) -> list[Row] | None:
        """The alerts of a computer's newest summary; None where the answer is 404, which tells nothing.

        Asked once, and not for long: a poll has many to ask, and the next one comes soon.
        """
        try:
            answer = self._http.get(_latest(hid, "summary"), within=LONGEST_SUMMARY).data
        except NotFound:
            return None
        found = envelopes.alerts(answer, hid)
        if found is None:
            raise BadAnswer("The RMM API gave something else than the summary of a computer.", status=200)
        return found

    def look_at_summaries(self) -> None:
        """Whether there is an RMM API that shows summaries: unlike that of one computer the list has to be
        there."""
        try:
            answer = patiently(lambda: self._http.get(SUMMARIES, params={"pageSize": 1}).data)
        except NotFound as error:
            raise error.with_sentence(f"There is no RMM API at {self._http.base_url} (404).") from error
        if not envelopes.is_fleet_page(answer):
            raise BadAnswer("The RMM API gave no list of summaries.", status=200)


def _latest(hid: str, kind: str) -> str:
    return f"/api/v1/computers/{quote(hid, safe='')}/stat/{kind}/latest"
