"""Ignored computers: by hand, by rule, and who asks for them. No export, sync, tickets or gaps."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Value

from integrations.choices import RunKind
from integrations.ingest.batches import ROWS, batches
from integrations.models import Computer, Console, HaloCredential
from integrations.runs.request import request_run
from mappings.models import ComputerReview, IgnoredComputer, IgnoreRule

SAMPLE = 10
_COLUMNS = ("pk", "console_id", "company_id", "name", "host_name", "products", "product__name",
            "device_class", "tags")  # fmt: skip


class Facts(NamedTuple):
    """What a rule looks at; `_COLUMNS` reads it."""

    id: int
    console_id: int
    company_id: int | None
    name: str
    host_name: str
    products: list[str]
    product: str | None
    device_class: str
    tags: list[str]


# ---- asking ---------------------------------------------------------------------------------


def is_ignored(computer: str = "pk") -> Exists:
    """Condition on rows that name a computer in `computer`."""
    return Exists(IgnoredComputer.objects.filter(computer=OuterRef(computer)))


def without_ignored(computers: QuerySet[Computer]) -> QuerySet[Computer]:
    return computers.filter(~is_ignored())


def why_ignored(computers: Iterable[Computer]) -> dict[int, str]:
    """By computer (our ids): the sentence why it is ignored. For a chunk of alerts; one statement.

    Rules are asked anew, so that a computer which has just come is not missed until the next matching. The
    computers come with their product.
    """
    rows = {row.pk: row for row in computers}
    if not rows:
        return {}
    told: dict[int, str] = {}
    rules, by_hand = _rules_and_reasons(rows)
    tests = [(rule, condition_of(rule)) for rule in rules]
    for facts in map(_facts_of, rows.values()) if tests else ():
        rule = next((rule for rule, fits in tests if fits(facts)), None)
        if rule is not None:
            told[facts.id] = f"The computer is ignored by the rule “{rule}”."
    for pk, reason in by_hand.items():
        because = f": {reason.rstrip('.')}" if reason else ""
        told[pk] = f"The computer is ignored by staff{because}."
    return told


def _rules_and_reasons(computers: Collection[int]) -> tuple[list[IgnoreRule], dict[int, str]]:
    """The rules in force, by name, and why staff ignore which of the computers."""
    columns = ("pk", "name", "console_id", "company_id", "name_pattern", "product", "device_class", "tag")
    rules = IgnoreRule.objects.filter(enabled=True).order_by().values_list(Value(True), *columns)
    nowhere = Value(None, output_field=BigIntegerField())
    by_hand = (
        IgnoredComputer.objects.filter(rule__isnull=True, computer__in=computers)
        .order_by()
        .values_list(
            Value(False), "computer_id", "reason", nowhere, nowhere, *[Value("")] * (len(columns) - 4)
        )
    )
    found, reasons = list[IgnoreRule](), dict[int, str]()
    for is_rule, pk, name, *conditions in rules.union(by_hand, all=True):
        if is_rule:
            values = dict(zip(columns, (pk, name, *conditions), strict=True))
            found.append(IgnoreRule(**values))
        else:
            reasons[pk] = name
    return sorted(found, key=lambda rule: rule.name), reasons


def _facts_of(row: Computer) -> Facts:
    product = row.product.name if row.product else None
    return Facts(
        row.pk, row.console_id, row.company_id, row.name, row.host_name, row.products, product,
        row.device_class, row.tags,
    )  # fmt: skip


# ---- rules ----------------------------------------------------------------------------------


def condition_of(rule: IgnoreRule) -> Callable[[Facts], bool]:
    """Whether a computer fits everything that the rule sets. Case does not matter."""
    tests: list[Callable[[Facts], bool]] = []
    if rule.console_id:
        tests.append(lambda facts: facts.console_id == rule.console_id)
    if rule.company_id:
        tests.append(lambda facts: facts.company_id == rule.company_id)
    if rule.name_pattern:
        like = _pattern(rule.name_pattern)
        tests.append(lambda facts: bool(like.fullmatch(facts.name) or like.fullmatch(facts.host_name)))
    if product := rule.product.casefold():
        tests.append(lambda facts: product in _folded([*facts.products, facts.product or ""]))
    if kind := rule.device_class.casefold():
        tests.append(lambda facts: facts.device_class.casefold() == kind)
    if tag := rule.tag.casefold():
        tests.append(lambda facts: tag in _folded(facts.tags))
    return lambda facts: bool(tests) and all(test(facts) for test in tests)


def _pattern(text: str) -> re.Pattern[str]:
    """`*` anything, `?` one character, all else itself."""
    parts = [{"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in re.sub(r"\*+", "*", text)]
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def _folded(values: Iterable[Any]) -> set[str]:
    return {str(value).casefold() for value in values}


def _facts(computers: QuerySet[Computer]) -> Iterator[Facts]:
    for row in computers.order_by("pk").values_list(*_COLUMNS).iterator(chunk_size=2000):
        yield Facts(*row)


def _within(rule: IgnoreRule) -> QuerySet[Computer]:
    """The computers among which a rule has to look."""
    wanted = {"console": rule.console_id, "company": rule.company_id}
    return Computer.objects.filter(**{f"{name}_id": pk for name, pk in wanted.items() if pk})


@dataclass(frozen=True, slots=True)
class Caught:
    """What a rule catches by now: how many, the first of them by id, how many of them have an asset."""

    computers: int
    mapped: int
    sample: tuple[str, ...]


def caught_by(rule: IgnoreRule) -> Caught:
    """A preview; nothing is stored. `rule` may be unsaved. Two statements and one per 1,000 caught."""
    fits = condition_of(rule)
    ids, sample, mapped = 0, list[str](), 0
    caught = ((facts.id, facts.name) for facts in _facts(_within(rule).filter(active=True)) if fits(facts))
    for batch in batches(caught):
        ids += len(batch)
        sample += [name for _, name in batch[: SAMPLE - len(sample)]]
        with_asset = Computer.objects.filter(
            pk__in=[pk for pk, _ in batch], mappings__halo_asset__isnull=False
        )
        mapped += with_asset.distinct().count()
    return Caught(ids, mapped, tuple(sample))


def refresh_ignored(console: Console | None = None, rule: IgnoreRule | None = None) -> int:
    """Bring the rows that follow from rules up to date (of one console, of one rule); how many changed.

    An unchanged world costs no write: two statements, three with rules.
    """
    rules = IgnoreRule.objects.filter(enabled=True)
    stored = IgnoredComputer.objects.filter(rule__isnull=False)
    if console is not None:
        rules = rules.filter(Q(console=console) | Q(console__isnull=True))
        stored = stored.filter(computer__console=console)
    if rule is not None:
        rules, stored = rules.filter(pk=rule.pk), stored.filter(rule=rule)
    present = {(computer, by): pk for pk, computer, by in stored.values_list("pk", "computer_id", "rule_id")}
    wanted = set(_wanted(list(rules), console))
    gone = [pk for key, pk in present.items() if key not in wanted]
    new = sorted(wanted - present.keys())
    if not gone and not new:
        return 0
    with transaction.atomic():
        for batch in batches(gone):
            IgnoredComputer.objects.filter(pk__in=batch).delete()
        for pairs in batches(new):
            IgnoredComputer.objects.bulk_create(
                [IgnoredComputer(computer_id=computer, rule_id=by) for computer, by in pairs],
                ignore_conflicts=True,
            )
    return len(gone) + len(new)


def _wanted(rules: list[IgnoreRule], console: Console | None) -> Iterator[tuple[int, int]]:
    if not rules:
        return
    tests = [(rule.pk, condition_of(rule)) for rule in rules]
    computers = Computer.objects.filter(console=console) if console else Computer.objects.all()
    if len(rules) == 1 and console is None:
        computers = _within(rules[0])
    for facts in _facts(computers):
        for pk, fits in tests:
            if fits(facts):
                yield facts.id, pk


# ---- by hand --------------------------------------------------------------------------------


def ignore_computers(computers: Iterable[int], reason: str = "", staff: Any = None) -> int:
    """Ignore these (our ids) until staff say otherwise; how many were not yet. Nothing changes in HaloPSA."""
    done = 0
    for ids in batches(sorted(set(computers)), ROWS):
        with transaction.atomic():
            known = IgnoredComputer.objects.filter(rule__isnull=True, computer__in=ids)
            missing = set(ids) - set(known.values_list("computer_id", flat=True))
            there = Computer.objects.filter(pk__in=missing).values_list("pk", flat=True)
            rows = [
                IgnoredComputer(computer_id=pk, reason=reason[:255], ignored_by=staff) for pk in sorted(there)
            ]
            IgnoredComputer.objects.bulk_create(rows, ignore_conflicts=True)
            ComputerReview.objects.filter(computer__in=ids, decided_at__isnull=True).delete()
        done += len(rows)
    return done


def stop_ignoring(computers: Iterable[int]) -> int:
    """Take back what was ignored by hand; how many. What a rule catches stays ignored."""
    done = 0
    for ids in batches(sorted(set(computers)), ROWS):
        done += IgnoredComputer.objects.filter(rule__isnull=True, computer__in=ids).delete()[0]
    return done


def match_again(credential: HaloCredential | None = None) -> None:
    """Staff have changed who competes for which asset, or who takes part at all: match (in all HaloPSAs)."""
    rows = (
        [credential] if credential else HaloCredential.objects.filter(enabled=True, synced_at__isnull=False)
    )
    for row in rows:
        request_run(RunKind.MATCH, halo_credential=row, slot=f"match:{row.pk}")
