"""The steps of an imported sheet of mappings: judge its rows, apply them part by part."""

from __future__ import annotations

from typing import Final

from halobridge.uploading import watched
from integrations.choices import Action, Outcome, RunKind, RunState, UploadState
from integrations.runs.request import request_routing, request_run
from integrations.runs.steps import Again, Done, Result, Work
from integrations.sync.tables.cells import BadFile
from mappings.models import MappingSheet, SheetKind, SheetVerdict
from mappings.spreadsheets.applying import Applied, apply_some, conclude, waiting_rows
from mappings.spreadsheets.assets import plan_of
from mappings.spreadsheets.looking import look_at
from ticketing.planning import companies_with_open_tickets, mark_baselines

GONE: Final = "The sheet was deleted."
ROW: Final = "sheet row"


def sheet_of(work: Work) -> MappingSheet | None:
    rows = MappingSheet.objects.select_related("halo_credential__instance").defer("content")
    return rows.filter(pk=work.run.parameters.get("sheet")).first()


def look(work: Work) -> Result:
    sheet = sheet_of(work)
    if sheet is None:
        return Done(RunState.FAILED, GONE)
    if sheet.state in (UploadState.APPLYING, UploadState.APPLIED):
        return Done(error="This has been applied already; there is nothing left to look at.")
    told = watched(work, "Rows", "Import it in parts.")
    try:
        if sheet.what == SheetKind.ASSETS:
            plan = plan_of(sheet, work.run, told)
            work.count(**plan.counts)
        else:
            work.count(**look_at(sheet, work.run, told, companies_with_open_tickets))
    except BadFile as problem:
        looking = MappingSheet.objects.filter(pk=sheet.pk, state=UploadState.LOOKING)
        looking.update(state=UploadState.FAILED, reason=problem.sentence)
        return Done(RunState.FAILED, problem.sentence)
    return Done()


def apply(work: Work) -> Result:
    """Only what was looked at, and each row once; one that is refused does not hurt the others."""
    sheet = sheet_of(work)
    if sheet is None:
        return Done(RunState.FAILED, GONE)
    if sheet.state == UploadState.APPLIED and sheet.apply_run_id == work.run.pk:
        return _concluded(work, sheet)
    if sheet.state == UploadState.APPLIED:
        return Done(error="This has been applied already; nothing was changed.")
    if sheet.state != UploadState.APPLYING or sheet.checksum != work.run.parameters.get("checksum"):
        return Done(RunState.FAILED, "The sheet has changed since it was looked at; nothing was changed.")
    left = waiting_rows(sheet).count()
    total = work.run.total or left
    while not work.time_is_up:
        done = apply_some(sheet, work.run.requested_by, companies_with_open_tickets)
        if not done.rows:
            conclude(sheet)
            return _concluded(work, sheet)
        left -= len(done.rows)
        work.count(**done.counts())
        _tell(work, done)
        if done.tickets_on:
            mark_baselines(done.tickets_on)
        work.progress("Rows", total - left, total)
    return Again()


def _concluded(work: Work, sheet: MappingSheet) -> Done:
    """What new pairs make possible: computers can be matched, waiting events routed."""
    credential = sheet.halo_credential
    if sheet.what == SheetKind.COMPANIES:
        request_run(RunKind.MATCH, halo_credential=credential, slot=f"match:{credential.pk}")
        request_routing()
    refused = sheet.rows.exclude(outcome__in=("", Outcome.DONE)).count()
    if refused:
        rows = "row was" if refused == 1 else "rows were"
        return Done(RunState.PARTIAL, f"{refused} {rows} refused; the others are applied.")
    return Done()


def _tell(work: Work, done: Applied) -> None:
    for row in done.rows:
        work.entry(
            Action.CREATE if row.verdict == SheetVerdict.CREATES else Action.UPDATE,
            row.outcome,
            f"Row {row.number}: {row.name}",
            reason=row.reason,
            subject_kind=ROW,
            subject_id=row.subject_id,
        )
