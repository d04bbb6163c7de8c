"""Questions about HaloPSA that its papers leave open, answered by reads on a live instance.

Nothing is written: what only a write can tell is named as not asked. The numbers are those of the project's
notes on HaloPSA's API.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from integrations.halo.session import HaloSession
from integrations.halo.values import rows_of, total_of
from integrations.net.errors import NetError

LARGE_PAGE: Final = 1000
NARROW_SCOPE: Final = "read:customers"
_PAGED: Final = (("/Client", "clients"), ("/Site", "sites"), ("/Asset", "assets"), ("/Tickets", "tickets"))
_CONFIGURATION: Final = (
    "/Status",
    "/Priority",
    "/TicketType",
    "/Lookup",
    "/FieldInfo",
    "/AssetType",
    "/Agent",
    "/Team",
)
_ASSET_STATUSES: Final = ("/AssetStatus", "/Status?type=asset", "/Lookup?lookupid=23", "/Lookup?lookupid=76")
TELLING_KEYS: Final = ("authenticationtype", "type", "enabled")
WRITES_ONLY: Final = {
    5: "Are customfields merged or replaced when partly sent?",
    6: "Does third_party_id_string persist on assets and tickets?",
    7: "Do _match_* and new_external_link work without an integration module?",
    11: "Which site is taken where only client_id is sent?",
    12: "What does DELETE do to an asset with tickets?",
    13: "What happens to overlong text?",
}


@dataclass(frozen=True, slots=True)
class Answered:
    question: str
    answer: str


def answers(session: HaloSession, narrow: Callable[[], HaloSession]) -> Iterator[Answered]:
    """Ask, one question after the other; each failure is an answer of its own.

    `narrow` opens a session whose token holds nothing but `NARROW_SCOPE`.
    """
    for path, key in _PAGED:
        yield Answered(f"1. Largest page of {path}", _page_of(session, path, key))
    yield from _without_scope(narrow)
    yield Answered("8. Webhooks: who may list them", _looked(session, "/Webhook"))
    for path in _ASSET_STATUSES:
        yield Answered(f"10. Asset statuses at {path}", _looked(session, path))
    yield Answered("14. Does /Agent answer an array or an envelope?", _looked(session, "/Agent"))
    for number, question in WRITES_ONLY.items():
        yield Answered(f"{number}. {question}", "Not asked: only a write can tell.")


def _page_of(session: HaloSession, path: str, key: str) -> str:
    try:
        body = session.get(path, pageinate=True, page_size=LARGE_PAGE, page_no=1)
        rows, total = rows_of(body, key), total_of(body)
    except NetError as error:
        return _failure(error)
    return f"Asked for {LARGE_PAGE}: {len(rows)} rows came, record_count says {total}."


def _without_scope(narrow: Callable[[], HaloSession]) -> Iterator[Answered]:
    try:
        session = narrow()
        session.sign_in(NARROW_SCOPE, keep=False)
    except NetError as error:
        yield Answered(f"3. A token with {NARROW_SCOPE} alone", _failure(error))
        return
    yield Answered("3. GET /Asset without its scope", _looked(session, "/Asset"))
    for path in _CONFIGURATION:
        yield Answered(f"4. GET {path} with {NARROW_SCOPE} alone", _looked(session, path))


def _looked(session: HaloSession, path: str) -> str:
    bare, _, query = path.partition("?")
    parameters = dict(pair.split("=") for pair in query.split("&")) if query else {}
    try:
        return _kind_of(session.get(bare, **parameters))
    except NetError as error:
        return _failure(error)


def _kind_of(body: Any) -> str:
    if isinstance(body, list):
        return f"200: an array of {len(body)}."
    if isinstance(body, dict):
        lists = {name: len(rows) for name, rows in body.items() if isinstance(rows, list)}
        return f"200: an object with the lists {lists}." if lists else "200: an object without lists."
    return f"200: {type(body).__name__}."


def _failure(error: NetError) -> str:
    """Without HaloPSA's own words: they may name somebody."""
    return f"{type(error).__name__}, status {error.status or 'none'}."
