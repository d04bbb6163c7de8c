"""Rows for the tests of the admin pages. Plain functions; what a test does not name is made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from integrations.choices import (
    Action,
    ChangeKind,
    ConnectionState,
    EventState,
    IntentionKind,
    OptionKind,
    Outcome,
    PlanState,
    RunKind,
    RunState,
)
from integrations.models import (
    ApiToken,
    Company,
    Computer,
    Console,
    Entry,
    Event,
    HaloAsset,
    HaloAssetType,
    HaloChange,
    HaloClient,
    HaloCredential,
    HaloField,
    HaloLicence,
    HaloOption,
    HaloSite,
    HaloSoftware,
    HaloUser,
    Heartbeat,
    HeldLoss,
    Instance,
    Intention,
    Location,
    Plan,
    PlannedChange,
    Product,
    RawDelivery,
    Run,
)

SECRET = "marked-secret-9f3b7c"
"""What no page may ever show."""

_numbers = count(1)


def number() -> int:
    return next(_numbers)


def make_superuser(name: str = "admin") -> User:
    return User.objects.create_superuser(name, "admin@example.com", "a long password")


def make_staff(name: str = "helper", *permissions: str) -> User:
    """A staff account with these rights (`app.codename`)."""
    from django.contrib.auth.models import Permission

    user = User.objects.create_user(name, password="a long password", is_staff=True)
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


# ---- connections ----------------------------------------------------------------------------


def make_held_loss(credential: HaloCredential, **more: Any) -> HeldLoss:
    told = {"resource": "assets", "known": 40, "missing": 30, "reason": "30 of 40 Halo assets are missing."}
    return HeldLoss.objects.create(halo_credential=credential, **{**told, **more})


def make_instance(**more: Any) -> Instance:
    server = more.pop("resource_server", f"https://desk{number()}.example.com/api")
    return Instance.objects.create(resource_server=server, **more)


def make_credential(name: str = "", instance: Instance | None = None, **more: Any) -> HaloCredential:
    instance = instance or make_instance()
    values: dict[str, Any] = {
        "name": name or f"Desk {number()}",
        "instance": instance,
        "resource_server": instance.resource_server,
        "authorisation_server": instance.resource_server.replace("/api", "/auth"),
        "client_id": "client-id",
        "client_secret": SECRET,
        "access_token": SECRET + "-token",
        "state": ConnectionState.WORKING,
        "synced_at": timezone.now(),
        "tested_at": timezone.now(),
        "halo_agent": "API agent",
        "permissions": [
            {"name": "Read clients", "state": "works", "needed_for": "Company mapping", "grant": ""},
            {"name": "Create tickets", "state": "refused", "needed_for": "Tickets", "grant": "edit:tickets"},
        ],
    }
    return HaloCredential.objects.create(**{**values, **more})


def make_console(name: str = "", **more: Any) -> Console:
    values: dict[str, Any] = {
        "name": name or f"Backup {number()}",
        "kind": "msp360",
        "credentials": {"login": "api-login", "password": SECRET},
        "state": ConnectionState.WORKING,
        "synced_at": timezone.now(),
    }
    return Console.objects.create(**{**values, **more})


def make_token(user: User, **more: Any) -> ApiToken:
    token = ApiToken(user=user, name=f"Script {number()}", **more)
    token.set_new_key()
    token.save()
    return token


# ---- Halo data ------------------------------------------------------------------------------


def make_client(credential: HaloCredential, name: str = "", **more: Any) -> HaloClient:
    values = {"halo_id": number(), "name": name or f"Client {number()}"}
    return HaloClient.objects.create(halo_credential=credential, **{**values, **more})


def make_site(client: HaloClient, name: str = "Main", **more: Any) -> HaloSite:
    values = {"halo_id": number(), "name": name}
    return HaloSite.objects.create(
        halo_credential=client.halo_credential, client=client, **{**values, **more}
    )


def make_end_user(site: HaloSite, name: str = "General User", **more: Any) -> HaloUser:
    values = {"halo_id": number(), "name": name}
    return HaloUser.objects.create(halo_credential=site.halo_credential, site=site, **{**values, **more})


def make_asset_type(credential: HaloCredential, name: str = "Workstation", **more: Any) -> HaloAssetType:
    values = {"halo_id": number(), "name": name}
    return HaloAssetType.objects.create(halo_credential=credential, **{**values, **more})


def make_field(credential: HaloCredential, name: str = "Serial Number", **more: Any) -> HaloField:
    values = {"halo_id": number(), "name": name}
    return HaloField.objects.create(halo_credential=credential, **{**values, **more})


def make_option(credential: HaloCredential, kind: OptionKind, name: str, **more: Any) -> HaloOption:
    values = {"halo_id": str(number()), "name": name}
    return HaloOption.objects.create(halo_credential=credential, kind=kind, **{**values, **more})


def make_asset(client: HaloClient, name: str = "", **more: Any) -> HaloAsset:
    values = {"halo_id": number(), "name": name or f"ASSET-{number()}"}
    return HaloAsset.objects.create(
        halo_credential=client.halo_credential, client=client, **{**values, **more}
    )


def make_licence(client: HaloClient, name: str = "", **more: Any) -> HaloLicence:
    values = {"halo_id": number(), "name": name or f"Licence {number()}"}
    return HaloLicence.objects.create(
        halo_credential=client.halo_credential, client=client, **{**values, **more}
    )


def make_program(asset: HaloAsset, name: str = "Browser", version: str = "1.0", **more: Any) -> HaloSoftware:
    values = {"halo_id": number(), "name": name, "version": version}
    return HaloSoftware.objects.create(asset=asset, **{**values, **more})


def make_halo_change(row: Any, resource: str, kind: str = ChangeKind.RENAMED, **more: Any) -> HaloChange:
    values = {"halo_id": row.halo_id, "before": "Old name", "after": row.name}
    return HaloChange.objects.create(
        halo_credential=row.halo_credential, resource=resource, kind=kind, **{**values, **more}
    )


# ---- console data ---------------------------------------------------------------------------


def make_company(console: Console, name: str = "", **more: Any) -> Company:
    values = {"external_id": f"c{number()}", "name": name or f"Company {number()}"}
    return Company.objects.create(console=console, **{**values, **more})


def make_location(company: Company, name: str = "Office") -> Location:
    return Location.objects.create(company=company, external_id=f"l{number()}", name=name)


def make_product(console: Console, name: str = "") -> Product:
    return Product.objects.create(console=console, name=name or f"Licence {number()}")


def make_computer(company: Company | None, name: str = "", **more: Any) -> Computer:
    console = more.pop("console", None) or (company.console if company else make_console())
    values = {"external_id": f"m{number()}", "name": name or f"PC-{number()}"}
    return Computer.objects.create(console=console, company=company, **{**values, **more})


def make_event(console: Console, title: str = "", **more: Any) -> Event:
    values: dict[str, Any] = {
        "external_id": f"e{number()}",
        "fingerprint": f"f{number()}",
        "event_type": "backup.failed",
        "state": EventState.OPEN,
        "title": title or f"Backup failed {number()}",
        "occurred_at": datetime(2026, 3, 1, 10, tzinfo=UTC),
    }
    return Event.objects.create(console=console, **{**values, **more})


def make_delivery(console: Console | None = None) -> RawDelivery:
    return RawDelivery.objects.create(console=console, door="webhook", body="{}")


# ---- runs -----------------------------------------------------------------------------------


def make_run(kind: str = RunKind.SYNC_HALO, **more: Any) -> Run:
    values: dict[str, Any] = {
        "state": RunState.SUCCEEDED,
        "started_at": timezone.now() - timedelta(seconds=75),
        "ended_at": timezone.now(),
        "totals": {"clients created": 3},
    }
    return Run.objects.create(kind=kind, **{**values, **more})


def make_entry(run: Run, subject: str = "", **more: Any) -> Entry:
    values: dict[str, Any] = {
        "action": Action.UPDATE,
        "outcome": Outcome.DONE,
        "before": {"halo_id": 7, "fields": {"3": {"name": "Model", "value": "Old"}}},
        "after": {"fields": {"3": {"name": "Model", "value": "New"}}},
    }
    return Entry.objects.create(run=run, subject=subject or f"PC-{number()}", **{**values, **more})


def make_plan(credential: HaloCredential, **more: Any) -> Plan:
    values: dict[str, Any] = {"state": PlanState.READY, "checksum": "abc", "counts": {"create": 1}}
    return Plan.objects.create(halo_credential=credential, **{**values, **more})


def make_change(plan: Plan, subject: str = "", **more: Any) -> PlannedChange:
    values: dict[str, Any] = {
        "position": number(),
        "action": Action.CREATE,
        "subject_kind": "computer",
        "subject_id": number(),
        "after": {
            "asset_type_id": 4,
            "asset_type_name": "Server",
            "fields": {"3": {"name": "Model", "value": "R7"}},
        },
    }
    return PlannedChange.objects.create(plan=plan, subject=subject or f"PC-{number()}", **{**values, **more})


def make_intention(credential: HaloCredential, **more: Any) -> Intention:
    values: dict[str, Any] = {
        "kind": IntentionKind.CREATE_TICKET,
        "cause": f"cause {number()}",
        "lane": f"ticket:{number()}",
        "sequence": 1,
        "subject_id": 1,
    }
    return Intention.objects.create(
        instance=credential.instance, halo_credential=credential, **{**values, **more}
    )


def make_heartbeat(cluster: str = "") -> Heartbeat:
    return Heartbeat.objects.create(
        host="bridge-1", cluster=cluster or f"halobridge-{number()}", stamped_at=timezone.now()
    )
