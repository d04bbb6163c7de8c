"""Creating asset types: one call each, written once, looked up by name where an answer was lost."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from integrations.choices import Action, Answer, IntentionKind, IntentionState, Outcome
from integrations.halo import payloads
from integrations.models import Entry, HaloAssetType, Intention, PlannedChange
from integrations.net.errors import NetError
from integrations.records import WriteAnswer
from integrations.runs.delivery import end_pause, settle
from integrations.runs.pauses import BETWEEN_LOOK_UPS, span
from integrations.runs.steps import Again
from integrations.runs.writing import (
    FINISHED,
    begin,
    put_back,
    settle_cancelled,
    settle_look_up,
    take_for_look_up,
    too_late,
)
from integrations.sync.safety import BudgetExhausted, WritesStopped
from mappings.apply.job import UNFINISHED, Job, stale_after
from mappings.apply.prepare import STILL_OPEN

KIND: Final = IntentionKind.CREATE_ASSET_TYPE
EXISTS: Final = "HaloPSA has this asset type by now."
LOST: Final = "No readable answer after several tries; staff have to look into HaloPSA."


def own(job: Job, *states: str) -> Any:
    rows = Intention.objects.filter(run=job.run, kind=KIND, state__in=states)
    return rows.select_related("instance", "halo_credential").order_by("id")


# ---- from ticked rows to intentions ----------------------------------------------------------


def prepare_types(job: Job) -> None:
    """Safe to repeat. What HaloPSA has got meanwhile is left out; one call. Raises `NetError`."""
    present = {record.name.casefold() for record in job.reader.fetch_asset_type_list()}
    for row in job.plan.changes.order_by("position"):
        if row.action == Action.SKIP:
            _entry(job, _content(row), row.subject_id, Outcome.SKIPPED, row.reason)
        elif not row.selected:
            continue
        elif row.subject.casefold() in present:
            _entry(job, _content(row), row.subject_id, Outcome.CHANGED_MEANWHILE, EXISTS)
        else:
            _intend(job, row)


def _content(row: PlannedChange) -> dict[str, Any]:
    return {"action": row.action, "subject": row.subject, "before": row.before, "after": row.after}


def _intend(job: Job, row: PlannedChange) -> None:
    """One lane a name: what an ended run has sent without an answer is settled before anything is sent."""
    digest = hashlib.sha256(row.subject.casefold().encode()).hexdigest()[:16]
    lane = f"asset_type:{job.credential.pk}:{digest}"
    with transaction.atomic():
        earlier = Intention.objects.filter(lane=lane)
        unfinished = earlier.exclude(state__in=FINISHED)
        unfinished.exclude(run__state__in=STILL_OPEN).order_by().update(run=job.run)
        if unfinished.exists():
            return
        Intention.objects.bulk_create(
            [
                Intention(
                    instance=job.instance,
                    halo_credential=job.credential,
                    kind=KIND,
                    cause=f"{KIND}:{job.plan.pk}:{row.subject_id}",
                    lane=lane,
                    sequence=(earlier.aggregate(last=Max("sequence"))["last"] or 0) + 1,
                    subject_id=row.subject_id,
                    content=_content(row),
                    run=job.run,
                )
            ],
            ignore_conflicts=True,
        )


def _entry(job: Job, content: dict[str, Any], number: int, outcome: str, reason: str) -> None:
    """One entry a row, also where the step is repeated."""
    about = {"run": job.run, "subject_kind": "asset_type", "subject_id": number}
    Entry.objects.get_or_create(
        **about,
        outcome=outcome,
        defaults={
            "action": content["action"],
            "subject": content["subject"],
            "reason": reason,
            "before": content["before"],
            "after": content["after"],
        },
    )


# ---- sending ---------------------------------------------------------------------------------


class TypeSender:
    """What one kind of intention needs; see `integrations.runs.writing.Sender`."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def payload(self, intention: Intention) -> dict[str, Any]:
        after = intention.content["after"]
        return payloads.asset_type_create(
            name=after["name"],
            group_id=after["group_id"],
            key_field_ids=after["key_fields_id"],
            field_ids=after["fields_id"],
        )

    def send(self, intention: Intention, payload: dict[str, Any]) -> WriteAnswer:
        return self._job.writer.send_asset_type(payload)

    def look_up(self, intention: Intention) -> int | None:
        wanted = intention.content["after"]["name"].casefold()
        found = (record for record in self._job.reader.fetch_asset_type_list())
        return next((record.halo_id for record in found if record.name.casefold() == wanted), None)

    def done(self, intention: Intention) -> None:
        """The mirror knows the type at once, so that it can be chosen; the next sync reads it anew."""
        after = intention.content["after"]
        HaloAssetType.objects.update_or_create(
            halo_credential=self._job.credential,
            halo_id=intention.halo_id,
            defaults={
                "name": after["name"],
                "group_id": after["group_id"],
                "group_name": after["group_name"],
                "key_field_ids": after["key_fields_id"],
                "field_ids": after["fields_id"],
                "active": True,
                "digest": "",
            },
        )
        _entry(self._job, intention.content, intention.subject_id, Outcome.DONE, "")

    def refused(self, intention: Intention) -> None:
        _entry(self._job, intention.content, intention.subject_id, Outcome.REFUSED, intention.answer)


def send_types(job: Job) -> Again | None:
    """Look up what has rested, then send what is left. None: nothing is left; else when to come back."""
    sender = TypeSender(job)
    while not job.work.time_is_up:
        if why := job.why_stopped():
            withdraw(job, why)
        if rest := end_pause(job.instance, job.reader.probe):
            return Again(job.work.cursor, not_before=rest)
        if not (_look_up_one(job, sender) or _send_one(job, sender)):
            return _what_rests(job)
    return Again(job.work.cursor)


def withdraw(job: Job, why: str) -> None:
    """Writing was stopped on the way: what was not sent is not sent later by surprise."""
    for intention in own(job, IntentionState.PLANNED):
        if settle_cancelled(intention, why):
            _entry(job, intention.content, intention.subject_id, Outcome.SKIPPED, why)


def _send_one(job: Job, sender: TypeSender) -> bool:
    now = timezone.now()
    due = own(job, IntentionState.PLANNED).exclude(not_before__gt=now).first()
    began = begin([due]) if due else []
    if not began:
        return False
    (intention,) = began
    if too_late(intention):
        put_back(intention)
        return True
    try:
        answer = sender.send(intention, sender.payload(intention))
    except (BudgetExhausted, WritesStopped):
        put_back(intention)
        raise
    if answer.outcome == Answer.REFUSED:
        # HaloPSA API: the right to configure assets is not known before it is tried; a 403 is an answer.
        intention.answer_status = answer.status
        Intention.objects.filter(pk=intention.pk).update(answer_status=answer.status)
    settle(intention, answer, sender)
    return True


def _look_up_one(job: Job, sender: TypeSender) -> bool:
    now = timezone.now()
    stale = own(job, IntentionState.SENDING).filter(sent_at__lt=now - stale_after()).first()
    due = stale or own(job, IntentionState.UNCERTAIN).exclude(not_before__gt=now).first()
    taken = take_for_look_up(due) if due else None
    if taken is None:
        return False
    try:
        found = sender.look_up(taken)
    except (NetError, BudgetExhausted):
        Intention.objects.filter(pk=taken.pk, claim_token=taken.claim_token).update(
            not_before=now + span(BETWEEN_LOOK_UPS)
        )
        raise
    settle_look_up(taken, found, sender)
    return True


def _what_rests(job: Job) -> Again | None:
    for intention in own(job, IntentionState.STAFF):
        _entry(job, intention.content, intention.subject_id, Outcome.UNCERTAIN, LOST)
    left = own(job, *UNFINISHED).order_by().values_list("not_before", "sent_at")
    now = timezone.now()
    times = [at or (sent + stale_after() if sent else now) for at, sent in left]
    return Again(job.work.cursor, not_before=min(times)) if times else None
