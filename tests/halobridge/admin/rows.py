"""A small world in which every page has something to show, any number of times over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from axes.models import AccessAttempt
from django.contrib.auth.models import Group
from django.utils import timezone
from django_q.models import OrmQ, Schedule, Success

from integrations.choices import EventStatus, OptionKind, Resource
from integrations.models import Alarm, AlarmChannel, AlarmNotice, AuditEntry, BudgetPermit, HaloCredential
from mappings.models import (
    AssetRules,
    CompanyChange,
    CompanyMapping,
    CompanySuggestion,
    ComputerMapping,
    ComputerReview,
    FieldMapping,
    Gap,
    GapKind,
    IgnoredCompany,
    IgnoredComputer,
    IgnoreRule,
    LocationMapping,
    MonthCount,
    MonthEnd,
    Newcomer,
    ProductMapping,
    SuggestionFields,
    SyncLimits,
)
from tests.integrations.admin import made
from tests.integrations.admin.made_mails import make_mail, make_mail_rule
from tests.integrations.admin.uploaded import make_upload
from tests.mappings.sheets import make_sheet
from ticketing.models import (
    Alert,
    AlertEvent,
    Decision,
    EventSet,
    IntegrationProfile,
    MaintenanceWindow,
    NoiseSettings,
    Simulation,
    Snooze,
    Storm,
    Ticket,
    TicketRule,
)
from ticketing.simulate.counts import WHAT


@dataclass(frozen=True)
class World:
    credential: HaloCredential
    profile: IntegrationProfile
    event_set: EventSet


def make_profile(credential: HaloCredential, **more: Any) -> IntegrationProfile:
    """A profile whose choices exist in HaloPSA."""
    values: dict[str, Any] = {
        "name": f"Profile {made.number()}",
        "ticket_type": int(made.make_option(credential, OptionKind.TICKET_TYPE, "Alert").halo_id),
        "status_open": int(made.make_option(credential, OptionKind.STATUS, "New").halo_id),
        "status_closed": int(made.make_option(credential, OptionKind.STATUS, "Closed").halo_id),
    }
    return IntegrationProfile.objects.create(halo_credential=credential, **{**values, **more})


def make_event_set(*keys: str, **more: Any) -> EventSet:
    values: dict[str, Any] = {"name": f"Set {made.number()}", "event_types": list(keys or ("backup.failed",))}
    return EventSet.objects.create(**{**values, **more})


def make_ticket(credential: HaloCredential, **more: Any) -> Ticket:
    number = made.number()
    values: dict[str, Any] = {
        "group_key": f"g{number}",
        "marker": f"HB-{number}",
        "halo_id": number,
        "summary": f"Backup failed {number}",
    }
    return Ticket.objects.create(
        instance=credential.instance, halo_credential=credential, **{**values, **more}
    )


def make_alert(credential: HaloCredential, console: Any, **more: Any) -> Alert:
    number = made.number()
    values: dict[str, Any] = {
        "identity": f"a{number}",
        "series_key": f"plan:{number}",
        "event_type": "backup.failed",
        "title": f"Backup failed {number}",
        "state": "open",
        "opened_at": timezone.now(),
        "newest_at": timezone.now(),
        "decision": Decision.BASELINE,
    }
    return Alert.objects.create(halo_credential=credential, console=console, **{**values, **more})


def make_world() -> World:
    """The connections and choices; `fill` adds rows."""
    credential = made.make_credential()
    made.make_heartbeat()
    return World(credential, make_profile(credential), make_event_set(is_default=True))


def fill(world: World, rows: int) -> None:
    """As many rows of everything that grows."""
    console = made.make_console()
    asset_type = made.make_asset_type(world.credential)
    product = made.make_product(console)
    ProductMapping.objects.create(
        console=console, product=product, halo_credential=world.credential, asset_type=asset_type.halo_id
    )
    run, plan = made.make_run(halo_credential=world.credential), made.make_plan(world.credential)
    for _ in range(rows):
        _fill_one(world, console, product, asset_type, run, plan)
    BudgetPermit.objects.create(instance=world.credential.instance, taken_at=timezone.now(), purpose=60)
    NoiseSettings.objects.get_or_create(halo_credential=world.credential)
    SyncLimits.objects.get_or_create(halo_credential=world.credential)
    AssetRules.objects.get_or_create(halo_credential=world.credential)


def _fill_noise(world: World, company: Any, computer: Any) -> None:
    number = made.number()
    window = MaintenanceWindow.objects.create(
        name=f"Window {number}", time_zone="UTC", begins_on="2026-01-01", begins_at="22:00", minutes=60
    )
    window.companies.add(company)
    Snooze.objects.create(company=company, computer=computer)
    figures = dict.fromkeys(WHAT, 2)
    line = {"forecast": figures, "really": figures}
    told = {"events": 9, **line, "by_day": [{"day": "2026-03-01", **line}]}
    told["by_company"] = [{"company": company.pk, "name": company.name, **line}]
    Simulation.objects.create(event_set=world.event_set, profile=world.profile, result=told)
    ticket = make_ticket(world.credential, company=company)
    Storm.objects.create(halo_credential=world.credential, company=company, ticket=ticket)


def _fill_news(world: World, company: Any, client: Any) -> None:
    common = {"halo_credential": world.credential}
    Newcomer.objects.create(company=company, state="open", **common)
    Newcomer.objects.create(halo_client=made.make_client(world.credential), state="open", **common)
    IgnoredCompany.objects.create(company=made.make_company(company.console), **common)
    SuggestionFields.objects.create(
        console=made.make_console(), company_field="account_number", client_field="reference", **common
    )


def _fill_gaps(credential: HaloCredential, client: Any, computer: Any) -> None:
    Gap.objects.create(
        halo_credential=credential,
        kind=GapKind.NOT_IN_HALO,
        computer=computer,
        company=computer.company,
        console=computer.console,
        client=client,
        name=computer.name,
        reason="No asset is linked with it.",
    )
    month, _ = MonthEnd.objects.get_or_create(halo_credential=credential, ends_on="2026-01-31")
    MonthCount.objects.create(
        month_end=month, client=client, client_name=client.name, console_name="Backup", number=3
    )


def _fill_left_out(world: World, computer: Any, asset: Any) -> None:
    """Computers that staff decide about, and that they ignore."""
    ComputerReview.objects.create(
        computer=computer,
        halo_credential=world.credential,
        kind="one_to_many",
        reason="Two assets fit.",
        candidates=[asset.pk],
    )
    rule = IgnoreRule.objects.create(name=f"Rule {made.number()}", name_pattern="TEST-*")
    IgnoredComputer.objects.create(computer=computer, rule=rule)


def _fill_one(world: World, console: Any, product: Any, asset_type: Any, run: Any, plan: Any) -> None:
    credential = world.credential
    client = made.make_client(credential)
    site = made.make_site(client)
    made.make_end_user(site, email=f"{'long.' * 12}{made.number()}@customer.example")
    asset = made.make_asset(client, site=site, asset_type=asset_type, fields={"3": "Dell"})
    made.make_licence(client, site=site, count=5, in_use=7)
    made.make_program(asset, f"Program {made.number()}")
    for row, resource in ((client, Resource.CLIENTS), (asset, Resource.ASSETS)):
        made.make_halo_change(row, resource)
    field = made.make_field(credential)
    FieldMapping.objects.create(halo_credential=credential, attribute="model", field_id=field.halo_id)
    company = made.make_company(console)
    place = made.make_location(company)
    mapping = CompanyMapping.objects.create(
        company=company, halo_credential=credential, halo_client=client, halo_site=site
    )
    LocationMapping.objects.create(location=place, company_mapping=mapping, halo_site=site)
    CompanyChange.objects.create(company=company, halo_credential=credential, text="Mapped.")
    TicketRule.objects.create(company_mapping=mapping, event_set=world.event_set, profile=world.profile)
    computer = made.make_computer(company, product=product)
    ComputerMapping.objects.create(
        computer=computer, halo_credential=credential, halo_asset=asset, halo_site=site
    )
    _fill_noise(world, company, computer)
    _fill_left_out(world, made.make_computer(company), asset)
    _fill_gaps(credential, client, made.make_computer(company))
    other = made.make_company(console)
    CompanySuggestion.objects.create(
        company=other, halo_credential=credential, halo_client=client, score=100, reason="Same name."
    )
    _fill_news(world, other, client)
    event = made.make_event(console, company=company, computer=computer, status=EventStatus.ROUTED)
    made.make_event(console, company=other, status=EventStatus.WAITING)
    made.make_delivery(console)
    make_mail(make_mail_rule(speaks_for=console), event=event)
    make_upload(console)
    make_sheet(credential)
    ticket = make_ticket(credential, company=company, computer=computer, profile=world.profile)
    alert = make_alert(credential, console, company=company, computer=computer, ticket=ticket)
    AlertEvent.objects.create(alert=alert, event=event, occurrence=1)
    made.make_entry(run)
    made.make_run(halo_credential=credential)
    made.make_change(plan)
    made.make_plan(credential, company=company)
    made.make_intention(credential, cause=f"{made.number():064x}", lane=f"ticket:{ticket.pk}")


def make_audit_entry(user: Any, **more: Any) -> AuditEntry:
    values: dict[str, Any] = {
        "action": "change",
        "who": str(user),
        "account": user,
        "source": "admin",
        "kind": "integrations.console",
        "object_id": made.number(),
        "name": "Backup",
        "changes": {
            "enabled": {"before": True, "after": False},
            "credentials.password": {"secret": True},
        },
    }
    return AuditEntry.objects.create(**{**values, **more})


def fill_system(user: Any) -> None:
    """One row for each page of the system itself."""
    make_audit_entry(user)
    made.make_token(user)
    AccessAttempt.objects.create(
        username=f"guesser{made.number()}", ip_address="192.0.2.7", failures_since_start=5
    )
    channel = AlarmChannel.objects.create(
        name=f"Duty {made.number()}", kind="teams", address=f"https://hooks.example/{made.SECRET}"
    )
    alarm = Alarm.objects.create(kind="queue", key=f"queue:{made.number()}", title="It has stopped.")
    AlarmNotice.objects.create(alarm=alarm, channel=channel)
    made.make_held_loss(made.make_credential())
    Group.objects.create(name=f"Service desk {made.number()}")
    Schedule.objects.create(name="halobridge: tick", func="integrations.schedules.tick")
    Success.objects.create(
        id=f"task{made.number()}",
        name="tick",
        func="f",
        started=timezone.now(),
        stopped=timezone.now(),
        success=True,
    )
    OrmQ.objects.create(key="halobridge", payload="", lock=timezone.now())
