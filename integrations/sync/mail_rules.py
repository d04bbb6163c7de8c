"""Mail + rules → the event it tells of, or the reason why it tells of none. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from integrations.catalogue import EVENT_TYPES
from integrations.choices import EventState, MailVerdict, Severity
from integrations.records import EventRecord
from integrations.sync.mail_origin import comes_from, why_not_authentic
from integrations.sync.mail_patterns import Patience, TookTooLong, search
from integrations.sync.mails import Mail

DEFAULT_SERIES: Final = "{event_type}|{company}|{computer}|{series}"
PLACEHOLDERS: Final = ("event_type", "company", "computer", "product", "series")
MOST_MESSAGE: Final = 20_000

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_SEVERITIES: Final = {
    Severity.CRITICAL: ("critical", "crit", "fatal", "emergency", "disaster", "alert"),
    Severity.HIGH: ("high", "error", "err", "major", "severe", "failed", "failure"),
    Severity.MEDIUM: ("medium", "moderate", "warning", "warn", "minor", "average"),
    Severity.LOW: ("low", "notice"),
    Severity.INFO: ("info", "information", "informational", "ok", "success", "none"),
}
_SEVERITY_OF: Final = {word: severity.value for severity, words in _SEVERITIES.items() for word in words}


@dataclass(frozen=True, slots=True)
class Rule:
    """`state` is a value of `choices.MailVerdict`; `resolved_pattern` serves the one by pattern.

    `authenticated_by` is the mail server whose word on the sender counts; '' for no check.
    """

    name: str
    sender: str
    event_type: str
    key: int = 0
    subject: str = ""
    body: str = ""
    severity: str = Severity.MEDIUM.value
    state: str = MailVerdict.OPEN.value
    resolved_pattern: str = ""
    series: str = ""
    authenticated_by: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a rule makes of a mail. Company and computer are names; ids are put in by who knows them."""

    event: EventRecord
    company: str = ""
    computer: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One rule's word on one mail. `reason` says why it is not taken; `is_from`: it came from whom the rule
    wants."""

    rule: Rule
    taken: Taken | None
    reason: str
    is_from: bool = True


class TooSlow(Exception):
    """The rules together took too long over a mail; `rule` was the last one that was tried."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        super().__init__(
            f"The patterns of the rules took too long over this mail; the last one was “{rule.name}”."
        )


def judge_all(rules: Sequence[Rule], mail: Mail, received_at: datetime) -> Iterator[Judgement]:
    """Every rule's word, in their order. Raises `TooSlow`."""
    patience = Patience()
    for rule in rules:
        yield _judge(rule, mail, received_at, patience)


def judge(rules: Sequence[Rule], mail: Mail, received_at: datetime) -> tuple[Judgement | None, str]:
    """The first rule that takes the mail, or None and a sentence about why none does. Raises `TooSlow`."""
    nearest: Judgement | None = None
    for word in judge_all(rules, mail, received_at):
        if word.taken:
            return word, ""
        if word.is_from and nearest is None:
            nearest = word
    if nearest is None:
        return None, f"No rule is for mails from {mail.sender or 'an unknown sender'}."
    return None, f"“{nearest.rule.name}” is for this sender: {nearest.reason}"


def series_problem(template: str) -> str:
    """What is wrong with the template of a series key, as a sentence; '' if nothing is."""
    unknown = [name for name in _PLACEHOLDER.findall(template) if name not in PLACEHOLDERS]
    if unknown:
        named = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        return f"{{{unknown[0]}}} is not known; there are {named}."
    if re.search(r"[{}]", _PLACEHOLDER.sub("", template)):
        return "A brace stands alone: a placeholder is written like {computer}."
    return ""


def _judge(rule: Rule, mail: Mail, received_at: datetime, patience: Patience) -> Judgement:
    if reason := _wrong_sender(rule, mail):
        return Judgement(rule, None, reason, is_from=False)
    try:
        found = _named_parts(rule, mail, patience)
        if isinstance(found, str):
            return Judgement(rule, None, found)
        is_over = _is_over(rule, mail, patience)
    except TookTooLong:
        return _slow(rule, patience)
    return Judgement(rule, _taken(rule, mail, found, is_over, received_at), "It fits all of the rule.")


def _slow(rule: Rule, patience: Patience) -> Judgement:
    """One slow pattern costs its own rule; once all the time is gone, going on would be guessing."""
    try:
        patience.seconds()
    except TookTooLong:
        raise TooSlow(rule) from None
    return Judgement(rule, None, "A pattern of this rule took too long; write it more simply.")


def _wrong_sender(rule: Rule, mail: Mail) -> str:
    if not mail.sender:
        return "The mail does not name exactly one sender."
    if not comes_from(mail.sender, rule.sender):
        return f"The sender is {mail.sender}, the rule is for {rule.sender}."
    if rule.authenticated_by:
        return why_not_authentic(mail.sender, mail.authentication_results, rule.authenticated_by)
    return ""


def _named_parts(rule: Rule, mail: Mail, patience: Patience) -> dict[str, str] | str:
    """What the patterns take out of the mail, the subject's before the body's; a reason where one fails."""
    found: dict[str, str] = {}
    for pattern, text, where in (
        (rule.subject, mail.subject, "subject"),
        (rule.body, mail.text, "text"),
    ):
        if not pattern:
            continue
        parts = search(pattern, text, patience)
        if parts is None:
            return f"The pattern is not found in the {where}."
        found = {**parts, **found}
    return found


def _is_over(rule: Rule, mail: Mail, patience: Patience) -> bool:
    if rule.state != MailVerdict.BY_PATTERN:
        return rule.state == MailVerdict.RESOLVED
    if not rule.resolved_pattern:
        return False
    return search(rule.resolved_pattern, f"{mail.subject}\n{mail.text}", patience) is not None


def _taken(rule: Rule, mail: Mail, found: dict[str, str], is_over: bool, received_at: datetime) -> Taken:
    series = _series_key(rule, found)
    event = EventRecord(
        external_id=f"{mail.message_id or mail.key} {series}",
        event_type=rule.event_type,
        state=(EventState.RESOLVED if is_over else EventState.OPEN).value,
        title=mail.subject or _name_of(rule.event_type),
        series_key=series,
        severity=_SEVERITY_OF.get(found.get("severity", "").casefold(), rule.severity),
        message=mail.text[:MOST_MESSAGE],
        occurred_at=mail.happened_at(received_at),
        product=found.get("product", ""),
        raw={"mail from": mail.sender, "rule": rule.name, **found},
    )
    return Taken(event, found.get("company", ""), found.get("computer", ""))


def with_ids(taken: Taken, company: str | None, computer: str | None, remark: str) -> EventRecord:
    """The event with the console's own ids of what the mail names; `remark` says what was not found."""
    raw = {**taken.event.raw, **({"remark": remark} if remark else {})}
    return replace(taken.event, company_external_id=company, computer_external_id=computer, raw=raw)


def _series_key(rule: Rule, found: dict[str, str]) -> str:
    """Case and blanks do not make two series of one."""
    values = {**found, "event_type": rule.event_type}

    def fill(placeholder: re.Match[str]) -> str:
        return " ".join(values.get(placeholder[1], "").casefold().split())

    return _PLACEHOLDER.sub(fill, rule.series or DEFAULT_SERIES).rstrip("|")


def _name_of(event_type: str) -> str:
    return EVENT_TYPES[event_type].name if event_type in EVENT_TYPES else event_type
