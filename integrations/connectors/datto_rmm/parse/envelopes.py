"""What is around the rows: pages, tokens, limits, ids. None where an answer has another shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.connectors import bodies, values

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Granted:
    """An access token and the seconds that it lasts, where the answer says so."""

    access_token: str
    seconds: int | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page. `total` counts the rows of all pages, `goes_on` says whether another page is announced;
    None: not told."""

    rows: list[Row]
    total: int | None
    goes_on: bool | None

    def total_after(self, arrived: int) -> int | None:
        """The total, judged after `arrived` rows: where it and the announced page differ, the page counts."""
        if self.goes_on and self.total is not None and self.total <= arrived:
            return None
        return arrived if self.total is None and self.goes_on is False else self.total


def listed(answer: Any, name: str) -> Listed | None:
    found = bodies.rows(answer.get(name)) if isinstance(answer, Mapping) else None
    if found is None:
        return None
    details = answer.get("pageDetails")
    if not isinstance(details, Mapping):
        return Listed(found, None, None)
    following = values.text(details.get("nextPageUrl")) is not None if "nextPageUrl" in details else None
    return Listed(found, values.number(details.get("totalCount")), following)


def granted(answer: Any) -> Granted | None:
    token = values.text(answer.get("access_token")) if isinstance(answer, Mapping) else None
    return Granted(token, values.number(answer.get("expires_in"))) if token else None


def largest_page(answer: Any) -> int | None:
    """The most rows that one page may hold."""
    found = values.number(answer.get("max")) if isinstance(answer, Mapping) else None
    return found if found and found > 0 else None


def identity(row: Row) -> str:
    """What tells rows of one list apart: the uid, else the whole row."""
    found = values.guid(row.get("uid")) or values.guid(row.get("alertUid"))
    return found or json.dumps(row, sort_keys=True, default=str)
