"""How far the reading of each resource is: the one place that writes these rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Case, QuerySet, When
from django.utils import timezone

from integrations.choices import ReadState, Resource, RunKind, RunState
from integrations.models import HaloCredential, MirrorState, Run


def states_of(credential: HaloCredential) -> dict[str, MirrorState]:
    """The stored states by resource."""
    return {state.resource: state for state in MirrorState.objects.filter(halo_credential=credential)}


def queue(credential: HaloCredential, wanted: Iterable[str], off: Mapping[str, str]) -> None:
    """A round begins: what waits for its turn, and what is not read, with the reason.

    One statement; rows are made in the order of reading.
    """
    reasons: dict[str, tuple[str, str]] = {name: (ReadState.OFF, reason) for name, reason in off.items()}
    reasons |= dict.fromkeys(wanted, (ReadState.QUEUED, ""))
    MirrorState.objects.bulk_create(
        [
            MirrorState(
                halo_credential=credential, resource=name, state=reasons[name][0], reason=reasons[name][1]
            )
            for name in Resource.values
            if name in reasons
        ],
        update_conflicts=True,
        unique_fields=["halo_credential", "resource"],
        update_fields=["state", "reason", "done", "total"],
    )


def reading(credential: HaloCredential, resource: str, done: int, total: int | None) -> None:
    """`total` are the rows that HaloPSA says it has, None where it does not say."""
    _row(credential, resource).update(state=ReadState.READING, reason="", done=done, total=total)


def read(credential: HaloCredential, resource: str, **found: Any) -> None:
    """The resource has been read to its end; `found` are further columns."""
    _row(credential, resource).update(state=ReadState.DONE, read_at=timezone.now(), **found)


def whole(rows: int, limits: Mapping[str, Any]) -> dict[str, Any]:
    """Further columns for `read` of a resource that was read in full, limited to `limits`."""
    return {"full_at": timezone.now(), "listed": rows, "limits": dict(limits)}


def listed(credential: HaloCredential, sizes: Mapping[str, int]) -> None:
    """Sizes by resource as a test was told them, for a forecast; a complete read knows better.

    At most two statements.
    """
    MirrorState.objects.bulk_create(
        [MirrorState(halo_credential=credential, resource=name, listed=size) for name, size in sizes.items()],
        ignore_conflicts=True,
    )
    stale = MirrorState.objects.filter(halo_credential=credential, full_at__isnull=True)
    whens = [When(resource=name, then=size) for name, size in sizes.items()]
    if whens:
        stale.filter(resource__in=sizes).update(listed=Case(*whens))


def failed(credential: HaloCredential, resource: str, reason: str, calls: int) -> None:
    _row(credential, resource).update(state=ReadState.FAILED, reason=reason, calls=calls)


def settle(run: Run, state: str, error: str) -> None:
    """A sync has ended: what it was reading has failed, and what waited stands as it stood before.

    Nothing but a sync writes these rows, and after its end nothing is left as if it were still at work.
    """
    if run.kind != RunKind.SYNC_HALO:
        return
    rows = MirrorState.objects.filter(halo_credential=run.halo_credential_id)
    cancelled = state == RunState.CANCELLED
    sentence = "The sync was cancelled." if cancelled else error or "The sync ended before it was read."
    rows.filter(state=ReadState.READING).update(state=ReadState.FAILED, reason=sentence)
    waiting, later = rows.filter(state=ReadState.QUEUED), f"Its turn did not come: {sentence}"
    waiting.filter(read_at__isnull=False).update(state=ReadState.DONE, reason=later)
    waiting.update(state=ReadState.NEVER, reason=later)


def _row(credential: HaloCredential, resource: str) -> QuerySet[MirrorState]:
    return MirrorState.objects.filter(halo_credential=credential, resource=resource)
