"""What is around ConnectSecure's rows: status and data, totals, ids, tags; and how a long key is cut."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from integrations.connectors import bodies, values

Row = Mapping[str, Any]

_TOTALS: Final = ("total_count", "total_records")
_LONGEST_KEY: Final = 200


def refusal(answer: Any) -> str | None:
    """What the vendor says where `status` is false ('' if it says nothing); None for any other answer."""
    if not isinstance(answer, Mapping) or values.flag(answer.get("status")) is not False:
        return None
    data = answer.get("data")
    return values.line(answer.get("message")) or values.line(data) or ""


def rows(answer: Any) -> list[Row] | None:
    """The rows of a list; None where there is no list."""
    return bodies.rows(answer.get("data")) if isinstance(answer, Mapping) else None


def total(found: list[Row]) -> int | None:
    """How many rows the whole list has, where its rows repeat that."""
    said = (values.number(found[0].get(key)) for key in _TOTALS) if found else ()
    return next((number for number in said if number), None)


def token(answer: Any) -> tuple[str, str] | None:
    """(token, user id) of an answer to the log-in; None where one is missing."""
    found = answer if isinstance(answer, Mapping) else {}
    data = found.get("data")
    block: Row = data if isinstance(data, Mapping) else found
    access, user = values.text(block.get("access_token")), values.text(block.get("user_id"))
    return (access, user) if access and user else None


def row_id(row: Row) -> str | None:
    return values.text(row.get("id"))


def identity(row: Row) -> str:
    """What tells rows of a list apart: the id, else the whole row."""
    return row_id(row) or whole(row)


def whole(row: Row) -> str:
    """A digest of all of a row but the total: for lists whose `id` is not that of the row."""
    told = {key: value for key, value in row.items() if key not in _TOTALS}
    words = json.dumps(told, sort_keys=True, default=str).encode()
    return hashlib.blake2b(words, digest_size=16).hexdigest()


def is_deleted(row: Row) -> bool:
    return bool(values.flag(row.get("is_deleted")))


def tags(*found: Any) -> tuple[str, ...]:
    """Tags as texts: of lists the entries, of objects `name: value`, or the name alone beside a true."""
    names = (name for part in found for name in _names(part))
    return tuple(dict.fromkeys(names))


def _names(part: Any) -> list[str]:
    if isinstance(part, Mapping):
        pairs = [(values.line(key), value) for key, value in part.items() if value is True or _is_text(value)]
        return [name if value is True else f"{name}: {values.line(value)}" for name, value in pairs if name]
    return [name for item in (part if isinstance(part, list) else ()) if (name := values.line(item))]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and values.line(value) is not None


def fit(key: str) -> str:
    """Names may be longer than a stored key; the digest of a long one is just as stable."""
    return key if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
