"""What a list becomes when the console leaves a field out: each field of each answer, one at a time.

The answers are given without sockets (`at_hand`), else some thousand reads would take minutes; only a log-in
through the OAuth library still goes over the network.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from requests import PreparedRequest

from integrations.connectors import patience
from integrations.net.errors import NetError
from integrations.net.http import Client, Limits
from tests.contract.changing import LOG_IN, Change, Fields, without
from tests.contract.recorded import RecordedConsole, read, recorded_console
from tests.contract.shape import AnyRecord

Outcome = list[tuple[AnyRecord, Any]] | str


@dataclass
class Findings:
    """`decisive`: fields without which there are more or fewer records, or none at all; `null_differs`: those
    whose null says something else than their absence."""

    decisive: set[str] = field(default_factory=set)
    null_differs: set[str] = field(default_factory=set)
    tried: int = 0


@contextmanager
def at_hand(console: RecordedConsole) -> Iterator[None]:
    """Whatever a client asks is answered by the console at once."""

    def answer(self: Client, request: PreparedRequest, limits: Limits) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(str(request.url))
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        body = request.body or b""
        sent = body if isinstance(body, str) else body.decode()
        carried = "".join(f"{name}: {value}\n" for name, value in request.headers.items()) + f"\n{sent}"
        status, content_type, text, headers = console.answer(str(request.method), path, carried)
        return status, {"Content-Type": content_type, **headers}, text.encode()

    with mock.patch.object(Client, "_try_once", answer), mock.patch.object(patience, "sleep"):
        yield


@cache
def findings(kind: str, what: str) -> Findings:
    """Raises whatever else than a `NetError` a read raises, with the field that was left out."""
    found = Findings()
    with recorded_console(kind) as console, at_hand(console):
        met: dict[str, dict[Fields, None]] = {}
        console.change = noting(met)
        whole = outcome(console, what)
        for path, fields in met.items():
            absent = {name: outcome_without(console, what, path, name, null=False) for name in fields}
            null = nulls(console, what, path, absent, whole)
            found.tried += len(fields)
            found.decisive |= {".".join(name) for name in fields if count(absent[name]) != count(whole)}
            found.null_differs |= {".".join(name) for name in fields if absent[name] != null[name]}
    return found


def nulls(
    console: RecordedConsole, what: str, path: str, absent: dict[Fields, Outcome], whole: Outcome
) -> dict[Fields, Outcome]:
    """What null in the place of each field leads to. Those that nobody misses are tried together first."""
    idle = [name for name, found in absent.items() if found == whole]
    together = outcome_without(console, what, path, *idle, null=True)
    alike = dict.fromkeys(idle, whole) if together == whole else {}
    others = (name for name in absent if name not in alike)
    return alike | {name: outcome_without(console, what, path, name, null=True) for name in others}


def noting(met: dict[str, dict[Fields, None]]) -> Change:
    """Notes the fields of all answers but those to a log-in, by path."""

    def change(request: str, data: Any) -> Any:
        path = request.partition("?")[0]
        if not path.lower().endswith(LOG_IN):
            met.setdefault(path, {}).update(dict.fromkeys(fields_of(data)))
        return data

    return change


def fields_of(data: Any, at: Fields = ()) -> Iterator[Fields]:
    if isinstance(data, list):
        for item in data:
            yield from fields_of(item, at)
    elif isinstance(data, dict):
        for key, value in data.items():
            yield (*at, key)
            yield from fields_of(value, (*at, key))


def outcome_without(console: RecordedConsole, what: str, path: str, *missing: Fields, null: bool) -> Outcome:
    console.change = without(path, *missing, null=null)
    try:
        return outcome(console, what)
    except Exception as error:
        error.add_note(f"{path} {'with null for' if null else 'without'} {missing}")
        raise


def outcome(console: RecordedConsole, what: str) -> Outcome:
    """The records with what of them was not read, or the sentence with which the read broke."""
    try:
        return [(record, record.raw.get("unread")) for record in read(console.connector(), what)]
    except NetError as error:
        return error.sentence


def count(found: Outcome) -> int | None:
    return None if isinstance(found, str) else len(found)
