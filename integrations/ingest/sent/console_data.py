"""Companies and computers that were sent: what is allowed, and the records that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from django.core.validators import URLValidator
from rest_framework import serializers

from integrations.ingest.sent.items import Item, Moment, in_zone
from integrations.models import Console
from integrations.records import CompanyRecord, ComputerRecord, LocationRecord
from integrations.sync.clocks import is_ahead


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


class SentLocationSerializer(serializers.Serializer[Any]):
    external_id = serializers.CharField(max_length=200)
    name = serializers.CharField(max_length=255)


class SentCompanySerializer(serializers.Serializer[Any]):
    """One company. What is not sent stays as it is stored."""

    external_id = serializers.CharField(max_length=200)
    name = serializers.CharField(max_length=255)
    domain = _text()
    account_number = _text(100)
    tags = _texts(100)
    locations = SentLocationSerializer(many=True, required=False)


class SentComputerSerializer(serializers.Serializer[Any]):
    """One computer. What is not sent stays as it is stored."""

    external_id = serializers.CharField(max_length=200)
    name = serializers.CharField(max_length=255)
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


def leave_out_future(item: Item, console: Console, now: datetime) -> None:
    """Take a last contact in the future out of a computer, with a note; the stored one stays."""
    if is_ahead(in_zone(item.values.get("last_seen"), console), now):
        del item.values["last_seen"]
        item.notes.append(f"The last contact ({item.sent['last_seen']}) is in the future, so it is left out.")


# ---- records --------------------------------------------------------------------------------


def company_record(values: Mapping[str, Any]) -> CompanyRecord:
    return CompanyRecord(
        external_id=values["external_id"],
        name=values["name"],
        domain=values.get("domain") or None,
        account_number=values.get("account_number") or None,
        tags=tuple(values.get("tags") or ()),
        locations=tuple(LocationRecord(**location) for location in values.get("locations") or ()),
        raw={"unread": _unread(values, CompanyRecord)},
    )


def computer_record(values: Mapping[str, Any], console: Console) -> ComputerRecord:
    names = {field.name for field in fields(ComputerRecord)} & set(values)
    content: dict[str, Any] = {
        name: tuple(v) if isinstance(v := values[name], list) else v or None for name in names
    }
    content |= {name: values.get(name) for name in ("online", "in_maintenance")}
    content["last_seen"] = in_zone(values.get("last_seen"), console)
    return ComputerRecord(**content, raw={"unread": _unread(values, ComputerRecord)})


def _unread(values: Mapping[str, Any], record: type) -> list[str]:
    """Names of what the program did not send: the stored values are kept."""
    return sorted({field.name for field in fields(record)} - set(values) - {"raw"})
