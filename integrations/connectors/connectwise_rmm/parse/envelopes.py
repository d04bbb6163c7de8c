"""Shapes of ConnectWise RMM's answers: lists of several names, grouped devices, cursors, tokens.

The vendor's own description is not public, and its answers differ between clients; each form that has been
seen is read. None where an answer holds no list at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from integrations.connectors import bodies, values

Row = Mapping[str, Any]

_LISTS: Final = ("data", "items", "results", "companies", "sites", "endpoints", "devices")
_CATEGORIES: Final = ("platform", "network", "cloud", "all")
_DEVICE_IDS: Final = ("endpointid", "deviceid", "id")
_OWNER: Final = ("companyID", "companyId", "clientID", "clientId")
_PLACE: Final = ("siteID", "siteId")
_GUID: Final = re.compile(r"\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE)
_NEXT_LINK: Final = re.compile(r"<([^<>]+)>\s*;[^,]*rel=\"?next\"?", re.IGNORECASE)


def token(answer: Any) -> tuple[str | None, float | None]:
    """The token and how many seconds it lasts."""
    found = bodies.without_case(answer) if isinstance(answer, Mapping) else {}
    text = values.text(bodies.first(found, "access_token", "accesstoken"))
    return text, values.number(bodies.first(found, "expires_in", "expiresin"))


def rows(answer: Any) -> list[Row] | None:
    """The objects of a list; devices that are grouped carry the company and site of their group."""
    if isinstance(answer, list):
        return [row for item in answer if isinstance(item, Mapping) for row in _ungrouped(item)]
    if not isinstance(answer, Mapping):
        return None
    known = bodies.without_case(answer)
    for name in _LISTS:
        if name in known:
            return [] if known[name] is None else rows(known[name])
    lists = [known[name] for name in _CATEGORIES if isinstance(known.get(name), list)]
    found = [rows(entries) or [] for entries in lists]
    return [row for entries in found for row in entries] if lists else None


def _ungrouped(item: Row) -> Iterator[Row]:
    inner = bodies.without_case(item).get("endpoints")
    if not isinstance(inner, list):
        yield item
        return
    of_group = {name: item[name] for name in (*_OWNER, *_PLACE) if name in item}
    yield from ({**of_group, **row} for row in inner if isinstance(row, Mapping))


def next_cursor(headers: Mapping[str, str], answer: Any) -> str | None:
    """Where the next page begins: in the `Link` header, or in the answer. None: nothing follows."""
    link = _NEXT_LINK.search(headers.get("Link", ""))
    if link:
        return next(iter(parse_qs(urlsplit(link[1]).query).get("cursor", [])), None)
    for block in _about_paging(answer):
        found = values.text(bodies.first(block, "nextcursor", "next_cursor"))
        if found not in (None, "0"):
            return found
    return None


def total(answer: Any) -> int | None:
    """How many rows the whole list has, where the answer says so."""
    found = (bodies.first(block, "totalcount", "totalrecords") for block in _about_paging(answer))
    return next((count for value in found if (count := values.number(value)) is not None), None)


def _about_paging(answer: Any) -> list[Row]:
    if not isinstance(answer, Mapping):
        return []
    known = bodies.without_case(answer)
    return [known, *(bodies.block(known, name) for name in ("pageinfo", "pagination", "meta"))]


def identifier(value: Any) -> str | None:
    """An id as it is compared: numbers as they are, GUIDs in small letters and without braces."""
    found = values.text(value)
    return values.guid(found) if found and _GUID.fullmatch(found) else found


def device_id(row: Row) -> str | None:
    return identifier(bodies.first(bodies.without_case(row), *_DEVICE_IDS))


def identity(row: Row) -> str:
    """What tells rows of one list apart: the id, else the whole row."""
    return device_id(row) or json.dumps(row, sort_keys=True, default=str)
