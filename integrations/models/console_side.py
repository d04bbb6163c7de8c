"""Snapshots of the consoles [console data]: companies, locations, computers, products, events."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from integrations.choices import EventState, EventStatus, Severity
from integrations.models.credentials import Console


class Snapshot(models.Model):
    """A row that mirrors something outside. Rows gone become inactive, they never vanish."""

    active = models.BooleanField(default=True, db_index=True)
    missed_reads = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="Complete reads in a row that did not hold it; gone at two."
    )
    gone_since = models.DateTimeField(null=True, blank=True, editable=False)
    digest = models.CharField(
        max_length=32, blank=True, editable=False, help_text="Of the content as last read."
    )
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


class Company(Snapshot):
    console = models.ForeignKey(Console, on_delete=models.CASCADE, related_name="companies")
    external_id = models.CharField(max_length=200)
    name = models.CharField(max_length=255)
    normalised_name = models.CharField(max_length=255, blank=True, db_index=True, editable=False)
    domain = models.CharField(max_length=255, blank=True)
    account_number = models.CharField(max_length=100, blank=True)
    tags = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["console", "external_id"], name="one_company_per_console_id")
        ]
        ordering = ["name"]
        indexes = [models.Index(fields=["name", "id"], name="companies_by_name")]
        verbose_name_plural = "companies"

    def __str__(self) -> str:
        return self.name


class Location(Snapshot):
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="locations")
    external_id = models.CharField(max_length=200)
    name = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "external_id"], name="one_location_per_company_id")
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A product or licence kind that a console's computers carry; it may decide the asset type."""

    console = models.ForeignKey(Console, on_delete=models.CASCADE, related_name="products")
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["console", "name"], name="one_product_per_console")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Computer(Snapshot):
    console = models.ForeignKey(Console, on_delete=models.CASCADE, related_name="computers")
    external_id = models.CharField(max_length=200)
    company = models.ForeignKey(
        Company, on_delete=models.SET_NULL, null=True, blank=True, related_name="computers"
    )
    location = models.ForeignKey(Location, on_delete=models.SET_NULL, null=True, blank=True)
    name = models.CharField(max_length=255)
    host_name = models.CharField(max_length=255, blank=True)
    serial_number = models.CharField(max_length=255, blank=True)
    mac_addresses = models.JSONField("MAC addresses", default=list, blank=True)
    ip_addresses = models.JSONField("IP addresses", default=list, blank=True)
    manufacturer = models.CharField(max_length=255, blank=True)
    model = models.CharField(max_length=255, blank=True)
    os_name = models.CharField("operating system", max_length=255, blank=True)
    os_version = models.CharField(max_length=255, blank=True)
    device_class = models.CharField(max_length=40, blank=True)
    last_user = models.CharField(max_length=255, blank=True)
    last_seen = models.DateTimeField(null=True, blank=True)
    online = models.BooleanField(null=True, blank=True)
    in_maintenance = models.BooleanField(
        "in maintenance mode", null=True, blank=True, help_text="As the console itself says."
    )
    tags = models.JSONField(default=list, blank=True)
    agent_version = models.CharField("RMM agent version", max_length=100, blank=True)
    purchased_on = models.DateField("date of purchase", null=True, blank=True)
    warranty_ends_on = models.DateField("end of warranty", null=True, blank=True)
    console_url = models.CharField("page in the console", max_length=1000, blank=True)
    remote_url = models.CharField("remote control", max_length=1000, blank=True)
    products = models.JSONField(default=list, blank=True)
    product = models.ForeignKey(
        Product, on_delete=models.SET_NULL, null=True, blank=True, help_text="The one that decides the type."
    )
    eligible = models.BooleanField(default=True)
    ineligible_reason = models.CharField(max_length=255, blank=True)

    # What is volatile is stored without counting as a change of content.
    VOLATILE: ClassVar[frozenset[str]] = frozenset({"last_seen", "online", "in_maintenance"})

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["console", "external_id"], name="one_computer_per_console_id")
        ]
        ordering = ["name"]
        indexes = [
            models.Index(fields=["company", "active"], name="computers_of_company"),
            models.Index(fields=["name", "-id"], name="computers_by_name"),
            models.Index(fields=["name", "-id"], condition=Q(active=False), name="gone_computers_by_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """One message from a console, stored before anybody is told that it was accepted."""

    console = models.ForeignKey(Console, on_delete=models.CASCADE, related_name="events")
    external_id = models.CharField(max_length=300)
    fingerprint = models.CharField(
        max_length=64, unique=True, editable=False, help_text="Console, external id, state and time."
    )
    event_type = models.CharField(max_length=80, db_index=True)
    vendor_code = models.CharField(
        max_length=120, blank=True, help_text="What the console itself calls this kind of event."
    )
    series_key = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=EventState.choices)
    severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.MEDIUM)
    title = models.CharField(max_length=500)
    message = models.TextField(blank=True)
    company = models.ForeignKey(
        Company, on_delete=models.SET_NULL, null=True, blank=True, related_name="events"
    )
    computer = models.ForeignKey(
        Computer, on_delete=models.SET_NULL, null=True, blank=True, related_name="events"
    )
    company_external_id = models.CharField(max_length=200, blank=True)
    computer_external_id = models.CharField(max_length=200, blank=True)
    product = models.CharField(max_length=200, blank=True, help_text="The program that it is about.")
    findings = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text="Of a vulnerability or remediation: product, installed and fixed version, severity, asset, "
        "CVE.",
    )
    occurred_at = models.DateTimeField(help_text="Clamped to the time of receipt if in the future.")
    time_was_sent = models.BooleanField(default=True, editable=False)
    received_at = models.DateTimeField(default=timezone.now, db_index=True)
    first_read = models.BooleanField(
        default=False, editable=False, help_text="Came with the first read of its console."
    )
    status = models.CharField(
        max_length=10, choices=EventStatus.choices, default=EventStatus.NEW, editable=False
    )
    reason = models.CharField(max_length=500, blank=True, editable=False)
    raw = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(fields=["status", "id"], name="events_to_route"),
            models.Index(fields=["console", "external_id"], name="events_by_external_id"),
            models.Index(fields=["console", "series_key"], name="events_by_series"),
        ]

    def __str__(self) -> str:
        return self.title


class KnownSeries(models.Model):
    """A series that a console's complete list of events has told of: the memory that a missing one needs."""

    console = models.ForeignKey(Console, on_delete=models.CASCADE, related_name="+", editable=False)
    series_key = models.CharField(max_length=300, editable=False)
    misses = models.PositiveSmallIntegerField(
        default=0,
        editable=False,
        help_text="Complete reads in a row without it; at 2 it has ended, at 3 that is stored.",
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["console", "series_key"], name="one_memory_per_series")
        ]
        verbose_name_plural = "known series"

    def __str__(self) -> str:
        return self.series_key


class RawDelivery(models.Model):
    """A request at a door (webhook) as it came in; kept, so that nothing is lost that fails later."""

    console = models.ForeignKey(Console, on_delete=models.CASCADE, null=True, blank=True)
    door = models.CharField(max_length=40)
    body = models.TextField()
    received_at = models.DateTimeField(default=timezone.now)
    processed_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    new_events = models.PositiveIntegerField(null=True, blank=True, help_text="Events that it brought.")
    known_events = models.PositiveIntegerField(
        "repeated events", null=True, blank=True, help_text="Events of it that had been delivered before."
    )

    class Meta:
        ordering = ["-received_at"]
        indexes = [
            models.Index(
                fields=["console", "id"],
                condition=models.Q(processed_at__isnull=True),
                name="deliveries_to_read",
            ),
            models.Index(fields=["id"], condition=~models.Q(error=""), name="deliveries_with_a_problem"),
        ]
        verbose_name_plural = "raw deliveries"

    def __str__(self) -> str:
        return f"{self.door} {self.received_at:%Y-%m-%d %H:%M:%S}"
