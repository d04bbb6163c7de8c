"""Sends one built payload to HaloPSA and says what its answer means. Decides nothing, repeats nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.choices import Answer
from integrations.halo.session import HaloSession
from integrations.halo.values import Row, rows_of, to_id, to_text
from integrations.net.errors import (
    Forbidden,
    NetError,
    NotFound,
    RateLimited,
    Refused,
    Unauthorised,
    Unavailable,
)
from integrations.records import WriteAnswer

Payload = Mapping[str, Any]

_PAUSING = (Unauthorised, RateLimited, Unavailable)
_REFUSING = (Forbidden, NotFound, Refused)


class HaloWriter:
    """The only thing that changes HaloPSA.

    Every method gives a WriteAnswer: *done* with the object's id; *refused* (4xx) with Halo's own words;
    *pause* where nothing is wrong with the object (unreachable, 401, 429, 503); *uncertain* for the rest
    (answer lost, other 5xx, an answer that can't be read). Raises WritesStopped, asked for just before
    each attempt, and BudgetExhausted; then nothing was sent.
    """

    def __init__(self, session: HaloSession) -> None:
        self._session = session

    def send_asset(self, payload: Payload) -> WriteAnswer:
        return self._send_one("/Asset", payload)

    def send_asset_type(self, payload: Payload) -> WriteAnswer:
        return self._send_one("/AssetType", payload)

    def send_ticket(self, payload: Payload) -> WriteAnswer:
        return self._send_one("/Tickets", payload)

    def send_action(self, payload: Payload) -> WriteAnswer:
        return self._send_one("/Actions", payload)

    def send_assets(self, payloads: Sequence[Payload]) -> WriteAnswer:
        """Several assets at once. *Done* only if as many objects with an id came back; they are `batch`.

        HaloPSA API: `returnall` gives all objects, in an order that is not promised. Any 4xx but 401, 403
        and 429 is *uncertain*: objects before the refused one may have been written.
        """
        try:
            body = self._session.post("/Asset", payloads, returnall=True)
            rows = _objects(body, "assets")
        except NetError as error:
            return _answer_to_batch(error)
        batch = tuple(dict(row) for row in rows)
        usable = [row for row in rows if to_id(row.get("id")) is not None]
        if len(usable) != len(payloads) or len(rows) != len(payloads):
            words = f"HaloPSA answered {len(usable)} of {len(payloads)} assets."
            return WriteAnswer(Answer.UNCERTAIN, message=words, batch=batch)
        return WriteAnswer(Answer.DONE, batch=batch)

    def _send_one(self, path: str, payload: Payload) -> WriteAnswer:
        try:
            rows = _objects(self._session.post(path, [payload]), path.strip("/").lower())
        except NetError as error:
            return answer_to(error)
        row: Row = rows[-1] if len(rows) == 1 else {}
        halo_id, sent_id = to_id(row.get("id")), to_id(payload.get("id"))
        refusal, warning = to_text(row.get("_error")), to_text(row.get("_warning"))
        if halo_id is not None and sent_id in (None, halo_id):
            return WriteAnswer(Answer.DONE, halo_id=halo_id, message=refusal or warning)
        if halo_id is None and refusal:
            return WriteAnswer(Answer.REFUSED, message=f"HaloPSA refused it: {refusal}", status=200)
        return WriteAnswer(Answer.UNCERTAIN, message="HaloPSA took it but did not answer with the object.")


def answer_to(error: NetError) -> WriteAnswer:
    """What a failed write means. 503 pauses, but does not prove that nothing was done."""
    if error.never_sent:
        return _failed(Answer.PAUSE, error, safe_to_repeat=True)
    if isinstance(error, _PAUSING):
        return _failed(Answer.PAUSE, error, safe_to_repeat=not isinstance(error, Unavailable))
    return _failed(Answer.REFUSED if isinstance(error, _REFUSING) else Answer.UNCERTAIN, error)


def _answer_to_batch(error: NetError) -> WriteAnswer:
    answer = answer_to(error)
    if answer.outcome == Answer.REFUSED and not isinstance(error, Forbidden):
        return _failed(Answer.UNCERTAIN, error)
    return answer


def _failed(outcome: Answer, error: NetError, *, safe_to_repeat: bool = False) -> WriteAnswer:
    return WriteAnswer(outcome, message=error.sentence, safe_to_repeat=safe_to_repeat, status=error.status)


def _objects(body: Any, key: str) -> list[Row]:
    """HaloPSA API: the answer is one object, or an array with `returnall`."""
    return [body] if isinstance(body, dict) else rows_of(body, key)
