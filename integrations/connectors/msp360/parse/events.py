"""Backup monitoring of MSP360: the latest run of each plan becomes one event.

What identifies what:

* `series_key` is `plan:<PlanId>`: a plan has one alert, whether it fails, warns or is overdue.
* `external_id` is `<PlanId>@<LastStart>`: one run. The same run read again is a repeat; its status is not
  part of the id, so a run whose failure is later called a warning stays one occurrence. An overdue plan has
  no run of its own: it is `<PlanId>@<LastStart>/overdue`, "late since that run".
* A plan without `PlanId` (old rows) is known by account, computer and plan name.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from integrations.choices import EventState, Severity
from integrations.connectors import values
from integrations.connectors.msp360.parse.companies import name_key
from integrations.connectors.msp360.parse.products import Place, place
from integrations.records import EventRecord

Row = Mapping[str, Any]

SUCCESS, OVERDUE, ERROR, RUNNING, UNKNOWN, INTERRUPTED, CLOSED, WARNING = range(8)
_STATUS_NAMES: Final = (
    "success",
    "overdue",
    "error",
    "running",
    "unknown",
    "interrupted",
    "unexpectedlyclosed",
    "warning",
)
# status: (event type, severity, words of the title); running and unknown say nothing about the plan.
_MEANING: Final[dict[int, tuple[str, str, str]]] = {
    SUCCESS: ("backup.succeeded", Severity.INFO.value, "succeeded"),
    OVERDUE: ("backup.overdue", Severity.HIGH.value, "overdue"),
    ERROR: ("backup.failed", Severity.CRITICAL.value, "failed"),
    INTERRUPTED: ("backup.interrupted", Severity.MEDIUM.value, "interrupted"),
    CLOSED: ("backup.closed_unexpectedly", Severity.CRITICAL.value, "closed unexpectedly"),
    WARNING: ("backup.warning", Severity.MEDIUM.value, "finished with warnings"),
}
# Plan types in the order of the vendor's numbers: (the vendor's name squashed, ours).
_PLAN_TYPES: Final = (
    ("na", "Backup"),
    ("backup", "Backup"),
    ("restore", "Restore"),
    ("backupfiles", "File backup"),
    ("restorefiles", "File restore"),
    ("vmbackup", "VM backup"),
    ("vmrestore", "VM restore"),
    ("sqlbackup", "SQL backup"),
    ("sqlresore", "SQL restore"),
    ("exchangebackup", "Exchange backup"),
    ("exchangerestore", "Exchange restore"),
    ("bmssbackup", "System backup"),
    ("bmssrestore", "System restore"),
    ("consistencycheck", "Consistency check"),
    ("ec2backup", "EC2 backup"),
    ("ec2restore", "EC2 restore"),
    ("hypervbackup", "Hyper-V backup"),
    ("hypervrestore", "Hyper-V restore"),
)
_PLAN_TYPE_OF_NAME: Final = {**dict(_PLAN_TYPES), "sqlrestore": "SQL restore"}
_LONGEST_KEY: Final = 200


@dataclass(frozen=True, slots=True)
class Joins:
    """Where plans belong. `now` bounds the time of an overdue plan; `zone` is that of naive times."""

    now: datetime
    company_ids: Mapping[str, str] = field(default_factory=dict)
    computer_ids: Mapping[Place, str] = field(default_factory=dict)
    zone: tzinfo = UTC


def status(row: Row) -> int | None:
    """The plan's status as the vendor's number, from number or name; None for one that is not known."""
    return _enumerated(row.get("Status"), _STATUS_NAMES)


def _enumerated(value: Any, names: tuple[str, ...]) -> int | None:
    position = values.number(value)
    if position is None:
        bare = values.squash(value)
        return names.index(bare) if bare in names else None
    return position if 0 <= position < len(names) else None


def latest_runs(rows: Iterable[Row], zone: tzinfo) -> Iterator[tuple[str, Row]]:
    """(key of the plan, row of its newest run).

    A plan id that stands on several computers is made unique by the computer's name.
    """
    by_plan: dict[str, dict[Place, Row]] = defaultdict(dict)
    for row in rows:
        runs, where = by_plan[_plan_key(row)], place(row)
        runs[where] = max(runs.get(where, row), row, key=lambda run: _started_order(run, zone))
    for key, runs in by_plan.items():
        for (computer_name, _), row in runs.items():
            yield (_fit(f"{key}/{computer_name}") if len(runs) > 1 else key), row


def _started_order(row: Row, zone: tzinfo) -> datetime:
    return values.moment(row.get("LastStart"), zone) or datetime.min.replace(tzinfo=UTC)


def _plan_key(row: Row) -> str:
    known = values.guid(row.get("PlanId"))
    if known is not None:
        return known
    computer_name, account = place(row)
    return _fit("/".join((account, computer_name, (values.text(row.get("PlanName")) or "").casefold())))


def _fit(key: str) -> str:
    """Names may be longer than a stored key; the digest of a long one is just as stable."""
    return key if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def series_key(key: str) -> str:
    return f"plan:{key}"


def event(key: str, row: Row, joins: Joins) -> EventRecord | None:
    """The event of one plan; None while it runs or where the console does not know its status."""
    found = status(row)
    if found is None or found not in _MEANING:
        return None
    event_type, severity, words = _MEANING[found]
    started = values.moment(row.get("LastStart"), joins.zone)
    run = f"{started:%Y-%m-%dT%H:%M:%SZ}" if started else "never"
    return EventRecord(
        external_id=f"{key}@{run}{'/overdue' if found == OVERDUE else ''}",
        event_type=event_type,
        vendor_code=_STATUS_NAMES[found],
        state=(EventState.RESOLVED if found == SUCCESS else EventState.OPEN).value,
        title=_title(row, words),
        series_key=series_key(key),
        severity=severity,
        message=_message(row, words, joins.zone),
        occurred_at=_late_since(row, started, joins) if found == OVERDUE else started,
        company_external_id=joins.company_ids.get(name_key(row.get("CompanyName"))),
        computer_external_id=joins.computer_ids.get(place(row)),
        raw=dict(row),
    )


def _late_since(row: Row, started: datetime | None, joins: Joins) -> datetime | None:
    """When an overdue plan should have run.

    It has to lie after the last run, whose success would otherwise be as new as the delay, and before any run
    that makes up for it. `NextStart` is that time unless the console has already moved it into the future;
    then it is the second after the last run.
    """
    due = values.moment(row.get("NextStart"), joins.zone)
    if due is not None and due <= joins.now and (started is None or due > started):
        return due
    return started + timedelta(seconds=1) if started else None


def _kind(row: Row) -> str:
    position = values.number(row.get("PlanType"))
    if position is None:
        return _PLAN_TYPE_OF_NAME.get(values.squash(row.get("PlanType")), "Backup")
    return _PLAN_TYPES[position][1] if 0 <= position < len(_PLAN_TYPES) else "Backup"


def _title(row: Row, words: str) -> str:
    plan = values.line(row.get("PlanName")) or "plan without name"
    where = values.line(row.get("ComputerName"))
    return f"{_kind(row)} {words}: {plan}" + (f" on {where}" if where else "")


def _message(row: Row, words: str, zone: tzinfo) -> str:
    lines = (
        ("Plan", values.plain(row.get("PlanName"))),
        ("Outcome", f"{_kind(row)} {words}"),
        ("Error", values.plain(row.get("ErrorMessage"))),
        ("Computer", values.plain(row.get("ComputerName"))),
        ("Company", values.plain(row.get("CompanyName"))),
        ("Backup account", values.plain(row.get("UserName"))),
        ("Started", _when(row.get("LastStart"), zone)),
        ("Next start", _when(row.get("NextStart"), zone)),
        ("Duration", values.plain(row.get("Duration"))),
        ("Files", _files(row)),
        ("Data", _data(row)),
        ("Storage", values.plain(row.get("StorageType"))),
        ("Report", values.plain(row.get("DetailedReportLink"))),
    )
    return "\n".join(f"{name}: {value}" for name, value in lines if value)


def _when(value: Any, zone: tzinfo) -> str | None:
    found = values.moment(value, zone)
    return f"{found:%Y-%m-%d %H:%M} UTC" if found else None


def _files(row: Row) -> str | None:
    counts = (
        ("scanned", values.number(row.get("FilesScanned"))),
        ("to back up", values.number(row.get("FilesToBackup"))),
        ("copied", values.number(row.get("FilesCopied"))),
        ("failed", values.number(row.get("FilesFailed"))),
    )
    return ", ".join(f"{count} {name}" for name, count in counts if count is not None) or None


def _data(row: Row) -> str | None:
    copied, wanted = values.number(row.get("DataCopied")), values.number(row.get("DataToBackup"))
    if copied is None:
        return None
    return f"{values.size(copied)} copied" + (f" of {values.size(wanted)}" if wanted is not None else "")
