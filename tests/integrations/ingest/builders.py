"""Rows and records to ingest, and a look at the SQL that ingesting takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.models import Console, HaloCredential, Instance
from integrations.records import (
    AssetFieldValue,
    AssetRecord,
    AssetTypeRecord,
    ClientRecord,
    CompanyRecord,
    ComputerRecord,
    EventRecord,
    FieldRecord,
    LicenceRecord,
    LocationRecord,
    OptionRecord,
    SiteRecord,
    SoftwareRecord,
    UserRecord,
)

MORNING = datetime(2026, 3, 1, 9, tzinfo=UTC)


def make_console(name: str = "Backup", **values: Any) -> Console:
    return Console.objects.create(name=name, kind="msp360", **values)


def make_credential(name: str = "Main") -> HaloCredential:
    instance, _ = Instance.objects.get_or_create(resource_server=f"https://{name.lower()}.example")
    return HaloCredential.objects.create(
        name=name,
        instance=instance,
        resource_server=instance.resource_server,
        client_id="x",
        client_secret="y",
    )


def make_companies(count: int, **values: Any) -> list[CompanyRecord]:
    return [
        CompanyRecord(
            f"c{number}", f"Company {number} Ltd", locations=(LocationRecord("hq", "Head office"),), **values
        )
        for number in range(count)
    ]


def make_computers(count: int, companies: int = 1, **values: Any) -> list[ComputerRecord]:
    """Computers spread evenly over `companies` companies, each at the location `hq`."""
    return [
        ComputerRecord(
            external_id=f"pc{number}",
            **{
                "name": f"PC-{number:03}",
                "company_external_id": f"c{number % companies}",
                "location_external_id": "hq",
                "serial_number": f"SN{number}",
                "mac_addresses": ("00:15:5d:01:02:03",),
                "products": ("Server", "Mail"),
                "last_seen": MORNING,
                "online": True,
                **values,
            },
        )
        for number in range(count)
    ]


def make_event(external_id: str = "e1", state: str = "open", **values: Any) -> EventRecord:
    return EventRecord(
        external_id=external_id,
        state=state,
        **{"event_type": "backup.failed", "title": "Backup failed", **values},
    )


def make_clients(count: int, **values: Any) -> list[ClientRecord]:
    return [
        ClientRecord(number, f"Client {number} Ltd", updated_at=MORNING, **values)
        for number in range(1, count + 1)
    ]


def make_sites(count: int, **values: Any) -> list[SiteRecord]:
    return [
        SiteRecord(number, "Main", **{"client_id": number, "updated_at": MORNING, **values})
        for number in range(1, count + 1)
    ]


def make_users(count: int, **values: Any) -> list[UserRecord]:
    return [
        UserRecord(
            number, f"Person {number}", **{"site_id": number, "email": f"p{number}@example.com", **values}
        )
        for number in range(1, count + 1)
    ]


def make_asset_types(count: int) -> list[AssetTypeRecord]:
    return [AssetTypeRecord(number, f"Type {number}", field_ids=(1, 2)) for number in range(1, count + 1)]


def make_assets(count: int, **values: Any) -> list[AssetRecord]:
    return [
        AssetRecord(
            number,
            **{
                "client_id": number,
                "site_id": number,
                "asset_type_id": 1,
                "inventory_number": f"TAG-{number}",
                "key_field": f"PC-{number}",
                "fields": (AssetFieldValue(2, "Serial Number", f"SN{number}"),),
                "users": (number,),
                "serial_number": f"SN{number}",
                "warranty_ends_on": date(2027, 3, 31),
                "custom_fields": {310: f"PO-{number}"},
                "updated_at": MORNING,
                **values,
            },
        )
        for number in range(1, count + 1)
    ]


def make_fields(count: int, kind: str = "asset") -> list[FieldRecord]:
    return [FieldRecord(number, f"Field {number}", kind) for number in range(1, count + 1)]


def make_licences(count: int, **values: Any) -> list[LicenceRecord]:
    return [
        LicenceRecord(
            number,
            f"Product {number}",
            **{"client_id": number, "count": 5, "in_use": 3, "ends_on": date(2027, 3, 31), **values},
        )
        for number in range(1, count + 1)
    ]


def make_software(count: int, **values: Any) -> list[SoftwareRecord]:
    return [
        SoftwareRecord(number, f"Program {number}", **{"version": "1.0", "licence_id": number, **values})
        for number in range(1, count + 1)
    ]


def make_options(count: int, kind: str = "status", **values: Any) -> list[OptionRecord]:
    return [OptionRecord(kind, str(number), f"Option {number}", **values) for number in range(1, count + 1)]


class Sql:
    """The statements that a block of code took, without those of transactions."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    @property
    def writes(self) -> list[str]:
        return [sql for sql in self.statements if sql.lstrip().split(" ", 1)[0].upper() in WRITING]


WRITING = {"INSERT", "UPDATE", "DELETE", "REPLACE"}
TRANSACTIONS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@contextmanager
def captured_sql() -> Iterator[Sql]:
    sql = Sql()
    with CaptureQueriesContext(connection) as captured:
        yield sql
    sql.statements = [row["sql"] for row in captured if not row["sql"].startswith(TRANSACTIONS)]


def statements_of(work: Callable[[], Any]) -> int:
    with captured_sql() as sql:
        work()
    return len(sql.statements)
