"""What the pipeline tells staff: verdicts on connections, counts and warnings of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from django.utils import timezone

from integrations.choices import Action, ConnectionState, Outcome
from integrations.ingest.stored import Stored
from integrations.models import Console, HaloCredential
from integrations.net.errors import Unauthorised
from integrations.records import CheckResult
from integrations.runs import mirror_states, rights
from integrations.runs.steps import Work

T = TypeVar("T")


def _state(row: HaloCredential | Console, result: CheckResult) -> dict[str, Any]:
    now = timezone.now()
    return {
        "state": ConnectionState.WORKING if result.ok else ConnectionState.FAILED,
        "state_reason": result.message,
        "tested_at": now,
        "failing_since": None if result.ok else row.failing_since or now,
    }


def store_halo_test(credential: HaloCredential, result: CheckResult) -> bool:
    """Keep what a test found; what it could not see stays as an earlier one left it.

    True where HaloPSA had refused to be written to and may be tried again: what waits can go on.
    """
    found: dict[str, Any] = {}
    if result.scopes:
        found |= {"granted_scopes": result.scopes[:500], "refused_scopes": result.refused_scopes[:500]}
    if result.agent:
        found["halo_agent"] = result.agent.name[:200]
        found["halo_agent_id"] = result.agent.halo_id
        found["agent_is_api_only"] = result.agent.is_api_only
        found["agent_is_administrator"] = result.agent.is_administrator
    if result.scopes or result.agent:
        found["advice"] = list(result.advice)
    HaloCredential.objects.filter(pk=credential.pk).update(**_state(credential, result), **found)
    mirror_states.listed(credential, result.listed)
    return rights.note_test(credential, [asdict(row) for row in result.details])


def store_console_test(console: Console, result: CheckResult) -> None:
    Console.objects.filter(pk=console.pk).update(**_state(console, result))


def report(work: Work, what: str, stored: Stored) -> None:
    """Count what a read changed; a loss that was held back is an entry of its own.

    Where somebody has to decide about it, the run ends as waiting for an approval.
    """
    work.count(
        **{
            f"{what} created": stored.created,
            f"{what} updated": stored.updated,
            f"{what} unchanged": stored.unchanged,
            f"{what} gone": stored.gone,
        }
    )
    if stored.held_back:
        outcome = Outcome.HELD if stored.waits else Outcome.WARNING
        work.entry(Action.SKIP, outcome, f"{what[:1].upper()}{what[1:]}", reason=stored.held_back)


def warn(work: Work, sentences: Sequence[str], outcome: Outcome = Outcome.WARNING) -> None:
    """One entry per thing that a read had to leave out."""
    for sentence in sentences:
        work.entry(Action.SKIP, outcome, "Read", reason=sentence)


def renewing(work: Work, phase: str, rows: Iterable[T], every: int = 25) -> Iterator[T]:
    """Pass a console's rows on, showing progress and renewing the lease at every 25th.

    A key that is no longer accepted is told at the console at once; its next test clears that.
    """
    try:
        for number, row in enumerate(rows, start=1):
            if number % every == 0:
                work.progress(phase, number)
            yield row
    except Unauthorised as error:
        if work.run.console is not None:
            store_console_test(work.run.console, CheckResult(ok=False, message=error.sentence))
        raise
