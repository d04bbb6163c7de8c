"""Reading what comes in plain lists: asset types, field definitions, choices. Always all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from halobridge.mirror.job import Job, Paused
from halobridge.mirror.statuses import store_asset_statuses
from halobridge.verdicts import report
from integrations.choices import OptionKind, Resource
from integrations.connections import propose_marker_field
from integrations.ingest import halo_side
from integrations.ingest.stored import Stored
from integrations.net.errors import NetError
from integrations.records import OptionRecord
from integrations.runs import mirror_states
from integrations.sync.rights import FIELD_NEEDS, OPTION_NEEDS


def read_asset_types(job: Job) -> None:
    """One list and one detail for each type; both kinds of choices that follow from them cost nothing."""
    job.show(0, None)
    listed = job.reader.fetch_asset_type_list()
    fields = _details(job, [row.halo_id for row in listed], lambda halo_id: _fields_of(job, halo_id))
    types = [replace(row, field_ids=fields.get(str(row.halo_id))) for row in listed]
    stored = halo_side.store_asset_types(job.credential, types)
    report(job.work, "asset types", stored)
    choices = halo_side.store_options(
        job.credential, OptionKind.ASSET_TYPE, job.reader.fetch_options(OptionKind.ASSET_TYPE)
    )
    choices += store_asset_statuses(job, complete=True)
    report(job.work, "choices", choices)
    _keep_verdict(job, len(listed), stored)


def read_fields(job: Job) -> None:
    """Each kind by itself: one that HaloPSA refuses leaves the others alone."""

    def read(kind: str) -> Stored:
        return halo_side.store_fields(job.credential, job.reader.fetch_fields(kind), [kind])

    stored = _kinds(job, FIELD_NEEDS, {kind: _field_label(kind) for kind in FIELD_NEEDS}, read)
    propose_marker_field(job.credential)
    _keep_verdict(job, len(FIELD_NEEDS), stored)


def read_options(job: Job) -> None:
    """Each kind by itself. What the asset types tell has been stored with them, where they were read."""
    told = {OptionKind.ASSET_TYPE, OptionKind.ASSET_STATUS} if job.reads(Resource.ASSET_TYPES) else set()
    needs = {kind: key for kind, key in OPTION_NEEDS.items() if kind not in told}

    def read(kind: str) -> Stored:
        if kind == OptionKind.ASSET_STATUS:
            return store_asset_statuses(job, complete=False)
        records = _ticket_types(job) if kind == OptionKind.TICKET_TYPE else job.reader.fetch_options(kind)
        return halo_side.store_options(job.credential, kind, records)

    stored = _kinds(job, needs, {kind: OptionKind(kind).label for kind in needs}, read)
    _keep_verdict(job, len(needs), stored)


def _kinds(job: Job, needs: dict[Any, str], labels: dict[Any, str], read: Callable[[str], Stored]) -> Stored:
    """Read the kinds that are left; those whose permission is missing are named and cost no call."""
    stored, what = Stored(), "fields" if job.resource == Resource.FIELDS else "choices"
    done: list[str] = job.at.setdefault("done", [])
    try:
        for kind, key in needs.items():
            if kind in done:
                continue
            job.show(len(done), len(needs))
            if reason := job.credential.lacks(key):
                job.notes.append(f"{labels[kind]}: {reason}")
            else:
                stored += _one(job, labels[kind], key, partial(read, kind))
            done.append(str(kind))
            if job.work.time_is_up and len(done) < len(needs):
                raise Paused
    finally:
        report(job.work, what, stored)
    return stored


def _one(job: Job, label: str, key: str, read: Callable[[], Stored]) -> Stored:
    try:
        return read()
    except NetError as problem:
        job.refused(label, key, problem)
        job.notes.append(f"{label}: {problem}")
        return Stored()


def _ticket_types(job: Job) -> list[OptionRecord]:
    """The list with which statuses each type allows: one call more for each that the list leaves open."""
    listed = job.reader.fetch_ticket_type_list()

    def told(halo_id: int) -> list[Any] | None:
        found = job.reader.fetch_ticket_type(halo_id)
        return [found.name, found.active, dict(found.extra)] if found else None

    details = _details(job, [int(row.halo_id) for row in listed], told)
    return [_completed(row, details.get(row.halo_id)) for row in listed]


def _completed(row: OptionRecord, detail: list[Any] | None) -> OptionRecord:
    return replace(row, name=detail[0], active=detail[1], extra=detail[2]) if detail else row


def _details(job: Job, ids: list[int], read: Callable[[int], Any]) -> dict[str, Any]:
    """What the details tell, by Halo's id as text. Kept in the job: a step that ends loses none of it."""
    details: dict[str, Any] = job.at.setdefault("details", {})
    for number, halo_id in enumerate(ids):
        if str(halo_id) in details:
            continue
        details[str(halo_id)] = read(halo_id)
        if job.resource == Resource.ASSET_TYPES:
            job.show(number + 1, len(ids))
        if job.work.time_is_up and number + 1 < len(ids):
            raise Paused
    return details


def _fields_of(job: Job, halo_id: int) -> list[int] | None:
    """Ids of the type's fields; what it reveals of statuses is kept as well."""
    found = job.reader.fetch_asset_type(halo_id)
    for status in job.reader.fetch_options(OptionKind.ASSET_STATUS):
        job.at.setdefault("statuses", {})[status.halo_id] = status.name
    return None if found is None or found.field_ids is None else list(found.field_ids)


def _field_label(kind: str) -> str:
    named = {"asset": "Asset fields", "custom": "Custom fields of assets"}
    return named.get(kind) or f"Custom fields of {kind}s"


def _keep_verdict(job: Job, rows: int, stored: Stored) -> None:
    reason = " ".join([*job.notes, stored.held_back]).strip()
    mirror_states.read(
        job.credential,
        job.resource,
        done=rows,
        total=rows,
        calls=job.calls,
        reason=reason,
        **mirror_states.whole(rows, {}),
    )
