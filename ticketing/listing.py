"""The text of a ticket that several alerts share: its summary, and the list of them, kept up to date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import QuerySet
from django.template.loader import render_to_string

from integrations.catalogue import EVENT_TYPES
from integrations.choices import EventState
from ticketing.models import Alert, Grouping, IntegrationProfile, Ticket
from ticketing.text import LONGEST_SUMMARY, cut, line, moment
from ticketing.wording.facts import findings_of

MOST_FINDINGS: Final = 100
MOST_LISTED: Final = 150
"""Rows of the list: more nobody reads, and a ticket's text has an end."""


def group_summary(alert: Alert, profile: IntegrationProfile | None) -> str:
    """'[Backup] Alder Dental: Backup failed', for all alerts that the ticket is going to list."""
    info = EVENT_TYPES.get(alert.event_type)
    kind, category = (info.name, info.category) if info else (alert.event_type, "Other")
    company = line(alert.company.name) if alert.company else ""
    match profile.grouping if profile else "":
        case Grouping.COMPUTER:
            about = f"{line(alert.computer.name) if alert.computer else company}: several alerts"
            return cut(f"[Computer] {about}", LONGEST_SUMMARY)
        case Grouping.PRODUCT:
            return cut(f"[{category}] {line(alert.product)} – {company}", LONGEST_SUMMARY)
    return cut(f"[{category}] {company}: {kind}", LONGEST_SUMMARY)


def storm_summary(alert: Alert) -> str:
    whose = line(alert.company.name) if alert.company else "no company"
    return cut(f"[Storm] {whose}: many alerts at once", LONGEST_SUMMARY)


def table(ticket: Ticket) -> str:
    """HTML of the list: open alerts first, each with computer, what, since when, how often; and what is to
    be remedied, where the open ones tell of findings. Two queries."""
    alerts: QuerySet[Alert] = Alert.objects.filter(ticket=ticket)
    full = alerts.select_related("computer", "company", "last_event")
    full = full.defer("last_event__raw", "last_event__message")
    shown = list(full.order_by("state", "-opened_at", "pk")[:MOST_LISTED])
    total = alerts.count()
    rows = [_row(alert) for alert in shown]
    findings = findings_of(alert for alert in shown if alert.state == EventState.OPEN)
    told = {
        "rows": rows,
        "total": total,
        "open": _open(rows, total, alerts),
        "more": max(0, total - len(rows)),
        "findings": findings[:MOST_FINDINGS],
        "findings_left": max(0, len(findings) - MOST_FINDINGS),
    }
    return render_to_string("ticketing/list.html", told).strip()


def _open(rows: Sequence[dict[str, str]], total: int, alerts: QuerySet[Alert]) -> int:
    """How many are open; counted in the database only where not all of them are shown."""
    if total <= len(rows):
        return sum(not row["ended"] for row in rows)
    return alerts.filter(state=EventState.OPEN).count()


def _row(alert: Alert) -> dict[str, str]:
    return {
        "computer": line(alert.computer.name) if alert.computer else "",
        "title": cut(line(alert.title), 100),
        "severity": alert.get_severity_display(),
        "opened": moment(alert.opened_at),
        "events": str(alert.event_count),
        "ended": moment(alert.resolved_at) if alert.state != EventState.OPEN else "",
    }
