"""Events of MSP360: the latest run of each backup plan, and the alerts of the RMM.

What identifies a plan's events:

* `series_key` is `plan:<PlanId>`: a plan has one alert, whether it fails, warns or is overdue.
* `external_id` is `<PlanId>@<LastStart>`: one run. The same run read again is a repeat; its status is not
  part of the id, so a run whose failure is later called a warning stays one occurrence. An overdue plan has
  no run of its own: it is `<PlanId>@<LastStart>/overdue`, "late since that run".
* A plan without `PlanId` (old rows) is known by account, computer and plan name.

What identifies an alert: `external_id` is `<hid>:<alertId>`, `series_key` is `rmm:<hid>:<alertId>`. An alert
is one occurrence; whether an id is unique beyond its computer is not documented.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from integrations.choices import EventState
from integrations.connectors import values
from integrations.connectors.msp360.parse import codes
from integrations.connectors.msp360.parse.companies import name_key
from integrations.connectors.msp360.parse.computers import Owner
from integrations.connectors.msp360.parse.products import Place, place
from integrations.records import EventRecord

Row = Mapping[str, Any]

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
    return codes.plan_status(row.get("Status"))


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
    if found is None or found not in codes.PLAN_MEANING:
        return None
    event_type, severity, words = codes.PLAN_MEANING[found]
    started = values.moment(row.get("LastStart"), joins.zone)
    run = f"{started:%Y-%m-%dT%H:%M:%SZ}" if started else "never"
    return EventRecord(
        external_id=f"{key}@{run}{'/overdue' if found == codes.OVERDUE else ''}",
        event_type=event_type,
        vendor_code=codes.status_name(found),
        state=(EventState.RESOLVED if found == codes.SUCCESS else EventState.OPEN).value,
        title=_title(row, words),
        series_key=series_key(key),
        severity=severity,
        message=_message(row, words, joins.zone),
        occurred_at=_late_since(row, started, joins) if found == codes.OVERDUE else started,
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


def _title(row: Row, words: str) -> str:
    plan = values.line(row.get("PlanName")) or "plan without name"
    where = values.line(row.get("ComputerName"))
    return f"{codes.plan_kind(row.get('PlanType'))} {words}: {plan}" + (f" on {where}" if where else "")


def _message(row: Row, words: str, zone: tzinfo) -> str:
    lines = (
        ("Plan", values.plain(row.get("PlanName"))),
        ("Outcome", f"{codes.plan_kind(row.get('PlanType'))} {words}"),
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


# ---- alerts of the RMM ----------------------------------------------------------------------

ALERTS: Final = "rmm:"


def alert_series(hid: str, alert_id: str) -> str:
    return f"{ALERTS}{hid}:{_fit(alert_id)}"


def computer_of(series: str) -> str:
    """The hid of the computer whose alert it is."""
    return series.removeprefix(ALERTS).partition(":")[0]


def alerts(rows: Iterable[Row], hid: str) -> dict[str, Row]:
    """Rows of one computer by series key. Of two with one id the live one counts, else the last begun."""
    found: dict[str, Row] = {}
    for row in rows:
        alert_id = values.text(row.get("alertId"))
        if alert_id is not None:
            key = alert_series(hid, alert_id)
            found[key] = max(found.get(key, row), row, key=_live_then_latest)
    return found


def has_id(row: Row) -> bool:
    return values.text(row.get("alertId")) is not None


def is_live(row: Row) -> bool:
    return values.flag(row.get("isLiveAlert")) is not False and ended_at(row) is None


def ended_at(row: Row) -> datetime | None:
    """When it ended, never before it began; None also where only the flag tells that it is over."""
    began, ended = _utc(row, "beginUtcTime"), _utc(row, "endUtcTime")
    return max(began, ended) if began and ended else ended


def alert(key: str, row: Row, owner: Owner) -> EventRecord:
    live, kind, title = is_live(row), values.line(row.get("type")), values.line(row.get("title"))
    what = title or f"Alert ({kind or 'without type'})"
    return EventRecord(
        external_id=key.removeprefix(ALERTS),
        event_type=codes.alert_event_type(kind, title),
        vendor_code=kind or "",
        state=(EventState.OPEN if live else EventState.RESOLVED).value,
        title=f"{what} on {owner.name}" if owner.name else what,
        series_key=key,
        severity=codes.alert_severity(row.get("state")),
        message=_alert_message(row, owner),
        occurred_at=_utc(row, "beginUtcTime") if live else ended_at(row),
        company_external_id=owner.company_external_id,
        computer_external_id=owner.external_id,
        raw=dict(row),
    )


def _live_then_latest(row: Row) -> tuple[bool, datetime]:
    return is_live(row), _utc(row, "beginUtcTime") or datetime.min.replace(tzinfo=UTC)


def _utc(row: Row, name: str) -> datetime | None:
    return values.moment(row.get(name), UTC)


def _alert_message(row: Row, owner: Owner) -> str:
    lines = (
        ("Alert", values.plain(row.get("title"))),
        ("Message", values.plain(row.get("message"))),
        ("Type", values.plain(row.get("type"))),
        ("State", values.plain(row.get("state"))),
        ("Data", values.plain(row.get("data"))),
        ("Computer", values.plain(owner.name)),
        ("Company", values.plain(owner.company_name)),
        ("Since", _when(row.get("beginUtcTime"), UTC)),
        ("Ended", _when(row.get("endUtcTime"), UTC)),
    )
    return "\n".join(f"{name}: {value}" for name, value in lines if value)
