"""Creating assets: in batches where the instance has proven itself, else one by one; each of them once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from integrations.choices import Answer, IntentionKind, Outcome
from integrations.halo import payloads
from integrations.models import HaloAsset, Instance, Intention
from integrations.models.audit import locked
from integrations.net.errors import NetError
from integrations.records import AssetRecord, WriteAnswer
from integrations.runs.pauses import BETWEEN_LOOK_UPS, span
from integrations.sync.safety import BudgetExhausted
from mappings.apply import settling
from mappings.apply.answers import held_by, match_answer, values_of
from mappings.apply.job import Job
from mappings.apply.mirror import after_creates
from mappings.apply.sending import batch_of, begin_all, blames_one, is_forbidden, planned, post
from mappings.apply.settling import Batch, Held
from mappings.apply.sheets import is_of_sheet, made_of_sheets, still_wanted_of_sheets
from mappings.models import ComputerMapping
from mappings.planning.forecast import LARGEST_BATCH, PROOF
from mappings.targets import apart, is_field, same, to_send

KIND = IntentionKind.CREATE_ASSET
WINDOW = 300
"""Planned rows looked at to fill one batch."""
OVERLAP = timedelta(minutes=10)
"""How far before Halo's newest known change a lost batch is searched."""
OVERLAP_UNKNOWN = timedelta(days=1)
"""The same before our own time of sending, where the mirror tells nothing of Halo's clock."""
FOUND_AGAIN = "Its answer was lost; found again in HaloPSA."


# ---- sending --------------------------------------------------------------------------------


def send_creates(job: Job) -> bool:
    """Send the next batch; False if there is nothing to send."""
    rows = planned(job, KIND, WINDOW)
    if not rows:
        return False
    began = begin_all(batch_of(job, rows, PROOF), lambda batch: _still_wanted(job, batch))
    if began:
        _settle(job, began, post(job, began, [_payload(intention) for intention in began]))
    return True


def _still_wanted(job: Job, batch: Batch) -> list[Intention]:
    """Whoever removes one of the mappings comes before, or finds its create being sent."""
    of_sheets = [row for row in batch if is_of_sheet(row)]
    batch = [row for row in batch if row not in of_sheets]
    mappings = ComputerMapping.objects.filter(pk__in=[intention.subject_id for intention in batch])
    rows = locked(mappings).order_by("pk").only("halo_asset_id", "held")
    states = {row.pk: (row.halo_asset_id, row.held) for row in rows}
    removed = [row for row in batch if row.subject_id not in states]
    linked = [row for row in batch if states.get(row.subject_id, (None,))[0] is not None]
    held = [row for row in batch if row not in linked and states.get(row.subject_id, (None, False))[1]]
    for rows_out, outcome, words in (
        (removed, Outcome.CHANGED_MEANWHILE, "Its mapping was removed meanwhile."),
        (linked, Outcome.CHANGED_MEANWHILE, "It was linked to an asset meanwhile."),
        (held, Outcome.SKIPPED, "Held until released."),
    ):
        if rows_out:
            settling.dropped(job, rows_out, outcome, words)
    left = [row for row in batch if row not in (*removed, *linked, *held)]
    return [*left, *still_wanted_of_sheets(job, of_sheets)]


def _payload(intention: Intention) -> dict[str, Any]:
    after = intention.content["after"]
    parts = apart(after["fields"], to_send)
    return payloads.asset_create(
        asset_type_id=after["asset_type_id"],
        client_id=after["client_id"],
        site_id=after["site_id"],
        inventory_number=after["inventory_number"],
        fields=parts.fields,
        marker_field_id=intention.content["marker_field"],
        marker=intention.marker,
        custom_fields=parts.custom_fields or None,
        properties=parts.properties,
    )


# ---- answers --------------------------------------------------------------------------------


def _settle(job: Job, batch: Batch, answer: WriteAnswer) -> None:
    if len(batch) == 1:
        _settle_one(job, batch[0], answer)
    elif is_forbidden(answer):
        settling.refused(job, batch, answer.message)
    elif blames_one(answer):
        _halve_now(job, batch, answer.message)
    else:
        _settle_several(job, batch, answer)


def _settle_one(job: Job, intention: Intention, answer: WriteAnswer) -> None:
    match answer.outcome:
        case Answer.REFUSED:
            settling.refused(job, [intention], answer.message)
        case Answer.DONE if answer.halo_id is not None:
            settling.done(job, [(intention, Held(answer.halo_id))], after_creates, answer.message)
        case _:
            settling.uncertain([intention], answer.message, sent_with=1)


def _settle_several(job: Job, batch: Batch, answer: WriteAnswer) -> None:
    """Done, or uncertain with part of the objects in the answer. What did not come back rests."""
    found = match_answer(batch, answer.batch, batch[0].content["marker_field"])
    _learn(job, came_back=bool(answer.batch), all_found=len(found) == len(batch))
    missing = _settle_found(job, batch, found)
    if missing:
        words = answer.message or "HaloPSA did not answer with this object."
        settling.uncertain(missing, words, sent_with=len(batch))


def _settle_found(job: Job, batch: Batch, found: dict[int, Held], reason: str = "") -> list[Intention]:
    """Those found are done; the others are returned."""
    pairs = [(intention, found[intention.pk]) for intention in batch if intention.pk in found]
    settling.done(job, pairs, after_creates, reason)
    return [intention for intention in batch if intention.pk not in found]


def _learn(job: Job, *, came_back: bool, all_found: bool) -> None:
    """The first batch with an answer proves what the instance can do: 100, or (1) no batches at all."""
    if job.instance.batch_size or not came_back:
        return
    size = LARGEST_BATCH if all_found else 1
    Instance.objects.filter(pk=job.instance.pk, batch_size=0).update(batch_size=size)
    job.instance.batch_size = size


def _halve_now(job: Job, batch: Batch, words: str) -> None:
    """One message for a whole batch. Objects before the bad one may exist: look first, then halve."""
    try:
        found = _search(job, batch)
    except (NetError, BudgetExhausted):
        settling.uncertain(batch, words, sent_with=len(batch))
        raise
    settling.split(_settle_found(job, batch, found), words, sent_with=len(batch))


# ---- looking up -----------------------------------------------------------------------------


def look_up_creates(job: Job) -> bool:
    """Look for what was sent without an answer and has rested; False if there is none."""
    taken = settling.take_for_look_up(job, KIND, LARGEST_BATCH)
    if not taken:
        return False
    try:
        found = _search(job, taken)
    except (NetError, BudgetExhausted):
        settling.release(taken, timezone.now() + span(BETWEEN_LOOK_UPS))
        raise
    settling.absent(job, _settle_found(job, taken, found, FOUND_AGAIN))
    return True


def _search(job: Job, batch: Batch) -> dict[int, Held]:
    """One list read for all that carry a bridge reference; for the others one search by tag each."""
    found: dict[int, Held] = {}
    marked = [intention for intention in batch if intention.content["marker_field"] is not None]
    if marked:
        found = _by_marker(marked, job.reader.fetch_assets_changed(_since(job, marked)))
    for intention in batch:
        if intention not in marked and (record := _by_tag(job, intention)):
            found[intention.pk] = held_by(record)
    return found


def _since(job: Job, batch: Batch) -> datetime:
    """A time by Halo's clock before which nothing of the batch was made: its newest change that we mirror.

    Our own clock alone proves nothing: with Halo's running behind, the assets would be overlooked and made
    a second time.
    """
    sent = min(intention.sent_at or timezone.now() for intention in batch)
    mirrored = HaloAsset.objects.filter(halo_credential=job.credential)
    newest: datetime | None = mirrored.aggregate(newest=Max("updated_at"))["newest"]
    if newest is None:
        return sent - OVERLAP_UNKNOWN
    return min(newest, sent) - OVERLAP


def _by_marker(batch: Sequence[Intention], records: Iterable[AssetRecord]) -> dict[int, Held]:
    """Where two assets carry one reference, the older counts.

    The other one stays in HaloPSA, linked to nothing: the bridge never retires it, staff have to.
    """
    wanted = {(str(row.content["marker_field"]), row.marker): row.pk for row in batch}
    found: dict[int, Held] = {}
    for record in sorted(records, key=lambda record: -record.halo_id):
        for place in (values_of(record) or {}).items():
            if place in wanted:
                found[wanted[place]] = held_by(record)
    return found


def _by_tag(job: Job, intention: Intention) -> AssetRecord | None:
    """The client's asset with our tag which holds what we sent and stands for nothing else."""
    after = intention.content["after"]
    if not after["inventory_number"]:
        return None
    records = job.reader.fetch_assets_by_tag(after["client_id"], after["inventory_number"])
    taken = set(
        ComputerMapping.objects.filter(
            halo_credential=job.credential, halo_asset__halo_id__in=[record.halo_id for record in records]
        ).values_list("halo_asset__halo_id", flat=True)
    )
    taken |= made_of_sheets(job.credential, [record.halo_id for record in records])
    for record in sorted(records, key=lambda record: record.halo_id):
        if record.asset_type_id != after["asset_type_id"] or record.halo_id in taken:
            continue
        full = record if record.fields is not None else job.reader.fetch_asset(record.halo_id)
        if full is not None and _holds(full, after["fields"]):
            return full
    return None


def _holds(record: AssetRecord, sent: dict[str, dict[str, str]]) -> bool:
    values = values_of(record) or {}
    fields = {number: row for number, row in sent.items() if is_field(number)}
    return all(same(row, values.get(number, "")) for number, row in fields.items())
