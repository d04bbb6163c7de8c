"""What templates would make of a real event, without writing anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from integrations.models import Event, HaloCredential
from mappings.models import CompanyMapping
from ticketing import text
from ticketing.apply.placing import asset_of
from ticketing.models import Alert, AlertEvent, Ticket
from ticketing.wording.checks import template_problems
from ticketing.wording.facts import Facts, History, facts_of, whole_history
from ticketing.wording.variables import EXAMPLE

MOST_EVENTS: Final = 20


@dataclass(frozen=True, slots=True)
class Preview:
    """The texts as they would be sent, and a sentence for each thing that is wrong with the templates."""

    summary: str
    body: str
    problems: tuple[str, ...]


def preview(
    credential: HaloCredential, event: Event | None, summary_template: str, body_template: str
) -> Preview:
    """Without an event a made example serves."""
    facts = EXAMPLE if event is None else _facts(credential, event)
    told = text.written(facts, summary_template, body_template)
    return Preview(told.summary, told.body, tuple(_problems(told, summary_template, body_template)))


def _problems(told: text.Opening, summary_template: str, body_template: str) -> Iterator[str]:
    """What the templates say wrong is told once, and not again as what rendering said to it."""
    wrong = [f"Summary: {problem}" for problem in template_problems(summary_template)]
    wrong += [f"Body: {problem}" for problem in template_problems(body_template)]
    yield from wrong
    if told.problem and not wrong:
        yield told.problem
    yield from (f"Body: {part} is left out, a ticket may not hold it." for part in told.left_out)


# ---- events to look at ------------------------------------------------------------------------


def events_of(credential: HaloCredential) -> QuerySet[Event]:
    """Events that concern this credential: by their alert, or by the mapping of their company."""
    mapped = CompanyMapping.objects.filter(halo_credential=credential)
    told = AlertEvent.objects.filter(alert__halo_credential=credential)
    rows = Event.objects.select_related("console", "company", "computer")
    return rows.filter(Q(pk__in=told.values("event")) | Q(company__in=mapped.values("company")))


def latest_events(credential: HaloCredential) -> list[Event]:
    """The newest ones that told of an alert, without their long parts."""
    told = AlertEvent.objects.filter(alert__halo_credential=credential)
    rows = Event.objects.filter(pk__in=told.values("event")).select_related("company").order_by("-pk")
    return list(rows.defer("message", "raw", "findings")[:MOST_EVENTS])


def _facts(credential: HaloCredential, event: Event) -> Facts:
    """As if this event were the newest of its alert; nothing is stored."""
    alert = _alert(credential, event)
    alert.last_event, alert.title, alert.severity = event, event.title, event.severity
    default = text.summary_of([alert], text.summary(alert))
    told = whole_history(alert) if alert.pk else History(1, event.occurred_at, event.occurred_at, (event,))
    return facts_of([alert], told, asset_of(alert), _previous(alert), default)


def _alert(credential: HaloCredential, event: Event) -> Alert:
    """The event's alert in this credential, or what it would be."""
    rows = Alert.objects.select_related("company", "computer", "console", "ticket__previous")
    found = rows.filter(events__event=event, halo_credential=credential).first()
    return found or Alert(
        halo_credential=credential,
        console=event.console,
        company=event.company,
        computer=event.computer,
        event_type=event.event_type,
        severity=event.severity,
        title=event.title,
        opened_at=event.occurred_at,
    )


def _previous(alert: Alert) -> Ticket | None:
    return alert.ticket.previous if alert.ticket else None
