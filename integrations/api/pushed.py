"""Companies and computers that programs send for `push` consoles: an upsert by console and external id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone
from rest_framework import serializers

from integrations.api.known_names import KnownNamesOnly
from integrations.api.numbers import OurId
from integrations.api.posted import ConsoleIndex, ConsoleReference
from integrations.ingest.console_side import store_companies, store_computers
from integrations.ingest.sent.console_data import (
    SentCompanySerializer,
    SentComputerSerializer,
    company_record,
    computer_record,
    leave_out_future,
)
from integrations.ingest.sent.items import Item, validate_each
from integrations.models import Company, Computer, Console
from integrations.records import CompanyRecord, ComputerRecord
from integrations.registry import UnknownKind, connector_class

CREATED: Final = "created"
UPDATED: Final = "updated"
INVALID: Final = "invalid"


class PushConsole(ConsoleReference):
    default_error_messages = {
        "not_pushed": "What the console {reference!r} holds is read from it; only consoles of the kind "
        "“push” are written to."
    }

    def to_internal_value(self, data: Any) -> Console:
        console = super().to_internal_value(data)
        try:
            pushed = connector_class(console.kind).abilities.pushed
        except UnknownKind:
            pushed = False
        if not pushed:
            self.fail("not_pushed", reference=console.name)
        return console


class Addressed(KnownNamesOnly):
    console = PushConsole()


class PushedCompanySerializer(Addressed, SentCompanySerializer):
    """One company. What is not sent stays as it is stored."""


class PushedComputerSerializer(Addressed, SentComputerSerializer):
    """One computer. What is not sent stays as it is stored."""

    company = OurId(required=False, allow_null=True, help_text="Our id of the company.")


def resolve_companies(items: Sequence[Item]) -> None:
    """Turn `company` into its external id, and refuse companies that are not of the computer's console."""
    good = [item for item in items if not item.errors]
    rows = Company.objects.filter(console__in={item.values["console"].pk for item in good}).filter(
        _named_by(good)
    )
    by_id: dict[int, tuple[int, str]] = {}
    known: set[tuple[int, str]] = set()
    for pk, console_id, external_id in rows.values_list("pk", "console_id", "external_id"):
        by_id[pk] = (console_id, external_id)
        known.add((console_id, external_id))
    for item in good:
        _resolve_company(item, by_id, known)


def _named_by(items: Iterable[Item]) -> Q:
    ids = {item.values["company"] for item in items if item.values.get("company")}
    names = {item.values["company_external_id"] for item in items if item.values.get("company_external_id")}
    return Q(pk__in=[pk for pk in ids if 0 < pk < 2**63]) | Q(external_id__in=names)


def _resolve_company(item: Item, by_id: Mapping[int, tuple[int, str]], known: set[tuple[int, str]]) -> None:
    console, values = item.values["console"], item.values
    if values.get("company"):
        place = by_id.get(values["company"])
        if place is None or place[0] != console.pk:
            item.errors = {"company": [f"The console has no company with the id {values['company']}."]}
            return
        values["company_external_id"] = place[1]
    elif "company" in values and "company_external_id" not in values:
        values["company_external_id"] = None
    elif (sent := values.get("company_external_id")) and (console.pk, sent) not in known:
        item.errors = {
            "company_external_id": [
                f"The console has no company with the external id {sent!r}; send it first."
            ]
        }


# ---- storing --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two things that are pushed."""

    model: type[Company] | type[Computer]
    serializer: type[serializers.Serializer[Any]]
    record: Callable[[Item], CompanyRecord | ComputerRecord]
    store: Callable[..., Any]


COMPANIES: Final = Kind(
    Company, PushedCompanySerializer, lambda item: company_record(item.values), store_companies
)
COMPUTERS: Final = Kind(
    Computer,
    PushedComputerSerializer,
    lambda item: computer_record(item.values, item.values["console"]),
    store_computers,
)


def take_in(kind: Kind, items: Sequence[Item]) -> list[str]:
    """Validate and store; one outcome per item in order. Of items with one id only the last is taken."""
    context = {"consoles": ConsoleIndex(items)}
    validate_each(kind.serializer(context=context), items)
    if kind is COMPUTERS:
        resolve_companies(items)
        now = timezone.now()
        for item in items:
            if not item.errors:
                leave_out_future(item, item.values["console"], now)
    refuse_repeated(items)
    by_console: dict[Console, list[Item]] = defaultdict(list)
    for item in items:
        if not item.errors:
            by_console[item.values["console"]].append(item)
    known = set(stored_rows(kind, items).values_list("console_id", "external_id"))
    for console, good in by_console.items():
        kind.store(console, [kind.record(item) for item in good], seen=set())
    return [INVALID if item.errors else UPDATED if place_of(item) in known else CREATED for item in items]


def refuse_repeated(items: Sequence[Item]) -> None:
    """Refuse each valid item whose id a later one has: it would be lost unsaid."""
    later: dict[tuple[int, str], int] = {}
    for number, item in reversed(list(enumerate(items, 1))):
        if item.errors:
            continue
        last = later.setdefault(place_of(item), number)
        if last != number:
            item.errors = {"external_id": [f"Item {last} has the same external_id; only that one is taken."]}


def place_of(item: Item) -> tuple[int, str]:
    return item.values["console"].pk, item.values["external_id"]


def stored_rows(kind: Kind, items: Sequence[Item]) -> QuerySet[Any]:
    """The rows of all valid items; the ids are exact, the consoles may bring a few more along."""
    good = [item for item in items if not item.errors]
    return kind.model._default_manager.filter(
        console__in={item.values["console"].pk for item in good},
        external_id__in={item.values["external_id"] for item in good},
    ).order_by()
