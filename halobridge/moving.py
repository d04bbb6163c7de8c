"""Another server or tenant of a known credential: is it the same HaloPSA? Only reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from integrations.access import PassingToken, open_reader, open_session
from integrations.choices import Purpose
from integrations.connections import moves
from integrations.ingest.halo_rows import asset_name
from integrations.models import HaloCredential
from integrations.net.errors import Forbidden, NetError
from integrations.records import AssetRecord, ClientRecord
from integrations.runs.steps import Work

if TYPE_CHECKING:
    from integrations.halo.reader import HaloReader


def try_move(work: Work, credential: HaloCredential) -> bool:
    """Look at the servers that wait and carry out the move, refuse it, or leave it; whether it was done.

    Three calls: the token and the first page of clients and of assets. Raises BudgetExhausted.
    """
    known = moves.known_names(credential)
    try:
        told = _look(work, moves.moved(credential))
    except NetError as problem:
        moves.postpone_move(credential, str(problem))
        return False
    pairs = [moves.compare(known[what], told[what]) for what in known]
    agreeing, compared = (sum(numbers) for numbers in zip(*pairs, strict=True))
    return not moves.settle_move(credential, agreeing, compared)


def _look(work: Work, candidate: HaloCredential) -> dict[str, dict[int, str]]:
    session = open_session(candidate, Purpose.TICKETS, PassingToken())
    try:
        reader = open_reader(session)
        return {"clients": _first(reader, "clients"), "assets": _first(reader, "assets")}
    finally:
        work.calls(session.calls)


def _first(reader: HaloReader, what: str) -> dict[int, str]:
    """Names by id of the first page; of assets that may not be read nothing is compared."""
    pages: Iterator[Any] = reader.fetch_clients() if what == "clients" else reader.fetch_assets()
    try:
        rows: list[Any] = next(pages, [])
    except Forbidden:
        if what == "clients":
            raise
        return {}
    return {row.halo_id: _name(row) for row in rows}


def _name(row: ClientRecord | AssetRecord) -> str:
    """As the mirror stores it."""
    return row.name if isinstance(row, ClientRecord) else asset_name(row)
