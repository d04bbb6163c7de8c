"""A world in which every list of the API has as many rows as wanted."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from integrations.models import (
    Alarm,
    AlarmChannel,
    AlarmNotice,
    ApiToken,
    AuditEntry,
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
    Instance,
    Location,
    Mail,
    MailRule,
    Plan,
    PlannedChange,
    Product,
    RawDelivery,
    Run,
    Upload,
)
from mappings.models import (
    AssetRules,
    CompanyChange,
    CompanyMapping,
    CompanySuggestion,
    ComputerMapping,
    ComputerReview,
    FieldMapping,
    Gap,
    IgnoredCompany,
    IgnoredComputer,
    IgnoreRule,
    LocationMapping,
    MappingSheet,
    MonthCount,
    MonthEnd,
    Newcomer,
    ProductMapping,
    SheetRow,
    SuggestionFields,
    SyncLimits,
)
from tests.builders import make_console, make_credential
from tests.integrations.admin.made import make_intention
from tests.mappings.sheets import make_sheet
from ticketing.models import (
    Alert,
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

SECRETS = (
    "s3cret-client-secret",
    "s3cret-access-token",
    "s3cret-console-key",
    "s3cret-hook",
    "s3cret-address",
    "s3cret-digest",
)


class World:
    """One credential and one console with a run and a plan each; `grow` adds rows to all lists."""

    def __init__(self) -> None:
        self.credential: HaloCredential = make_credential(
            client_secret=SECRETS[0], access_token=SECRETS[1], hook_token_digest=SECRETS[3]
        )
        self.console: Console = make_console(
            kind="push", credentials={"key": SECRETS[2]}, hook_token_digest=SECRETS[3]
        )
        self.mailbox: Console = make_console(kind="email", credentials={"password": SECRETS[2]})
        self.account = User.objects.create(username=f"world{User.objects.count()}")
        self.run = Run.objects.create(kind="match", state="running")
        self.plan = Plan.objects.create(console=self.console, halo_credential=self.credential)
        self.size = 0

    def grow(self, count: int) -> None:
        for number in range(self.size, self.size + count):
            self._add(number)
        self.size += count

    def _add(self, number: int) -> None:
        client = self._halo_side(number)
        computer = self._console_side(number)
        self._mails(number)
        self._alarms(number)
        self._machinery(number)
        self._mappings(number, computer, client)
        self._ticketing(number, computer)

    def _halo_side(self, number: int) -> HaloClient:
        common: dict[str, Any] = {
            "halo_credential": self.credential,
            "halo_id": number,
            "name": f"Halo thing {number}",
        }
        client = HaloClient.objects.create(**common)
        self.site = HaloSite.objects.create(**common, client=client)
        kind = HaloAssetType.objects.create(**common)
        self.asset = HaloAsset.objects.create(**common, client=client, site=self.site, asset_type=kind)
        HaloUser.objects.create(**common, site=self.site)
        HaloLicence.objects.create(**common, client=client, site=self.site)
        HaloSoftware.objects.create(asset=self.first_asset(), halo_id=number, name=f"Program {number}")
        HaloChange.objects.create(
            halo_credential=self.credential, resource="assets", halo_id=number, kind="moved"
        )
        HaloField.objects.create(**common)
        HaloOption.objects.create(**common, kind="status")
        return client

    def first_asset(self) -> HaloAsset:
        """The one whose installed software grows."""
        return HaloAsset.objects.order_by("pk")[0]

    def _console_side(self, number: int) -> Computer:
        company = Company.objects.create(console=self.console, external_id=str(number), name=f"C{number}")
        place = Location.objects.create(company=company, external_id=str(number), name="Here")
        self.product = Product.objects.create(console=self.console, name=f"Product {number}")
        computer = Computer.objects.create(
            console=self.console,
            company=company,
            location=place,
            product=self.product,
            external_id=str(number),
            name=f"PC{number}",
        )
        RawDelivery.objects.create(console=self.console, door="console", body="{}")
        self.event = Event.objects.create(
            console=self.console,
            external_id=str(number),
            fingerprint=str(number),
            event_type="backup.failed",
            state="open",
            title="Backup failed",
            company=company,
            computer=computer,
            occurred_at=timezone.now(),
        )
        return computer

    def _mails(self, number: int) -> None:
        rule = MailRule.objects.create(
            console=self.mailbox,
            name=f"Rule {number}",
            sender="vendor.example",
            event_type="backup.failed",
            speaks_for=make_console(kind="push"),
        )
        delivery = RawDelivery.objects.create(console=self.mailbox, door="mail", body="Subject: x\n\n")
        Mail.objects.create(
            console=self.mailbox, delivery=delivery, key=str(number), rule=rule, event=self.event
        )

    @staticmethod
    def _alarms(number: int) -> None:
        channel = AlarmChannel.objects.create(
            name=f"Channel {number}", kind="slack", address=f"https://hooks.example/{SECRETS[4]}"
        )
        alarm = Alarm.objects.create(kind="queue", key=f"queue:{number}", title="It has stopped.")
        AlarmNotice.objects.create(alarm=alarm, channel=channel)

    def _machinery(self, number: int) -> None:
        ApiToken.objects.create(user=self.account, name=f"Program {number}", digest=f"{SECRETS[5]}-{number}")
        AuditEntry.objects.create(action="change", who="anna", source="admin", name=f"Set {number}")
        Instance.objects.create(resource_server=f"https://other{number}.example/api")
        AssetRules.objects.create(halo_credential=make_credential(instance=self.credential.instance))
        make_console()
        Run.objects.create(
            kind="match", console=self.console, halo_credential=self.credential, plan=self.plan
        )
        Entry.objects.create(run=self.run, action="create", outcome="done", subject=f"PC{number}")
        make_intention(self.credential, kind="update_asset", state="done", lane=f"asset:{9_000_000 + number}")
        Upload.objects.create(console=self.console, what="companies", file_name=f"list{number}.csv")
        Plan.objects.create(console=self.console, halo_credential=self.credential)
        PlannedChange.objects.create(
            plan=self.plan, position=number, action="create", subject_kind="computer", subject_id=number
        )

    def _mappings(self, number: int, computer: Computer, client: HaloClient) -> None:
        self.mapping = CompanyMapping.objects.create(
            company=computer.company, halo_credential=self.credential, halo_client=client, halo_site=self.site
        )
        self._company_news(number, computer, client)
        ComputerMapping.objects.create(
            computer=computer, halo_credential=self.credential, halo_asset=self.asset, halo_site=self.site
        )
        ComputerReview.objects.create(
            computer=computer, halo_credential=self.credential, kind="clone", reason="Two are one."
        )
        IgnoreRule.objects.create(name=f"Rule {number}", tag="test")
        IgnoredComputer.objects.create(computer=computer, reason="Test bench.")
        ProductMapping.objects.create(
            console=self.console, product=self.product, halo_credential=self.credential, asset_type=number
        )
        FieldMapping.objects.create(halo_credential=self.credential, attribute="name", field_id=number)
        Gap.objects.create(
            halo_credential=self.credential,
            kind="double_asset",
            halo_asset=self.asset,
            name="PC",
            client=client,
        )
        self.sheet = make_sheet(self.credential)
        SheetRow.objects.create(sheet=self.first_sheet(), number=100 + number, verdict="refused")
        month, _ = MonthEnd.objects.get_or_create(halo_credential=self.credential, ends_on="2026-01-31")
        MonthCount.objects.create(month_end=month, client=client, client_name="C", number=1)

    def _company_news(self, number: int, computer: Computer, client: HaloClient) -> None:
        common: dict[str, Any] = {"halo_credential": self.credential}
        LocationMapping.objects.create(
            location=computer.location, company_mapping=self.mapping, halo_site=self.site
        )
        other = Company.objects.create(console=self.console, external_id=f"o{number}", name=f"O{number}")
        CompanySuggestion.objects.create(company=other, halo_client=client, score=90, reason="Like", **common)
        Newcomer.objects.create(company=other, state="open", **common)
        alone = Company.objects.create(console=self.console, external_id=f"i{number}", name=f"I{number}")
        IgnoredCompany.objects.create(company=alone, **common)
        CompanyChange.objects.create(company=other, text="Mapped.", **common)
        SuggestionFields.objects.create(
            console=make_console(), company_field="domain", client_field="domain", **common
        )

    def _ticketing(self, number: int, computer: Computer) -> None:
        event_set = EventSet.objects.create(name=f"Set {number}")
        profile = IntegrationProfile.objects.create(
            name=f"Profile {number}",
            halo_credential=self.credential,
            ticket_type=1,
            status_open=1,
            status_closed=2,
            event_set=event_set,
        )
        TicketRule.objects.create(company_mapping=self.mapping, event_set=event_set, profile=profile)
        ticket = Ticket.objects.create(
            instance=self.credential.instance,
            halo_credential=self.credential,
            group_key=str(number),
            marker=f"HB-{number}",
            summary="Backup failed",
            profile=profile,
            company=computer.company,
            computer=computer,
        )
        Alert.objects.create(
            identity=str(number),
            halo_credential=self.credential,
            console=self.console,
            company=computer.company,
            computer=computer,
            series_key="plan",
            event_type="backup.failed",
            title="Backup failed",
            state="open",
            opened_at=timezone.now(),
            newest_at=timezone.now(),
            last_event=self.event,
            profile=profile,
            ticket=ticket,
        )
        self._noise(number, computer, ticket)

    def _noise(self, number: int, computer: Computer, ticket: Ticket) -> None:
        window = MaintenanceWindow.objects.create(
            name=f"Window {number}", time_zone="UTC", begins_on="2026-01-01", begins_at="22:00", minutes=60
        )
        window.computers.add(computer)
        Snooze.objects.create(computer=computer)
        Simulation.objects.create(days=1)
        other = make_credential(instance=self.credential.instance)
        NoiseSettings.objects.create(halo_credential=other)
        SyncLimits.objects.create(halo_credential=other)
        Storm.objects.create(halo_credential=other, company=computer.company, ticket=ticket)

    @staticmethod
    def first_sheet() -> MappingSheet:
        return MappingSheet.objects.earliest("pk")

    def path_of(self, prefix: str) -> str:
        """The path of a list from the router's prefix."""
        parents = {"run": self.run.pk, "plan": self.plan.pk}
        if "(?P<asset>" in prefix:
            parents["asset"] = self.first_asset().pk
        if "(?P<sheet>" in prefix:
            parents["sheet"] = self.first_sheet().pk
        for name, number in parents.items():
            prefix = prefix.replace(f"(?P<{name}>[0-9]+)", str(number))
        return f"/api/v1/{prefix}/"
