"""The last step of a release: what the lost time made in HaloPSA is found before anything is written."""

from __future__ import annotations

from django.db import transaction

from integrations.access import open_reader, open_session
from integrations.backups import NotHeld, release, why_not_read
from integrations.choices import Action, Outcome, Purpose, RunState
from integrations.models.audit import AuditAction, note
from integrations.runs.behalf import asker_of
from integrations.runs.request import request_delivery
from integrations.runs.steps import Done, Result, Work
from ticketing.lost import look_for_lost


def release_halo(work: Work) -> Result:
    """Ends without a release where HaloPSA could not be read whole."""
    credential = work.run.halo_credential
    assert credential is not None  # noqa: S101  the request names it
    if problem := why_not_read(credential, work.run.started_at or work.run.requested_at):
        return Done(RunState.FAILED, problem)
    session = open_session(credential, Purpose.MIRROR)
    try:
        look_for_lost(work, credential, open_reader(session))
    finally:
        work.calls(session.calls)
    why = credential.held_reason
    try:
        with transaction.atomic():
            doubtful = release(credential)
            looked = f" {doubtful} planned writes are looked up in HaloPSA first." if doubtful else ""
            told = f"Released; it was held back: {why}{looked}"
            note(AuditAction.ACT, credential, summary=told, actor=asker_of(work.run))
    except NotHeld:
        return Done()
    who = work.run.requested_by
    told = f"Released by {who}." if who else "Released."
    work.entry(Action.UPDATE, Outcome.DONE, f"Credential {credential}", reason=told + looked)
    request_delivery(credential.instance)
    return Done()
