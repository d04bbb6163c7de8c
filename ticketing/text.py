"""What a technician reads: summary, body, note and closing text of a ticket.

The wording stands in `templates/ticketing/`; Django's autoescape makes all source data harmless there.
Times are shown in UTC and say so. What HaloPSA can't hold is cut here, from the message first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Max, Min
from django.template.loader import render_to_string

from integrations.catalogue import EVENT_TYPES
from integrations.choices import EventState
from integrations.models import Computer, Event, HaloAsset
from ticketing.models import Alert, AlertEvent, Ticket

LONGEST_SUMMARY: Final = 255
LONGEST_MESSAGE: Final = 1500
MOST_ALERTS_LISTED: Final = 10

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of writing."""


# ---- single values --------------------------------------------------------------------------


def clean(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def line(text: str) -> str:
    return " ".join(clean(text).split())


def cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


def duration(span: timedelta) -> str:
    """'under a minute', '40 min', '2 h 5 min', '3 d 4 h'."""
    minutes = max(0, int(span.total_seconds())) // 60
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [(days, "d"), (hours, "h"), (0 if days else rest, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "under a minute"


def headline(title: str, computer: str) -> str:
    """The title without the computer's name at its start or end, where the summary already has it."""
    text = line(title)
    if not computer:
        return text
    name = re.escape(computer)
    shorter = re.sub(rf"^{name}\s*[:–-]\s*|\s+on\s+{name}$", "", text, flags=re.IGNORECASE)
    return shorter or text


def summary(alert: Alert) -> str:
    """'[Backup] ALD-SRV01: plan Nightly failed', at most 255 characters on one line."""
    info = EVENT_TYPES.get(alert.event_type)
    computer = line(alert.computer.name) if alert.computer else ""
    subject = computer or (line(alert.company.name) if alert.company else "")
    parts = [f"{subject}:" if subject else "", headline(alert.title, computer)]
    return cut(
        f"[{info.category if info else 'Other'}] {' '.join(part for part in parts if part)}", LONGEST_SUMMARY
    )


# ---- the texts ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class History:
    """One occurrence: how many events said that it is open, and when the first and the last happened."""

    events: int
    first: datetime | None
    last: datetime | None


def history(alert: Alert, occurrence: int) -> History:
    rows = AlertEvent.objects.filter(alert=alert, occurrence=occurrence, event__state=EventState.OPEN)
    found = rows.aggregate(
        events=Count("id"), first=Min("event__occurred_at"), last=Max("event__occurred_at")
    )
    return History(**found)


def body(alerts: Sequence[Alert], ticket: Ticket, asset: HaloAsset | None) -> str:
    """The opening text: what happened, to what, how often, and which ticket there was before."""
    first = alerts[0]
    context = {
        "alert": _alert(first),
        "event": _event(first.last_event),
        "computer": _computer(first, asset),
        "history": history(first, first.occurrence),
        "times_before": max(0, first.occurrence - 1),
        "others": [_alert(alert) for alert in alerts[1 : MOST_ALERTS_LISTED + 1]],
        "more": max(0, len(alerts) - MOST_ALERTS_LISTED - 1),
        "previous": _previous(ticket.previous),
        "opened": moment(first.opened_at),
    }
    return _render("ticket", context)


def note(alert: Alert, event: Event, occurrence: int, *, number: int = 1, came_back: bool = False) -> str:
    """It happened again (`number` times since the last note), or came back after it was over."""
    told = history(alert, occurrence)
    context = {
        "alert": _alert(alert),
        "event": _event(event),
        "history": told,
        "first": moment(told.first),
        "number": number,
        "came_back": came_back,
    }
    return _render("note", context)


def closing(alert: Alert | None, event: Event | None, occurrence: int, *, left_to: str = "") -> str:
    """It is over: after how many events, and after how long. `event` is what resolved it, if known.

    `left_to`: who the closing is left to, because they have worked on it or the profile says so.
    """
    told = history(alert, occurrence) if alert else History(0, None, None)
    ended = event.occurred_at if event else None
    context = {
        "title": line(event.title) if event else (line(alert.title) if alert else ""),
        "ended": moment(ended),
        "events": told.events,
        "left_to": line(left_to),
        "duration": duration(ended - told.first) if ended and told.first else "",
    }
    return _render("closing", context)


def _render(name: str, context: dict[str, Any]) -> str:
    html = render_to_string(f"ticketing/{name}.html", context)
    return re.sub(r"\s*\n\s*", "\n", html).strip()


def _alert(alert: Alert) -> dict[str, str]:
    info = EVENT_TYPES.get(alert.event_type)
    return {
        "title": line(alert.title),
        "type": info.name if info else line(alert.event_type),
        "severity": alert.get_severity_display(),
        "console": line(alert.console.name),
        "company": line(alert.company.name) if alert.company else "",
    }


def _event(event: Event | None) -> dict[str, str]:
    if event is None:
        return {}
    return {
        "title": line(event.title),
        "at": moment(event.occurred_at),
        "message": cut(clean(event.message), LONGEST_MESSAGE),
        "severity": event.get_severity_display(),
    }


def _previous(ticket: Ticket | None) -> dict[str, str]:
    if ticket is None or ticket.halo_id is None:
        return {}
    return {"number": str(ticket.halo_id), "closed": moment(ticket.closed_at)}


def _computer(alert: Alert, asset: HaloAsset | None) -> dict[str, Any]:
    """Name, the rows of the block, and why there is no asset where there is none."""
    computer = alert.computer
    if computer is None:
        named = alert.last_event.computer_external_id if alert.last_event else ""
        missing = (
            f"The console names the computer '{line(named)}', which the bridge does not know."
            if named
            else ""
        )
        return {"rows": [], "missing": missing}
    kind = asset.asset_type.name if asset and asset.asset_type else computer.device_class
    return {
        "rows": [(name, line(value)) for name, value in _rows(computer, kind) if value],
        "missing": "" if asset else "This computer is not mapped to a Halo asset.",
    }


def _rows(computer: Computer, kind: str) -> list[tuple[str, str]]:
    system = " ".join(part for part in (computer.os_name, computer.os_version) if part)
    return [
        ("Name", computer.name),
        ("Type", kind),
        ("Operating system", system),
        ("Model", " ".join(part for part in (computer.manufacturer, computer.model) if part)),
        ("Serial number", computer.serial_number),
        ("IP address", ", ".join(str(address) for address in computer.ip_addresses[:4])),
        ("Last user", computer.last_user),
        ("Last seen", moment(computer.last_seen)),
    ]
