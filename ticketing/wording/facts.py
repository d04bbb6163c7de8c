"""What a template may tell: plain texts, numbers, lists and dicts, made from rows, never rows themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Max, Min

from integrations.catalogue import EVENT_TYPES
from integrations.choices import EventState, Severity
from integrations.models import Computer, Event, HaloAsset
from ticketing.models import Alert, AlertEvent, Ticket
from ticketing.wording.values import clean, cut, line, moment

LONGEST_MESSAGE: Final = 1500
MOST_ALERTS_LISTED: Final = 10
MOST_MOMENTS: Final = 10
MOST_FINDINGS: Final = 200
MOST_ADDRESSES: Final = 4

Facts = dict[str, Any]

_OF_FINDING: Final = ("product", "installed_version", "fixed_version", "severity", "asset", "cve")


@dataclass(frozen=True, slots=True)
class History:
    """One occurrence: how many events said that it is open, the first and the last, and the newest few."""

    events: int
    first: datetime | None
    last: datetime | None
    moments: tuple[Event, ...] = ()


def history(alert: Alert, occurrence: int) -> History:
    """One query; without the newest few."""
    rows = AlertEvent.objects.filter(alert=alert, occurrence=occurrence, event__state=EventState.OPEN)
    found = rows.aggregate(
        events=Count("id"), first=Min("event__occurred_at"), last=Max("event__occurred_at")
    )
    return History(**found)


def whole_history(alert: Alert) -> History:
    """Two queries; the newest few are of any occurrence, so that what came and went is seen."""
    told = history(alert, alert.occurrence)
    rows = Event.objects.filter(alerts__alert=alert).defer("message", "raw", "findings")
    newest = rows.order_by("-occurred_at", "-pk")[:MOST_MOMENTS]
    return History(told.events, told.first, told.last, tuple(newest))


def facts_of(
    alerts: Sequence[Alert], told: History, asset: HaloAsset | None, previous: Ticket | None, summary: str
) -> Facts:
    """The first alert is what the ticket is about; `told` is its history. Named as in `variables.EXAMPLE`."""
    first = alerts[0]
    findings = findings_of(alerts)
    return {
        "summary": line(summary),
        "alert": _alert(first),
        "event": _event(first.last_event),
        "company": {"name": line(first.company.name) if first.company else ""},
        "console": {"name": line(first.console.name)},
        "computer": _computer(first, asset),
        "asset": _asset(asset),
        "history": _history(first, told),
        "findings": findings[:MOST_FINDINGS],
        "findings_left": max(0, len(findings) - MOST_FINDINGS),
        "others": [_other(alert) for alert in alerts[1 : MOST_ALERTS_LISTED + 1]],
        "others_left": max(0, len(alerts) - MOST_ALERTS_LISTED - 1),
        "previous": _previous(previous),
    }


def shorter(facts: Facts, *, message: int, findings: int) -> Facts:
    """The same with a message of at most so many characters and at most so many findings."""
    left = max(0, len(facts["findings"]) - findings)
    return {
        **facts,
        "event": {**facts["event"], "message": cut(facts["event"]["message"], message) if message else ""},
        "findings": facts["findings"][:findings],
        "findings_left": facts["findings_left"] + left,
    }


# ---- the parts ------------------------------------------------------------------------------


def _alert(alert: Alert) -> Facts:
    info = EVENT_TYPES.get(alert.event_type)
    return {
        "title": line(alert.title),
        "type": info.name if info else line(alert.event_type),
        "category": info.category if info else "Other",
        "severity": _severity(alert.severity),
        "opened": moment(alert.opened_at),
    }


def _event(event: Event | None) -> Facts:
    if event is None:
        return dict.fromkeys(("number", "title", "message", "severity", "at", "product", "link"), "")
    return {
        "number": line(event.external_id),
        "title": line(event.title),
        "message": cut(clean(event.message[: LONGEST_MESSAGE * 4]), LONGEST_MESSAGE),
        "severity": _severity(event.severity),
        "at": moment(event.occurred_at),
        "product": line(event.product),
        "link": _link(event.raw),
    }


def _link(raw: Any) -> str:
    """Where the console shows the event, if what it sent says so."""
    sent = raw.get("url") if isinstance(raw, Mapping) else None
    link = line(sent) if isinstance(sent, str) else ""
    return link if link.lower().startswith(("https://", "http://")) and " " not in link else ""


def _computer(alert: Alert, asset: HaloAsset | None) -> Facts:
    """`missing` says why there is no asset where there is none."""
    computer = alert.computer
    if computer is None:
        named = alert.last_event.computer_external_id if alert.last_event else ""
        words = f"The console names the computer '{line(named)}', which the bridge does not know."
        return _of_computer(Computer(), "") | {"missing": words if named else ""}
    kind = asset.asset_type.name if asset and asset.asset_type else computer.device_class
    missing = "" if asset else "This computer is not mapped to a Halo asset."
    return _of_computer(computer, kind) | {"missing": missing}


def _of_computer(computer: Computer, kind: str) -> Facts:
    return {
        "name": line(computer.name),
        "type": line(kind),
        "os": line(f"{computer.os_name} {computer.os_version}"),
        "model": line(f"{computer.manufacturer} {computer.model}"),
        "serial_number": line(computer.serial_number),
        "ip_addresses": _lines(computer.ip_addresses),
        "mac_addresses": _lines(computer.mac_addresses),
        "last_user": line(computer.last_user),
        "last_seen": moment(computer.last_seen),
    }


def _lines(values: Iterable[Any]) -> list[str]:
    return [line(str(value)) for value in list(values)[:MOST_ADDRESSES]]


def _asset(asset: HaloAsset | None) -> Facts:
    if asset is None:
        return dict.fromkeys(("number", "name", "site", "client"), "")
    return {
        "number": str(asset.halo_id),
        "name": line(asset.name),
        "site": line(asset.site.name) if asset.site else "",
        "client": line(asset.client.name) if asset.client else "",
    }


def _history(alert: Alert, told: History) -> Facts:
    return {
        "events": told.events,
        "first": moment(told.first),
        "last": moment(told.last),
        "times_before": max(0, alert.occurrence - 1),
        "moments": [
            {
                "at": moment(event.occurred_at),
                "state": event.get_state_display(),
                "severity": _severity(event.severity),
            }
            for event in told.moments[:MOST_MOMENTS]
        ],
    }


def _other(alert: Alert) -> Facts:
    return {
        "title": line(alert.title),
        "computer": line(alert.computer.name) if alert.computer else "",
    }


def _previous(ticket: Ticket | None) -> Facts:
    if ticket is None or ticket.halo_id is None:
        return {"number": "", "closed": ""}
    return {"number": str(ticket.halo_id), "closed": moment(ticket.closed_at)}


# ---- findings -------------------------------------------------------------------------------


def findings_of(alerts: Iterable[Alert]) -> list[dict[str, str]]:
    """Of all these alerts as their last events tell them, each once: plain lines by column."""
    rows = {tuple(row.values()): row for alert in alerts for row in _findings_of(alert)}
    return list(rows.values())


def _findings_of(alert: Alert) -> Iterator[dict[str, str]]:
    event = alert.last_event
    for sent in event.findings if event else ():
        row = {name: line(str(sent.get(name) or "")) for name in _OF_FINDING}
        row["product"] = row["product"] or line(event.product if event else "")
        row["asset"] = row["asset"] or (line(alert.computer.name) if alert.computer else "")
        row["severity"] = _severity(row["severity"])
        yield row


def _severity(value: str) -> str:
    return str(Severity(value).label) if value in Severity.values else line(value)
