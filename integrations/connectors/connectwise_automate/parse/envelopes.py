"""Shapes of ConnectWise Automate's answers: the token, and what tells rows of a list apart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from integrations.connectors import bodies, values

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Granted:
    """The answer to user name and password. `seconds`: how long the token lasts, if it says so."""

    access_token: str | None
    seconds: float | None
    needs_second_factor: bool


def granted(answer: Any, now: datetime) -> Granted:
    """Without a zone the end of a token is taken to be in UTC, as the server's other times are."""
    found = bodies.without_case(answer) if isinstance(answer, Mapping) else {}
    until = values.moment(found.get("expirationdate"), UTC)
    return Granted(
        access_token=values.text(found.get("accesstoken")),
        seconds=(until - now).total_seconds() if until else None,
        needs_second_factor=bool(values.flag(found.get("istwofactorrequired"))),
    )


def row_id(row: Row) -> str | None:
    """The id, which comes as text or as a number."""
    return values.text(bodies.without_case(row).get("id"))


def identity(row: Row) -> str:
    """What tells rows of one list apart: the id, else the whole row."""
    return row_id(row) or json.dumps(row, sort_keys=True, default=str)
