"""Changing assets: read anew, compared with what the plan saw, written back with all their fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from integrations.choices import Answer, IntentionKind, Outcome
from integrations.halo import payloads
from integrations.models import Intention
from integrations.net.errors import NetError
from integrations.records import AssetRecord, WriteAnswer
from integrations.runs.pauses import BETWEEN_LOOK_UPS, span
from integrations.sync.safety import BudgetExhausted
from mappings.apply import settling
from mappings.apply.answers import match_ids, places_of, values_of
from mappings.apply.fresh import FreshAssets
from mappings.apply.job import Job
from mappings.apply.mirror import after_updates
from mappings.apply.placing import is_there, properties, why_elsewhere
from mappings.apply.sending import batch_of, begin_all, blames_one, is_forbidden, planned, post
from mappings.apply.settling import Batch, Held
from mappings.planning.forecast import LARGEST_BATCH
from mappings.targets import apart, held, is_field, same, to_send

KIND = IntentionKind.UPDATE_ASSET
SO_ALREADY = "HaloPSA holds these values already."


def send_updates(job: Job, fresh: FreshAssets) -> bool:
    """Read, compare and send the next ones; False if there is nothing to send."""
    rows = planned(job, KIND, LARGEST_BATCH)
    if not rows:
        return False
    batch = batch_of(job, rows, 1)
    records = fresh.read([*batch, *(row for row in rows if row not in batch)], len(batch))
    sendable = [row for row in batch if _halo_id(row) in records and _judge(job, row, records)]
    began = begin_all(sendable)
    if began:
        fresh.forget(_halo_id(row) for row in began)
        bodies = [_payload(row, records[_halo_id(row)]) for row in began]
        _settle(job, began, post(job, began, bodies))
    return True


def _halo_id(intention: Intention) -> int:
    number: int = intention.content["before"]["halo_id"]
    return number


# ---- comparing ------------------------------------------------------------------------------


def _judge(job: Job, intention: Intention, records: dict[int, AssetRecord | None]) -> bool:
    """True if it is to be sent; otherwise it is settled here."""
    record = records[_halo_id(intention)]
    if is_so(intention, record):
        settling.done(job, [(intention, _held(record))], after_updates, SO_ALREADY, unsent=True)
        return False
    if problem := why_not(intention, record):
        settling.dropped(job, [intention], Outcome.CHANGED_MEANWHILE, problem)
        return False
    return True


def _held(record: AssetRecord | None) -> Held:
    return Held(record.halo_id, values_of(record)) if record else Held(0)


def is_so(intention: Intention, record: AssetRecord | None) -> bool:
    """Halo holds the wanted state already."""
    if record is None:
        return False
    after = intention.content["after"]
    if "inactive" in after and record.active == after["inactive"]:
        return False
    if "status_id" in after and record.status_id != after["status_id"]:
        return False
    fields = _fields(intention, "after").items()
    return is_there(intention, record) and all(_holds(record, key, row) for key, row in fields)


def _holds(record: AssetRecord, key: str, row: dict[str, Any]) -> bool:
    # What was not shown may be anything, an empty value as well.
    now = _held_at(record, key)
    return now is not None and same(row, now)


def why_not(intention: Intention, record: AssetRecord | None) -> str:
    """What has changed since the plan was made, as a sentence; "" if nothing has."""
    if record is None:
        return "The asset is no longer in HaloPSA."
    before, after = intention.content["before"], intention.content["after"]
    if record.active == before.get("inactive", False):
        now = "active" if record.active else "inactive"
        return f"The asset was made {now} in HaloPSA meanwhile."
    if "status_id" in after and record.status_id not in (before["status_id"], after["status_id"]):
        return f"Its status was changed meanwhile; it was “{before['status_name']}”."
    return why_elsewhere(intention, record) or _changed_field(intention, record)


def _changed_field(intention: Intention, record: AssetRecord) -> str:
    after = _fields(intention, "after")
    if record.fields is None and (after or "inactive" not in intention.content["after"]):
        return "HaloPSA did not show the fields of the asset."
    for key, row in _fields(intention, "before").items():
        now = _held_at(record, key)
        if now is None:
            return f"HaloPSA did not show “{row['name']}”."
        if not same(row, now) and not same(after[key], now):
            return f"{row['name']} is “{now}” by now, not “{row['value']}”."
    return ""


def _held_at(record: AssetRecord, key: str) -> str | None:
    """What stands at a place; None where the record does not tell."""
    if is_field(key) and record.fields is None:
        return None
    return held(places_of(record), key, custom_read=record.custom_fields is not None)


def _fields(intention: Intention, side: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = intention.content[side].get("fields", {})
    return found


def _payload(intention: Intention, record: AssetRecord | None) -> dict[str, Any]:
    """Halo replaces a sent array as a whole, so all fields go back, ours changed, or none at all; custom
    fields likewise."""
    after = intention.content["after"]
    present = {int(number): value for number, value in (values_of(record) or {}).items()} if record else {}
    parts = apart(_fields(intention, "after"), to_send)
    stored = (record.custom_stored or {}) if record else {}
    status = {"status_id": after["status_id"]} if "status_id" in after else {}
    return payloads.asset_update(
        _halo_id(intention),
        fields=present | parts.fields if parts.fields else None,
        custom_fields={**stored, **parts.custom_fields} if parts.custom_fields else None,
        properties={**parts.properties, **properties(intention), **status},
        inactive=after.get("inactive"),
    )


# ---- answers --------------------------------------------------------------------------------


def _settle(job: Job, batch: Batch, answer: WriteAnswer) -> None:
    if is_forbidden(answer) or (len(batch) == 1 and answer.outcome == Answer.REFUSED):
        settling.refused(job, batch, answer.message)
    elif len(batch) > 1 and blames_one(answer):
        # What was done of it shows when the assets are read again.
        settling.split(batch, answer.message, sent_with=len(batch))
    else:
        _settle_done(job, batch, answer)


def _settle_done(job: Job, batch: Batch, answer: WriteAnswer) -> None:
    found = match_ids(batch, answer.batch)
    if len(batch) == 1 and answer.outcome == Answer.DONE:
        found = found or {batch[0].pk: Held(_halo_id(batch[0]))}
    told = answer.message if answer.outcome == Answer.DONE else ""
    settling.done(job, [(row, found[row.pk]) for row in batch if row.pk in found], after_updates, told)
    missing = [row for row in batch if row.pk not in found]
    if missing:
        words = answer.message or "HaloPSA did not answer with this object."
        settling.uncertain(missing, words, sent_with=len(batch))


# ---- looking up -----------------------------------------------------------------------------


def look_up_updates(job: Job, fresh: FreshAssets) -> bool:
    """Read what was sent without an answer: done if it holds the values, else to be sent again."""
    taken = settling.take_for_look_up(job, KIND, LARGEST_BATCH)
    if not taken:
        return False
    fresh.forget(_halo_id(row) for row in taken)
    try:
        records = _read_all(fresh, taken)
    except (NetError, BudgetExhausted):
        settling.release(taken, timezone.now() + span(BETWEEN_LOOK_UPS))
        raise
    so = [row for row in taken if is_so(row, records[_halo_id(row)])]
    pairs = [(row, _held(records[_halo_id(row)])) for row in so]
    settling.done(job, pairs, after_updates, "Its answer was lost; HaloPSA holds the values.")
    settling.absent(job, [row for row in taken if row not in so], look_ups=1)
    return True


def _read_all(fresh: FreshAssets, rows: Sequence[Intention]) -> dict[int, AssetRecord | None]:
    records: dict[int, AssetRecord | None] = {}
    while left := [row for row in rows if _halo_id(row) not in records]:
        records |= fresh.read(left, len(left))
    return records
