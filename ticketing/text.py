"""What a technician reads: summary, body, note and closing text of a ticket.

The default wording stands in `templates/ticketing/`; a profile may have its own for summary and body, in a
small template language (`ticketing.wording`). Source data is always escaped. Times are UTC and say so.
What HaloPSA can't hold is cut here, from the message first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.template.loader import get_template, render_to_string
from django.utils.html import escape

from integrations.catalogue import EVENT_TYPES
from integrations.models import Event, HaloAsset
from ticketing.models import Alert, IntegrationProfile, Ticket
from ticketing.wording.engine import CannotRender, render_html, render_line
from ticketing.wording.facts import (
    LONGEST_MESSAGE,
    MOST_FINDINGS,
    Facts,
    History,
    facts_of,
    history,
    shorter,
    whole_history,
)
from ticketing.wording.markup import tidy
from ticketing.wording.values import clean, cut, duration, line, moment

LONGEST_SUMMARY: Final = 255
LONGEST_BODY: Final = 60_000 - 200
"""HTML of a ticket, without the reference line that comes below it."""

BY_PRODUCT: Final = "remediation.by_product"

TEMPLATE_FAILED: Final = "The profile's own text failed, so the default text was sent: "

_LENGTHS: Final = (
    # (characters of the message, findings): the first that fits is taken
    (LONGEST_MESSAGE, MOST_FINDINGS),
    (400, MOST_FINDINGS),
    (0, MOST_FINDINGS),
    (0, 100),
    (0, 25),
    (0, 5),
)


def headline(title: str, computer: str) -> str:
    """The title without the computer's name at its start or end, where the summary already has it."""
    text = line(title)
    if not computer:
        return text
    name = re.escape(computer)
    rest = re.sub(rf"^{name}\s*[:–-]\s*|\s+on\s+{name}$", "", text, flags=re.IGNORECASE)
    return rest or text


def summary(alert: Alert) -> str:
    """'[Backup] ALD-SRV01: plan Nightly failed', at most 255 characters on one line."""
    info = EVENT_TYPES.get(alert.event_type)
    computer = line(alert.computer.name) if alert.computer else ""
    subject = computer or (line(alert.company.name) if alert.company else "")
    parts = [f"{subject}:" if subject else "", headline(alert.title, computer)]
    return cut(
        f"[{info.category if info else 'Other'}] {' '.join(part for part in parts if part)}", LONGEST_SUMMARY
    )


def summary_of(alerts: Sequence[Alert], planned: str) -> str:
    """The summary that was planned; a remediation by product says what, how often and for whom.

    '[Remediation] 7-Zip – 12 assets – Alder Dental'. Findings are known when the ticket is sent, not before.
    """
    first = alerts[0]
    event = first.last_event
    if first.event_type != BY_PRODUCT or event is None or not event.product or len(alerts) > 1:
        return planned
    assets = len({line(str(row.get("asset") or "")) for row in event.findings} - {""})
    parts = [line(event.product)]
    if assets:
        parts.append(f"{assets} asset{'' if assets == 1 else 's'}")
    if first.company:
        parts.append(line(first.company.name))
    return cut(f"[{EVENT_TYPES[BY_PRODUCT].category}] {' – '.join(parts)}", LONGEST_SUMMARY)


# ---- summary and body of a ticket -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new ticket says. `problem`: which template failed, and why; `left_out`: what may not be."""

    summary: str
    body: str
    problem: str = ""
    left_out: tuple[str, ...] = ()


def opening(
    alerts: Sequence[Alert], ticket: Ticket, asset: HaloAsset | None, profile: IntegrationProfile
) -> Opening:
    """Summary and body by the templates of the profile. Two queries, however many alerts."""
    default = summary_of(alerts, ticket.summary)
    facts = facts_of(alerts, whole_history(alerts[0]), asset, ticket.previous, default)
    return written(facts, profile.summary_template, profile.body_template)


def written(facts: Facts, summary_template: str, body_template: str) -> Opening:
    """The texts by these templates; where one is blank or fails, the default text."""
    summary_told, summary_problem = _summary(facts, summary_template)
    body_told, left_out, body_problem = _body(facts, body_template)
    problem = " ".join(part for part in (summary_problem, body_problem) if part)
    return Opening(summary_told, body_told, problem, left_out)


def _summary(facts: Facts, template: str) -> tuple[str, str]:
    """(the summary, why the template was not used)."""
    default = cut(facts["summary"], LONGEST_SUMMARY)
    if not template.strip():
        return default, ""
    try:
        told = cut(render_line(template, facts), LONGEST_SUMMARY)
    except CannotRender as error:
        return default, f"Summary: {error}"
    return (told, "") if told else (default, "Summary: it came out empty.")


def _body(facts: Facts, template: str) -> tuple[str, tuple[str, ...], str]:
    """(the body, what was left out of it, why the template was not used)."""
    if not template.strip():
        return *_fitting(facts, default_body()), ""
    try:
        body, left_out = _fitting(facts, template)
    except CannotRender as error:
        return *_fitting(facts, default_body()), f"Body: {error}"
    if not body:
        return *_fitting(facts, default_body()), "Body: it came out empty."
    return body, left_out, ""


def _fitting(facts: Facts, template: str) -> tuple[str, tuple[str, ...]]:
    """Rendered with as much of message and findings as fits; what is still too long is cut at the end."""
    html = ""
    for message, findings in _LENGTHS:
        html = _squeezed(render_html(template, shorter(facts, message=message, findings=findings)))
        if len(html) <= LONGEST_BODY:
            break
    return tidy(html, LONGEST_BODY)


@cache
def default_body() -> str:
    """The default text, as a template that staff may start from."""
    template: Any = get_template("ticketing/ticket.html")
    return str(template.template.source)


# ---- notes ------------------------------------------------------------------------------------


def note(alert: Alert, event: Event, occurrence: int, *, number: int = 1, came_back: bool = False) -> str:
    """It happened again (`number` times since the last note), or came back after it was over."""
    told = history(alert, occurrence)
    context = {
        "event": {
            "title": line(event.title),
            "at": moment(event.occurred_at),
            "message": cut(clean(event.message), LONGEST_MESSAGE),
            "severity": event.get_severity_display(),
        },
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


def sentence(words: str) -> str:
    """One sentence of ours as a note."""
    return f"<p>{escape(line(words))}</p>"


def _render(name: str, context: dict[str, Any]) -> str:
    return _squeezed(render_to_string(f"ticketing/{name}.html", context))


def _squeezed(html: str) -> str:
    return re.sub(r"\s*\n\s*", "\n", html).strip()
