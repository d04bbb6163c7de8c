"""The rules of a mailbox: their order, and whether what they tell is told already."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from integrations.models import Console, Event, MailRule
from integrations.registry import CONNECTORS, connector_class


def rules_of(console: Console) -> QuerySet[MailRule]:
    """In the order in which they are tried."""
    rows = MailRule.objects.filter(console=console).select_related("console", "speaks_for")
    return rows.order_by("position", "pk")


def move(rule: MailRule, by: int) -> bool:
    """Move a rule up (-1) or down (1) among those of its mailbox; False where it is at the end already."""
    with transaction.atomic():
        rows = list(rules_of(rule.console).select_for_update(of=("self",)))
        place = next((number for number, row in enumerate(rows) if row.pk == rule.pk), -1)
        other = place + by
        if place < 0 or not 0 <= other < len(rows):
            return False
        rows[place], rows[other] = rows[other], rows[place]
        for number, row in enumerate(rows, start=1):
            row.position = number
        MailRule.objects.bulk_update(rows, ["position"])
    return True


def behind_the_last(console: Console) -> int:
    """The position of a new rule."""
    last = MailRule.objects.filter(console=console).aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def with_own_events(rules: QuerySet[MailRule]) -> QuerySet[MailRule]:
    """Tell of each rule whether its console has events that came by no mail, in the same statement."""
    others = Event.objects.filter(console=OuterRef("speaks_for"), mails__isnull=True)
    return rules.annotate(own_events=Exists(others))


def told_twice(rule: MailRule) -> str:
    """A sentence where the console that a rule speaks for delivers events itself; '' where it does not."""
    target = rule.speaks_for
    if target is None or target.kind not in CONNECTORS:
        return ""
    by_itself = connector_class(target.kind).abilities.events or bool(target.hook_token_digest)
    if not (by_itself or _has_own_events(rule)):
        return ""
    return (
        f"{target} delivers events itself: what its mails tell may become a second alert and a second "
        "ticket. Let the rule take only what the console does not tell."
    )


def _has_own_events(rule: MailRule) -> bool:
    known: bool | None = getattr(rule, "own_events", None)
    if known is None:
        return Event.objects.filter(console=rule.speaks_for_id, mails__isnull=True).exists()
    return known
