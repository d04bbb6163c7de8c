"""The calls to IT Glue: organisations, locations and configurations, page by page.

Answers are vendor rows; what they mean is the business of `parse`. All methods raise `NetError`s only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from integrations.connectors import bodies
from integrations.connectors.base import ConsoleAccess
from integrations.connectors.itglue.parse import envelopes
from integrations.connectors.itglue.parse.envelopes import Row
from integrations.connectors.keyed import KeyedReads, Sentences
from integrations.net.errors import ShortList
from integrations.net.paging import Page, Part, pages

ORGANISATIONS: Final = "organizations"
LOCATIONS: Final = "locations"
CONFIGURATIONS: Final = "configurations"
PAGE_SIZE: Final = 500
"""Rows asked for at once; the vendor gives up to 1000."""
MEDIA_TYPE: Final = "application/vnd.api+json"

REGIONS: Final = "api.itglue.com, api.eu.itglue.com or api.au.itglue.com"
SENTENCES: Final = Sentences(
    unauthorised="IT Glue does not accept the API key at {host}: it is wrong, was revoked (after 90 days "
    f"without use, too), or is of another region: {REGIONS}.",
    forbidden="IT Glue refuses access at {host} (403): the API key is wrong or was revoked, is of another "
    f"region ({REGIONS}), or the plan has no access to the API.",
)

# The pages of an account, https://<account>.itglue.com, which people copy in place of the API's address.
_ITS_PAGES: Final = re.compile(r"(?:https?://)?(?:[\w-]+\.)*?(?:(eu|au)\.)?itglue\.com(?:[/?#].*)?", re.I)
_BEHIND_THE_ADDRESS: Final = re.compile(r"/(?:organizations|configurations|locations)\b.*$|/+$", re.I)


def api_address(url: str) -> str:
    """The address of the API for what was entered: the same region's, or it without a path of the API."""
    found = url.strip()
    own = _ITS_PAGES.fullmatch(found)
    if own is None:
        return _BEHIND_THE_ADDRESS.sub("", found)
    region = f"{own[1].lower()}." if own[1] else ""
    return f"https://api.{region}itglue.com"


class ITGlueClient:
    """`patient` repeats a read that failed for a passing reason; a test of the connection does not wait."""

    def __init__(self, access: ConsoleAccess, base_url: str, *, patient: bool = True) -> None:
        key = access.value("api_key")
        self._secret = key
        self._reads = KeyedReads(
            access,
            api_address(base_url),
            {"x-api-key": key, "Content-Type": MEDIA_TYPE},
            SENTENCES,
            secret=key,
            patient=patient,
        )

    def fetch_organisations(self) -> Iterator[Part[Row]]:
        """Pages of organisations. Raises `ShortList` where the list is not whole."""
        return self._pages(ORGANISATIONS)

    def fetch_locations(self) -> Iterator[Part[Row]]:
        """Pages of locations of all organisations. Raises `ShortList` where the list is not whole."""
        return self._pages(LOCATIONS)

    def fetch_configurations(self) -> Iterator[Part[Row]]:
        """Pages of configurations, archived ones too. Raises `ShortList` where the list is not whole."""
        return self._pages(CONFIGURATIONS)

    def count(self, what: str) -> int:
        """How many rows a list has, from a page of one."""
        return self._page(what, 1, 1).total or 0

    def _pages(self, what: str) -> Iterator[Part[Row]]:
        """In the order of ids: what is added while the list is read comes last."""
        return pages(
            lambda number: self._page(what, number, PAGE_SIZE), identity=envelopes.identity, what=what
        )

    def _page(self, what: str, number: int, size: int) -> Page[Row]:
        data = self._reads.get(f"/{what}", {"page[size]": size, "page[number]": number, "sort": "id"})
        rows, total = envelopes.rows(data), envelopes.total(data)
        if rows is None:
            raise bodies.not_a_list("IT Glue", what, data, (self._secret,))
        if total is None:
            raise ShortList(f"IT Glue does not say how many {what} there are: the list was not used.")
        return Page(rows, total)
