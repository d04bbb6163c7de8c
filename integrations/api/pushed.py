"""Companies and computers that programs send for `push` consoles: an upsert by console and external id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from django.core.validators import URLValidator
from django.db.models import Q, QuerySet
from rest_framework import serializers

from integrations.api.posted import ConsoleIndex, ConsoleReference, Item, Moment, in_zone, validate_each
from integrations.ingest.console_side import store_companies, store_computers
from integrations.models import Company, Computer, Console
from integrations.records import CompanyRecord, ComputerRecord, LocationRecord
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


def _text(length: int = 255) -> serializers.CharField:
    return serializers.CharField(max_length=length, required=False, allow_blank=True, allow_null=True)


def _address() -> serializers.CharField:
    """Only addresses that a browser may be sent to: a page shows them as links."""
    checks = [URLValidator(schemes=["https", "http"])]
    return serializers.CharField(
        max_length=1000, required=False, allow_blank=True, allow_null=True, validators=checks
    )


def _texts(length: int = 255) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=length), max_length=200, required=False
    )


class PushedLocationSerializer(serializers.Serializer[Any]):
    external_id = serializers.CharField(max_length=200)
    name = serializers.CharField(max_length=255)


class PushedCompanySerializer(serializers.Serializer[Any]):
    """One company. What is not sent stays as it is stored."""

    console = PushConsole()
    external_id = serializers.CharField(max_length=200)
    name = serializers.CharField(max_length=255)
    domain = _text()
    account_number = _text(100)
    tags = _texts(100)
    locations = PushedLocationSerializer(many=True, required=False)


class PushedComputerSerializer(serializers.Serializer[Any]):
    """One computer. What is not sent stays as it is stored."""

    console = PushConsole()
    external_id = serializers.CharField(max_length=200)
    name = serializers.CharField(max_length=255)
    company = serializers.IntegerField(required=False, allow_null=True, help_text="Our id of the company.")
    company_external_id = _text(200)
    location_external_id = _text(200)
    host_name = _text()
    serial_number = _text()
    mac_addresses = _texts(64)
    ip_addresses = _texts(64)
    manufacturer = _text()
    model = _text()
    os_name = _text()
    os_version = _text()
    device_class = _text(40)
    last_user = _text()
    last_seen = Moment(required=False, allow_null=True)
    online = serializers.BooleanField(required=False, allow_null=True)
    in_maintenance = serializers.BooleanField(
        required=False, allow_null=True, help_text="While it is true, alerts of the computer make no tickets."
    )
    tags = _texts(100)
    agent_version = _text(100)
    purchased_on = serializers.DateField(required=False, allow_null=True)
    warranty_ends_on = serializers.DateField(required=False, allow_null=True)
    console_url = _address()
    remote_url = _address()
    products = _texts(200)


# ---- records --------------------------------------------------------------------------------


def company_record(item: Item) -> CompanyRecord:
    values = item.values
    return CompanyRecord(
        external_id=values["external_id"],
        name=values["name"],
        domain=values.get("domain") or None,
        account_number=values.get("account_number") or None,
        tags=tuple(values.get("tags") or ()),
        locations=tuple(LocationRecord(**location) for location in values.get("locations") or ()),
        raw={"unread": _unread(values, CompanyRecord)},
    )


def computer_record(item: Item) -> ComputerRecord:
    values = item.values
    names = {field.name for field in fields(ComputerRecord)} & set(values)
    content: dict[str, Any] = {
        name: tuple(v) if isinstance(v := values[name], list) else v or None for name in names
    }
    content |= {name: values.get(name) for name in ("online", "in_maintenance")}
    content["last_seen"] = in_zone(values.get("last_seen"), values["console"])
    return ComputerRecord(**content, raw={"unread": _unread(values, ComputerRecord)})


def _unread(values: Mapping[str, Any], record: type) -> list[str]:
    """Names of what the program did not send: the stored values are kept."""
    return sorted({field.name for field in fields(record)} - set(values) - {"raw"})


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


COMPANIES: Final = Kind(Company, PushedCompanySerializer, company_record, store_companies)
COMPUTERS: Final = Kind(Computer, PushedComputerSerializer, computer_record, store_computers)


def take_in(kind: Kind, items: Sequence[Item]) -> list[str]:
    """Validate and store; one outcome per item in order. Of items with one id the last is stored."""
    context = {"consoles": ConsoleIndex(items)}
    validate_each(kind.serializer(context=context), items)
    if kind is COMPUTERS:
        resolve_companies(items)
    by_console: dict[Console, dict[str, Item]] = defaultdict(dict)
    for item in items:
        if not item.errors:
            by_console[item.values["console"]][item.values["external_id"]] = item
    known = set(stored_rows(kind, items).values_list("console_id", "external_id"))
    for console, last in by_console.items():
        kind.store(console, [kind.record(item) for item in last.values()], seen=set())
    return [INVALID if item.errors else UPDATED if place_of(item) in known else CREATED for item in items]


def place_of(item: Item) -> tuple[int, str]:
    return item.values["console"].pk, item.values["external_id"]


def stored_rows(kind: Kind, items: Sequence[Item]) -> QuerySet[Any]:
    """The rows of all valid items; the ids are exact, the consoles may bring a few more along."""
    good = [item for item in items if not item.errors]
    return kind.model._default_manager.filter(
        console__in={item.values["console"].pk for item in good},
        external_id__in={item.values["external_id"] for item in good},
    ).order_by()
